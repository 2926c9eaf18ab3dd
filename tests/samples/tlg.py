"""Writers of KiriKiri's pictures, number by number from the description of the format, with nothing of the reader."""

import struct
from collections.abc import Sequence
from random import Random

Pixels = Sequence[Sequence[Sequence[int]]]
"""Rows of pixels: blue, green, red and, if there is one, alpha."""


def picture(width: int, height: int, colours: int, seed: int = 0) -> list[list[list[int]]]:
    """Return a picture with slopes, plain stretches and noise."""
    chance = Random(seed)
    return [
        [
            [
                (x * 3 + y * (c + 1)) & 255 if y % 16 < 9 else 40 * c if x % 20 < 15 else chance.randrange(256)
                for c in range(colours)
            ]
            for x in range(width)
        ]
        for y in range(height)
    ]


def lzss(data: bytes, window: bytes) -> bytes:
    """Pack by looking for the longest stretch in the 4,096 bytes before; `window` is what stands before the first."""
    whole = window + data
    at, units = len(window), []
    while at < len(whole):
        best, place = 0, 0
        for begin in range(max(0, at - 400), at):
            size = 0
            while size < 273 and at + size < len(whole) and whole[begin + size] == whole[at + size]:
                size += 1
            if size > best:
                best, place = size, begin
        if best < 3:
            units.append((0, bytes([whole[at]])))
            at += 1
            continue
        code = min(best - 3, 15)
        pair = bytes((place & 0xFF, (place >> 8 & 0x0F) | code << 4))
        units.append((1, pair + (bytes([best - 18]) if code == 15 else b"")))
        at += best
    packed = b""
    for first in range(0, len(units), 8):
        group = units[first : first + 8]
        packed += bytes([sum(bit << n for n, (bit, _) in enumerate(group))]) + b"".join(body for _, body in group)
    return packed


