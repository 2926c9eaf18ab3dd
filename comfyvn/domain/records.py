"""Entities that are a record of fields: one event per field, built from a table instead of written out again.

A record kind names its state class, the event that begins it and the one that ends it, and for each further field
the event that sets it. Scalar fields have an event with that one field; map fields have an event with
`key`, `value` and `present`, one per key, so that two people may change two keys; flags have one event for each
of their two values. A field that only the first event holds is fixed: another value makes it another entity.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from dataclasses import Field as DataField
from functools import cache
from typing import Any, Generic, TypeVar

from comfyvn.domain.documents import Field, fit
from comfyvn.domain.kernel import WHOLE, Conflict, Decider, Json, Missing, Refused
from comfyvn.domain.merge import ABSENT, same, with_fields, with_keys

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Record(Generic[S]):
    """The table of a record kind: which event begins, ends, and sets each field of `state`."""

    state: type[S]
    begun: type[Any]
    ended: type[Any]
    scalars: Mapping[tuple[str, ...], type[Any]]
    maps: Mapping[str, type[Any]] = field(default_factory=dict)
    flags: Mapping[str, tuple[type[Any], type[Any]]] = field(default_factory=dict)

    def reconcile(self, current: S | None, desired: S | None) -> tuple[Any, ...]:
        """Return the events that lead from `current` to `desired`."""
        if desired is None:
            return () if current is None else (self.ended(),)
        if current is None:
            first = self.begun(**{f.name: getattr(desired, f.name) for f in fields(self.begun)})
            return (first, *self._changes(self._begin(first), desired))
        if self.moved(current, desired):
            return (self.ended(), *self.reconcile(None, desired))
        return tuple(self._changes(current, desired))

    def _begin(self, first: Any) -> S:
        return self.state(**{f.name: getattr(first, f.name) for f in fields(self.begun)})

    def moved(self, current: S, desired: S) -> list[str]:
        """Return the fixed fields in which two states differ."""
        settable = {*self.maps, *self.flags}.union(*self.scalars)
        fixed = [f.name for f in fields(self.begun) if f.name not in settable]
        return [name for name in fixed if not same(getattr(current, name), getattr(desired, name))]

    def _changes(self, current: S, desired: S) -> Iterator[Any]:
        for names, event in self.scalars.items():
            values = tuple(getattr(desired, n) for n in names)
            if not same(values, tuple(getattr(current, n) for n in names)):
                yield event(*values)
        for name, (raised, lowered) in self.flags.items():
            if getattr(current, name) != getattr(desired, name):
                yield raised() if getattr(desired, name) else lowered()
        for name, event in self.maps.items():
            yield from map_changes(getattr(current, name), getattr(desired, name), event)

    def evolve(self, state: S | None, fact: Any) -> S | None:
        """Return `state` after `fact`."""
        if type(fact) is self.begun:
            return self._begin(fact)
        if type(fact) is self.ended or state is None:
            return None
        return with_fields(state, **self._set(state, fact))

    def _set(self, state: S, fact: Any) -> dict[str, Any]:
        for names, event in self.scalars.items():
            if type(fact) is event:
                return dict(zip(names, (getattr(fact, f.name) for f in fields(event)), strict=True))
        for name, event in self.maps.items():
            if type(fact) is event:
                value = fact.value if fact.present else ABSENT
                return {name: with_keys(getattr(state, name), {fact.key: value})}
        for name, values in self.flags.items():
            if type(fact) in values:
                return {name: type(fact) is values[0]}
        raise TypeError(f"{type(fact).__name__} is no event of {self.state.__name__}")

    def to_json(self, state: S) -> Json:
        """Return the state as a JSON object."""
        return {name: getattr(state, name) for name in names_of(self.state)}  # type: ignore[arg-type]

    def from_json(self, body: Mapping[str, Json]) -> S:
        """Return the state that `to_json` gave. Unknown keys are left out, missing ones take their default."""
        known = names_of(self.state)  # type: ignore[arg-type]
        return self.state(**{k: v for k, v in body.items() if k in known})


@cache
def names_of(state: type[Any]) -> tuple[str, ...]:
    """Return the names of a state's fields, in their order."""
    return tuple(f.name for f in fields(state))


def map_changes(
    current: Mapping[str, Json], desired: Mapping[str, Json], event: Callable[[str, Json, bool], Any]
) -> Iterator[Any]:
    """Yield one `event(key, value, present)` for each key that differs, in the order of keys."""
    if current is desired:
        return
    for key in sorted(current.keys() | desired.keys()):
        value = desired.get(key, ABSENT)
        if value is ABSENT:
            yield event(key, None, False)
        elif not same(current.get(key, ABSENT), value):
            yield event(key, value, True)


