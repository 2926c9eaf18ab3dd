"""Writing to the branch of a project's playthroughs. It is apart from the story: no undo and no merge touches it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from comfyvn.application.ports import BranchRow, Change, Commit, Ref
from comfyvn.application.studio import Request, Studio, envelope, plays_branch
from comfyvn.domain.kernel import Conflict, Json, Missing
from comfyvn.domain.project import BRANCH, Branch

NAME: Final = "(plays)"
"""The name of the branch; people never see it."""
ATTEMPTS: Final = 200
"""How often a change without an expected version is tried when other processes write meanwhile."""

Wanted = Mapping[Ref, Any]
"""Entity -> the state that it is to have."""


def states(studio: Studio, project: str, refs: Sequence[Ref]) -> Mapping[Ref, tuple[Any, int]]:
    """Return the state and version of entities, (None, 0) for what is not there."""
    try:
        return studio.store.load_many(plays_branch(project), refs)
    except Missing:
        return dict.fromkeys(refs, (None, 0))


def heads(studio: Studio, project: str, kind: str) -> Mapping[Ref, Json]:
    """Return the own fields of all existing entities of a kind."""
    try:
        return studio.store.heads(plays_branch(project), kind)
    except Missing:
        return {}


def change(studio: Studio, ref: Ref, state: Any, version: int, wanted: Any) -> Change | None:
    """Return the change that makes an entity what is wanted; None where it is that already."""
    events = studio.store.kinds[ref.kind].reconcile(state, wanted)
    return Change(ref, version, state, events, wanted) if events else None


def record(
    studio: Studio, project: str, changes: Sequence[Change], request: Request, message: str, command: str, body: Json
) -> Commit:
    """Append changes in one commit. The first commit of a project opens the branch.

    Raises Conflict("stale") where an entity has moved on.
    """
    branch = plays_branch(project)
    parcel = envelope(studio, request, message, "system", command=command, body=body)
    try:
        return studio.store.append(branch, parcel, changes)
    except Missing as missing:
        if missing.code != "branch_unknown":
            raise
    opening = Branch(name=NAME)
    first = Change(Ref("branch", branch), 0, None, BRANCH.reconcile(None, opening), opening)
    try:
        return studio.store.append(branch, parcel, [first, *changes], opens=BranchRow(branch, project, NAME))
    except Conflict as conflict:
        if conflict.code not in ("branch_exists", "stale"):
            raise
        return studio.store.append(branch, parcel, changes)  # another process opened it meanwhile
