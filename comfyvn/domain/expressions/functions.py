"""The white lists: functions, pure methods, and methods that change a collection."""

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from comfyvn.domain.expressions.errors import too_costly
from comfyvn.domain.expressions.values import MAX_ITEMS, MAX_TEXT, Value, in_order, text, walk

MAX_DIGITS = 400
"""Second argument of `round`."""


def _extreme(pick: Callable[..., Value]) -> Callable[..., Value]:
    def extreme(*values: Value, **default: Value) -> Value:
        return pick(walk(values[0]), **default) if len(values) == 1 else pick(*values, **default)

    return extreme


def _rounded(number: Value, digits: Value = None) -> Value:
    if isinstance(digits, int) and abs(digits) > MAX_DIGITS:
        raise too_costly("the number of digits")
    return round(number, digits)


def _summed(items: Value, start: Value = 0) -> Value:
    if isinstance(start, str):
        raise TypeError("texts are joined, not summed")
    return reduce(operator.add, walk(items), start)


def _numbers(*bounds: Value) -> Value:
    numbers = range(*bounds)
    if len(numbers) > MAX_ITEMS:
        raise too_costly("the range")
    return list(numbers)


def _collected(kind: Callable[..., Value]) -> Callable[..., Value]:
    def collected(items: Value = (), /) -> Value:
        return kind(walk(items))

    return collected


def _as_text(value: Value = "", /) -> str:
    return text(value)


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "abs": abs,
    "all": lambda items, /: all(walk(items)),
    "any": lambda items, /: any(walk(items)),
    "bool": bool,
    "float": float,
    "int": int,
    "len": len,
    "list": _collected(list),
    "max": _extreme(max),
    "min": _extreme(min),
    "range": _numbers,
    "round": _rounded,
    "set": _collected(set),
    "sorted": lambda items, /, reverse=False: sorted(walk(items), reverse=reverse),
    "str": _as_text,
    "sum": _summed,
    "tuple": _collected(tuple),
}

KEYWORDS: Mapping[str, frozenset[str]] = {
    "max": frozenset({"default"}),
    "min": frozenset({"default"}),
    "sorted": frozenset({"reverse"}),
    "sum": frozenset({"start"}),
}
"""Function -> the arguments that may be given by name."""

_METHODS: Mapping[type[Any], frozenset[str]] = {
    str: frozenset(
        {
            "lower",
            "upper",
            "title",
            "strip",
            "startswith",
            "endswith",
            "count",
            "index",
            "join",
            "replace",
            "split",
        }
    ),
    list: frozenset({"count", "index"}),
    tuple: frozenset({"count", "index"}),
    dict: frozenset({"get", "keys", "values", "items"}),
}
METHODS = frozenset[str]().union(*_METHODS.values())

_CHANGES: Mapping[type[Any], frozenset[str]] = {
    list: frozenset({"append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"}),
    set: frozenset({"add", "clear", "discard", "pop", "remove", "update"}),
    dict: frozenset({"clear", "pop", "setdefault", "update"}),
}
CHANGES = frozenset[str]().union(*_CHANGES.values())


def call_method(target: Value, method: str, arguments: list[Value]) -> Value:
    """Return what a pure method gives; a view of a dict becomes a list."""
    if method not in _METHODS.get(type(target), ()):
        raise TypeError(f"{type(target).__name__} has no {method}()")
    if method == "join" and len(arguments) == 1:
        arguments = [list(walk(arguments[0]))]
        _check_length(sum(len(target) + len(text(part)) for part in arguments[0]))
    elif method == "replace" and len(arguments) > 1:
        _check_length(len(target) + target.count(arguments[0]) * len(arguments[1]))
    try:
        result = getattr(target, method)(*arguments)
    except ValueError as error:
        raise (IndexError(str(error)) if method == "index" else error) from error
    return list(result) if method in ("keys", "values", "items") else result


def _check_length(characters: int) -> None:
    if characters > MAX_TEXT:
        raise too_costly("the text")


def changed(target: Value, method: str, arguments: list[Value]) -> Value:
    """Return a collection as a changing method leaves it; `target` itself stays as it is."""
    kind = type(target)
    if method not in _CHANGES.get(kind, ()):
        raise TypeError(f"{kind.__name__} has no {method}()")
    if kind is set and method == "pop" and not arguments:
        return set(in_order(target)[1:]) if target else _nothing_to_pop()
    if kind is list and method == "extend" and len(arguments) == 1:
        arguments = [walk(arguments[0])]
    result = kind(target)
    try:
        getattr(result, method)(*arguments)
    except ValueError as error:
        raise (IndexError(str(error)) if method == "remove" else error) from error
    return result


def _nothing_to_pop() -> Value:
    raise IndexError("the set is empty")
