"""Entities that are a record of fields: one event per field, built from a table instead of written out again.

A record kind names its state class, the event that begins it and the one that ends it, and for each further field
the event that sets it. Scalar fields have an event with that one field; map fields have an event with
`key`, `value` and `present`, one per key, so that two people may change two keys.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar

from comfyvn.domain.kernel import WHOLE, Decider, Json
from comfyvn.domain.merge import ABSENT, with_keys

C = TypeVar("C")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Record(Generic[S]):
    """The table of a record kind: which event begins, ends, and sets each field of `state`."""

    state: type[S]
    begun: type[Any]
    ended: type[Any] | None
    scalars: Mapping[tuple[str, ...], type[Any]]
    maps: Mapping[str, type[Any]]

    def reconcile(self, current: S | None, desired: S | None) -> tuple[Any, ...]:
        """Return the events that lead from `current` to `desired`."""
        if desired is None:
            return () if current is None or self.ended is None else (self.ended(),)
        if current is None:
            return (self.begun(**{f.name: getattr(desired, f.name) for f in fields(self.begun)}),)
        return tuple(self._changes(current, desired))

    def _changes(self, current: S, desired: S) -> Iterator[Any]:
        for names, event in self.scalars.items():
            values = tuple(getattr(desired, n) for n in names)
            if values != tuple(getattr(current, n) for n in names):
                yield event(*values)
        for name, event in self.maps.items():
            yield from map_changes(getattr(current, name), getattr(desired, name), event)

    def evolve(self, state: S | None, fact: Any) -> S | None:
        """Return `state` after `fact`."""
        if type(fact) is self.begun:
            return self.state(**{f.name: getattr(fact, f.name) for f in fields(self.begun)})
        if type(fact) is self.ended or state is None:
            return None
        for names, event in self.scalars.items():
            if type(fact) is event:
                given = (getattr(fact, f.name) for f in fields(event))
                return replace(state, **dict(zip(names, given, strict=True)))  # type: ignore[type-var]
        for name, event in self.maps.items():
            if type(fact) is event:
                value = fact.value if fact.present else ABSENT
                changed = with_keys(getattr(state, name), {fact.key: value})
                return replace(state, **{name: changed})  # type: ignore[type-var]
        raise TypeError(f"{type(fact).__name__} is no event of {self.state.__name__}")

    def to_json(self, state: S) -> Json:
        """Return the state as a JSON object."""
        return {f.name: getattr(state, f.name) for f in fields(self.state)}  # type: ignore[arg-type]

    def from_json(self, body: Mapping[str, Json]) -> S:
        """Return the state that `to_json` gave. Unknown keys are left out, missing ones take their default."""
        known = {f.name for f in fields(self.state)}  # type: ignore[arg-type]
        return self.state(
            **{k: tuple(v) if isinstance(v, list) else v for k, v in body.items() if k in known}
        )


def map_changes(
    current: Mapping[str, Json], desired: Mapping[str, Json], event: Callable[[str, Json, bool], Any]
) -> Iterator[Any]:
    """Yield one `event(key, value, present)` for each key that differs, in the order of keys."""
    if current is desired or current == desired:
        return
    for key in sorted(current.keys() | desired.keys()):
        value = desired.get(key, ABSENT)
        if value is ABSENT:
            yield event(key, None, False)
        elif current.get(key, ABSENT) != value:
            yield event(key, value, True)


def decider(kind: str, record: Record[S], intend: Callable[[S | None, C], S | None]) -> Decider[C, S, Any]:
    """Return the decider of a record kind."""
    return Decider(
        kind=kind,
        intend=intend,
        reconcile=record.reconcile,
        evolve=record.evolve,
        part=lambda state, part: record.to_json(state) if part == WHOLE else None,
        part_names=lambda _: (WHOLE,),
        assemble=lambda parts: record.from_json(parts[WHOLE]),
        part_of=lambda _: WHOLE,
    )
