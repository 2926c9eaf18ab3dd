"""The few words every context shares: events, entity kinds, deciders, refusals."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")

Json = Any
"""A JSON value: None, bool, int, float, str, list or dict of such. Never changed in place."""

EVENT_TYPES: dict[str, type[Any]] = {}
"""Wire name -> class. Names are written out, so a class can move or be renamed."""

EVENT_SCHEMAS: dict[str, int] = {}
"""Wire name -> the number of the shape that is written today; older shapes are brought up to it on reading."""

COMMAND_TYPES: dict[str, type[Any]] = {}
"""Wire name -> class of every command that a client may send."""

COMMAND_NAMES: dict[type[Any], str] = {}
"""The same, the other way round."""

WHOLE = ""
"""The part of an entity that holds its own fields; other parts are named by their id (a node of a scene)."""


def event(name: str, schema: int = 1) -> Callable[[type[E]], type[E]]:
    """Register an event class under its permanent wire name, such as ``story.line_written``.

    `schema` counts the shapes that the event has had; a new shape needs an upcast of each older one.
    """

    def register(cls: type[E]) -> type[E]:
        if name in EVENT_TYPES:
            raise ValueError(f"event name {name!r} is taken by {EVENT_TYPES[name]}")
        EVENT_TYPES[name] = cls
        EVENT_SCHEMAS[name] = schema
        return cls

    return register


def command(name: str) -> Callable[[type[C]], type[C]]:
    """Register a command class under its wire name, such as ``story.write-line``; unknown fields are refused."""

    def register(cls: type[C]) -> type[C]:
        if name in COMMAND_TYPES:
            raise ValueError(f"command name {name!r} is taken by {COMMAND_TYPES[name]}")
        cls.__pydantic_config__ = {"extra": "forbid"}  # type: ignore[attr-defined]
        COMMAND_TYPES[name] = cls
        COMMAND_NAMES[cls] = name
        return cls

    return register


@dataclass(frozen=True, slots=True)
class Decider(Generic[C, S, E]):
    """A kind of entity as a value: what a command asks for, what to record, and what recorded facts mean.

    A state of None is an entity that does not exist (yet, or any more). `intend(state, command)` is the state that
    the command asks for, or it raises `Refused`; `reconcile(current, desired)` gives the events that turn one state
    into another, none where they are equal; `evolve` is the state after one event and never refuses.
    `part_names`, `part` and `assemble` are the JSON shape of a state, split into parts that readers and blame
    address one by one: `WHOLE` for the entity's own fields, others by id. `part_of` names the part an event touches.
    `to_document(id, state)` is the whole entity as clients get it, and `save(document)` the command that makes the
    entity equal to one. `commands` are the classes of all commands that `intend` takes.
    """

    kind: str
    intend: Callable[[S | None, C], S | None]
    reconcile: Callable[[S | None, S | None], tuple[E, ...]]
    evolve: Callable[[S | None, E], S | None]
    part: Callable[[S, str], Json | None]
    part_names: Callable[[S], Iterable[str]]
    assemble: Callable[[Mapping[str, Json]], S]
    part_of: Callable[[E], str]
    to_document: Callable[[str, S], dict[str, Json]]
    save: Callable[[Mapping[str, Json]], C]
    commands: tuple[type[Any], ...]

    def decide(self, state: S | None, command: C) -> tuple[E, ...]:
        """Return the facts that `command` makes true, none where it asks for nothing new, or raise `Refused`."""
        return self.reconcile(state, self.intend(state, command))

    def fold(self, events: Iterable[E], state: S | None = None) -> S | None:
        """Return the state after `events`."""
        return reduce(self.evolve, events, state)

    def parts(self, state: S | None) -> dict[str, Json]:
        """Return all parts of a state; nothing for an entity that does not exist."""
        return {} if state is None else {name: self.part(state, name) for name in self.part_names(state)}


class Refused(Exception):
    """A command broke a rule. `code` is stable; `details` is JSON; the HTTP status comes from the class."""

    def __init__(self, code: str, message: str, **details: Json) -> None:
        super().__init__(message)
        self.code = code
        self.details = details


class Missing(Refused):
    """The command names something that is not there (404)."""


class Conflict(Refused):
    """The command does not fit the present state (409)."""
