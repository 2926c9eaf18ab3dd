"""Fractional keys: strings whose alphabetical order is the order of things, with room between any two.

A key is a base-62 fraction without its leading "0."; it never ends in the lowest digit, so a key between
two others always exists. Inserting or moving one thing changes one key and no neighbour.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUE = {digit: n for n, digit in enumerate(DIGITS)}


def valid(key: str) -> bool:
    """Tell whether a string can be a key."""
    return bool(key) and all(digit in _VALUE for digit in key) and key[-1] != DIGITS[0]


def between(low: str | None, high: str | None) -> str:
    """Return a key after `low` and before `high`; None is open. Raise ValueError where low >= high or one is no key."""
    if any(key is not None and not valid(key) for key in (low, high)):
        raise ValueError(f"{low!r} or {high!r} is no key")
    if low is not None and high is not None and low >= high:
        raise ValueError(f"no key fits between {low!r} and {high!r}")
    low_digits = low or ""
    key: list[str] = []
    bounded = high is not None
    place = 0
    while True:
        below = _VALUE[low_digits[place]] if place < len(low_digits) else 0
        above = (_VALUE[high[place]] if place < len(high) else 0) if bounded and high is not None else len(DIGITS)
        if above - below > 1:
            key.append(DIGITS[below + _step(above - below, low, high)])
            return "".join(key)
        key.append(DIGITS[below])
        bounded = bounded and above == below
        place += 1


def _step(gap: int, low: str | None, high: str | None) -> int:
    """Halve the gap, but stay near the end that is given: lists grow at their ends, and their keys should not."""
    if (low is None) == (high is None):
        return gap // 2
    return 1 if high is None else gap - 1


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


def spread(low: str | None, high: str | None, count: int) -> list[str]:
    """Return `count` rising keys between `low` and `high`, short also where there are many."""
    if count == 0:
        return []
    middle = between(low, high)
    before = (count - 1) // 2
    return [*spread(low, middle, before), middle, *spread(middle, high, count - 1 - before)]


def settled(wanted: Sequence[tuple[str, str]]) -> list[str]:
    """Return keys that put things into the order in which they are given, changing as few keys as can be.

    Each thing is (present key or "", id). The longest run of keys that rise already stays; things with the same key
    are in order by their ids.
    """
    kept = _longest_rise(wanted)
    if not kept:
        return list(sequence(len(wanted)))
    keys: list[str] = []
    low: str | None = None
    for at in kept:
        high = wanted[at][0]
        missing = at - len(keys)
        if missing and low is not None and low >= high:
            continue  # nothing fits between two equal keys: this one gives way too
        keys += [*spread(low, high, missing), high]
        low = high
    return keys + spread(low, None, len(wanted) - len(keys))


def _longest_rise(wanted: Sequence[tuple[str, str]]) -> list[int]:
    """Return the places of the longest rising run of things that have a key (patience sorting)."""
    tails: list[tuple[str, str]] = []
    places: list[int] = []
    before: list[int] = []
    for n, thing in enumerate(wanted):
        at = bisect_left(tails, thing) if thing[0] else -1
        before.append(places[at - 1] if at > 0 else -1)
        if at >= 0:
            tails[at : at + 1] = [thing]
            places[at : at + 1] = [n]
    run: list[int] = []
    place = places[-1] if places else -1
    while place >= 0:
        run.append(place)
        place = before[place]
    return run[::-1]


def sort_key(key: str, tiebreak: str) -> tuple[str, str]:
    """Return what to sort by: the key, then the id, as two people may choose the same key."""
    return (key, tiebreak)
