"""Changes to a file as replacements of some of its bytes."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple

from comfyvn.application.provenance.stamping import Piece, Recut, StampUnfit

CHUNK: Final = 1 << 18
MAX_COPIED: Final = 1 << 26
"""Bytes of one structure that are held in memory to be changed."""


class Edit(NamedTuple):
    """The bytes from `start` to `stop` (not included) give way to `new`."""

    start: int
    stop: int
    new: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """Our stamp in a file: its text, and the edits that take it out. `edits` None: it cannot be taken out exactly."""

    text: bytes
    edits: tuple[Edit, ...] | None


def inserted(at: int, new: bytes) -> Edit:
    """Return the edit that puts something in."""
    return Edit(at, at, new)


def recut(edits: Iterable[Edit], size: int) -> Recut:
    """Return a file of `size` bytes with edits that do not overlap."""
    pieces: list[Piece] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.stop)):
        if not at <= edit.start <= edit.stop <= size:
            raise StampUnfit("The parts of the file overlap.")
        if at < edit.start:
            pieces.append((at, edit.start))
        if edit.new:
            pieces.append(edit.new)
        at = edit.stop
    if at < size:
        pieces.append((at, size))
    return Recut(tuple(pieces))


def composed(outer: Recut, inner: Recut) -> Recut:
    """Return `outer`, which tells of the file that `inner` makes, as pieces of the file that `inner` tells of."""
    pieces: list[Piece] = []
    for piece in outer.pieces:
        pieces += [piece] if isinstance(piece, bytes) else inner.cut(*piece)
    return Recut(tuple(pieces))


def reading(file: BinaryIO, start: int, stop: int) -> Iterator[bytes]:
    """Yield the bytes of a file between two places."""
    while start < stop:
        file.seek(start)
        chunk = file.read(min(CHUNK, stop - start))
        if not chunk:
            return
        yield chunk
        start += len(chunk)


def read(file: BinaryIO, start: int, stop: int) -> bytes:
    """Return the bytes of a file between two places; raise StampUnfit for very many."""
    if stop - start > MAX_COPIED:
        raise StampUnfit("A part of the file that would have to be changed is too large.")
    return b"".join(reading(file, start, stop))


class View(io.RawIOBase):
    """A recut file, to be read and sought in."""

    def __init__(self, file: BinaryIO, pieces: Recut) -> None:
        self._file, self._pieces, self._at = file, pieces, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._pieces.size)[whence]
        return self._at

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        stop = min(self._at + len(buffer), self._pieces.size)
        data = b"".join(self._pieces.part(lambda low, high: reading(self._file, low, high), self._at, stop))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
