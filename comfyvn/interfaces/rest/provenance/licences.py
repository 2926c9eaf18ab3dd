"""HTTP for the licences of a project."""

from fastapi import APIRouter, Response

from comfyvn.application.provenance.licences import LicenceReport, licence_report
from comfyvn.application.studio import Studio
from comfyvn.interfaces.rest.answers import PROBLEMS, At, position, reply
from comfyvn.interfaces.rest.documents import BranchChoice, Current, ProjectChoice


def routes(studio: Studio, current: Current) -> APIRouter:
    """Return the routes; `current(project, branch)` is the branch that they work on."""
    api = APIRouter(prefix="/api/provenance", responses=PROBLEMS, tags=["provenance"])

    @api.get("/licences", summary="Tell what each asset is under, and what collides", response_model=LicenceReport)
    def get_licences(project: ProjectChoice = None, branch: BranchChoice = None, at: At = None) -> Response:
        return reply(licence_report(studio, current(project, branch).id, position(at)))

    return api
