"""Numbers packed by Golomb codes as pictures of KiriKiri have them: runs of zeros and of others by turns."""

from typing import Final

_LENGTHS: Final = (
    (3, 7, 15, 27, 63, 108, 223, 448, 130),
    (3, 5, 13, 24, 51, 95, 192, 384, 257),
    (2, 5, 12, 21, 39, 86, 155, 320, 384),
    (2, 3, 9, 18, 33, 61, 129, 258, 511),
)
TABLES: Final = tuple(bytes(k for k, count in enumerate(row) for _ in range(count)) for row in _LENGTHS)
"""How many bits of a number are written out, by how large the last ones were."""


def values(pool: bytes, count: int) -> bytes:
    """Return so many numbers modulo 256; zeros where the bits end too early."""
    found = bytearray()
    held = pool + bytes(12)
    end = 8 * len(pool)
    at, number, total = 1, 3, 0
    zeros = not pool[:1] or not pool[0] & 1
    while len(found) < count and at < end:
        bits = 0
        while at < end and not held[at >> 3] >> (at & 7) & 1:
            at += 1
            bits += 1
        if bits > 30:
            break
        at += 1
        run = (1 << bits) + (int.from_bytes(held[at >> 3 : (at >> 3) + 5], "little") >> (at & 7) & ((1 << bits) - 1))
        at += bits
        run = min(run, count - len(found))
        if zeros:
            found += bytes(run)
        else:
            for _ in range(run):
                if at >= end:
                    break
                k = TABLES[number][total if total < 1024 else 1023]
                window = int.from_bytes(held[at >> 3 : (at >> 3) + 4], "little") >> (at & 7)
                if window:
                    high = (window & -window).bit_length() - 1
                    at += high + 1
                else:
                    at = (at >> 3) * 8 + 40
                    high = held[(at >> 3) - 1] if at >> 3 <= len(held) else 0
                low = int.from_bytes(held[at >> 3 : (at >> 3) + 3], "little") >> (at & 7) & ((1 << k) - 1)
                at += k
                value = (high << k) + low
                sign = (value & 1) - 1
                value >>= 1
                total += value
                found.append(((value ^ sign) + sign + 1) & 0xFF)
                number -= 1
                if number < 0:
                    total >>= 1
                    number = 3
        zeros = not zeros
    return bytes(found[:count]).ljust(count, b"\0")
