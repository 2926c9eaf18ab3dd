"""What recorded facts mean for a scene, and which facts lead from one scene to another."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import partial
from typing import Any, Final

from comfyvn.domain.kernel import WHOLE, Json
from comfyvn.domain.merge import ABSENT, same, with_fields, with_keys
from comfyvn.domain.records import Record, map_changes
from comfyvn.domain.story.events import (
    ActionPlaced,
    ChoiceOffered,
    EdgeDrawn,
    EdgeErased,
    LineReattributed,
    LineReworded,
    LineWritten,
    NodeAnnotated,
    NodeDirected,
    NodeGuarded,
    NodeMoved,
    NodeRemoved,
    NodeTraced,
    SceneAnnotated,
    SceneDiscarded,
    SceneEvent,
    SceneLedOn,
    SceneOpened,
    ScenePlaced,
    SceneRelabelled,
    SceneRetitled,
)
from comfyvn.domain.story.state import Node, NodeType, Scene

HEADER: Final = Record(
    state=Scene,
    begun=SceneOpened,
    ended=SceneDiscarded,
    scalars={
        ("title",): SceneRetitled,
        ("group", "order"): ScenePlaced,
        ("label",): SceneRelabelled,
        ("falls_to",): SceneLedOn,
    },
    maps={"meta": SceneAnnotated},
)

_SETS: Final[dict[type[Any], tuple[str, str]]] = {
    LineReworded: ("content", "text"),
    LineReattributed: ("speaker", "speaker"),
    NodeMoved: ("place", "place"),
    NodeGuarded: ("conditions", "conditions"),
    NodeTraced: ("source", "source"),
}
"""Event -> the field of a node that it sets, and the field of the event that holds the value."""


def evolve(scene: Scene | None, fact: SceneEvent) -> Scene | None:
    """Return `scene` after `fact`. Never refuses, never looks at clock, disk or chance."""
    if scene is None or not hasattr(fact, "node_id"):
        return HEADER.evolve(scene, fact)
    kind, node_id = type(fact), fact.node_id
    if kind is NodeRemoved:
        return with_fields(scene, nodes=scene.nodes.delete(node_id))
    write = _WRITES.get(kind)
    node = write(fact) if write else _CHANGES[kind](scene.nodes[node_id], fact)
    return with_fields(scene, nodes=scene.nodes.set(node_id, node))


def _setting(name: str, given: str) -> Callable[[Node, Any], Node]:
    return lambda node, fact: with_fields(node, **{name: getattr(fact, given)})


def _entry(present: Mapping[str, Json], fact: NodeDirected | NodeAnnotated) -> Mapping[str, Json]:
    return with_keys(present, {fact.key: fact.value if fact.present else ABSENT})


_WRITES: Final[Mapping[type[Any], Callable[[Any], Node]]] = {
    LineWritten: lambda fact: _written("text", fact, fact.text, fact.speaker),
    ChoiceOffered: lambda fact: _written("choice", fact, fact.prompt, fact.speaker),
    ActionPlaced: lambda fact: _written("action", fact, fact.content, verb=fact.verb),
}
"""Event -> the node that it writes."""

_CHANGES: Final[Mapping[type[Any], Callable[[Node, Any], Node]]] = {
    **{event: _setting(*names) for event, names in _SETS.items()},
    NodeDirected: lambda node, fact: with_fields(node, directives=_entry(node.directives, fact)),
    NodeAnnotated: lambda node, fact: with_fields(node, meta=_entry(node.meta, fact)),
    EdgeDrawn: lambda node, fact: with_fields(node, next={**node.next, fact.edge_id: fact.edge}),
    EdgeErased: lambda node, fact: with_fields(node, next=with_keys(node.next, {fact.edge_id: ABSENT})),
}
"""Event -> what it makes of its node."""


def _written(type_: NodeType, fact: Any, content: str, speaker: str | None = None, verb: str | None = None) -> Node:
    conditions = tuple(fact.conditions)
    return Node(
        type_, fact.place, content, speaker, verb, fact.directives, conditions, fact.next, fact.meta, fact.source
    )


def reconcile(current: Scene | None, desired: Scene | None) -> tuple[SceneEvent, ...]:
    """Return the events that lead from `current` to `desired`; none where they are equal."""
    if current is desired:
        return ()
    if current is not None and desired is not None and current.role != desired.role:
        return (*reconcile(current, None), *reconcile(None, desired))
    header = HEADER.reconcile(current, desired)
    if desired is None:
        return header
    before = current.nodes if current is not None else Scene("").nodes
    return (*header, *_node_changes(before, desired.nodes))


def _node_changes(before: Any, after: Any) -> Iterator[SceneEvent]:
    if before is after:
        return
    for node_id in sorted(i for i in before if i not in after):
        yield NodeRemoved(node_id)
    changed = [i for i, node in after.items() if before.get(i) is not node]
    for node_id in sorted(changed, key=lambda i: (after[i].place.block, after[i].place.order, i)):
        was, node = before.get(node_id), after[node_id]
        if was is None or (was.type, was.verb) != (node.type, node.verb):
            if was is not None:
                yield NodeRemoved(node_id)
            fact = _writing(node_id, node)
            yield fact
            yield from _changes(node_id, _WRITES[type(fact)](fact), node)
        else:
            yield from _changes(node_id, was, node)


def _writing(node_id: str, node: Node) -> LineWritten | ChoiceOffered | ActionPlaced:
    event: type[Any] = {
        "text": LineWritten,
        "choice": ChoiceOffered,
        "action": ActionPlaced,
    }[node.type]
    words = {"text": "text", "choice": "prompt", "action": "content"}[node.type]
    known = {f.name for f in fields(event)}
    given = {f.name: getattr(node, f.name) for f in fields(node) if f.name in known}
    written: LineWritten | ChoiceOffered | ActionPlaced = event(**{**given, "node_id": node_id, words: node.content})
    return written


def _changes(node_id: str, was: Node, node: Node) -> Iterator[SceneEvent]:
    for event, (name, _) in _SETS.items():
        if not same(getattr(was, name), getattr(node, name)):
            yield event(node_id, getattr(node, name))
    yield from map_changes(was.directives, node.directives, partial(NodeDirected, node_id))
    yield from map_changes(was.meta, node.meta, partial(NodeAnnotated, node_id))
    for edge_id in sorted(was.next.keys() | node.next.keys()):
        edge = node.next.get(edge_id)
        if edge is None:
            yield EdgeErased(node_id, edge_id)
        elif not same(was.next.get(edge_id), edge):
            yield EdgeDrawn(node_id, edge_id, edge)


def part_of(fact: SceneEvent) -> str:
    """Return the part that an event touches: a node, or the scene's own fields."""
    return getattr(fact, "node_id", WHOLE)
