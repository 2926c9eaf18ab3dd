"""WebP: a chunk of XMP at the end (RFC 9649, 2.7); a simple file becomes an extended one and back."""

from typing import BinaryIO, Final

from comfyvn.application.provenance.stamping import Stamp, StampUnfit
from comfyvn.infrastructure.media.stamps import packets, riff
from comfyvn.infrastructure.media.stamps.splices import Edit, Found, inserted, read
from comfyvn.infrastructure.media.stamps.words import parts

_HAS_XMP: Final = 0x04
_HAS_ALPHA: Final = 0x10
_KEY_FRAME: Final = b"\x9d\x01\x2a"


def stamped(file: BinaryIO, size: int, stamp: Stamp) -> list[Edit]:
    """Return the edits that put a stamp in."""
    found = riff.whole(file, size)
    if any(chunk.name == b"C2PA" for chunk in found):
        raise StampUnfit("It carries content credentials (C2PA), which a stamp would break.")
    for chunk in found:
        if chunk.name == b"XMP ":
            edit = packets.added(read(file, chunk.content, chunk.stop), chunk.content, stamp)
            return [edit, riff.longer_chunk(chunk, len(edit.new)), riff.longer(file, len(edit.new))]
    if found[0].name == b"VP8X":
        flags = read(file, found[0].content, found[0].content + 1)[0]
        more = [] if flags & _HAS_XMP else [Edit(found[0].content, found[0].content + 1, bytes([flags | _HAS_XMP]))]
        new = riff.made(b"XMP ", packets.packet(stamp, *(["flag"] if more else [])))
        return [*more, inserted(found[-1].end, new), riff.longer(file, len(new))]
    head = riff.made(b"VP8X", _extended(file, found[0]))
    new = riff.made(b"XMP ", packets.packet(stamp, "VP8X"))
    return [inserted(12, head), inserted(found[-1].end, new), riff.longer(file, len(head) + len(new))]


def find(file: BinaryIO, size: int) -> Found | None:
    """Return our stamp."""
    found = list(riff.chunks(file, size))
    for chunk in found:
        if chunk.name != b"XMP ":
            continue
        if ours := packets.found(read(file, chunk.content, chunk.stop), chunk.content):
            said, edit, whole = ours
            if not whole:
                delta = edit.start - edit.stop
                return Found(said, (edit, riff.longer_chunk(chunk, delta), riff.longer(file, delta)))
            return Found(said, tuple(_removed(file, found[0], chunk, parts(said))))
    return None


def _removed(file: BinaryIO, first: riff.Chunk, chunk: riff.Chunk, came: frozenset[str]) -> list[Edit]:
    """Return the edits that take a packet away, and what came with it."""
    delta, edits = chunk.start - chunk.end, [Edit(chunk.start, chunk.end, b"")]
    if first.name == b"VP8X" and "VP8X" in came:
        delta += first.start - first.end
        edits.append(Edit(first.start, first.end, b""))
    elif first.name == b"VP8X" and "flag" in came:
        flags = read(file, first.content, first.content + 1)[0]
        edits.append(Edit(first.content, first.content + 1, bytes([flags & ~_HAS_XMP])))
    return [*edits, riff.longer(file, delta)]


def _extended(file: BinaryIO, chunk: riff.Chunk) -> bytes:
    """Return the content of the header that a simple file needs before it can hold more than its picture."""
    start = read(file, chunk.content, min(chunk.content + 10, chunk.stop))
    if chunk.name == b"VP8L" and len(start) >= 5 and start[0] == 0x2F:
        bits = int.from_bytes(start[1:5], "little")
        width, height, alpha = bits & 0x3FFF, bits >> 14 & 0x3FFF, bits >> 28 & 1
    elif chunk.name == b"VP8 " and len(start) == 10 and start[3:6] == _KEY_FRAME:
        width, height = (int.from_bytes(start[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        if not (width and height):
            raise StampUnfit("The picture does not tell its size.")
        width, height, alpha = width - 1, height - 1, 0
    else:
        raise StampUnfit("The picture is not a whole WebP.")
    flags = _HAS_XMP | (_HAS_ALPHA if alpha else 0)
    return bytes([flags, 0, 0, 0]) + width.to_bytes(3, "little") + height.to_bytes(3, "little")
