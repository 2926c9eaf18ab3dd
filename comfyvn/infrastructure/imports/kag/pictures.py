"""Pictures of KiriKiri (TLG, versions 5 and 6) as PNG.

The format as LoadTLG.cpp of krkrz/krkrz reads it: version 5 packs each colour by LZSS and keeps differences to the left
and above; version 6 packs errors of a prediction by Golomb codes, in blocks of 8 by 8 with a filter for each.
"""

import io
import struct
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from comfyvn.infrastructure.imports.kag.golomb import values

MAX_PIXELS: Final = 16 << 20
MAX_FILE: Final = 80 << 20
"""Bytes of a picture as it is packed."""
BLOCK: Final = 8
_VERSION_5: Final = b"TLG5.0\0raw\x1a"
_VERSION_6: Final = b"TLG6.0\0raw\x1a"
_WRAPPED: Final = b"TLG0.0\0sds\x1a"
_WINDOW: Final = 4096
_PRESET: Final = b"".join(bytes((i, i, i, i, j, j, j, j)) for i in range(32) for j in range(16))

_SUMS: Final = (
    *("", "bg rg", "gb rg", "gr bg", "br gb rg", "br gb", "bg", "gb", "rg", "rb gr bg", "br gr", "gb rb", "rb gr"),
    *("bg rb gr", "gr bg rb", "gb gb rb rb"),
)
"""What is added to what, one after the other, by each filter of version 6: ``bg`` adds green to blue."""

Bytes: TypeAlias = NDArray[np.uint8]


class Malformed(Exception):
    """A picture is damaged, or larger than is read."""


class Head(NamedTuple):
    """What a picture says of itself: version, colours, size in pixels, and where what is packed begins."""

    version: int
    colours: int
    width: int
    height: int
    at: int


def head_of(data: bytes) -> Head:
    """Return what a picture says of itself; raise `Malformed`."""
    at = len(_WRAPPED) + 4 if data.startswith(_WRAPPED) else 0
    mark, at = data[at : at + 11], at + 11
    try:
        if mark == _VERSION_5:
            colours, width, height = struct.unpack_from("<BII", data, at)
            head = Head(5, colours, width, height, at + 9)
        elif mark == _VERSION_6:
            colours, flags, kind, table, width, height = struct.unpack_from("<BBBBII", data, at)
            head = Head(6, 0 if flags or kind or table else colours, width, height, at + 16)
        else:
            raise Malformed("it is no TLG of version 5 or 6")
    except struct.error as error:
        raise Malformed("its head ends too early") from error
    if head.colours not in ((3, 4) if head.version == 5 else (1, 3, 4)):
        raise Malformed("it has another number of colours than TLG has")
    if not 0 < head.width * head.height <= MAX_PIXELS:
        raise Malformed(f"it has no pixels, or more than {MAX_PIXELS}")
    return head


def png_of(data: bytes) -> bytes:
    """Return a picture as PNG; raise `Malformed`."""
    head = head_of(data)
    planes = _version_5(data, head) if head.version == 5 else _version_6(data, head)
    shown = planes[0] if head.colours == 1 else np.dstack((*planes[2::-1], *planes[3:]))
    made = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(shown)).save(made, "png")
    return made.getvalue()


def check(data: bytes) -> None:
    """Raise `Malformed` where a picture does not hold all that it says it holds; nothing is unpacked."""
    head = head_of(data)
    reading = _Reading(data, head.at)
    rows = _rows(reading, head) if head.version == 5 else BLOCK
    if head.version == 6:
        reading.take(reading.number())
    for _ in range(0, head.height, rows):
        for _ in range(head.colours):
            if head.version == 5:
                reading.take(1)
                reading.take(reading.number())
            else:
                reading.take(_pool(reading))


