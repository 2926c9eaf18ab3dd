"""Variables that conditions and assignments use."""

import builtins
from collections.abc import Iterator
from itertools import chain

from comfyvn.application.validation.finding import StoryFinding
from comfyvn.application.validation.outline import Outline
from comfyvn.domain.expressions import ExpressionError, names, parse, parse_assignment, reads
from comfyvn.domain.story import Node

_OF_ENGINE = frozenset({"persistent", "config", "gui", "store", "renpy", "preferences", "style", "main_menu", "build"})
"""Names that the engine defines in every game."""
_OF_LANGUAGE = frozenset(dir(builtins))


def defined(known: Outline) -> frozenset[str]:
    """Return the names that the story itself declares."""
    cast = known.story.characters
    found = chain(known.story.variables, cast, (one.variable for one in cast.values() if one.variable))
    return frozenset(found)


def assigned(known: Outline) -> frozenset[str]:
    """Return the names that some assignment sets."""
    return frozenset(name for _, _, node in known.nodes() if (name := _target(node)) is not None)


def is_known(known: Outline, name: str, declared: frozenset[str]) -> bool:
    """Tell whether a name is declared, or may be: by the engine, or by code that mentions it."""
    head = name.partition(".")[0]
    return (
        name in declared
        or head in declared
        or head in _OF_ENGINE
        or head in _OF_LANGUAGE
        or head.startswith("_")
        or known.in_code(name)
    )


def check(known: Outline) -> Iterator[StoryFinding]:
    """Yield variables that nobody declares, and expressions that cannot be read."""
    declared, given = defined(known), assigned(known)
    told: set[str] = set()
    for scene_id, node_id, node in known.nodes():
        for source in _conditions(node):
            try:
                found = names(parse(source))
            except ExpressionError as error:
                if node.source is None:
                    message = f"The condition {source!r} cannot be read: {error}."
                    yield StoryFinding("error", "condition_malformed", message, scene_id, node_id)
                continue
            yield from _undefined(known, found, declared | given, scene_id, node_id)
        if node.verb != "set":
            continue
        target, read = _assignment(node)
        yield from _undefined(known, read - {target or ""}, declared | given, scene_id, node_id)
        if target is None and node.source is None:
            message = f"The assignment {node.content!r} cannot be read."
            yield StoryFinding("error", "condition_malformed", message, scene_id, node_id)
        if target is not None and target not in told and not is_known(known, target, declared):
            told.add(target)
            message = f"The variable {target!r} is assigned but declared nowhere."
            yield StoryFinding("warning", "variable_undeclared", message, scene_id, node_id)


def _undefined(
    known: Outline, found: frozenset[str], declared: frozenset[str], scene_id: str, node_id: str
) -> Iterator[StoryFinding]:
    for name in sorted(found):
        if not is_known(known, name, declared):
            yield StoryFinding("error", "variable_undefined", f"There is no variable {name!r}.", scene_id, node_id)


def _conditions(node: Node) -> Iterator[str]:
    given = (*node.conditions, *(edge.condition for edge in node.next.values()))
    return (source for source in given if source and source.strip())


def _target(node: Node) -> str | None:
    return _assignment(node)[0] if node.verb == "set" else None


def _assignment(node: Node) -> tuple[str | None, frozenset[str]]:
    """Return the name that a node assigns (None: it cannot be told) and those it reads."""
    try:
        found = parse_assignment(node.content)
    except ExpressionError:
        return None, frozenset()
    return (None, frozenset()) if found is None else (found.name, reads(found))
