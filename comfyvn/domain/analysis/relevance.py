"""Which variables can decide where a play goes: only these tell two moments of a play apart."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from comfyvn.domain.expressions import (
    Assign,
    Assignment,
    ExpressionError,
    Value,
    names,
    parse,
    parse_assignment,
    reads,
)
from comfyvn.domain.expressions.calls import Arguments, Parameters, parse_arguments, parse_parameters
from comfyvn.domain.expressions.tree import Literal, Name
from comfyvn.domain.interpolation import references
from comfyvn.domain.playthrough.stubs import NONE, Stubs
from comfyvn.domain.story import Node, Scene

_PLAIN = re.compile(r"(?<!\[)\[(?P<name>[^\W\d][\w.]*)\]")
"""A field that only names a variable."""


def deciding(scenes: Mapping[str, Scene], variables: Mapping[str, Value], stubs: Stubs = NONE) -> frozenset[str]:
    """Return the names that some condition, weight, target or fillable text may depend on, also by assignments.

    `variables` are the values at the start. A text that cannot be filled and an assignment that fails end a play,
    so what they read decides too, unless they cannot fail: a plain declared name in a text, a number that is set
    to a number or moved by one, a copy of a declared name.
    """
    nodes = [node for scene in scenes.values() for node in scene.nodes.values()]
    changes = [change for node in nodes for change in _changes(node, stubs)]
    safe = frozenset(variables)
    counters = _counters(variables, changes)
    found: set[str] = set()
    for scene in scenes.values():
        found.update(_bound_by(scene))
    for node in nodes:
        found.update(_decided_by(node, safe))
    sources: dict[str, set[str]] = {}
    for change in changes:
        read = reads(change)
        sources.setdefault(change.name, set()).update(read)
        if not (change.name in counters or _copies(change, safe)):
            found.update(read)
    waiting = list(found)
    while waiting:
        for name in sources.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)


def _counters(variables: Mapping[str, Value], changes: Iterable[Assignment]) -> frozenset[str]:
    """Return the numbers that are only ever set to a number, or moved by one."""
    numbers = {name for name, value in variables.items() if type(value) in (bool, int, float)}
    for change in changes:
        match change:
            case Assign(_, (), None | "+" | "-", Literal(bool() | int() | float())):
                pass
            case _:
                numbers.discard(change.name)
    return frozenset(numbers)


def _copies(change: Assignment, safe: frozenset[str]) -> bool:
    if not isinstance(change, Assign) or change.path or change.operator is not None:
        return False
    return isinstance(change.value, Literal) or (isinstance(change.value, Name) and change.value.name in safe)


def assigned(scenes: Mapping[str, Scene], stubs: Stubs = NONE) -> frozenset[str]:
    """Return the names that some assignment or call of the story sets."""
    nodes = [node for scene in scenes.values() for node in scene.nodes.values()]
    found = {change.name for node in nodes for change in _changes(node, stubs)}
    sources = [scene.meta.get("parameters") for scene in scenes.values()]
    for source in (*sources, *(node.directives.get("parameters") for node in nodes)):
        found.update(_parameters(source).names)
    return frozenset(found)


def read_by(source: str | None) -> frozenset[str]:
    """Return the names that an expression reads; none where it cannot be read."""
    try:
        return names(parse(source)) if source and source.strip() else frozenset()
    except ExpressionError:
        return frozenset()


def _decided_by(node: Node, safe: frozenset[str]) -> Iterator[str]:
    for source in node.conditions:
        yield from read_by(source)
    for edge in node.next.values():
        yield from read_by(edge.condition)
        yield from _unsafe(edge.text, safe)
    for key in ("expression", "set"):
        value = node.directives.get(key)
        if isinstance(value, str):
            yield from read_by(value)
    given = _arguments(node.directives.get("arguments"))
    for handed in (
        *given.places,
        *given.names.values(),
        *_parameters(node.directives.get("parameters")).defaults.values(),
    ):
        yield from names(handed)
    if node.verb == "return":
        yield from read_by(node.content)
    elif node.type in ("text", "choice"):
        yield from _unsafe(node.content, safe)


def _unsafe(text: str | None, safe: frozenset[str]) -> Iterator[str]:
    """Yield the names in a text that may keep it from being filled."""
    if text and ("[" in text or "%(" in text):
        try:
            found = references(text)
        except ExpressionError:
            return
        left = _PLAIN.sub(lambda field: "" if field["name"] in safe else field[0], text)
        still = references(left)
        yield from (name for name in found if name in still)


def _bound_by(scene: Scene) -> Iterator[str]:
    for default in _parameters(scene.meta.get("parameters")).defaults.values():
        yield from names(default)


def _parameters(source: Any) -> Parameters:
    try:
        return parse_parameters(source) if isinstance(source, str) else Parameters(())
    except ExpressionError:
        return Parameters(())


def _arguments(source: Any) -> Arguments:
    try:
        return parse_arguments(source) if isinstance(source, str) else Arguments()
    except ExpressionError:
        return Arguments()


def _changes(node: Node, stubs: Stubs) -> tuple[Assignment, ...]:
    """Return the assignments that a node makes, or that stand in for its code."""
    if node.verb not in ("set", "raw"):
        return ()
    stood_in = stubs.changes(node.content)
    if stood_in is not None:
        return stood_in
    try:
        change = parse_assignment(node.content) if node.verb == "set" else None
    except ExpressionError:
        return ()
    return () if change is None else (change,)
