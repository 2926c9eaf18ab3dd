"""A licence expression as a tree: one licence, all of several, or a choice of several."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

MAX_ALTERNATIVES: Final = 64
"""Ways to choose that are looked at; an expression with more is judged by the first of them."""


@dataclass(frozen=True, slots=True)
class Term:
    """One licence by its SPDX id or ``LicenseRef-…``; `exception` is what stands behind ``WITH``."""

    key: str
    exception: str = ""


@dataclass(frozen=True, slots=True)
class AllOf:
    """All licences hold together (``AND``)."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the licences holds, as the user chooses (``OR``)."""

    parts: tuple["Expression", ...]


Expression = Term | AllOf | AnyOf


def terms(expression: Expression) -> Iterator[Term]:
    """Yield the licences of an expression, from left to right."""
    if isinstance(expression, Term):
        yield expression
    else:
        for part in expression.parts:
            yield from terms(part)


def alternatives(expression: Expression) -> list[frozenset[str]]:
    """Return the ways to choose: for each, the ids of the licences that hold then. At most `MAX_ALTERNATIVES`."""
    if isinstance(expression, Term):
        return [frozenset((expression.key,))]
    below = [alternatives(part) for part in expression.parts]
    if isinstance(expression, AnyOf):
        found = dict.fromkeys(way for ways in below for way in ways)
        return list(found)[:MAX_ALTERNATIVES]
    ways = [frozenset[str]()]
    for part in below:
        found = dict.fromkeys(one | other for one, other in product(ways, part))
        ways = list(found)[:MAX_ALTERNATIVES]
    return ways


def joined(expressions: Iterable[Expression]) -> Expression | None:
    """Return the expression that holds where all of these do, each once; None for none."""
    parts: dict[Expression, None] = {}
    for expression in expressions:
        parts.update(dict.fromkeys(expression.parts if isinstance(expression, AllOf) else (expression,)))
    found = tuple(parts)
    return None if not found else found[0] if len(found) == 1 else AllOf(found)


def rendered(expression: Expression) -> str:
    """Return the text of an expression."""
    if isinstance(expression, Term):
        return f"{expression.key} WITH {expression.exception}" if expression.exception else expression.key
    word = " AND " if isinstance(expression, AllOf) else " OR "
    return word.join(rendered(p) if isinstance(p, Term) else f"({rendered(p)})" for p in expression.parts)
