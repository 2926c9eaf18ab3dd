"""AVIF: XMP in a box ``uuid`` at the end (ISO 16684-3), so that nothing in the file moves."""

from typing import BinaryIO, Final

from comfyvn.application.provenance.stamping import Stamp, StampUnfit
from comfyvn.infrastructure.media import boxes
from comfyvn.infrastructure.media.stamps import packets
from comfyvn.infrastructure.media.stamps.splices import Edit, Found, inserted, read

XMP: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
CREDENTIALS: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def identified(file: BinaryIO, size: int, name: bytes) -> list[boxes.Box]:
    """Return the outermost boxes ``uuid`` with one identifier."""
    found = boxes.walk(file, 0, size)
    return [box for box in found if box.name == b"uuid" and read(file, box.start, box.start + 16) == name]


def stamped(file: BinaryIO, size: int, stamp: Stamp) -> list[Edit]:
    """Return the edits that put a stamp in."""
    if identified(file, size, CREDENTIALS):
        raise StampUnfit("It carries content credentials (C2PA), which a stamp would break.")
    for box in identified(file, size, XMP):
        edit = packets.added(read(file, box.start + 16, box.end), box.start + 16, stamp)
        return [edit, longer(file, box, len(edit.new))]
    last = list(boxes.walk(file, 0, size))[-1:]
    if not last or read(file, begin_of(file, last[0]), begin_of(file, last[0]) + 4) == bytes(4):
        raise StampUnfit("The last part of the file has no end of its own.")
    content = XMP + packets.packet(stamp)
    return [inserted(last[0].end, (len(content) + 8).to_bytes(4, "big") + b"uuid" + content)]


def find(file: BinaryIO, size: int) -> Found | None:
    """Return our stamp."""
    for box in identified(file, size, XMP):
        if ours := packets.found(read(file, box.start + 16, box.end), box.start + 16):
            said, edit, whole = ours
            if whole:
                return Found(said, (Edit(begin_of(file, box), box.end, b""),))
            return Found(said, (edit, longer(file, box, edit.start - edit.stop)))
    return None


def moved(file: BinaryIO, size: int, border: int, delta: int) -> list[Edit]:
    """Return the edits of the places of items that stand at `border` or after it and move by `delta`."""
    edits = []
    for box in boxes.walk(file, 0, size):
        if box.name == b"meta":
            tables = (inner for inner in boxes.walk(file, box.start + 4, box.end) if inner.name == b"iloc")
            try:
                edits += [Edit(t.start, t.end, _shifted(read(file, t.start, t.end), border, delta)) for t in tables]
            except (IndexError, OverflowError) as error:
                raise StampUnfit("A table of the picture is damaged.") from error
    return edits


def _shifted(table: bytes, border: int, delta: int) -> bytes:
    """Return a table of the places of items (ISO 14496-12, 8.11.3) with those moved that are places in the file.

    An item stands at the sum of its base and the places of its parts; where it has a base, that one moves.
    """
    data = bytearray(table)
    version, widths = table[0], table[4:6]
    offset, length, base, index = widths[0] >> 4, widths[0] & 15, widths[1] >> 4, widths[1] & 15 if version else 0
    at = 10 if version >= 2 else 8
    for _ in range(int.from_bytes(table[6:at], "big")):
        at += 4 if version >= 2 else 2
        in_file = not version or not table[at + 1] & 15
        first = at + (4 if version else 2)
        at = (
            first + base + 2 + int.from_bytes(table[first + base : first + base + 2], "big") * (index + offset + length)
        )
        if at > len(table):
            raise IndexError
        parts = range(first + base + 2 + index, at, index + offset + length) if offset else ()
        based = int.from_bytes(table[first : first + base], "big")
        for place, width in [(first, base)] if based else [(part, offset) for part in parts]:
            value = int.from_bytes(table[place : place + width], "big")
            if in_file and value >= border:
                data[place : place + width] = (value + delta).to_bytes(width, "big")
    return bytes(data)


def longer(file: BinaryIO, box: boxes.Box, delta: int) -> Edit:
    """Return the edit of the length of a box; raise StampUnfit where the length has no room for it."""
    begin = begin_of(file, box)
    stated = int.from_bytes(read(file, begin, begin + 4), "big")
    at, width = (begin + 8, 8) if stated == 1 else (begin, 4)
    length = box.end - begin + delta
    if stated == 0 or length >= 1 << 8 * width:
        raise StampUnfit("A part of the file has no end of its own, or no room.")
    return Edit(at, at + width, length.to_bytes(width, "big"))


def begin_of(file: BinaryIO, box: boxes.Box) -> int:
    """Return where the header of a box begins: 16 bytes before its content where the length needs eight."""
    if box.start >= 16:
        head = read(file, box.start - 16, box.start)
        if head[:4] == b"\0\0\0\1" and int.from_bytes(head[8:], "big") == box.end - box.start + 16:
            return box.start - 16
    return box.start - 8
