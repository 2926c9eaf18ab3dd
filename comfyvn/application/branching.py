"""Branches: fork at any past position, rename, close, compare, merge, take over single changes."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from comfyvn.application.conflicts import Settled, settled_json
from comfyvn.application.history import Sides, apply, around, sees
from comfyvn.application.ports import LATEST, BranchRow, Change, EventStore, Ref
from comfyvn.application.studio import Outcome, Request, Studio, earlier, envelope
from comfyvn.domain.kernel import WHOLE, Conflict, Json, Missing, Refused
from comfyvn.domain.merge import merge3
from comfyvn.domain.project import BRANCH, Branch

MAX_NAME = 100

Point = tuple[str, int]
"""A branch as of a position."""


def fork(studio: Studio, parent: str, name: str, request: Request, at: int | None = None) -> BranchRow:
    """Grow a branch from `parent` as it is now or was at position `at`: one row, whatever the size of the project.

    Raises Conflict("branch_exists"), Refused("position_unknown" | "name_malformed").
    """
    body = {"parent": parent, "name": name, "at": at}
    if done := earlier(studio, request, "project.fork-branch", body):
        return studio.store.branch(done.branch)
    origin = studio.store.branch(parent)
    _name_fits(studio, origin.project, name)
    head = studio.store.head(parent)
    if at is not None and not 0 <= at <= head:
        raise Refused("position_unknown", f"Position {at} is not in the history of this branch.", at=at, head=head)
    position = head if at is None else studio.store.head(parent, at)
    row = BranchRow(studio.ids.new(), origin.project, name, parent, position)
    state = Branch(name=name, parent=parent, position=position)
    change = Change(Ref("branch", row.id), 0, None, BRANCH.reconcile(None, state), state)
    message = f"fork {name} from {origin.name} at {position}"
    parcel = envelope(studio, request, message, "system", command="project.fork-branch", body=body)
    studio.store.append(row.id, parcel, [change], opens=row)
    return row


def rename(studio: Studio, branch: str, name: str, request: Request) -> Outcome:
    """Give a branch another name. Raises Conflict("branch_exists")."""
    row = studio.store.branch(branch)
    if row.name != name:
        _name_fits(studio, row.project, name)
    return _change_branch(studio, branch, request, "rename-branch", f"rename branch {row.name} to {name}", name=name)


def close(studio: Studio, branch: str, request: Request) -> Outcome:
    """Close a branch: it can be read, compared and forked, and takes no more changes. The main branch stays open."""
    row = studio.store.branch(branch)
    if row.parent is None:
        raise Refused("branch_main", "The first branch of a project cannot be closed.")
    return _change_branch(studio, branch, request, "close-branch", f"close branch {row.name}", closed=True)


def reopen(studio: Studio, branch: str, request: Request) -> Outcome:
    """Open a closed branch again. Raises Conflict("branch_exists") where its name is in use now."""
    row = studio.store.branch(branch)
    if row.closed:
        _name_fits(studio, row.project, row.name)
    return _change_branch(studio, branch, request, "reopen-branch", f"reopen branch {row.name}", closed=False)


def _change_branch(
    studio: Studio, branch: str, request: Request, verb: str, message: str, **changed: str | bool
) -> Outcome:
    body = {"branch": branch, **changed}
    if done := earlier(studio, request, f"project.{verb}", body):
        return Outcome(done, done.position)
    ref = Ref("branch", branch)
    state, version = studio.store.load(branch, ref)
    after = replace(state, **changed)
    events = BRANCH.reconcile(state, after)
    if not events:
        return Outcome(None, studio.store.head(branch))
    parcel = envelope(studio, request, message, "system", command=f"project.{verb}", body=body)
    commit = studio.store.append(branch, parcel, [Change(ref, version, state, events, after)])
    return Outcome(commit, commit.position)


def _name_fits(studio: Studio, project: str, name: str) -> None:
    if not name.strip() or name != name.strip() or len(name) > MAX_NAME or any(ord(c) < 32 for c in name):
        raise Refused("name_malformed", f"A branch's name has 1 to {MAX_NAME} printable characters.", name=name[:100])
    if any(b.name == name and not b.closed for b in studio.store.branches(project)):
        raise Conflict("branch_exists", f"There is an open branch {name!r} already.", branch=name)


def merge(
    studio: Studio,
    source: str,
    target: str,
    request: Request,
    settled: Settled | None = None,
    only: Iterable[Ref] | None = None,
    *,
    write: bool = True,
) -> Outcome:
    """Bring what changed on `source` since both branches were last the same into `target`, in one commit.

    `only` takes over some entities. With conflicts nothing is written; `settled` chooses a side for each.
    Without `write` it is a preview.
    """
    store = studio.store
    wanted = None if only is None else sorted(only)
    upto = store.head(source)
    body: Json = {
        "source": source,
        "target": target,
        "only": wanted and [str(r) for r in wanted],
        "settled": settled_json(settled),
    }
    if write and (done := earlier(studio, request, "project.merge", body)):
        return Outcome(done, done.position)
    from_row, into_row = store.branch(source), store.branch(target)
    if from_row.project != into_row.project:
        raise Refused("projects_differ", "Branches of different projects cannot be merged.")
    if source == target:
        return Outcome(None, store.head(target))
    refs = [ref for ref in store.touched(source, parting(store, source, target)) if wanted is None or ref in wanted]
    base = _base(store, (source, upto), (target, store.head(target)), refs)
    sides = [Sides(ref, base[ref], theirs.state) for ref, theirs in store.load_many(source, refs, upto).items()]
    message = f"merge {from_row.name} into {into_row.name}"
    tip = next(iter(store.commits(source, at=upto)), None)
    parent = tip.id if tip and wanted is None else None
    return apply(studio, target, sides, request, message, "merge", body, settled, write=write, merge_parent=parent)


def take(studio: Studio, target: str, commit_id: str, request: Request, settled: Settled | None = None) -> Outcome:
    """Take over one change of another branch, without the rest of it."""
    body = {"target": target, "commit": commit_id}
    if done := earlier(studio, request, "project.take", body):
        return Outcome(done, done.position)
    store = studio.store
    commit = store.commit(commit_id)
    if commit.project != store.branch(target).project:
        raise Missing("commit_unknown", f"Commit {commit_id} is not part of this project.", commit=commit_id)
    if sees(studio, target, commit):
        return Outcome(None, store.head(target))
    sides = [Sides(ref, before, after) for ref, before, after in around(store, commit)]
    return apply(
        studio, target, sides, request, f"take over {commit.message}", "merge", body, settled, command="project.take"
    )


def merge_bases(store: EventStore, one: Point, other: Point) -> list[Point]:
    """Return the latest states that both have seen, the last one first.

    There is one, but for merges that crossed: then both have seen several of which none has seen the others.
    """
    mine, theirs = _seen(store, one), _seen(store, other)
    common = {b: min(upto, theirs[b]) for b, upto in mine.items() if b in theirs}
    if not common:
        raise Refused("branches_unrelated", "The branches have no common past.")
    tips = [(b, store.head(b, upto)) for b, upto in common.items()]
    own = [(b, at) for b, at in tips if (forked := store.branch(b).fork_position) is None or at > forked]
    found: list[Point] = []
    known: list[dict[str, int]] = []
    for branch, at in sorted(own, key=lambda point: -point[1]):
        if not any(seen.get(branch, -1) >= at for seen in known):
            found.append((branch, at))
            known += [_seen(store, (branch, at))] if len(own) > 1 else []
    return found


def _base(store: EventStore, one: Point, other: Point, refs: Iterable[Ref]) -> dict[Ref, Any]:
    """Return the states of entities that a merge starts from.

    Where merges crossed it is the merge of all that both have seen; what collides there counts as never changed.
    """
    (branch, at), *others = merge_bases(store, one, other)
    found = {ref: loaded.state for ref, loaded in store.load_many(branch, refs, at).items()}
    for point in others:
        below = _base(store, (branch, at), point, refs)
        for ref, there in store.load_many(point[0], refs, point[1]).items():
            collisions = merge3(below[ref], found[ref], there.state)[1]
            found[ref] = merge3(below[ref], found[ref], there.state, {c.path: "base" for c in collisions})[0]
    return found


def parting(store: EventStore, one: str, other: str) -> int:
    """Return the position up to which two branches share their history by descent."""
    mine, theirs = dict(store.lineage(one)), dict(store.lineage(other))
    return max((min(upto, theirs[b]) for b, upto in mine.items() if b in theirs), default=0)


def _seen(store: EventStore, point: Point) -> dict[str, int]:
    """Return how far a branch had seen each branch, by descent and by earlier merges."""
    seen: dict[str, int] = {}
    todo = [point]
    while todo:
        name, at = todo.pop()
        for ancestor, upto in store.lineage(name, at):
            before = seen.get(ancestor, -1)
            if upto <= before:
                continue
            seen[ancestor] = upto
            todo += store.merged(ancestor, max(before, 0), upto)
    return seen


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of one entity that two states of a project do not share; None: it is not there."""

    entity: str
    part: str
    before: Json | None
    after: Json | None


