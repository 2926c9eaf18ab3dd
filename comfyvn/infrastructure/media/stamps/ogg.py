"""Ogg Vorbis and Ogg Opus: one more comment in the second packet (RFC 3533, Vorbis I 5, RFC 7845 5.2).

A comment whose length is a multiple of 255 only adds segments to the page where the packet ends. So no page is added,
none but this one (and the one with the count of comments) changes, and what was added can be taken away again.
"""

from typing import BinaryIO, Final, NamedTuple

from comfyvn.application.provenance.stamping import Stamp, StampUnfit
from comfyvn.infrastructure.media.stamps.comments import Comments, comment, comments_in
from comfyvn.infrastructure.media.stamps.splices import Edit, Found, read
from comfyvn.infrastructure.media.stamps.words import text

_FULL: Final = 255
"""Segments of a page, and bytes of a segment, at most."""
_HEADS: Final = {b"\x01vorbis": b"\x03vorbis", b"OpusHead": b"OpusTags"}
_MAX_PAGES: Final = 1_000


class Page(NamedTuple):
    """A page: where it is, its header without the checksum and segments, the checksum, segments and content."""

    start: int
    head: bytes
    checksum: bytes
    segments: bytes
    content: bytes

    @property
    def end(self) -> int:
        return self.start + 27 + len(self.segments) + len(self.content)


class Second(NamedTuple):
    """The second packet: its pages, its bytes, where in them the last page begins, and its comments."""

    pages: list[Page]
    data: bytes
    border: int
    comments: Comments


def stamped(file: BinaryIO, size: int, stamp: Stamp) -> list[Edit]:
    """Return the edits that put a stamp in."""
    second = _second(file)
    if second is None:
        raise StampUnfit("The comments of the sound are not understood.")
    new = comment(text(stamp), _FULL)
    last = second.pages[-1]
    at = second.comments.end - second.border
    if at < 0 or len(last.segments) + len(new) // _FULL > _FULL:
        raise StampUnfit("There is no room for a stamp on the page where the comments end.")
    segments = bytes([_FULL]) * (len(new) // _FULL) + last.segments
    changed = last._replace(segments=segments, content=last.content[:at] + new + last.content[at:])
    return _edits(second, changed, second.comments.number + 1)


def find(file: BinaryIO, size: int) -> Found | None:
    """Return our stamp."""
    second = _second(file)
    if second is None or second.comments.ours is None:
        return None
    start, stop = (at - second.border for at in second.comments.ours)
    many, rest = divmod(stop - start, _FULL)
    last = second.pages[-1]
    if start < 0 or rest or last.segments[:many] != bytes([_FULL]) * many:
        return Found(second.comments.text, None)
    changed = last._replace(segments=last.segments[many:], content=last.content[:start] + last.content[stop:])
    return Found(second.comments.text, tuple(_edits(second, changed, second.comments.number - 1)))


def _second(file: BinaryIO) -> Second | None:
    """Return the second packet of a file with one stream; None where it is not whole or its pages are damaged."""
    first = _page(file, 0)
    head = next((mark for mark in _HEADS if first and first.content.startswith(mark)), None)
    if first is None or head is None:
        return None
    pages: list[Page] = []
    at, data = first.end, b""
    for number in range(1, _MAX_PAGES):
        page = _page(file, at)
        if page is None or page.head[14:18] != first.head[14:18] or page.head[18:22] != number.to_bytes(4, "little"):
            return None
        border = len(data)
        length, ended = _portion(page.segments)
        pages.append(page)
        data += page.content[:length]
        if ended:
            comments = comments_in(data, len(_HEADS[head])) if data.startswith(_HEADS[head]) else None
            return Second(pages, data, border, comments) if comments else None
        at = page.end
    return None


def _portion(segments: bytes) -> tuple[int, bool]:
    """Return how many bytes of a page belong to its first packet, and whether that ends there."""
    length = 0
    for segment in segments:
        length += segment
        if segment < _FULL:
            return length, True
    return length, False


def _edits(second: Second, last: Page, count: int) -> list[Edit]:
    """Return the edits of the pages that are others now; all of them are checked to be whole before."""
    pages = [*second.pages[:-1], last]
    number, begin = count.to_bytes(4, "little"), 0
    for place, page in enumerate(pages):
        length = len(second.pages[place].content) if place < len(pages) - 1 else len(page.content)
        content = bytearray(page.content)
        for offset in range(4):
            at = second.comments.count_at + offset - begin
            if 0 <= at < length:
                content[at] = number[offset]
        pages[place] = page._replace(content=bytes(content))
        begin += length
    edits = []
    for old, new in zip(second.pages, pages, strict=True):
        if (old.segments, old.content) != (new.segments, new.content):
            if _checksum(old) != old.checksum:
                raise StampUnfit("A page of the sound is damaged.")
            written = new.head + _checksum(new) + bytes([len(new.segments)]) + new.segments + new.content
            edits.append(Edit(old.start, old.end, written))
    return edits


def _page(file: BinaryIO, start: int) -> Page | None:
    head = read(file, start, start + 27)
    if len(head) < 27 or head[:5] != b"OggS\0":
        return None
    segments = read(file, start + 27, start + 27 + head[26])
    at = start + 27 + len(segments)
    content = read(file, at, at + sum(segments))
    return Page(start, head[:22], head[22:26], segments, content) if len(content) == sum(segments) else None


def _checksum(page: Page) -> bytes:
    """Return the checksum of a page: CRC-32 with the polynomial 04c11db7, not reflected."""
    value = 0
    for byte in page.head + bytes(4) + bytes([len(page.segments)]) + page.segments + page.content:
        value = value << 8 & 0xFFFFFFFF ^ _TABLE[value >> 24 ^ byte]
    return value.to_bytes(4, "little")


def _remainder(value: int) -> int:
    for _ in range(8):
        value = value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)
    return value & 0xFFFFFFFF


_TABLE: Final = tuple(_remainder(byte << 24) for byte in range(256))
