"""Games by their paths: what the reader says of one, what it reads, and the files in it."""

from collections.abc import Iterable
from pathlib import Path

from comfyvn.application.imports import Progress
from comfyvn.application.reading import Probe
from comfyvn.domain.pack import Pack
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.renpy.reader import RenpyReader


def probe(path: Path) -> Probe:
    return RenpyReader().probe(Files(path))


def read(path: Path, progress: Progress | None = None) -> Pack:
    return RenpyReader().read(Files(path), progress).pack


def open_member(path: Path, name: str) -> Iterable[bytes]:
    return RenpyReader().read(Files(path)).open_member(name)
