"""A naive model of projects: every moment of every branch as plain dictionaries, kept in full."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from comfyvn.application.ports import Ref
from comfyvn.domain.cast import Character
from comfyvn.domain.story import Scene

Document = Any
State = Mapping[Ref, Document]
"""Entity -> what it is; what does not exist is not in it."""

Side = Literal["ours", "theirs"]


class Collision(Exception):
    """Both sides changed the same thing in different ways."""


def three_way(base: Any, ours: Any, theirs: Any, side: Side | None = None) -> Any:
    """Return `ours` with the changes from `base` to `theirs`; None is what does not exist."""
    if theirs in (base, ours):
        return ours
    if ours == base:
        return theirs
    if isinstance(base, dict) and isinstance(ours, dict) and isinstance(theirs, dict):
        keys = base.keys() | ours.keys() | theirs.keys()
        found = {key: three_way(base.get(key), ours.get(key), theirs.get(key), side) for key in keys}
        return {key: value for key, value in found.items() if value is not None}
    if side is None:
        raise Collision
    return ours if side == "ours" else theirs


def plain(entity: Scene | Character | None) -> Document:
    """Return what the model knows of an entity: no order keys, no empty fields."""
    if entity is None:
        return None
    if isinstance(entity, Character):
        return {"name": entity.name, "traits": dict(entity.traits)}
    nodes = {
        node_id: {"words": node.content, "directives": dict(node.directives)} | _if(speaker=node.speaker)
        for node_id, node in entity.nodes.items()
    }
    return {"title": entity.title, "nodes": nodes, "meta": dict(entity.meta)}


def _if(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True)
class Change:
    """A commit: the states before and after it, on the branch where it was made."""

    id: str
    kind: str
    actor: str
    before: State
    after: State
    reverts: "Change | None" = None

    def entities(self) -> list[Ref]:
        """Return what it changed."""
        return [ref for ref in {**self.before, **self.after} if self.before.get(ref) != self.after.get(ref)]


@dataclass(frozen=True)
class Moment:
    """A branch after a commit: the position, what is there, and the commits that it has by descent and by merges."""

    position: int
    state: State
    log: tuple[Change, ...]
    seen: frozenset[str]


@dataclass
class History:
    """A branch: its moments, those before the fork included."""

    moments: list[Moment] = field(default_factory=list)

    @property
    def now(self) -> Moment:
        """Return the present."""
        return self.moments[-1]

    def at(self, position: int) -> Moment:
        """Return what was at a position."""
        return [moment for moment in self.moments if moment.position <= position][-1]

    def add(self, change: Change, position: int, learned: frozenset[str] = frozenset()) -> None:
        """Go on by a commit, which may bring in what another branch has seen."""
        seen = self.now.seen | learned | {change.id}
        self.moments.append(Moment(position, change.after, (*self.now.log, change), seen))

    def undoable(self, actor: str) -> Iterator[Change]:
        """Yield what an actor may undo, newest first."""
        yield from reversed(self._stacks(actor)[0])

    def redoable(self, actor: str) -> Iterator[Change]:
        """Yield the undos that an actor may take back, newest first."""
        yield from reversed(self._stacks(actor)[1])

    def _stacks(self, actor: str) -> tuple[list[Change], list[Change]]:
        done: list[Change] = []
        undone: list[Change] = []
        for change in self.now.log:
            if change.actor != actor:
                continue
            if change.kind == "undo":
                undone.append(change)
                done.remove(change.reverts)  # type: ignore[arg-type]
            elif change.kind == "redo" and change.reverts is not None and change.reverts.reverts is not None:
                undone.remove(change.reverts)
                done.append(change.reverts.reverts)
                done.sort(key=self.now.log.index)
            else:
                done.append(change)
                undone.clear()
        return done, undone


def taken_back(state: State, change: Change, side: Side | None = None) -> State:
    """Return a state without a change. Raises Collision."""
    return merged(state, change.after, change.before, change.entities(), side)


def merged(ours: State, base: State, theirs: State, entities: list[Ref], side: Side | None = None) -> State:
    """Return `ours` with what changed of some entities. Raises Collision."""
    found = {**ours, **{ref: three_way(base.get(ref), ours.get(ref), theirs.get(ref), side) for ref in entities}}
    return {ref: document for ref, document in found.items() if document is not None}


def last_common(one: History, other: History) -> Moment | None:
    """Return the latest moment that two branches have both seen; None where their past crosses."""
    common = one.now.seen & other.now.seen
    known = {m.log[-1].id: m for history in (one, other) for m in history.moments}
    return next((m for m in known.values() if m.seen == common), None)
