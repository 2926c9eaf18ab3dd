"""Plain folders: files found without following links."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Warned
from comfyvn.infrastructure.imports.containers.container import CHUNK, Entry, shown_name, unknown, usable

MAX_ENTRIES = 100_000
"""Files and folders in a folder, all told."""


class Folder:
    """The files below a folder. `wanted` tells by name which files and folders (ending in a slash) to look at.

    Raises Refused("too_many_files").
    """

    def __init__(self, path: Path, wanted: Callable[[str], bool]) -> None:
        self.path = path
        self.warnings: list[Warned] = []
        found: list[Entry] = []
        for count, entry in enumerate(walk(path, self.warnings, wanted)):
            if count >= MAX_ENTRIES:
                raise Refused("too_many_files", f"The game has more than {MAX_ENTRIES} files.")
            name = below(path, entry.path)
            if not entry.is_file(follow_symlinks=False) or not wanted(name):
                continue
            if usable(name):
                found.append(Entry(name, entry.stat(follow_symlinks=False).st_size))
            else:
                message = "A file is left out for its name."
                self.warnings.append(Warned("name_unusable", message, shown_name(name)))
        self.entries: Sequence[Entry] = sorted(found, key=lambda entry: entry.name)

    def open(self, name: str) -> Iterator[bytes]:
        """Yield the content of a file in pieces."""
        with self.seekable(name) as file:
            while data := file.read(CHUNK):
                yield data

    def seekable(self, name: str) -> BinaryIO:
        """Open a file below the folder; raise Missing("member_unknown") where there is none that can be read."""
        place = self.path
        for part in name.split("/"):
            place = place / part
            if part in ("", ".", "..") or not usable(part) or place.is_symlink():
                raise unknown(name)
        return open_file(place, name)


def open_file(place: Path, name: str) -> BinaryIO:
    """Open a regular file that is no link; raise Missing("member_unknown") for anything else."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(place, flags)
    except OSError as error:
        raise unknown(name) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise unknown(name)
    return os.fdopen(descriptor, "rb")


def walk(
    folder: Path, warnings: list[Warned], wanted: Callable[[str], bool], deep: bool = True
) -> Iterator[os.DirEntry[str]]:
    """Yield what is in a folder and the wanted folders in it; links are passed over."""
    waiting = [str(folder)]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    name = below(folder, entry.path)
                    if entry.is_symlink():
                        warnings.append(Warned("link_passed_over", "A link is not followed.", shown_name(name)))
                        continue
                    yield entry
                    if deep and entry.is_dir(follow_symlinks=False) and wanted(f"{name}/"):
                        waiting.append(entry.path)
        except OSError as error:
            message = error.strerror or "The folder cannot be read."
            warnings.append(Warned("folder_unreadable", message, shown_name(below(folder, here))))


def below(folder: Path, path: str) -> str:
    """Return the posix name of a path below a folder."""
    return Path(path).relative_to(folder).as_posix()
