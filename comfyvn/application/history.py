"""Undo, redo, revert and restore: each a new commit that leads back, nothing is ever taken out of the history."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from comfyvn.application.conflicts import Settled, choices_for, dangling, items
from comfyvn.application.ports import LATEST, Change, Commit, CommitKind, EventStore, Ref, Step
from comfyvn.application.studio import ConflictItem, Outcome, Request, Studio, earlier, envelope, open_branch
from comfyvn.domain.kernel import WHOLE, Conflict, Json, Missing, Refused
from comfyvn.domain.merge import merge3

UNDOABLE: frozenset[CommitKind] = frozenset({"do", "import", "merge", "restore", "revert"})
"""Kinds of commits that undo steps back over."""

FIXED_KINDS = frozenset({"branch"})
"""Kinds of entities that restore and merge leave alone: a branch's own name and state."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Three states of one entity: where both sides come from, what is there now, and what is wanted."""

    ref: Ref
    base: Any
    theirs: Any


def undo(studio: Studio, branch: str, request: Request, settled: Settled | None = None) -> Outcome:
    """Take back the actor's own last change on a branch that is not taken back yet.

    Others may have worked meanwhile: only fields that someone changed again collide. A change of which nothing is
    left, as others took it back, is passed over for the one before. Raises Missing("nothing_to_undo").
    """
    return _step(studio, branch, request, "undo", undoable, settled)


def redo(studio: Studio, branch: str, request: Request, settled: Settled | None = None) -> Outcome:
    """Take back the actor's last undo, unless they changed something since. Raises Missing("nothing_to_redo")."""
    return _step(studio, branch, request, "redo", redoable, settled)


def revert(studio: Studio, branch: str, commit_id: str, request: Request, settled: Settled | None = None) -> Outcome:
    """Take back any one change that is visible on a branch, also an old one and another person's."""
    body = {"branch": branch, "commit": commit_id}
    if done := earlier(studio, request, "project.revert", body):
        return Outcome(done, done.position)
    target = studio.store.commit(commit_id)
    if not sees(studio, branch, target):
        raise Missing("commit_unknown", f"Commit {commit_id} is not part of this branch.", commit=commit_id)
    return _take_back(studio, branch, target, request, "revert", body, settled)


def _step(
    studio: Studio,
    branch: str,
    request: Request,
    kind: CommitKind,
    candidates: Callable[[Iterable[Step]], Iterator[str]],
    settled: Settled | None,
) -> Outcome:
    body = {"branch": branch}
    if done := earlier(studio, request, f"project.{kind}", body):
        return Outcome(done, done.position)
    outcome: Outcome | None = None
    for commit_id in candidates(studio.store.trail(branch, request.actor)):
        target = studio.store.commit(commit_id)
        outcome = _take_back(studio, branch, target, request, kind, body, settled)
        if outcome.commit or outcome.conflicts:
            return outcome
    if outcome is None:
        raise Missing(f"nothing_to_{kind}", f"There is nothing to {kind} for {request.actor} on this branch.")
    return outcome


def undoable(trail: Iterable[Step]) -> Iterator[str]:
    """Yield the commits of one actor that are not taken back, the newest first."""
    undone: set[str] = set()
    for step in trail:
        if step.id in undone:
            continue
        if step.kind in ("undo", "redo") and step.reverts:
            undone.add(step.reverts)
        elif step.kind in UNDOABLE:
            yield step.id


def redoable(trail: Iterable[Step]) -> Iterator[str]:
    """Yield the undos of one actor that are not taken back and came after their last other change, the newest first."""
    redone: set[str] = set()
    for step in trail:
        if step.kind in UNDOABLE:
            return
        if step.kind == "redo" and step.reverts:
            redone.add(step.reverts)
        elif step.kind == "undo" and step.id not in redone:
            yield step.id


def sees(studio: Studio, branch: str, commit: Commit) -> bool:
    """Tell whether a commit is part of what a branch shows."""
    return any(b == commit.branch and commit.position <= upto for b, upto in studio.store.lineage(branch))


def _take_back(
    studio: Studio,
    branch: str,
    target: Commit,
    request: Request,
    kind: CommitKind,
    body: Json,
    settled: Settled | None,
) -> Outcome:
    sides = [Sides(ref, after, before) for ref, before, after in around(studio.store, target)]
    message = f"{kind} {target.message}"
    return apply(studio, branch, sides, request, message, kind, body, settled, reverts=target.id)


