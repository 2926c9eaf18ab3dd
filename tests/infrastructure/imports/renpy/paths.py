"""Games by their paths: what the reader says of one, what it reads, and the files in it."""

from collections.abc import Iterator
from pathlib import Path

from comfyvn.application.imports import Progress
from comfyvn.application.reading import Probe
from comfyvn.domain.pack import Pack
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.renpy.game import open_game
from comfyvn.infrastructure.imports.renpy.reader import RenpyReader
from comfyvn.infrastructure.media.stamps.streams import unstamped


def probe(path: Path) -> Probe:
    return RenpyReader().probe(Files(path))


def read(path: Path, progress: Progress | None = None) -> Pack:
    return RenpyReader().read(Files(path), progress).pack


def open_member(path: Path, name: str) -> Iterator[bytes]:
    """Yield what an import gets of a file; the scripts are not read for it."""
    game = open_game(Files(path))
    yield from unstamped(game.open(name))
