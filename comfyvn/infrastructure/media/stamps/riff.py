"""The chunks of RIFF files, which WAV and WebP are."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from comfyvn.application.provenance.stamping import StampUnfit
from comfyvn.infrastructure.media.limits import MAX_BOXES
from comfyvn.infrastructure.media.stamps.splices import Edit, read


class Chunk(NamedTuple):
    """A chunk: its name, where it begins, where its content begins and ends, and where the next one begins."""

    name: bytes
    start: int
    content: int
    stop: int
    end: int


def chunks(file: BinaryIO, size: int) -> Iterator[Chunk]:
    """Yield the chunks that are whole."""
    at, last = 12, min(size, end_of(file))
    for _ in range(MAX_BOXES):
        header = read(file, at, at + 8)
        stop = at + 8 + int.from_bytes(header[4:], "little")
        end = stop + (stop - at) % 2
        if len(header) < 8 or end > last:
            return
        yield Chunk(header[:4], at, at + 8, stop, end)
        at = end


def end_of(file: BinaryIO) -> int:
    """Return where the file says that it ends."""
    return 8 + int.from_bytes(read(file, 4, 8), "little")


def whole(file: BinaryIO, size: int) -> list[Chunk]:
    """Return the chunks of a file that ends with the last of them; raise StampUnfit for any other."""
    found = list(chunks(file, size))
    if read(file, 0, 4) != b"RIFF" or not found or found[-1].end != end_of(file):
        raise StampUnfit("The lengths that the file states are not those of its parts.")
    return found


def longer(file: BinaryIO, delta: int) -> Edit:
    """Return the edit of the length that the file states."""
    length = int.from_bytes(read(file, 4, 8), "little") + delta
    if not 0 <= length < 1 << 32:
        raise StampUnfit("There is no room for a stamp.")
    return Edit(4, 8, length.to_bytes(4, "little"))


def longer_chunk(chunk: Chunk, delta: int) -> Edit:
    """Return the edit of the length of a chunk."""
    return Edit(chunk.start + 4, chunk.start + 8, (chunk.stop - chunk.content + delta).to_bytes(4, "little"))


def made(name: bytes, content: bytes) -> bytes:
    """Return a chunk."""
    return name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)