def compare(studio: Studio, one: str, other: str, at: int = LATEST, other_at: int = LATEST) -> tuple[Difference, ...]:
    """Return what differs from one branch (as of `at`) to another (as of `other_at`), part by part."""
    found: list[Difference] = []
    for ref, here, there in differing(studio, one, other, at, other_at):
        parts = studio.store.kinds[ref.kind].parts
        before, after = parts(here), parts(there)
        found += [
            Difference(str(ref), part, before.get(part), after.get(part))
            for part in sorted(before.keys() | after.keys())
            if before.get(part) != after.get(part)
        ]
    return tuple(found)


def differing(
    studio: Studio, one: str, other: str, at: int = LATEST, other_at: int = LATEST
) -> list[tuple[Ref, Any, Any]]:
    """Return the entities that may differ from one branch to another, with both states."""
    store = studio.store
    since = parting(store, one, other) if one != other else min(store.head(one, at), store.head(one, other_at))
    since = min(since, store.head(one, at), store.head(other, other_at))
    touched: Mapping[Ref, frozenset[str]] = {
        **store.touched(one, since, at),
        **store.touched(other, since, other_at),
    }
    refs = sorted(ref for ref in touched if ref.kind != "branch")
    here, there = store.load_many(one, refs, at), store.load_many(other, refs, other_at)
    return [(ref, here[ref].state, there[ref].state) for ref in refs]