def around(store: EventStore, commit: Commit) -> list[tuple[Ref, Any, Any]]:
    """Return the entities that a commit changed, each with its states before and after."""
    refs = list(store.touched(commit.branch, commit.first_position - 1, commit.position))
    before = store.load_many(commit.branch, refs, commit.first_position - 1)
    after = store.load_many(commit.branch, refs, commit.position)
    return [(ref, before[ref].state, after[ref].state) for ref in refs]


def restore(
    studio: Studio,
    branch: str,
    position: int,
    request: Request,
    only: Iterable[Ref] | None = None,
    part: str | None = None,
) -> Outcome:
    """Make a branch, or some entities of it (or one part of one), what they were at a past position."""
    wanted = None if only is None else sorted(only)
    names = None if wanted is None else [str(ref) for ref in wanted]
    body = {"branch": branch, "position": position, "only": names, "part": part}
    if done := earlier(studio, request, "project.restore", body):
        return Outcome(done, done.position)
    open_branch(studio, branch)
    store = studio.store
    if position < 0 or position > store.head(branch):
        raise Refused("position_unknown", f"Position {position} is not in the history of this branch.", at=position)
    changes = []
    refs = [r for r in (store.touched(branch, position) if wanted is None else wanted) if r.kind not in FIXED_KINDS]
    present, past = store.load_many(branch, refs), store.load_many(branch, refs, position)
    for ref in refs:
        now, version = present[ref]
        then = past[ref].state
        if ref.kind == "project" and then is None:
            continue
        if part is not None:
            then = _with_part(studio, ref, now, then, part)
        decider = store.kinds[ref.kind]
        if events := decider.reconcile(now, then):
            changes.append(Change(ref, version, now, events, decider.fold(events, now)))
    if not changes:
        return Outcome(None, store.head(branch))
    what = "everything" if names is None else ", ".join(names[:3])
    head = envelope(
        studio, request, f"restore {what} as of {position}", "restore", command="project.restore", body=body
    )
    commit = store.append(branch, head, changes)
    return Outcome(commit, commit.position)


def _with_part(studio: Studio, ref: Ref, now: Any, then: Any, part: str) -> Any:
    """Return `now` with one part as it is in `then`."""
    decider = studio.store.kinds[ref.kind]
    if now is None:
        raise Missing(f"{ref.kind}_unknown", f"There is no {ref.kind} {ref.id}.", entity=str(ref))
    parts = decider.parts(now)
    past = decider.parts(then).get(part)
    if past is None and part == WHOLE:
        raise Missing("part_unknown", f"{ref} did not exist then.", entity=str(ref), part=part)
    if past is None:
        parts.pop(part, None)
    else:
        parts[part] = past
    return decider.assemble(parts)


def apply(
    studio: Studio,
    branch: str,
    sides: Iterable[Sides],
    request: Request,
    message: str,
    kind: CommitKind,
    body: Json,
    settled: Settled | None,
    *,
    write: bool = True,
    command: str | None = None,
    loose: Collection[str] = (),
    **more: Any,
) -> Outcome:
    """Merge the wanted states into a branch in one commit; with conflicts, or without `write`, nothing is written.

    `loose` are ids of conflicts about what hangs in the air that are none, as it is meant to hang there.
    """
    open_branch(studio, branch)
    store = studio.store
    changes: list[Change] = []
    conflicts: list[ConflictItem] = []
    movable = [side for side in sides if side.ref.kind not in FIXED_KINDS]
    present = store.load_many(branch, [side.ref for side in movable])
    for side in movable:
        now, version = present[side.ref]
        merged, found = merge3(side.base, now, side.theirs, choices_for(side.ref, settled or {}))
        conflicts += items(side.ref, found)
        decider = store.kinds[side.ref.kind]
        if events := decider.reconcile(now, merged):
            changes.append(Change(side.ref, version, now, events, merged))
    hanging = (c for c in dangling(store, branch, changes) if c.id not in loose)
    conflicts += [c for c in hanging if (settled or {}).get(c.id) != "ours"]
    if conflicts or not changes or not write:
        would = () if write else tuple(changes)
        return Outcome(None, store.head(branch, LATEST), tuple(conflicts), would=would)
    head = envelope(studio, request, message, kind, command=command or f"project.{kind}", body=body, **more)
    try:
        commit = store.append(branch, head, changes)
    except Conflict as e:
        if e.code != "stale":
            raise
        message = "Others wrote to the same entities at the same moment; nothing was written, try again."
        raise Conflict("stale", message, **e.details) from e
    return Outcome(commit, commit.position, versions={str(c.ref): c.version + len(c.events) for c in changes})