def version_5(pixels: Pixels, rows: int = 4, raw: bool = False) -> bytes:
    height, width, colours = len(pixels), len(pixels[0]), len(pixels[0][0])
    body, sizes, window = b"", [], bytes(4096)
    for top in range(0, height, rows):
        block = b""
        planes: list[list[int]] = [[] for _ in range(colours)]
        for y in range(top, min(top + rows, height)):
            before = [0] * colours
            for x in range(width):
                above = pixels[y - 1][x] if y else [0] * colours
                told = [pixels[y][x][c] - above[c] for c in range(colours)]
                step = [(told[c] - before[c]) & 255 for c in range(colours)]
                before = told
                for c in range(colours):
                    planes[c].append((step[c] - step[1]) & 255 if c in (0, 2) else step[c])
        for plane in planes:
            data = bytes(plane)
            packed = data if raw else lzss(data, window)
            window = window if raw else (window + data)[(len(data) // 4096) * 4096 :]
            block += bytes([raw]) + struct.pack("<I", len(packed)) + packed
        body += block
        sizes.append(len(block))
    head = b"TLG5.0\0raw\x1a" + struct.pack("<BIII", colours, width, height, rows)
    return head + struct.pack(f"<{len(sizes)}I", *sizes) + body


def wrapped(data: bytes) -> bytes:
    """Return a picture with a place for remarks behind it."""
    return b"TLG0.0\0sds\x1a" + struct.pack("<I", len(data)) + data + b"tags\x07\0\0\0mode=1,"


# Version 6

TABLE = (
    (3, 7, 15, 27, 63, 108, 223, 448, 130), (3, 5, 13, 24, 51, 95, 192, 384, 257),
    (2, 5, 12, 21, 39, 86, 155, 320, 384), (2, 3, 9, 18, 33, 61, 129, 258, 511),
)  # fmt: skip
MIXED = {
    0: lambda b, g, r: (b, g, r), 1: lambda b, g, r: (b - g, g, r - g), 2: lambda b, g, r: (b, g - b, r - g),
    3: lambda b, g, r: (b - g, g - r, r), 4: lambda b, g, r: (b - r + g, g - b, r - g),
    5: lambda b, g, r: (b - r, g - b, r), 6: lambda b, g, r: (b - g, g, r), 7: lambda b, g, r: (b, g - b, r),
    8: lambda b, g, r: (b, g, r - g), 9: lambda b, g, r: (b - g, g - r, r - b + g),
    10: lambda b, g, r: (b - r, g - r, r), 11: lambda b, g, r: (b, g - b, r - b),
    12: lambda b, g, r: (b, g - r, r - b), 13: lambda b, g, r: (b - g + r, g - r, r - b),
    14: lambda b, g, r: (b - g, g - r + b, r - b), 15: lambda b, g, r: (b, g - 2 * b, r - 2 * b),
}  # fmt: skip
"""What colours are kept as, so that the engine's way to put them together gives them back."""


def version_6(pixels: Pixels, seed: int = 1) -> bytes:
    chance = Random(seed)
    height, width, colours = len(pixels), len(pixels[0]), len(pixels[0][0])
    across = -(-width // 8)
    filters = [chance.choice(sorted(MIXED)) * 2 + chance.randrange(2) for _ in range(across * -(-height // 8))]
    window = b"".join(bytes([i] * 4 + [j] * 4) for i in range(32) for j in range(16))
    packed = lzss(bytes(filters), window)
    edge = [0, 0, 0, 255 if colours == 3 else 0]
    body = b""
    for top in range(0, height, 8):
        kept: list[list[int]] = [[] for _ in range(colours)]
        rows = min(8, height - top)
        for column in range(across):
            kind = filters[top // 8 * across + column]
            xs = range(column * 8, min(column * 8 + 8, width))
            for row in range(rows):
                y = top + (rows - 1 - row if column % 2 else row)
                for x in reversed(xs) if (y - top) % 2 else xs:
                    error = _error(pixels, x, y, kind & 1, edge)
                    if colours > 1:
                        error[:3] = MIXED[kind >> 1](*error[:3])
                    for c in range(colours):
                        kept[c].append((error[c] + 128) % 256 - 128)
        for plane in kept:
            bits = _golomb(plane)
            pool = bytes(sum(bit << n for n, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits), 8))
            body += struct.pack("<I", len(bits)) + pool
    head = b"TLG6.0\0raw\x1a" + struct.pack("<BBBBIII", colours, 0, 0, 0, width, height, 1 << 20)
    return head + struct.pack("<I", len(packed)) + packed + body


def _error(pixels: Pixels, x: int, y: int, average: int, edge: list[int]) -> list[int]:
    found = []
    for c, value in enumerate(pixels[y][x]):
        left = pixels[y][x - 1][c] if x else edge[c]
        above = pixels[y - 1][x][c] if y else edge[c]
        corner = pixels[y - 1][x - 1][c] if x and y else edge[c]
        median = sorted((left, above, left + above - corner))[1]
        found.append(value - ((left + above + 1) // 2 if average else median))
    return found


def _golomb(numbers: list[int]) -> list[int]:
    lengths = [[k for k, count in enumerate(row) for _ in range(count)] for row in TABLE]
    bits = [int(numbers[0] != 0)]
    at, turn, total = 0, 3, 0
    while at < len(numbers):
        end = at
        while end < len(numbers) and (numbers[end] != 0) == (numbers[at] != 0):
            end += 1
        size = (end - at).bit_length() - 1
        bits += [*[0] * size, 1, *_bits(end - at, size)]
        for number in numbers[at:end] if numbers[at] else ():
            value = 2 * number - 1 if number > 0 else -2 * number - 2
            k = lengths[turn][total]
            high = value >> k
            begun = len(bits) // 8 * 8
            if high >= begun + 32 - len(bits):  # too many zeros: as a whole number behind four bytes
                bits += [*[0] * (begun + 32 - len(bits)), *_bits(high, 8)]
            else:
                bits += [*[0] * high, 1]
            bits += _bits(value, k)
            total += value >> 1
            turn -= 1
            if turn < 0:
                total, turn = total >> 1, 3
        at = end
    return bits


def _bits(number: int, size: int) -> list[int]:
    return [number >> n & 1 for n in range(size)]
