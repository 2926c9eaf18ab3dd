"""HTTP for what of a story is kept as code."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from comfyvn.application.search.code import KeptCode, kept_code
from comfyvn.application.studio import Studio
from comfyvn.interfaces.rest.answers import PROBLEMS, At, position, reply
from comfyvn.interfaces.rest.documents import BranchChoice, Current, ProjectChoice


def routes(studio: Studio, current: Current) -> APIRouter:
    """Return the route; `current(project, branch)` is the branch that is looked at."""
    api = APIRouter(prefix="/api", responses=PROBLEMS, tags=["search"])

    @api.get(
        "/code", response_model=KeptCode, summary="List what is kept as code of another engine, and where it stands"
    )
    def list_code(
        kind: Annotated[str | None, Query(max_length=40, description="The word that it begins with.")] = None,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        row = current(project, branch)
        return reply(kept_code(studio, row.id, position(at), kind=kind, offset=offset, size=limit))

    return api
