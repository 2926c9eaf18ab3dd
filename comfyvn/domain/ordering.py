"""Fractional keys: strings whose alphabetical order is the order of things, with room between any two.

A key is a base-62 fraction without its leading "0."; it never ends in the lowest digit, so a key between
two others always exists. Inserting or moving one thing changes one key and no neighbour.
"""

from collections.abc import Iterator

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUE = {digit: n for n, digit in enumerate(DIGITS)}


def valid(key: str) -> bool:
    """Tell whether a string can be a key."""
    return bool(key) and all(digit in _VALUE for digit in key) and key[-1] != DIGITS[0]


def between(low: str | None, high: str | None) -> str:
    """Return a key after `low` and before `high`; None is open. Raise ValueError where low >= high."""
    if low is not None and high is not None and low >= high:
        raise ValueError(f"no key fits between {low!r} and {high!r}")
    low_digits = low or ""
    key: list[str] = []
    bounded = high is not None
    place = 0
    while True:
        below = _VALUE[low_digits[place]] if place < len(low_digits) else 0
        above = (
            (_VALUE[high[place]] if place < len(high) else 0) if bounded and high is not None else len(DIGITS)
        )
        if above - below > 1:
            # Appending is common: without an upper end, stay low, so that keys of long lists stay short.
            step = 1 if high is None else (above - below) // 2
            key.append(DIGITS[below + max(step, 1)])
            return "".join(key)
        key.append(DIGITS[below])
        bounded = bounded and above == below
        place += 1


def sequence(count: int) -> Iterator[str]:
    """Yield `count` keys in order, all of one length (grows with the logarithm of `count`)."""
    width = 1
    while (len(DIGITS) - 1) * len(DIGITS) ** (width - 1) <= count:
        width += 1
    # Spread over the range, and never end in the lowest digit.
    space = len(DIGITS) ** width
    step = max(space // (count + 1), 1)
    number = 0
    for n in range(count):
        number = max(number + 1, (n + 1) * step)
        if number % len(DIGITS) == 0:
            number += 1
        key = []
        rest = number
        for _ in range(width):
            rest, digit = divmod(rest, len(DIGITS))
            key.append(DIGITS[digit])
        yield "".join(reversed(key))


def sort_key(key: str, tiebreak: str) -> tuple[str, str]:
    """Return what to sort by: the key, then the id, as two people may choose the same key."""
    return (key, tiebreak)