def take_parts(
    studio: Studio,
    source: str,
    target: str,
    wanted: Mapping[Ref, Set[str]],
    request: Request,
    settled: Settled | None = None,
) -> Outcome:
    """Bring some parts of entities, such as lines of a scene, from `source` into `target`, in one commit.

    What is not there on `source` is taken away. An entity that is new to `target` brings its own fields with it.
    With conflicts nothing is written. Raises Missing("part_unknown") for a part that neither branch knows.
    """
    store = studio.store
    body: Json = {
        "source": source,
        "target": target,
        "parts": {str(ref): sorted(wanted[ref]) for ref in sorted(wanted)},
        "settled": settled_json(settled),
    }
    if done := earlier(studio, request, "project.take-parts", body):
        return Outcome(done, done.position)
    from_row, into_row = store.branch(source), store.branch(target)
    if from_row.project != into_row.project:
        raise Refused("projects_differ", "Branches of different projects cannot be merged.")
    if source == target:
        return Outcome(None, store.head(target))
    base = _base(store, (source, store.head(source)), (target, store.head(target)), wanted)
    sides = []
    for ref, (there, _) in store.load_many(source, wanted).items():
        sides.append(Sides(ref, base[ref], _with_parts(store, ref, base[ref], there, wanted[ref])))
    count = sum(map(len, wanted.values()))
    message = f"take {count} part{'' if count == 1 else 's'} of {from_row.name}"
    return apply(studio, target, sides, request, message, "merge", body, settled, command="project.take-parts")


def _with_parts(store: EventStore, ref: Ref, base: Any, there: Any, wanted: Set[str]) -> Any:
    """Return a state that is the one `there` in the wanted parts, and else as it was."""
    decider = store.kinds[ref.kind]
    old, new = decider.parts(base), decider.parts(there)
    if there is None and WHOLE in wanted:
        return None
    if not old:
        wanted = wanted | {WHOLE}
    if unknown := [part for part in sorted(wanted) if part not in old and part not in new]:
        raise Missing("part_unknown", f"{ref} has no part {unknown[0]!r} here.", entity=str(ref), part=unknown[0])
    kept = {part: body for part, body in old.items() if part not in wanted}
    return decider.assemble(kept | {part: new[part] for part in wanted if part in new})
