"""FLAC: one more Vorbis comment in the block that is there for them (RFC 9639, 8.6)."""

from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from comfyvn.application.provenance.stamping import Stamp, StampUnfit
from comfyvn.infrastructure.media.stamps import id3
from comfyvn.infrastructure.media.stamps.comments import comment, comments_in
from comfyvn.infrastructure.media.stamps.splices import Edit, Found, inserted, read
from comfyvn.infrastructure.media.stamps.words import parts, text

_COMMENTS: Final = 4
_LAST: Final = 0x80
_MAX_BLOCKS: Final = 1_000


class Block(NamedTuple):
    """A block of metadata: its kind, whether it is the last, where it begins and where it ends."""

    kind: int
    last: bool
    start: int
    end: int


def stamped(file: BinaryIO, size: int, stamp: Stamp) -> list[Edit]:
    """Return the edits that put a stamp in."""
    blocks = list(_blocks(file, size))
    if not blocks or not blocks[-1].last:
        raise StampUnfit("The blocks before the sound are not whole.")
    tag = id3.tag_at(file, 0, size)
    if tag and b"c2pa" in read(file, tag.start, tag.end):
        raise StampUnfit("It carries content credentials (C2PA), which a stamp would break.")
    for block in blocks:
        if block.kind == _COMMENTS:
            data = read(file, block.start + 4, block.end)
            found = comments_in(data, 0)
            if found is None:
                raise StampUnfit("Its comments are damaged.")
            new = comment(text(stamp))
            at = block.start + 4 + found.count_at
            count = (found.number + 1).to_bytes(4, "little")
            return [_longer(block, len(new)), Edit(at, at + 4, count), inserted(block.start + 4 + found.end, new)]
    first = blocks[0]
    vendor = b"ComfyVN"
    new = comment(text(stamp, "block"))
    body = len(vendor).to_bytes(4, "little") + vendor + (1).to_bytes(4, "little") + new
    head = bytes([_COMMENTS | (_LAST if first.last else 0)]) + len(body).to_bytes(3, "big")
    return [Edit(first.start, first.start + 1, bytes([first.kind])), inserted(first.end, head + body)]


def find(file: BinaryIO, size: int) -> Found | None:
    """Return our stamp."""
    before: Block | None = None
    for block in _blocks(file, size):
        if block.kind == _COMMENTS:
            found = comments_in(read(file, block.start + 4, block.end), 0)
            if found and found.ours:
                if before and found.number == 1 and "block" in parts(found.text):
                    flag = bytes([before.kind | (_LAST if block.last else 0)])
                    edits = (Edit(before.start, before.start + 1, flag), Edit(block.start, block.end, b""))
                    return Found(found.text, edits)
                start, stop = (block.start + 4 + at for at in found.ours)
                at, count = block.start + 4 + found.count_at, (found.number - 1).to_bytes(4, "little")
                shorter = _longer(block, start - stop)
                return Found(found.text, (shorter, Edit(at, at + 4, count), Edit(start, stop, b"")))
        before = block
    return None


def _blocks(file: BinaryIO, size: int) -> Iterator[Block]:
    tag = id3.tag_at(file, 0, size)
    at = tag.end if tag else 0
    if read(file, at, at + 4) != b"fLaC":
        return
    at += 4
    for _ in range(_MAX_BLOCKS):
        head = read(file, at, at + 4)
        end = at + 4 + int.from_bytes(head[1:], "big")
        if len(head) < 4 or end > size:
            return
        yield Block(head[0] & 0x7F, bool(head[0] & _LAST), at, end)
        if head[0] & _LAST:
            return
        at = end


def _longer(block: Block, delta: int) -> Edit:
    length = block.end - block.start - 4 + delta
    if length >= 1 << 24:
        raise StampUnfit("There is no room for a stamp beside the comments that it has.")
    return Edit(block.start + 1, block.start + 4, length.to_bytes(3, "big"))
