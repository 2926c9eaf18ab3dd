"""Checks of what comes in: JSON that can be kept, and the fields of the documents that clients send."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from math import isfinite
from typing import Any, Final

from comfyvn.domain.kernel import Json, Refused

MAX_NAME = 500
"""Characters in a name."""

MAX_TEXT = 60_000
"""Characters in one text: events stay under 64 KB for one line of Latin script."""

MAX_DEPTH = 64
"""How deep lists and objects may be nested."""

MAX_INT = 2**63 - 1


def fit(value: Any) -> None:
    """Raise `Refused("value_unfit")` where a command or JSON value cannot be written as JSON and read back."""
    if flaw := _flaw(value, MAX_DEPTH):
        place = flaw[0].removeprefix(".")[:MAX_NAME].encode(errors="replace").decode()
        raise Refused("value_unfit", f"{place or 'The value'} {flaw[1]}.", where=place)


_Flaw = tuple[str, str]
"""Where in a value something is wrong, and what."""


def _flaw(value: Any, depth: int) -> _Flaw | None:
    if value is None or isinstance(value, str | int | float):
        what = _scalar_flaw(value)
        return ("", what) if what else None
    if depth == 0:
        return ("", f"is nested deeper than {MAX_DEPTH}")
    if isinstance(value, Mapping):
        return _map_flaw(value, depth)
    if isinstance(value, list | tuple):
        found = ((n, _flaw(item, depth - 1)) for n, item in enumerate(value))
        return next(((f"[{n}]{flaw[0]}", flaw[1]) for n, flaw in found if flaw), None)
    if is_dataclass(value):
        return _map_flaw({f.name: getattr(value, f.name) for f in fields(value)}, depth)
    return ("", f"is a {type(value).__name__}, which JSON has no word for")


def _map_flaw(value: Mapping[Any, Any], depth: int) -> _Flaw | None:
    for key, item in value.items():
        if not isinstance(key, str):
            return ("", "has a key that is no string")
        if what := _scalar_flaw(key):
            return ("", what)
        if flaw := _flaw(item, depth - 1):
            return (f".{key}{flaw[0]}", flaw[1])
    return None


def _scalar_flaw(value: str | float | None) -> str:
    if isinstance(value, str):
        halves = not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value)
        return "holds half of a character (a lone surrogate)" if halves else ""
    if isinstance(value, int):
        return "is a whole number of more than 64 bits" if abs(value) > MAX_INT else ""
    return "is not a finite number" if isinstance(value, float) and not isfinite(value) else ""


@dataclass(frozen=True, slots=True)
class Field:
    """How a field of a record stands in a document: what it must be, and its two forms.

    `fits` judges the document's form and `says` completes "<field> is …". `read(given, present)` turns that form
    into the state's, looking at the present value (None: there is none), and `write` turns it back.
    `key` is the field's name in the document where it is another one.
    """

    fits: Callable[[Any], bool]
    says: str
    read: Callable[[Json, Any], Any] = lambda given, _: given
    write: Callable[[Any], Json] = lambda value: value
    key: str = ""


def _named(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= MAX_NAME


def _named_or_null(value: Any) -> bool:
    return value is None or _named(value)


def _names(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(_named(item) for item in value) and len(set(value)) == len(value)


NAME: Final = Field(_named, f"a string of 1 to {MAX_NAME} characters")
NAME_OR_NULL: Final = Field(_named_or_null, f"null or a string of 1 to {MAX_NAME} characters")
TEXT: Final = Field(
    lambda value: isinstance(value, str) and len(value) <= MAX_TEXT,
    f"a string of at most {MAX_TEXT} characters",
)
FLAG: Final = Field(lambda value: isinstance(value, bool), "true or false")
COUNT: Final = Field(
    lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    "a whole number that is not negative",
)
JSON: Final = Field(lambda _: True, "any JSON value")
OBJECT: Final = Field(lambda value: isinstance(value, Mapping), "an object")
NAMES_BY_KEY: Final = Field(
    lambda value: isinstance(value, Mapping) and all(_named(item) for item in value.values()),
    "an object whose values are strings that are not empty",
)
NAME_SET: Final = Field(
    _names,
    "a list of different strings that are not empty",
    read=lambda given, _: dict.fromkeys(given, True),
    write=sorted,
)
"""A list in the document, a map of name -> true in the state, so that two people may add two names."""


def one_of(*known: str) -> Field:
    """Return the field whose value is one of `known`."""
    return Field(lambda value: isinstance(value, str) and value in known, f"one of: {', '.join(known)}")
