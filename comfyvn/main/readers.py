"""The readers of foreign stories by engine, and which of them reads a path."""

import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from comfyvn.application.extractors import Extractors, Unpacked, extraction_of
from comfyvn.application.imports import Progress
from comfyvn.application.intake import Incoming
from comfyvn.application.reading import Probe, Reading
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.domain.pack import Warned
from comfyvn.infrastructure.extractors.running import clear
from comfyvn.infrastructure.imports import licences
from comfyvn.infrastructure.imports.files import Files, Reader
from comfyvn.infrastructure.imports.ink import reader as ink
from comfyvn.infrastructure.imports.kag import reader as kag
from comfyvn.infrastructure.imports.pack import reader as pack
from comfyvn.infrastructure.imports.renpy.reader import ENGINE as RENPY
from comfyvn.infrastructure.imports.renpy.reader import RenpyReader
from comfyvn.infrastructure.imports.roleplay import reader as roleplay
from comfyvn.infrastructure.imports.twine import reader as twine
from comfyvn.infrastructure.imports.yarn import reader as yarn
from comfyvn.main.exporters import EXPORTERS

READERS: Final[Mapping[str, Reader]] = {
    pack.ENGINE: pack.reader(),
    RENPY: RenpyReader(),
    kag.TYRANO: kag.tyranoscript(),
    kag.KIRIKIRI: kag.kirikiri(),
    twine.ENGINE: twine.reader(),
    roleplay.ENGINE: roleplay.reader(),
    yarn.ENGINE: yarn.reader(),
    ink.ENGINE: ink.reader(),
}
"""Where two are as sure of a path, the first one reads it."""
SURE: Final = 0.95
"""How sure a reader is that has seen what only games of its engine have; nobody is asked after it."""


def candidates(path: Path) -> Sequence[Probe]:
    """Return which readers know a path, the surest first; raise Missing("path_unknown") and as containers do."""
    return sorted(_known(Files(path)), key=lambda probe: -probe.confidence)


def read(path: Path, engine: str | None, reading: Reading, progress: Progress, tools: Extractors) -> Incoming:
    """Read a path by the reader of an engine, or by the one that knows it best, unpacked first where that is asked.

    Raises Missing: ``path_unknown``, ``engine_unknown``, ``tool_unknown``; Refused("not_a_game") and as the reader and
    the external program do.
    """
    if engine is not None and engine not in READERS:
        raise Missing("engine_unknown", f"There is no reader for {engine!r}.", known=sorted(READERS))
    unpacked = tools.unpack(reading.extractor, path, progress) if reading.extractor else None
    files = _unpacked(unpacked, path, reading) if unpacked else Files(path, reading)
    incoming = READERS[engine or _surest(files)].read(files, progress)
    found, exporter = incoming.pack, EXPORTERS.get(incoming.pack.engine)
    licences_found = (*found.licences, *licences.in_files(files))
    told = [*found.warnings, *files.unused(), *(_complaints(unpacked) if unpacked else ())]
    found = replace(
        found,
        warnings=tuple(told),
        licences=licences_found,
        extraction=extraction_of(unpacked) if unpacked else None,
    )
    return replace(incoming, pack=found, echo_of=exporter.echo if exporter else None)


def _unpacked(unpacked: Unpacked, path: Path, reading: Reading) -> Files:
    """Return what an external program unpacked; it is gone when nothing refers to it any more."""
    files = Files(unpacked.folder, reading, path.stem)
    weakref.finalize(files, clear, unpacked.folder.parent)
    return files


def _complaints(unpacked: Unpacked) -> Iterator[Warned]:
    if unpacked.exit_code:
        last = unpacked.said.strip().rpartition("\n")[2][:200]
        message = f"{unpacked.tool} ended with exit code {unpacked.exit_code}; something may be missing: {last}"
        yield Warned("tool_complained", message, unpacked.source)


def _surest(files: Files) -> str:
    best = Probe("", 0.0)
    for probe in _known(files):
        best = max(best, probe, key=lambda one: one.confidence)
        if best.confidence >= SURE:
            break
    if not best.engine:
        known = ", ".join(READERS)
        raise Refused("not_a_game", f"{files.path.name} holds no game that can be read (engines: {known}).")
    return best.engine


def _known(files: Files) -> Iterator[Probe]:
    for reader in READERS.values():
        try:
            probe = reader.probe(files)
        except Refused:
            continue
        if probe.confidence > 0:
            yield probe
