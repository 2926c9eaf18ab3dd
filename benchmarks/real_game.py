"""One real Ren'Py game: what we find in it beside what the engine finds, what an import keeps, and how long it takes.

    python -m benchmarks.real_game FOLDER [--engine] [--lines N] [--files]

FOLDER holds the game's scripts, or ``game/`` with them. With ``--engine`` the installed Ren'Py parses the same files:
nothing of the game is run, so statements of its own (and animation words of its own) are errors to it; a statement
with such an error is left out on both sides and counted as refused. The exit code is 1 where something differs or a
line is lost.
"""

import re
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.measuring import seconds
from comfyvn.application.imports import import_pack
from comfyvn.application.intake import Incoming
from comfyvn.application.ports import Ref
from comfyvn.application.studio import Request
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.pack import Pack
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.renpy.game import SCRIPTS
from comfyvn.infrastructure.imports.renpy.parser import decode, parse
from comfyvn.infrastructure.imports.renpy.reader import RenpyReader
from comfyvn.infrastructure.imports.renpy.syntax import Script, Statement, walk
from comfyvn.infrastructure.storage.blobs import FileBlobs
from comfyvn.infrastructure.storage.store import open_store
from tests.desks import Desk, store_of
from tests.infrastructure.imports.renpy.as_engine import Found, ours, theirs
from tests.renpy_engine import engine

COUNTED: Final = ("Say", "Menu", "Label", "Jump", "Call", "If", "While", "Show", "Scene", "Hide", "Image", "Define")
"""Classes of the engine that are counted, beside menu items and ``Default``."""

_KEPT_WHOLE = frozenset({"raw", "declare", "comment"})
"""Verbs of nodes whose content is the statement itself."""

_ERROR = re.compile(r", line (\d+):")


@dataclass(frozen=True, slots=True)
class Compared:
    """One file, as both parsers see it: counts by class, the lines the engine refuses, what differs."""

    file: str
    counts: Mapping[str, tuple[int, int]]
    refused: int
    differing: int

    @property
    def agrees(self) -> bool:
        """Whether all counts are equal and no statement differs."""
        return self.differing == 0 and all(one == other for one, other in self.counts.values())


def scripts_of(folder: Path, lines: int | None = None) -> list[Path]:
    """Return the scripts below a folder in order, only as many as have `lines` lines together."""
    root = folder / "game" if (folder / "game").is_dir() else folder
    files = sorted(file for file in root.rglob("*") if file.suffix in SCRIPTS)
    if lines is None:
        return files
    taken: list[Path] = []
    for file in files:
        if lines > 0:
            taken.append(file)
            lines -= file.read_bytes().count(b"\n")
    return taken


def compare(files: Iterable[Path]) -> Iterator[Compared]:
    """Yield for each file what our parser and the engine's own find in it."""
    records = defaultdict(list)
    for record in engine.parse_files(files, timeout=1800):
        records[record["file"]].append(record)
    for file in files:
        found = records[str(file)]
        script = parse(file.name, decode(file.read_bytes(), file.name))
        yield _compared(file, script, found)


def _compared(file: Path, script: Script, records: list[engine.Record]) -> Compared:
    matches = (_ERROR.search(record["message"]) for record in records if record["kind"] == "error")
    errors = {int(match[1]) for match in matches if match}
    refused = _around(script, errors)
    sides = [
        [found for found in side if found[1] not in refused] for side in (ours(script), theirs(records, file.name))
    ]
    one, other = (Counter(map(_key, side)) for side in sides)
    tallies = [_counts(side) for side in sides]
    counts = {name: (tallies[0][name], tallies[1][name]) for name in sorted({*tallies[0], *tallies[1]})}
    return Compared(str(file), counts, len(errors), (one - other).total() + (other - one).total())


def _key(found: Found) -> str:
    kind, line, fields = found
    return f"{kind} {line} {sorted(fields.items())!r}"


def _counts(side: list[Found]) -> Counter[str]:
    counts = Counter(kind for kind, _, _ in side if kind in (*COUNTED, "Default"))
    counts["menu items"] = sum(len(fields["items"]) for kind, _, fields in side if kind == "Menu")
    return counts


def _around(script: Script, lines: set[int]) -> set[int]:
    """Return the first lines of the innermost statements that hold `lines`."""
    found: dict[int, Statement] = {}
    for statement in walk(script.statements) if lines else ():
        for line in lines:
            if statement.line <= line <= statement.end:
                found[line] = statement
    return {statement.line for statement in found.values()} | lines


def lines_of(pack: Pack, files: Mapping[str, str]) -> tuple[int, list[str], list[str]]:
    """Return how many lines that are not blank the sources have, those the pack lacks, and those it has too often.

    A node keeps the lines of its statement, without those of statements inside it; a scene keeps its label's.
    """
    kept: dict[str, Counter[str]] = defaultdict(Counter)
    for scene in pack.scenes.values():
        kept[scene.group].update(_lines(scene.meta.get("source", {}).get("raw", "")))
        for node in scene.nodes.values():
            raw = node.source.raw if node.source else None
            kept[scene.group].update(_lines(node.content if node.verb in _KEPT_WHOLE else raw or ""))
    total = 0
    lost: list[str] = []
    added: list[str] = []
    for name, text in files.items():
        wanted = Counter(_lines(text.removeprefix("\ufeff").replace("\0", "\ufffd")))
        total += wanted.total()
        lost += [f"{name}: {line}" for line in (wanted - kept[name]).elements()]
        added += [f"{name}: {line}" for line in (kept[name] - wanted).elements()]
    return total, lost, added


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.replace("\r", "").split("\n") if line.strip())


