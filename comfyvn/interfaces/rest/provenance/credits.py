"""HTTP for credits, and for all facts of origin as PROV-JSON."""

from typing import Any, Literal

from fastapi import APIRouter, Response

from comfyvn.application.provenance.credits import Credits, as_text, credits_roll
from comfyvn.application.provenance.prov_json import prov_json
from comfyvn.application.studio import Studio
from comfyvn.interfaces.rest.answers import PROBLEMS, At, position, reply
from comfyvn.interfaces.rest.documents import BranchChoice, Current, ProjectChoice

_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {}, "text/markdown": {}}}}


def routes(studio: Studio, current: Current) -> APIRouter:
    """Return the routes; `current(project, branch)` is the branch that they work on."""
    api = APIRouter(prefix="/api/provenance", responses=PROBLEMS, tags=["provenance"])

    @api.get("/credits", summary="Get the credits", response_model=Credits, responses=_TEXT)
    def get_credits(
        format: Literal["json", "text", "markdown", "renpy"] = "json",
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        found = credits_roll(studio, current(project, branch).id, position(at))
        if format == "json":
            return reply(found)
        media = "text/markdown" if format == "markdown" else "text/plain"
        return Response(as_text(found, format), media_type=f"{media}; charset=utf-8")

    @api.get("/prov", summary="Get all facts of origin as W3C PROV-JSON", response_model=dict[str, dict[str, object]])
    def get_prov(project: ProjectChoice = None, branch: BranchChoice = None, at: At = None) -> Response:
        return Response(prov_json(studio, current(project, branch).id, position(at)), media_type="application/json")

    return api
