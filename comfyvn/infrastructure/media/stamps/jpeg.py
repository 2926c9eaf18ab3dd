"""JPEG: XMP in a segment APP1 (ISO 16684-3), after those of JFIF and EXIF."""

from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from comfyvn.application.provenance.stamping import Stamp, StampUnfit
from comfyvn.infrastructure.media.limits import MAX_BOXES
from comfyvn.infrastructure.media.stamps import packets
from comfyvn.infrastructure.media.stamps.splices import Edit, Found, inserted, read

XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
EXIF: Final = b"Exif\0\0"
_FIRST: Final = (0xE0, 0xE1)
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9


class Segment(NamedTuple):
    """A segment: its marker, where it begins, where its content begins (after the length) and where it ends."""

    marker: int
    start: int
    content: int
    end: int


def segments(file: BinaryIO, size: int) -> Iterator[Segment]:
    """Yield the segments before the first scan; what is no segment ends the walk."""
    at = 2
    for _ in range(MAX_BOXES):
        header = read(file, at, at + 4)
        if len(header) < 4 or header[0] != 0xFF or header[1] in (_START_OF_SCAN, _END_OF_IMAGE):
            return
        end = at + 2 + int.from_bytes(header[2:], "big")
        if header[1] in (0x00, 0x01, 0xFF) or 0xD0 <= header[1] <= 0xD8 or end < at + 4 or end > size:
            return
        yield Segment(header[1], at, at + 4, end)
        at = end


def stamped(file: BinaryIO, size: int, stamp: Stamp) -> list[Edit]:
    """Return the edits that put a stamp in."""
    found = list(segments(file, size))
    if any(segment.marker == 0xEB and b"c2pa" in read(file, segment.content, segment.end) for segment in found):
        raise StampUnfit("It carries content credentials (C2PA), which a stamp would break.")
    for segment, content in _packets(file, size):
        edit = packets.added(content, segment.content + len(XMP), stamp)
        return [edit, _length(segment, len(edit.new))]
    content = XMP + packets.packet(stamp)
    place = next((segment.start for segment in found if segment.marker not in _FIRST), found[-1].end if found else 2)
    return [inserted(place, b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content)]


def find(file: BinaryIO, size: int) -> Found | None:
    """Return our stamp."""
    for segment, content in _packets(file, size):
        if ours := packets.found(content, segment.content + len(XMP)):
            said, edit, whole = ours
            if whole:
                return Found(said, (Edit(segment.start, segment.end, b""),))
            return Found(said, (edit, _length(segment, edit.start - edit.stop)))
    return None


def _packets(file: BinaryIO, size: int) -> Iterator[tuple[Segment, bytes]]:
    for segment in segments(file, size):
        if segment.marker == 0xE1:
            content = read(file, segment.content, segment.end)
            if content.startswith(XMP):
                yield segment, content[len(XMP) :]


def _length(segment: Segment, delta: int) -> Edit:
    length = segment.end - segment.start - 2 + delta
    if length > 0xFFFF:
        raise StampUnfit("There is no room for a stamp beside the XMP that it has.")
    return Edit(segment.start + 2, segment.start + 4, length.to_bytes(2, "big"))
