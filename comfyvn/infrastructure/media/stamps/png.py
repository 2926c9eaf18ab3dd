"""PNG: a chunk iTXt after the header (PNG specification, third edition, 11.3.3.4)."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from comfyvn.application.provenance.stamping import Stamp, StampUnfit
from comfyvn.infrastructure.media.limits import MAX_BOXES
from comfyvn.infrastructure.media.stamps.splices import Edit, Found, inserted, read
from comfyvn.infrastructure.media.stamps.words import MAX_TEXT, NAME, text

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEAD: Final = NAME.encode() + b"\0\0\0\0\0"
"""Keyword, not packed, no language, no translated keyword."""


class Chunk(NamedTuple):
    """A chunk: its name, where it begins, where its content begins, and where the next one does."""

    name: bytes
    start: int
    content: int
    end: int


def chunks(file: BinaryIO, size: int) -> Iterator[Chunk]:
    """Yield the chunks up to IEND; what is no chunk ends the walk."""
    at = 8
    for _ in range(MAX_BOXES):
        header = read(file, at, at + 8)
        end = at + 12 + int.from_bytes(header[:4], "big")
        if len(header) < 8 or end > size:
            return
        yield Chunk(header[4:], at, at + 8, end)
        if header[4:] == b"IEND":
            return
        at = end


def stamped(file: BinaryIO, size: int, stamp: Stamp) -> list[Edit]:
    """Return the edits that put a stamp in."""
    found = list(chunks(file, size))
    if not found or found[0].name != b"IHDR" or found[-1].name != b"IEND":
        raise StampUnfit("The picture is not a whole PNG.")
    if any(chunk.name == b"caBX" for chunk in found):
        raise StampUnfit("It carries content credentials (C2PA), which a stamp would break.")
    content = b"iTXt" + _HEAD + text(stamp)
    length, check = (len(content) - 4).to_bytes(4, "big"), zlib.crc32(content).to_bytes(4, "big")
    return [inserted(found[0].end, length + content + check)]


def find(file: BinaryIO, size: int) -> Found | None:
    """Return our stamp."""
    for chunk in chunks(file, size):
        if chunk.name == b"iTXt" and chunk.end - chunk.start < MAX_TEXT:
            content = read(file, chunk.content, chunk.end - 4)
            if content.startswith(_HEAD):
                return Found(content[len(_HEAD) :], (Edit(chunk.start, chunk.end, b""),))
    return None