class _Reading:
    """Numbers and stretches of a file, in their order."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def number(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def take(self, size: int) -> bytes:
        """Return the next bytes; raise `Malformed` where the file ends before."""
        found = self._data[self._at : self._at + size]
        if len(found) < size:
            raise Malformed("it ends too early")
        self._at += size
        return found


class _Unpacking:
    """LZSS with a window that goes on from one stretch to the next."""

    def __init__(self, preset: bytes) -> None:
        self._held = bytearray(preset)

    def unpacked(self, data: bytes, size: int) -> bytes:
        """Return what is packed, cut or filled up with zeros to a size."""
        held, begun = self._held, len(self._held)
        end, at, flags = begun + size, 0, 1
        while at < len(data) and len(held) < end:
            if flags == 1:
                flags, at = 0x100 | data[at], at + 1
                continue
            if not flags & 1:
                held.append(data[at])
                at += 1
            elif at + 1 < len(data):
                at = self._copy(data, at)
            else:
                break
            flags >>= 1
        found = bytes(held[begun:end])
        del held[end:]
        del held[: (len(held) // _WINDOW - 1) * _WINDOW]
        return found.ljust(size, b"\0")

    def _copy(self, data: bytes, at: int) -> int:
        held = self._held
        place = data[at] | (data[at + 1] & 0x0F) << 8
        length = (data[at + 1] >> 4) + 3
        at += 2
        if length == 18 and at < len(data):
            length, at = length + data[at], at + 1
        distance = (len(held) - place - 1) % _WINDOW + 1
        begin = len(held) - distance
        piece = held[begin : begin + length]
        held += (piece * (length // len(piece) + 1))[:length]
        return at


def _rows(reading: _Reading, head: Head) -> int:
    """Return how many rows each block of version 5 has, and go past the sizes of the blocks."""
    rows = reading.number()
    if rows == 0:
        raise Malformed("its blocks have no height")
    reading.take(4 * -(-head.height // rows))
    return rows


def _pool(reading: _Reading) -> int:
    """Return how many bytes of codes come for a colour of version 6."""
    length = reading.number()
    if length >> 30:
        raise Malformed("it is packed by another method than Golomb codes")
    return -(-length // 8)


def _version_5(data: bytes, head: Head) -> list[Bytes]:
    reading = _Reading(data, head.at)
    rows = _rows(reading, head)
    blocks = range(0, head.height, rows)
    window = _Unpacking(bytes(_WINDOW))
    planes = [np.zeros((head.height, head.width), np.uint8) for _ in range(head.colours)]
    for top in blocks:
        count = min(rows, head.height - top)
        for plane in planes:
            raw, size = reading.take(1)[0], reading.number()
            packed = reading.take(size)
            whole = packed[: count * head.width] if raw else window.unpacked(packed, count * head.width)
            flat = np.frombuffer(whole.ljust(count * head.width, b"\0"), np.uint8)
            plane[top : top + count] = flat.reshape(count, head.width)
    planes[0] += planes[1]
    planes[2] += planes[1]
    for plane in planes:
        for axis in (1, 0):
            np.cumsum(plane, axis=axis, dtype=np.uint8, out=plane)
    return planes


# Version 6


def _version_6(data: bytes, head: Head) -> list[Bytes]:
    reading = _Reading(data, head.at)
    across, down = -(-head.width // BLOCK), -(-head.height // BLOCK)
    filters = np.frombuffer(_Unpacking(_PRESET).unpacked(reading.take(reading.number()), across * down), np.uint8)
    kinds = filters.reshape(down, across) & 31
    errors = np.zeros((4, head.height, head.width), np.uint8)
    for row in range(down):
        top = row * BLOCK
        count = min(BLOCK, head.height - top)
        packed = np.zeros((4, count * head.width), np.uint8)
        for colour in range(head.colours):
            pool = reading.take(_pool(reading))
            packed[colour] = np.frombuffer(values(pool, count * head.width), np.uint8)
        for column, (left, block) in enumerate(_blocks(packed, count, head.width)):
            laid = block[:, ::-1] if column & 1 else block
            laid = laid.copy()
            laid[:, 1::2] = laid[:, 1::2, ::-1]
            there = errors[:, top : top + count, left : left + laid.shape[2]]
            there[:] = _coloured(laid, int(kinds[row, column]) >> 1)
    averages = np.repeat(np.repeat(kinds & 1, BLOCK, 0), BLOCK, 1)[: head.height, : head.width] == 1
    return list(_predicted(errors, averages, 255 if head.colours == 3 else 0)[: head.colours])


def _blocks(packed: Bytes, count: int, width: int) -> Iterator[tuple[int, Bytes]]:
    """Yield the left side of each block of a row, and its values by colour, line and place."""
    for left in range(0, width, BLOCK):
        size = min(BLOCK, width - left)
        yield left, packed[:, left * count : (left + size) * count].reshape(4, count, size)


def _coloured(block: Bytes, kind: int) -> Bytes:
    """Return the differences of the colours from what they are kept as in relation to each other."""
    found = block.copy()
    for pair in _SUMS[kind].split():
        found["bgr".index(pair[0])] += found["bgr".index(pair[1])]
    return found


def _predicted(errors: Bytes, averages: NDArray[np.bool_], border: int) -> Bytes:
    """Return colours from the errors of their prediction, one diagonal after the other.

    A colour is predicted from those to the left, above, and above to the left; around the picture all of them are 0,
    but for the alpha of a picture without one.
    """
    _, height, width = errors.shape
    found = np.zeros((4, height + 1, width + 1), np.int16)
    found[3, 0, :] = found[3, :, 0] = border
    wide = errors.astype(np.int16)
    for diagonal in range(height + width - 1):
        y = np.arange(max(0, diagonal - width + 1), min(height, diagonal + 1))
        x = diagonal - y
        left, above, corner = found[:, y + 1, x], found[:, y, x + 1], found[:, y, x]
        low, high = np.minimum(left, above), np.maximum(left, above)
        median = np.clip(left + above - corner, low, high)
        guess = np.where(averages[y, x], (left + above + 1) >> 1, median)
        found[:, y + 1, x + 1] = (guess + wide[:, y, x]) & 0xFF
    return found[:, 1:, 1:].astype(np.uint8)
