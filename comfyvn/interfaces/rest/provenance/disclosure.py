"""HTTP for what models made of a project."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from comfyvn.application.provenance.disclosure import MAX_EVIDENCE, Disclosure, disclose
from comfyvn.application.studio import Studio
from comfyvn.interfaces.rest.answers import PROBLEMS, At, position, reply
from comfyvn.interfaces.rest.documents import BranchChoice, Current, ProjectChoice


def routes(studio: Studio, current: Current) -> APIRouter:
    """Return the routes; `current(project, branch)` is the branch that they work on."""
    api = APIRouter(prefix="/api/provenance", responses=PROBLEMS, tags=["provenance"])

    @api.get("/disclosure", summary="Tell how much models made, with evidence and a draft", response_model=Disclosure)
    def get_disclosure(
        evidence: Annotated[int, Query(ge=0, le=MAX_EVIDENCE, description="At most so many pieces.")] = 1000,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        return reply(disclose(studio, current(project, branch).id, position(at), evidence))

    return api
