"""The boxes of MPEG-4 and AVIF files (ISO/IEC 14496-12): whether they are whole, and which tracks they hold."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.media.limits import HEAD, MAX_BOXES

_CONTAINERS: Final = frozenset({b"moov", b"trak", b"mdia"})
_OUTERMOST: Final = frozenset(
    {
        b"ftyp",
        b"moov",
        b"mdat",
        b"moof",
        b"meta",
        b"free",
        b"skip",
        b"wide",
        b"uuid",
        b"sidx",
        b"styp",
        b"mfra",
        b"udta",
    }
)


class Box(NamedTuple):
    """A box: its name, where its content begins, and where it ends."""

    name: bytes
    start: int
    end: int


def walk(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two places; what is no box ends the walk.

    Raises Refused("media_broken") where an outermost box ends after `end`, as it does in a file that was cut short.
    """
    for _ in range(MAX_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        header = file.read(16)
        size, name, begin = int.from_bytes(header[:4], "big"), header[4:8], 8
        if size == 1:
            size, begin = int.from_bytes(header[8:16], "big"), 16
        elif size == 0:
            size = end - start
        if size < begin or not (name.isascii() and name.decode("ascii").isprintable()):
            return
        if start + size > end and name not in _OUTERMOST:
            return
        if start + size > end:
            cut = start + size - end
            raise Refused(
                "media_broken", f"The file is cut short: {cut} bytes of its box {name.decode()!r} are missing."
            )
        yield Box(name, start + begin, start + size)
        start += size


def handlers(file: BinaryIO, size: int) -> frozenset[bytes]:
    """Return the kinds of tracks of a film: ``vide``, ``soun`` and others."""
    found, inside = set(), [(0, size)]
    while inside:
        for box in walk(file, *inside.pop()):
            if box.name in _CONTAINERS:
                inside.append((box.start, box.end))
            elif box.name == b"hdlr":
                file.seek(box.start + 8)
                found.add(file.read(4))
    return frozenset(found)


def end_of_boxes(file: BinaryIO, size: int) -> int:
    """Return where the last top-level box ends; raise Refused("media_broken") where the film is missing."""
    end, names = 0, set()
    for box in walk(file, 0, size):
        end = box.end
        names.add(box.name)
    if not names & {b"moov", b"meta", b"moof"}:
        raise Refused("media_broken", "The file is cut short: the box that tells what it holds is missing.")
    return end


def extents(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield every width and height that the head of an AVIF states in a box ``ispe`` (ISO/IEC 23008-12, 6.5.3)."""
    file.seek(0)
    for found in re.finditer(rb"ispe.{4}(.{4})(.{4})", file.read(HEAD), re.DOTALL):
        yield int.from_bytes(found[1], "big"), int.from_bytes(found[2], "big")
