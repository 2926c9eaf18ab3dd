"""HTTP for what differs as prose: of one change, two branches or positions, a merge to come; taking lines over."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Response
from pydantic import Field

from comfyvn.application.branching import take_parts
from comfyvn.application.changes.comparing import MergePreview, commit_prose, compare_prose, merge_prose
from comfyvn.application.changes.prose import Prose
from comfyvn.application.ports import LATEST, Ref
from comfyvn.application.studio import Studio, find_branch
from comfyvn.domain.kernel import WHOLE, Missing
from comfyvn.interfaces.rest.answers import (
    PROBLEMS,
    Actor,
    At,
    Key,
    OutcomeShape,
    done,
    position,
    reply,
    request_of,
)
from comfyvn.interfaces.rest.entities import PREFIX, Branch, Project
from comfyvn.interfaces.rest.history import Choices, refs, settled

Words = Annotated[bool, Query(description="Without words: the counts alone, as for a map.")]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Limit = Annotated[int, Query(ge=1, le=10_000, description="Scenes on a page.")]
Other = Annotated[str | None, Query(alias="with", max_length=200, description="Branch; default: this one.")]
WithAt = Annotated[int | None, Query(ge=0, le=LATEST, description="Position of the other state.")]
Source = Annotated[str, Query(min_length=1, max_length=200, description="The branch that would be merged.")]


@dataclass(frozen=True, slots=True)
class PartName:
    """One part of an entity (``kind:id``): a node of a scene, or empty for the entity's own fields."""

    entity: Annotated[str, Field(max_length=400)]
    part: Annotated[str, Field(max_length=200)] = WHOLE
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class TakingParts:
    """Take some parts over from the branch `source`, such as single lines, without the rest of it."""

    source: Annotated[str, Field(min_length=1, max_length=200)]
    parts: Annotated[list[PartName], Field(min_length=1, max_length=10_000)]
    settled: Choices = field(default_factory=dict)
    message: Annotated[str, Field(max_length=1000)] | None = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}


def routes(studio: Studio) -> APIRouter:
    """Return the routes of prose."""
    api = APIRouter(prefix=PREFIX, tags=["history"], responses=PROBLEMS)

    @api.get("/commits/{commit}/prose", response_model=Prose, summary="Tell what a change did to the words")
    def get_commit_prose(
        project: Project, branch: Branch, commit: str, words: Words = True, offset: Offset = 0, limit: Limit = 50
    ) -> Response:
        row = find_branch(studio, project, branch)
        found = studio.store.commit(commit)
        if found.project != row.project:
            raise Missing("commit_unknown", f"Commit {commit} is not part of this project.", commit=commit)
        return reply(commit_prose(studio, found, words=words, offset=offset, size=limit))

    @api.get("/compare/prose", response_model=Prose, summary="Compare this branch with another, or its past, as prose")
    def get_compare_prose(
        project: Project,
        branch: Branch,
        other: Other = None,
        at: At = None,
        with_at: WithAt = None,
        words: Words = True,
        offset: Offset = 0,
        limit: Limit = 50,
    ) -> Response:
        one = find_branch(studio, project, branch)
        two = one if other is None else find_branch(studio, project, other)
        states = (one.id, two.id, position(at), position(with_at))
        return reply(compare_prose(studio, *states, words=words, offset=offset, size=limit))

    @api.get("/merge-preview/prose", response_model=MergePreview, summary="Tell what a merge would do to the words")
    def get_merge_prose(
        project: Project, branch: Branch, source: Source, offset: Offset = 0, limit: Limit = 50
    ) -> Response:
        target, other = find_branch(studio, project, branch), find_branch(studio, project, source)
        return reply(merge_prose(studio, other.id, target.id, offset=offset, size=limit))

    @api.post("/take-parts", response_model=OutcomeShape, summary="Take single lines or entities of another branch")
    def post_take_parts(
        project: Project, branch: Branch, body: TakingParts, key: Key = None, actor: Actor = "local"
    ) -> Response:
        target, source = find_branch(studio, project, branch), find_branch(studio, project, body.source)
        wanted: dict[Ref, set[str]] = {}
        for ref, part in zip(refs(tuple(p.entity for p in body.parts)) or (), body.parts, strict=True):
            wanted.setdefault(ref, set()).add(part.part)
        request = request_of(key, None, actor, body.message)
        return done(take_parts(studio, source.id, target.id, wanted, request, settled(body.settled)))

    return api
