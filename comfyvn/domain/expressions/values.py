"""Values of variables: JSON plus tuple and set, bounded in size, with one fixed order for sets.

Values are never changed in place. Stricter than Python, so that a play is the same on every machine:

- floats are finite;
- a set is walked in the order of `in_order`, not in the order of its hash table;
- `sum` adds from left to right in plain floating point (Python 3.12 and later compensate);
- `keys`, `values`, `items` and `range` give lists.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from comfyvn.domain.expressions.errors import EvaluationFailed, too_costly

Value: TypeAlias = Any
"""None, bool, int, float, str, or a list, tuple, set or dict of such."""

MAX_BITS = 4_096
"""Size of an int."""
MAX_ITEMS = 10_000
"""Items of a value, those of nested values included."""
MAX_TEXT = 100_000
"""Characters of all texts in a value."""
MAX_NESTING = 32
"""Lists within lists."""


_SMALL = 1 << 63


def truth(value: Value) -> bool:
    """Tell whether a condition with this value holds."""
    return bool(value)


def bounded(value: Value) -> Value:
    """Return `value`, or raise `EvaluationFailed` where it is too large or not finite."""
    if type(value) is int and -_SMALL < value < _SMALL:
        return value
    pending = [(value, 0)]
    items = characters = 0
    while pending:
        item, depth = pending.pop()
        if isinstance(item, str):
            characters += len(item)
        elif isinstance(item, int):
            if item.bit_length() > MAX_BITS:
                raise too_costly("the number")
        elif isinstance(item, float):
            if not math.isfinite(item):
                raise EvaluationFailed("number_not_finite", "the result is not a finite number")
        elif isinstance(item, list | tuple | set | dict):
            items += len(item)
            if items > MAX_ITEMS or depth >= MAX_NESTING:
                raise too_costly("the collection")
            pending.extend((part, depth + 1) for part in item)
            if isinstance(item, dict):
                pending.extend((part, depth + 1) for part in item.values())
        if characters > MAX_TEXT:
            raise too_costly("the text")
    return value


def in_order(items: Iterable[Value]) -> list[Value]:
    """Return the items of a set in a fixed order: None, numbers, texts, tuples, each by size."""
    return sorted(items, key=_rank)


def _rank(item: Value) -> tuple[int, Any]:
    if item is None:
        return (0, 0)
    if isinstance(item, int | float):
        return (1, item)
    if isinstance(item, str):
        return (2, item)
    return (3, [_rank(part) for part in item])


def walk(value: Value) -> Sequence[Value]:
    """Return the items of a collection in their order; raises TypeError for anything else."""
    if isinstance(value, set):
        return in_order(value)
    if isinstance(value, dict):
        return list(value)
    if isinstance(value, str | list | tuple):
        return value
    raise TypeError(f"{type(value).__name__} has no items")


def show(value: Value) -> str:
    """Return the source form of a value, as Python's repr but with sets in order."""
    if isinstance(value, set):
        return "{" + ", ".join(map(show, in_order(value))) + "}" if value else "set()"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{show(key)}: {show(part)}" for key, part in value.items()) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(show, value)) + (",)" if len(value) == 1 else ")")
    if isinstance(value, list):
        return "[" + ", ".join(map(show, value)) + "]"
    return repr(value)


def text(value: Value) -> str:
    """Return a value as the reader sees it: a text itself, anything else by `show`."""
    return value if isinstance(value, str) else show(value)
