"""Views of assets by name, and their sidecars, as files in folders."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from comfyvn.application.assets.placing import SIDECAR
from comfyvn.application.ports import BlobStore

INCOMING = "incoming"
"""The folder of what is being written; no view lies there."""
READ_ONLY = 0o444
CHUNK = 1 << 20
"""Bytes compared or copied at once."""


class FileShelf:
    """The port `Shelf` on a folder: views are links to the blobs where the system can, else copies."""

    def __init__(self, root: Path, blobs: BlobStore) -> None:
        self.root, self._blobs = root, blobs

    def put(self, place: str, digest: str, sidecar: bytes) -> None:
        """Let `place` show a content and its sidecar; what is right already is left alone."""
        view, beside = self._view(place), self._sidecar(place)
        view.parent.mkdir(parents=True, exist_ok=True)
        if not self._shows(view, digest):
            self._show(view, digest)
        if _read(beside) != sidecar:
            write(beside, sidecar, self._incoming)

    def file(self, place: str) -> Path:
        """Return the file that a view is."""
        return self._view(place)

    def remove(self, place: str) -> None:
        """Take a view and its sidecar away, and the folders that are empty then."""
        view = self._view(place)
        for file in (self._sidecar(place), view):
            with suppress(FileNotFoundError):
                file.unlink()
        for folder in view.parents:
            if folder == self.root or self.root not in folder.parents:
                break
            try:
                folder.rmdir()
            except OSError:
                break

    def flaws(self, place: str, digest: str, sidecar: bytes) -> list[str]:
        """Return what is wrong with a view and its sidecar."""
        view, found = self._view(place), _read(self._sidecar(place))
        flaws = []
        if not view.is_file():
            flaws.append("view_missing")
        elif not self._shows(view, digest):
            flaws.append("view_changed")
        if found is None:
            flaws.append("sidecar_missing")
        elif found != sidecar:
            flaws.append("sidecar_changed")
        return flaws

    def open(self, place: str) -> Iterator[bytes]:
        """Yield what a view shows, in chunks; of a sidecar alone, nothing."""
        with suppress(FileNotFoundError), self._view(place).open("rb") as view:
            while chunk := view.read(CHUNK):
                yield chunk

    def places(self) -> Iterator[str]:
        """Yield the places of all views and of sidecars without one, in order."""
        found = {
            file.relative_to(self.root).as_posix().removesuffix(SIDECAR)
            for file in self.root.rglob("*")
            if file.is_file() and not file.is_symlink() and file.parent != self._incoming
        }
        yield from sorted(found)

    def clear(self, seconds: float) -> int:
        """Take away what was left half written longer ago than that; return how many files."""
        return clear(self._incoming, seconds)

    @property
    def _incoming(self) -> Path:
        return self.root / INCOMING

    def _view(self, place: str) -> Path:
        return self.root / place

    def _sidecar(self, place: str) -> Path:
        return self.root / (place + SIDECAR)

    def _shows(self, view: Path, digest: str) -> bool:
        """Tell whether a view is the content, by the file that it is or else byte by byte."""
        if not view.is_file() or view.is_symlink():
            return False
        with self._blobs.file(digest) as blob, view.open("rb") as shown:
            mine, other = os.fstat(blob.fileno()), os.fstat(shown.fileno())
            if os.path.samestat(mine, other):
                return True
            if mine.st_size != other.st_size:
                return False
            while chunk := blob.read(CHUNK):
                if chunk != shown.read(len(chunk)):
                    return False
        return True

    def _show(self, view: Path, digest: str) -> None:
        new = _new(self._incoming)
        try:
            with self._blobs.file(digest) as blob:
                if not _linked(blob, new):
                    with new.open("wb") as copy:
                        shutil.copyfileobj(blob, copy, CHUNK)
                    new.chmod(READ_ONLY)
            new.replace(view)
        finally:
            new.unlink(missing_ok=True)


def _linked(blob: BinaryIO, new: Path) -> bool:
    """Give the file of a blob a second name, where it is a file of its own on a system that can."""
    name = getattr(blob, "name", None)
    if not isinstance(name, str) or not Path(name).is_file():
        return False
    try:
        os.link(name, new)
    except OSError:
        return False
    return True


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def _new(incoming: Path) -> Path:
    incoming.mkdir(parents=True, exist_ok=True)
    return incoming / token_hex(8)


def write(file: Path, content: bytes, incoming: Path) -> None:
    """Replace a file at once or not at all; until then it lies in the folder `incoming`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = _new(incoming)
    try:
        new.write_bytes(content)
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)


def clear(incoming: Path, seconds: float) -> int:
    """Take away the files that were put into a folder longer ago than that; return how many."""
    now, gone = time.time(), 0
    for file in incoming.glob("*"):
        with suppress(FileNotFoundError):
            if now - file.stat().st_ctime > seconds:  # a second name of an old file is new
                file.unlink()
                gone += 1
    return gone