def main(argv: list[str]) -> int:
    """Print the account of one game."""
    arguments = ArgumentParser("python -m benchmarks.real_game", description="Account for one real Ren'Py game.")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--engine", action="store_true", help="compare with the installed Ren'Py")
    arguments.add_argument("--lines", type=int, help="take only the first files that have so many lines together")
    arguments.add_argument("--files", action="store_true", help="one row for each file")
    given = arguments.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        game = Path(temporary) / "game"
        files = list(_copied(given.folder, game, given.lines))
        if not files:
            arguments.error(f"no scripts in {given.folder}")
        size = sum(_line_count(file) for file in files)
        print(f"{len(files)} scripts, {size:,} lines")
        failed = _account(game, files)
        if given.engine:
            failed |= _beside_engine(game, files, every=given.files)
        _import(game, Path(temporary), size)
        times = [seconds(lambda: _parse_all(files)) for _ in range(3)]
        print(f"our parser: {min(times):.2f} s, {size / min(times):,.0f} lines/s")
        if given.engine:
            engines = [engine.parse_seconds(files, timeout=1800) for _ in range(3)]
            print(f"the engine's parser: {min(engines):.2f} s; ratio of ours {min(times) / min(engines):.2f}")
    return int(failed)


def _copied(folder: Path, game: Path, lines: int | None) -> Iterator[Path]:
    """Copy the scripts alone and yield the copies: images and sounds say nothing about them."""
    root = folder / "game" if (folder / "game").is_dir() else folder
    for file in scripts_of(folder, lines):
        copy = game / file.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        yield Path(shutil.copyfile(file, copy))


def _line_count(file: Path) -> int:
    data = file.read_bytes()
    return data.count(b"\n") + (not data.endswith(b"\n") and bool(data))


def _parse_all(files: list[Path]) -> None:
    for file in files:
        parse(file.name, decode(file.read_bytes(), file.name))


def _account(game: Path, files: list[Path]) -> bool:
    pack = RenpyReader().read(Files(game)).pack
    texts = {file.relative_to(game).as_posix(): decode(file.read_bytes(), file.name) for file in files}
    total, lost, added = lines_of(pack, texts)
    share = 100 * pack.recognised / max(pack.total, 1)
    print(f"statements understood: {pack.recognised:,} of {pack.total:,} ({share:.1f} %)")
    raw = sorted(pack.raw_kinds.items(), key=lambda item: -item[1])
    print(f"kept as code: {', '.join(f'{kind} {count:,}' for kind, count in raw) or 'nothing'}")
    codes = Counter(warned.code for warned in pack.warnings)
    print(f"warnings: {', '.join(f'{code} {count:,}' for code, count in codes.most_common()) or 'none'}")
    print(f"lines that are not blank: {total:,}; lost {len(lost):,}, kept twice {len(added):,}")
    for word, found in (("LOST", lost), ("TWICE", added)):
        for line in found[:20]:
            print(f"  {word} {line[:150]}")
    return bool(lost or added)


def _beside_engine(game: Path, files: list[Path], *, every: bool) -> bool:
    whole: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    refused, differing = 0, 0
    for found in compare(files):
        refused += found.refused
        differing += not found.agrees
        for name, (one, other) in found.counts.items():
            whole[name][0] += one
            whole[name][1] += other
        if every or not found.agrees:
            mark = "" if found.agrees else f" DIFFERS in {found.differing} statements"
            counts = ", ".join(f"{name} {one}/{other}" for name, (one, other) in found.counts.items())
            print(f"  {Path(found.file).relative_to(game)}: {counts}{mark}")
    print("class: ours / the engine's")
    for name in (*COUNTED, "Default", "menu items"):
        print(f"  {name}: {whole[name][0]:,} / {whole[name][1]:,}")
    print(f"refused by the engine, so left out: {refused:,}; files that differ: {differing} of {len(files)}")
    return differing > 0


def _import(game: Path, folder: Path, size: int) -> None:
    """Import into a fresh studio on SQLite, until it is durable and a question to it is answered."""
    url = f"sqlite:///{folder / 'studio.db'}"
    desk = Desk(url)
    blobs = FileBlobs(folder / "blobs")
    stories: list[Incoming] = []
    read = seconds(lambda: stories.append(RenpyReader().read(Files(game))))
    incoming = stories.pop()
    pack = incoming.pack
    done: list[Any] = []
    written = seconds(
        lambda: done.append(import_pack(desk.studio, blobs, desk.main, pack, incoming.open_member, Request()))
    )
    store_of(desk.studio).close()
    asked = seconds(lambda: _asked(url, desk.main, next(iter(pack.scenes))))
    taken = read + written + asked
    (result,) = done
    print(
        f"import: {taken:.2f} s (read {read:.2f}, written {written:.2f}, opened again and asked {asked:.2f}), "
        f"{result.events:,} events, {size / taken:,.0f} lines/s, {taken / size * 100_000:.1f} s for 100,000 lines"
    )


def _asked(url: str, branch: str, scene: str) -> None:
    with closing(open_store(url, KINDS)) as store:
        if not store.heads(branch, "scene") or not store.load(branch, Ref("scene", scene)).state.nodes:
            raise AssertionError("what was written cannot be read")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
