"""The files of a game folder: found without following links, read within limits."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from comfyvn.domain.assets import MAX_PATH
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.domain.pack import Warned

MAX_ENTRIES = 100_000
"""Files and folders of one game."""
PROBED_ENTRIES = 2_000
"""Files and folders looked at to tell whether a folder is a game."""
CHUNK = 1 << 20
"""Bytes read at once."""

SCRIPTS = (".rpy", ".rpym")
COMPILED = (".rpyc", ".rpymc")
ARCHIVES = (".rpa", ".rpi")
_LEFT_OUT_FOLDERS = frozenset({"cache", "saves", "__pycache__"})
_LEFT_OUT = (".rpyb", ".bak", ".pyc", ".pyo", "~")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the game: its name (posix, below the game folder) and its size in bytes."""

    name: str
    size: int


@dataclass(slots=True)
class Found:
    """The files of a game, sorted by name, and what was passed over."""

    entries: list[Entry] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)


def game_folder(path: Path) -> Path:
    """Return the folder with the scripts: `path`, or the ``game`` folder in it.

    Raises Missing("path_unknown"), Refused("not_a_game").
    """
    if not path.exists():
        raise Missing("path_unknown", f"There is nothing at {path}.", path=str(path))
    inner = path / "game"
    for folder, sure in ((inner, True), (path, path.name == "game")):
        if folder.is_dir() and not (folder is inner and inner.is_symlink()) and _has_scripts(folder, deep=sure):
            return folder
    raise Refused("not_a_game", f"{path} is no folder of a Ren'Py game: it has no scripts.", path=str(path))


def _has_scripts(folder: Path, deep: bool) -> bool:
    wanted = SCRIPTS + COMPILED + ARCHIVES
    for count, entry in enumerate(_walk(folder, [], deep)):
        if count >= PROBED_ENTRIES:
            return False
        if entry.name.lower().endswith(wanted) and entry.is_file(follow_symlinks=False):
            return True
    return False


def find(folder: Path) -> Found:
    """Return the files of a game folder that belong to the game. Raises Refused("too_many_files")."""
    found = Found()
    names: set[str] = set()
    for count, entry in enumerate(_walk(folder, found.warnings)):
        if count >= MAX_ENTRIES:
            raise Refused("too_many_files", f"The game has more than {MAX_ENTRIES} files.")
        if not entry.is_file(follow_symlinks=False) or _left_out(entry.name):
            continue
        name = Path(entry.path).relative_to(folder).as_posix()
        if not _usable(name):
            shown = name.encode(errors="replace").decode()[:200]
            found.warnings.append(Warned("name_unusable", "A file is left out for its name.", shown))
            continue
        names.add(name)
        found.entries.append(Entry(name, entry.stat(follow_symlinks=False).st_size))
    found.entries = sorted((e for e in found.entries if not _has_source(e.name, names)), key=lambda e: e.name)
    return found


def _walk(folder: Path, warnings: list[Warned], deep: bool = True) -> Iterator[os.DirEntry[str]]:
    """Yield what is in a folder and the folders in it; links are passed over."""
    waiting = [str(folder)]
    while waiting:
        here = waiting.pop()
        top = here == str(folder)
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    if entry.is_symlink():
                        name = Path(entry.path).relative_to(folder).as_posix()
                        shown = name.encode(errors="replace").decode()
                        warnings.append(Warned("link_passed_over", "A link is not followed.", shown))
                        continue
                    yield entry
                    kept = not (top and entry.name in _LEFT_OUT_FOLDERS) and not entry.name.startswith((".", "__"))
                    if deep and kept and entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError as error:
            name = Path(here).relative_to(folder).as_posix()
            shown = name.encode(errors="replace").decode()
            warnings.append(Warned("folder_unreadable", error.strerror or "The folder cannot be read.", shown))


def _left_out(name: str) -> bool:
    return name.startswith(".") or name.lower().endswith(_LEFT_OUT) or name.lower() == "thumbs.db"


def _has_source(name: str, names: set[str]) -> bool:
    """Tell whether a compiled script lies beside its source."""
    return name.endswith(COMPILED) and name[:-1] in names


def _usable(name: str) -> bool:
    printable = name.isprintable() and not any("\ud800" <= char <= "\udfff" for char in name)
    return printable and "\\" not in name and name[1:2] != ":" and len(name) <= MAX_PATH


def read(folder: Path, name: str, limit: int) -> bytes:
    """Return the content of a file; raise Refused("file_too_large") beyond `limit` bytes."""
    with _open(folder, name) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Refused("file_too_large", f"{name} has more than {limit} bytes.", file=name)
    return data


def chunks(folder: Path, name: str) -> Iterator[bytes]:
    """Yield the content of a file in pieces of at most `CHUNK` bytes."""
    with _open(folder, name) as file:
        while data := file.read(CHUNK):
            yield data


def _open(folder: Path, name: str) -> BinaryIO:
    """Open a file below the folder; raise Missing("member_unknown") where there is none that can be read."""
    place = folder
    for part in name.split("/"):
        place = place / part
        if part in ("", ".", "..") or not _usable(part) or place.is_symlink():
            raise _unknown(name)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(place, flags)
    except OSError as error:
        raise _unknown(name) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _unknown(name)
    return os.fdopen(descriptor, "rb")


def _unknown(name: str) -> Missing:
    shown = name.encode(errors="replace").decode()[:200]
    return Missing("member_unknown", f"The game has no file {shown!r} that can be read.", file=shown)
