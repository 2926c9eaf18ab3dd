"""HTTP for the review of what importers and models wrote."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Response
from pydantic import Field

from comfyvn.application.provenance.review import By, Queue, Seen, accept, queue, reject
from comfyvn.application.studio import Studio, find_branch
from comfyvn.interfaces.rest.answers import (
    MAX_POSITION,
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
from comfyvn.interfaces.rest.history import Choices, settled


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line (``scene:ID/NODE`` or ``translation:ID``) in the version that the person saw, as the queue gave it."""

    subject: Annotated[str, Field(min_length=1, max_length=500)]
    position: Annotated[int, Field(ge=0, le=MAX_POSITION)]
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Deciding:
    """The lines that a decision is about. `settled` is for rejections that collide with what came later."""

    lines: Annotated[list[SeenLine], Field(min_length=1, max_length=10_000)]
    settled: Choices = field(default_factory=dict)
    message: Annotated[str, Field(max_length=1000)] | None = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}

    @property
    def seen(self) -> list[Seen]:
        """The lines as the use cases take them."""
        return [Seen(line.subject, line.position) for line in self.lines]


def routes(studio: Studio) -> APIRouter:
    """Return the routes of the review."""
    api = APIRouter(prefix=f"{PREFIX}/review", responses=PROBLEMS, tags=["provenance"])

    @api.get("", response_model=Queue, summary="List what importers and models wrote and nobody decided on")
    def get_review(
        project: Project,
        branch: Branch,
        at: At = None,
        by: Annotated[By | None, Query(description="Only imports, or only models.")] = None,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Response:
        row = find_branch(studio, project, branch)
        return reply(queue(studio, row.id, position(at), by=by, offset=offset, size=limit))

    @api.post("/accept", response_model=OutcomeShape, summary="Accept lines as they are; noted with each of them")
    def post_accept(
        project: Project, branch: Branch, body: Deciding, key: Key = None, actor: Actor = "local"
    ) -> Response:
        row = find_branch(studio, project, branch)
        return done(accept(studio, row.id, body.seen, request_of(key, None, actor, body.message)))

    @api.post("/reject", response_model=OutcomeShape, summary="Reject lines: what was there before comes back")
    def post_reject(
        project: Project, branch: Branch, body: Deciding, key: Key = None, actor: Actor = "local"
    ) -> Response:
        row = find_branch(studio, project, branch)
        return done(
            reject(studio, row.id, body.seen, request_of(key, None, actor, body.message), settled(body.settled))
        )

    return api
