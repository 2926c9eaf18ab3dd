"""The variables that a script uses, whether or not it declares them."""

from collections.abc import Iterator, Sequence
from typing import Any

from comfyvn.domain.expressions import Assign, ExpressionError, names, parse, parse_assignment, reads
from comfyvn.domain.expressions.tree import Literal
from comfyvn.domain.interpolation import references
from comfyvn.infrastructure.imports.steps import Passage, Step, all_steps


def variables_of(passages: Sequence[Passage]) -> dict[str, Any]:
    """Return the first value that each variable is given, 0 for one that is worked out or only read."""
    given: dict[str, Any] = {}
    read: set[str] = set()
    for step in (step for passage in passages for step in all_steps(passage.steps)):
        if step.verb == "set" and (made := _assigned(step.content)):
            name, value, others = made
            given.setdefault(name, value)
            read |= others
        for source in _conditions(step):
            try:
                read |= names(parse(source))
            except ExpressionError:
                continue
        if step.type != "action":
            read |= _shown(step.content)
    return {name: given.get(name, 0) for name in given.keys() | read}


def _conditions(step: Step) -> Iterator[str]:
    yield from step.conditions
    yield from (option.condition for option in step.options if option.condition)


def _shown(text: str) -> frozenset[str]:
    try:
        return references(text)
    except ExpressionError:
        return frozenset()


def _assigned(source: str) -> tuple[str, Any, frozenset[str]] | None:
    try:
        found = parse_assignment(source)
    except ExpressionError:
        return None
    if not isinstance(found, Assign) or found.path:
        return None
    value = found.value.value if isinstance(found.value, Literal) and found.operator is None else 0
    return found.name, value, reads(found) - {found.name}
