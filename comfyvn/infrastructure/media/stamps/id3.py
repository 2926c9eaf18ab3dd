"""ID3 tags (versions 2.2 to 2.4): a frame TXXX as the first of the tag, which stands before MP3 and inside WAV."""

from typing import BinaryIO, Final, NamedTuple

from comfyvn.application.provenance.stamping import Stamp, StampUnfit
from comfyvn.infrastructure.media.stamps.splices import Edit, inserted, read
from comfyvn.infrastructure.media.stamps.words import MAX_TEXT, NAME, padded, parts, text

_HEAD: Final = 10
_MAX_FRAMES: Final = 10_000
_MAX_SIZE: Final = (1 << 28) - 1
_EXTENDED: Final = 0x40
_FOOTER: Final = 0x10
_ENCODINGS: Final = ("latin-1", "utf-16", "utf-16-be", "utf-8")


class Tag(NamedTuple):
    """A tag: its version (2 to 4), its flags, where it begins and where it ends."""

    version: int
    flags: int
    start: int
    end: int


def tag_at(file: BinaryIO, start: int, stop: int) -> Tag | None:
    """Return the tag that begins at a place, if it is whole."""
    head = read(file, start, start + _HEAD)
    if len(head) < _HEAD or head[:3] != b"ID3" or not 2 <= head[3] <= 4 or any(byte > 127 for byte in head[6:]):
        return None
    end = start + _HEAD + _unpacked(head[6:], 7)
    return Tag(head[3], head[5], start, end) if end <= stop else None


def whole(stamp: Stamp, *more: str) -> bytes:
    """Return a tag of version 2.3 that holds nothing else; its length is even."""
    frame = _frame(3, padded(text(stamp, "tag", *more), 2, len(NAME)))
    return b"ID3\3\0\0" + _packed(len(frame), 7) + frame


def added(file: BinaryIO, tag: Tag, stamp: Stamp) -> list[Edit]:
    """Return the edits that put a stamp into a tag; they add an even number of bytes."""
    if tag.flags & (_EXTENDED | _FOOTER):
        raise StampUnfit("Its ID3 tag has a form to which nothing is added.")
    if b"c2pa" in read(file, tag.start, tag.end):
        raise StampUnfit("It carries content credentials (C2PA), which a stamp would break.")
    frame = _frame(tag.version, padded(text(stamp), 2, len(NAME)))
    return [_longer(tag, len(frame)), inserted(tag.start + _HEAD, frame)]


def found(file: BinaryIO, tag: Tag) -> tuple[bytes, list[Edit], bool] | None:
    """Return the stamp in a tag, the edits that cut it out, and whether the whole tag came with it."""
    if tag.flags & (_EXTENDED | _FOOTER):
        return None
    width, letters = (6, 3) if tag.version == 2 else (10, 4)
    at = tag.start + _HEAD
    for _ in range(_MAX_FRAMES):
        head = read(file, at, at + width)
        if at + width > tag.end or len(head) < width or head[0] == 0:
            return None
        size = _unpacked(head[letters : 2 * letters], 7 if tag.version == 4 else 8)
        end = at + width + size
        if end > tag.end:
            return None
        if head[:letters] in (b"TXX", b"TXXX") and head[2 * letters :] in (b"", b"\0\0") and size <= MAX_TEXT:
            said = _said(read(file, at + width, end))
            if said is not None:
                alone = at == tag.start + _HEAD and end == tag.end and "tag" in parts(said)
                return said, [_longer(tag, at - end), Edit(at, end, b"")], alone
        at = end
    return None


def came_along(file: BinaryIO, tag: Tag, mark: bytes) -> bool:
    """Tell whether a tag holds nothing but objects with a mark in them and a stamp with which a tag came."""
    width, letters = (6, 3) if tag.version == 2 else (10, 4)
    at = tag.start + _HEAD
    for _ in range(_MAX_FRAMES):
        head = read(file, at, at + width)
        end = at + width + _unpacked(head[letters : 2 * letters], 7 if tag.version == 4 else 8)
        if at == tag.end or (len(head) == width and head[0] == 0):
            return True
        if len(head) < width or end > tag.end:
            return False
        content = read(file, at + width, end)
        said = _said(content) if head[:letters] in (b"TXX", b"TXXX") else None
        if not (said and "tag" in parts(said)) and not (head[:letters] in (b"GEO", b"GEOB") and mark in content):
            return False
        at = end
    return False


def _said(content: bytes) -> bytes | None:
    """Return the text of a frame that is our stamp."""
    if not content or content[0] >= len(_ENCODINGS):
        return None
    try:
        name, zero, value = content[1:].decode(_ENCODINGS[content[0]]).partition("\0")
    except UnicodeDecodeError:
        return None
    return value.lstrip("\ufeff").rstrip("\0").encode() if zero and name == NAME else None


def _frame(version: int, content: bytes) -> bytes:
    """Return a frame; a length with a byte 255 in it is avoided for the sake of unsynchronised tags."""
    body = b"\0" + NAME.encode() + b"\0" + content
    while b"\xff" in len(body).to_bytes(4, "big"):
        body += b"  "
    if version == 2:
        return b"TXX" + len(body).to_bytes(3, "big") + body
    return b"TXXX" + _packed(len(body), 7 if version == 4 else 8) + b"\0\0" + body


def _longer(tag: Tag, delta: int) -> Edit:
    size = tag.end - tag.start - _HEAD + delta
    if size > _MAX_SIZE:
        raise StampUnfit("There is no room for a stamp in its ID3 tag.")
    return Edit(tag.start + 6, tag.start + 10, _packed(size, 7))


def _packed(number: int, bits: int) -> bytes:
    return bytes(number >> bits * at & (1 << bits) - 1 for at in (3, 2, 1, 0))


def _unpacked(data: bytes, bits: int) -> int:
    number = 0
    for byte in data:
        number = number << bits | byte
    return number
