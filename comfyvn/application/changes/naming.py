"""The names of changes: what people read in the history and beside undo and redo."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from comfyvn.application.changes.chronicle import Deed
from comfyvn.application.changes.phrases import sentence, spoken, titled
from comfyvn.application.handle import told
from comfyvn.application.ports import LATEST, Commit, PartVersion, Ref
from comfyvn.application.studio import Studio
from comfyvn.domain.kernel import WHOLE

MOST_EVENTS = 500
"""Changes with more events are named by their message alone, as nobody reads so many."""


@dataclass(frozen=True, slots=True)
class Touched:
    """An entity that a change touched: what it is called, and how many events of which name there were."""

    entity: str
    kind: str
    name: str
    events: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Named:
    """A change and what people call it. `touched` is empty where a change has more than `MOST_EVENTS` events."""

    commit: Commit
    name: str
    touched: tuple[Touched, ...]


def named(studio: Studio, branch: str, commits: Sequence[Commit]) -> list[Named]:
    """Return changes that are visible on a branch with their names, in the same order."""
    origins = _origins(studio, commits)
    every = {c.position: c for c in (*commits, *origins.values())}
    deeds = studio.store.chronicle.deeds(every, MOST_EVENTS)
    names = _Names(studio, branch, (deed.ref for found in deeds.values() for deed in found))
    return [
        Named(c, _name(c, origins.get(c.id), deeds, names), tuple(_touched(c, deeds.get(c.position, ()), names)))
        for c in commits
    ]


class _Names:
    """What entities were called at any time."""

    def __init__(self, studio: Studio, branch: str, refs: Iterable[Ref]) -> None:
        self._versions: dict[Ref, Sequence[PartVersion]] = {}
        by_kind: dict[str, set[str]] = {}
        for ref in refs:
            by_kind.setdefault(ref.kind, set()).add(ref.id)
        for kind, ids in by_kind.items():
            found = studio.store.bulk.histories(branch, kind, [(entity, WHOLE) for entity in ids])
            self._versions |= {Ref(kind, entity): versions for (entity, _), versions in found.items()}

    def at(self, ref: Ref, position: int = LATEST) -> str:
        """Return the name that an entity had, or the first that it got."""
        bodies = [(v.position, v.body) for v in self._versions.get(ref, ()) if v.body is not None]
        before = [body for at, body in bodies if at <= position]
        return titled(ref, before[-1] if before else bodies[0][1] if bodies else None)


def _origins(studio: Studio, commits: Sequence[Commit]) -> dict[str, Commit]:
    """Return for each undo, redo and revert the change that it is about in the end."""
    found: dict[str, Commit] = {}
    for commit in commits:
        target = commit
        while target.reverts is not None:
            target = studio.store.commit(target.reverts)
        if target is not commit:
            found[commit.id] = target
    return found


def _name(commit: Commit, origin: Commit | None, deeds: Mapping[int, Sequence[Deed]], names: _Names) -> str:
    if origin is not None:
        done = {"undo": "Undid", "redo": "Redid"}.get(commit.kind, "Took back")
        return f"{done}: {_name(origin, None, deeds, names)}"
    said = deeds.get(commit.position, ())
    if commit.kind == "do" and said and commit.message == _plain_message(commit):
        return sentence(said, {deed.ref: names.at(deed.ref, commit.position) for deed in said})
    return spoken(commit.message)


def _plain_message(commit: Commit) -> str | None:
    """Return the message that a command has where nobody gave it one."""
    entity = commit.body.get("entity") if isinstance(commit.body, dict) else None
    return told(commit.command, Ref.of(entity)) if isinstance(entity, str) else None


def _touched(commit: Commit, deeds: Sequence[Deed], names: _Names) -> list[Touched]:
    found: dict[Ref, dict[str, int]] = {}
    for deed in deeds:
        found.setdefault(deed.ref, {})[deed.event] = deed.events
    return [Touched(str(ref), ref.kind, names.at(ref, commit.position), events) for ref, events in found.items()]
