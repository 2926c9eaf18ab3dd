"""Expressions, assignments and texts with other names for some variables."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from comfyvn.domain.expressions import ExpressionError, names, parse, parse_assignment, reads, render
from comfyvn.domain.expressions.assignments import Assign
from comfyvn.domain.expressions.tree import Expression, Name

_PERCENT = re.compile(r"%%|%\([^()]*\)[-#0 +]*\d*(?:\.\d*)?[a-zA-Z]|%")
_FIELD = re.compile(
    r"(?P<kept>\[\[)|\[(?![^\W\d][\w.]*[\]\[!:])(?P<computed>[^\[\]]+)\]|(?P<sign>\[|%\()(?P<name>[^\W\d]\w*(?:\.\w+)*)"
)
_SIMPLE = re.compile(r"\[\[|\[[^\W\d][\w.]*(?:\[[^\[\]]*\])*(?:[!:][^\]]*)?\]")


def expression(source: str, other: Mapping[str, str]) -> str:
    """Return `source` with the names of `other` replaced; word for word where it has none or cannot be read."""
    try:
        tree = parse(source) if other else None
    except ExpressionError:
        tree = None
    if tree is None or names(tree).isdisjoint(other):
        return source.strip()
    return render(_renamed(tree, other))


def assignment(source: str, other: Mapping[str, str]) -> str:
    """Return an assignment with the names of `other` replaced."""
    try:
        found = parse_assignment(source) if other else None
    except ExpressionError:
        found = None
    if found is None or ({found.name} | reads(found)).isdisjoint(other):
        return source.strip()
    path = _renamed(found.path, other)
    name = other.get(found.name, found.name)
    if isinstance(found, Assign):
        return str(replace(found, name=name, path=path, value=_renamed(found.value, other)))
    return str(replace(found, name=name, path=path, arguments=_renamed(found.arguments, other)))


def text(source: str, other: Mapping[str, str]) -> str:
    """Return a text with the names of `other` replaced in its ``[fields]`` and ``%(fields)s``."""
    if not other:
        return source

    def renamed(found: re.Match[str]) -> str:
        if found["computed"]:
            return f"[{expression(found['computed'], other)}]"
        return found["kept"] or found["sign"] + other.get(found["name"], found["name"])

    return _FIELD.sub(renamed, source)


def computed(source: str) -> bool:
    """Tell whether a text has fields that hold more than a name, which engines before 8.1 cannot fill."""
    return "[" in source and "[" in _SIMPLE.sub("", source)


def percent(source: str) -> str:
    """Return a text with each ``%`` that begins no form doubled: alone it stops the engine's play."""
    return _PERCENT.sub(lambda found: found[0] if len(found[0]) > 1 else "%%", source)


def _renamed(part: Any, other: Mapping[str, str]) -> Any:
    if isinstance(part, tuple):
        return tuple(_renamed(item, other) for item in part)
    if isinstance(part, Name):
        return Name(other.get(part.name, part.name))
    if isinstance(part, Expression):
        changed = {f.name: _renamed(getattr(part, f.name), other) for f in fields(part)}  # type: ignore[arg-type]
        return replace(part, **changed)  # type: ignore[type-var]
    return part
