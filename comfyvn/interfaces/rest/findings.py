"""HTTP for what is wrong with a story, or may be."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response

from comfyvn.application.exports import story_view
from comfyvn.application.studio import Studio
from comfyvn.application.validation import StoryFinding, errors, validate
from comfyvn.interfaces.rest.answers import PROBLEMS, At, position, reply
from comfyvn.interfaces.rest.documents import BranchChoice, Current, ProjectChoice


@dataclass(frozen=True, slots=True)
class FindingList:
    """Findings, errors first; `total` and `errors` count all that were asked for, also where fewer are listed."""

    items: list[StoryFinding]
    total: int
    errors: int


def routes(studio: Studio, current: Current) -> APIRouter:
    """Return the route; `current(project, branch)` is the branch that is looked at."""
    api = APIRouter(prefix="/api", responses=PROBLEMS, tags=["analysis"])

    @api.get("/findings", response_model=FindingList, summary="List what is wrong with the story, or may be")
    def list_findings(
        scene: Annotated[str | None, Query(max_length=200, description="Only those of this scene.")] = None,
        limit: Annotated[int, Query(ge=1, le=5_000)] = 500,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        found = validate(story_view(studio, current(project, branch).id, position(at)))
        wanted = [finding for finding in found if scene in (None, finding.scene)]
        return reply(FindingList(wanted[:limit], len(wanted), errors(wanted)))

    return api
