"""JSON of other programs, with nothing in it that cannot be kept."""

import json
import math
import re
from typing import Any, Final

_SUSPECT: Final = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_BROKEN: Final = re.compile("[\0\ud800-\udfff]")
_MAX_DIGITS: Final = 25
_INTEGERS: Final = range(-(1 << 63), 1 << 64)


def loaded(text: str | bytes) -> Any:
    """Return the value that JSON tells; raise ValueError where it is none, or is nested too deep.

    Halves of surrogate pairs and NUL characters become U+FFFD; numbers that are none, or beyond what 64 bits hold,
    become null.
    """
    words = text if isinstance(text, str) else text.decode()
    try:
        found = json.loads(words, parse_int=_whole, parse_float=_fraction, parse_constant=lambda _: None)
        return _sound(found) if _SUSPECT.search(words) else found
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _whole(digits: str) -> int | None:
    value = int(digits[:_MAX_DIGITS])
    return value if len(digits) <= _MAX_DIGITS and value in _INTEGERS else None


def _fraction(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _sound(value: Any) -> Any:
    if isinstance(value, str):
        return _BROKEN.sub("\ufffd", value)
    if isinstance(value, list):
        return [_sound(one) for one in value]
    if isinstance(value, dict):
        return {_sound(key): _sound(one) for key, one in value.items()}
    return value
