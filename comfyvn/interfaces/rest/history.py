"""HTTP for the history of a branch: one commit, undo, redo, revert, restore, compare, merge, take over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from comfyvn.application import branching, history
from comfyvn.application.conflicts import Settled
from comfyvn.application.ports import LATEST, Ref
from comfyvn.application.studio import Studio, find_branch
from comfyvn.domain.documents import MAX_TEXT
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.merge import Worded
from comfyvn.interfaces.rest.answers import (
    PROBLEMS,
    Actor,
    At,
    Key,
    OutcomeShape,
    done,
    outcome_shape,
    position,
    reply,
    request_of,
)
from comfyvn.interfaces.rest.entities import PREFIX, Branch, Project


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Words that neither side has, for a conflict about the words of a line or an option."""

    text: Annotated[str, Field(max_length=MAX_TEXT)]
    __pydantic_config__: ClassVar = {"extra": "forbid"}


Choices = Mapping[str, Literal["ours", "theirs"] | OwnWords]


def settled(choices: Choices) -> Settled:
    """Return choices as the use cases take them."""
    return {key: side if isinstance(side, str) else Worded(side.text) for key, side in choices.items()}


@dataclass(frozen=True, slots=True)
class Settling:
    """What holds where undo, redo or revert collides with later changes: conflict id -> side, or own words."""

    settled: Choices = field(default_factory=dict)
    message: str | None = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Reverting:
    """Take back one change, named by its commit id or a unique prefix of it."""

    commit: str
    settled: Choices = field(default_factory=dict)
    message: str | None = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Restoring:
    """Bring back what was at `position`: everything, or the entities in `only` (``kind:id``), or one part of one."""

    position: int
    only: tuple[str, ...] | None = None
    part: str | None = None
    message: str | None = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Merging:
    """Merge the branch `source` into this one, whole or only some entities (``kind:id``)."""

    source: str
    only: tuple[str, ...] | None = None
    settled: Choices = field(default_factory=dict)
    message: str | None = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two states, part by part."""

    items: list[branching.Difference]


def refs(names: tuple[str, ...] | None) -> list[Ref] | None:
    """Return entities named as ``kind:id``. Raises Refused("entity_malformed"), Missing("kind_unknown")."""
    if names is None:
        return None
    found = [Ref.of(name) for name in names]
    for ref in found:
        if not ref.kind or not ref.id:
            raise Refused("entity_malformed", "An entity is named as kind:id, such as scene:start.")
        if ref.kind not in KINDS:
            raise Missing("kind_unknown", f"There is no kind {ref.kind!r}; there are: {', '.join(KINDS)}.")
    return found


def routes(studio: Studio) -> APIRouter:
    """Return the routes of history."""
    api = APIRouter(prefix=PREFIX, tags=["history"], responses=PROBLEMS)

    @api.get("/commits/{commit}", summary="Get one commit with what it changed", response_model=dict[str, Any])
    def get_commit(project: Project, branch: Branch, commit: str) -> Response:
        row = find_branch(studio, project, branch)
        found = studio.store.commit(commit)
        if found.project != row.project:
            raise Missing("commit_unknown", f"Commit {commit} is not part of this project.", commit=commit)
        at, before = found.position, found.first_position - 1
        changed = branching.compare(studio, found.branch, found.branch, before, at)
        return reply({"commit": found, "changes": changed})

    @api.post("/undo", summary="Undo the actor's last change", response_model=OutcomeShape)
    def post_undo(
        project: Project, branch: Branch, body: Settling | None = None, key: Key = None, actor: Actor = "local"
    ) -> Response:
        asked = body or Settling()
        row = find_branch(studio, project, branch)
        return done(history.undo(studio, row.id, request_of(key, None, actor, asked.message), settled(asked.settled)))

    @api.post("/redo", summary="Redo the actor's last undo", response_model=OutcomeShape)
    def post_redo(
        project: Project, branch: Branch, body: Settling | None = None, key: Key = None, actor: Actor = "local"
    ) -> Response:
        asked = body or Settling()
        row = find_branch(studio, project, branch)
        return done(history.redo(studio, row.id, request_of(key, None, actor, asked.message), settled(asked.settled)))

    @api.post("/revert", summary="Take back one change, however old", response_model=OutcomeShape)
    def post_revert(
        project: Project, branch: Branch, body: Reverting, key: Key = None, actor: Actor = "local"
    ) -> Response:
        row = find_branch(studio, project, branch)
        request = request_of(key, None, actor, body.message)
        return done(history.revert(studio, row.id, body.commit, request, settled(body.settled)))

    @api.post("/restore", summary="Restore a past state as a new change", response_model=OutcomeShape)
    def post_restore(
        project: Project, branch: Branch, body: Restoring, key: Key = None, actor: Actor = "local"
    ) -> Response:
        row = find_branch(studio, project, branch)
        request = request_of(key, None, actor, body.message)
        return done(history.restore(studio, row.id, body.position, request, refs(body.only), body.part))

    @api.post("/merge", summary="Merge another branch into this one", response_model=OutcomeShape)
    def post_merge(
        project: Project, branch: Branch, body: Merging, key: Key = None, actor: Actor = "local"
    ) -> Response:
        target, source = find_branch(studio, project, branch), find_branch(studio, project, body.source)
        request = request_of(key, None, actor, body.message)
        return done(branching.merge(studio, source.id, target.id, request, settled(body.settled), refs(body.only)))

    @api.get("/merge-preview", summary="Show the conflicts that a merge would have", response_model=OutcomeShape)
    def get_merge_preview(
        project: Project, branch: Branch, source: Annotated[str, Query(min_length=1, max_length=200)]
    ) -> Response:
        target, other = find_branch(studio, project, branch), find_branch(studio, project, source)
        request = request_of(None, None, "local")
        return reply(outcome_shape(branching.merge(studio, other.id, target.id, request, write=False)))

    @api.post("/take", summary="Take over one change of another branch", response_model=OutcomeShape)
    def post_take(
        project: Project, branch: Branch, body: Reverting, key: Key = None, actor: Actor = "local"
    ) -> Response:
        row = find_branch(studio, project, branch)
        request = request_of(key, None, actor, body.message)
        return done(branching.take(studio, row.id, body.commit, request, settled(body.settled)))

    @api.get("/compare", summary="Compare this branch with another, or with its own past", response_model=Comparison)
    def get_compare(
        project: Project,
        branch: Branch,
        other: Annotated[
            str | None, Query(alias="with", max_length=200, description="Branch; default: this one.")
        ] = None,
        at: At = None,
        with_at: Annotated[int | None, Query(ge=0, le=LATEST, description="Position of the other state.")] = None,
    ) -> Response:
        one = find_branch(studio, project, branch)
        two = one if other is None else find_branch(studio, project, other)
        return reply(Comparison(list(branching.compare(studio, one.id, two.id, position(at), position(with_at)))))

    return api
