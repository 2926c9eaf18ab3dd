"""The list of changes, and what undo and redo would do now."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from comfyvn.application.changes.chronicle import Filter
from comfyvn.application.changes.naming import Named, named
from comfyvn.application.history import redoable, undoable
from comfyvn.application.ports import LATEST, Step
from comfyvn.application.studio import Studio

LOOKED_AT = 5_000
"""How many changes one search for words looks at before it hands back where to go on."""
_BATCH = 250


@dataclass(frozen=True, slots=True)
class Page:
    """Changes, the newest first. `below` is where to go on: the position to ask for next; None: nothing is left."""

    items: list[Named]
    below: int | None


@dataclass(frozen=True, slots=True)
class Steps:
    """The changes that undo would take back and redo would bring back; None: there is nothing to do."""

    undo: Named | None
    redo: Named | None


def list_changes(
    studio: Studio, branch: str, wanted: Filter, *, text: str = "", at: int = LATEST, size: int = 100
) -> Page:
    """Return the first changes that pass a filter and whose name, message, actor or entities hold `text`.

    A search that finds little stops after `LOOKED_AT` changes and says where to go on.
    """
    needle = text.casefold()
    items: list[Named] = []
    looked = 0
    while looked < LOOKED_AT:
        batch = _BATCH if needle else size + 1
        commits = studio.store.chronicle.commits(branch, wanted, at, size=batch)
        for found in named(studio, branch, commits):
            if needle and not _holds(found, needle):
                continue
            if len(items) == size:
                return Page(items, found.commit.position)
            items.append(found)
        if len(commits) < batch:
            return Page(items, None)
        looked += len(commits)
        at = commits[-1].position - 1
    return Page(items, at)


def _holds(found: Named, needle: str) -> bool:
    words = (found.name, found.commit.message, found.commit.actor, *(t.name for t in found.touched))
    return any(needle in word.casefold() for word in words)


def next_steps(studio: Studio, branch: str, actor: str) -> Steps:
    """Return what undo and redo would do now for an actor."""
    return Steps(_first(studio, branch, actor, undoable), _first(studio, branch, actor, redoable))


def _first(
    studio: Studio, branch: str, actor: str, candidates: Callable[[Iterable[Step]], Iterator[str]]
) -> Named | None:
    commit_id = next(candidates(studio.store.trail(branch, actor)), None)
    if commit_id is None:
        return None
    commit = studio.store.commit(commit_id)
    found = named(studio, branch, [commit])[0]
    return replace(found, name=found.name.partition(": ")[2]) if commit.kind == "undo" else found