@dataclass(frozen=True, slots=True)
class Requests(Generic[S]):
    """The table of a record kind's commands, and of the fields of its document.

    `sets` maps a command to the event with the same fields that it asks for; `works` maps one that needs more
    thought to a function of state and command. `fields` are all fields of the state. `shown` are further keys of
    the document, made of id and state, which a save may repeat and does not read. `rule` refuses a state whose
    fields do not go together.
    """

    kind: str
    record: Record[S]
    opens: type[Any]
    saves: type[Any]
    ends: type[Any] | None
    sets: Mapping[type[Any], type[Any]]
    fields: Mapping[str, Field]
    works: Mapping[type[Any], Callable[[S, Any], S]] = field(default_factory=dict)
    shown: Mapping[str, Callable[[str, S], Json]] = field(default_factory=dict)
    rule: Callable[[S], None] = lambda _: None

    def intend(self, state: S | None, command: Any) -> S | None:
        """Return the state that `command` asks for, or raise `Refused`."""
        fit(command)
        if isinstance(command, self.saves):
            return self._checked(self._saved(command.document, state))
        if isinstance(command, self.opens):
            if state is not None:
                raise Conflict(f"{self.kind}_exists", f"The {self.kind} exists already.")
            given = {f.name: getattr(command, f.name) for f in fields(self.opens)}
            return self._checked(self.record.state(**self._read(given, None)))
        if state is None:
            raise Missing(f"{self.kind}_unknown", f"There is no such {self.kind}.")
        if type(command) is self.ends:
            return None
        if work := self.works.get(type(command)):
            return self._checked(work(state, command))
        event = self.sets[type(command)]
        fact = event(**{f.name: getattr(command, f.name) for f in fields(command)})
        desired = self.record.evolve(state, fact)
        return None if desired is None else self._checked(desired)

    def commands(self) -> tuple[type[Any], ...]:
        """Return the classes of all commands."""
        ends = () if self.ends is None else (self.ends,)
        return (self.opens, *self.sets, *self.works, *ends, self.saves)

    def to_document(self, entity_id: str, state: S) -> dict[str, Json]:
        """Return the whole entity as the JSON object that clients get and save."""
        written = {f.key or name: f.write(getattr(state, name)) for name, f in self.fields.items()}
        shown = {key: show(entity_id, state) for key, show in self.shown.items()}
        return {"id": entity_id, **shown, **written}

    def _saved(self, document: Any, state: S | None) -> S:
        if not isinstance(document, Mapping):
            raise self._malformed("", "The document is not an object.")
        names = {f.key or name: name for name, f in self.fields.items()}
        if unknown := sorted(document.keys() - names.keys() - self.shown.keys() - {"id"}):
            raise self._malformed(unknown[0], f"There are unknown keys: {', '.join(unknown)}.")
        given = {names[key]: value for key, value in document.items() if key in names}
        if state is not None:
            saved: S = replace(state, **self._read(given, state))  # type: ignore[type-var]
            if moved := self.record.moved(state, saved):
                raise self._malformed(moved[0], f"{moved[0]} cannot change.")
            return saved
        needed = [f.name for f in fields(self.record.state) if f.name not in given and not _optional(f)]  # type: ignore[arg-type]
        if needed:
            key = self.fields[needed[0]].key or needed[0]
            raise self._malformed(key, f"{key} is missing.")
        return self.record.state(**self._read(given, None))

    def _read(self, given: Mapping[str, Json], state: S | None) -> dict[str, Any]:
        for name, value in given.items():
            self._fits(name, value)
        return {n: self.fields[n].read(v, getattr(state, n, None)) for n, v in given.items()}

    def _checked(self, state: S) -> S:
        for name, form in self.fields.items():
            self._fits(name, form.write(getattr(state, name)))
        self.rule(state)
        return state

    def _fits(self, name: str, value: Any) -> None:
        form = self.fields[name]
        if not form.fits(value):
            key = form.key or name
            raise self._malformed(key, f"{key} is not {form.says}.")

    def _malformed(self, where: str, message: str) -> Refused:
        return Refused(f"{self.kind}_malformed", message, where=where)


def _optional(f: DataField[Any]) -> bool:
    return f.default is not MISSING or f.default_factory is not MISSING


def decider(requests: Requests[S]) -> Decider[Any, S, Any]:
    """Return the decider of a record kind."""
    record = requests.record
    return Decider(
        kind=requests.kind,
        intend=requests.intend,
        reconcile=record.reconcile,
        evolve=record.evolve,
        part=lambda state, part: record.to_json(state) if part == WHOLE else None,
        part_names=lambda _: (WHOLE,),
        assemble=lambda parts: record.from_json(parts[WHOLE]),
        part_of=lambda _: WHOLE,
        to_document=requests.to_document,
        save=requests.saves,
        commands=requests.commands(),
    )
