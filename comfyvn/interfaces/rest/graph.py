"""HTTP for the graph of a story: its scenes, and the ways between them."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from comfyvn.application.exports import story_view
from comfyvn.application.graph import graph_of
from comfyvn.application.studio import Studio, plain
from comfyvn.interfaces.rest.analysis import Branch, Project
from comfyvn.interfaces.rest.answers import PROBLEMS, At, position, reply
from comfyvn.interfaces.rest.documents import Current


@dataclass(frozen=True, slots=True)
class GraphShape:
    """Scenes in the order of the story; ways with kind, scene, node, target, to, dynamic and in_code."""

    scenes: list[dict[str, Any]]
    ways: list[dict[str, Any]]


def routes(studio: Studio, current: Current) -> APIRouter:
    """Return the route of the graph."""
    api = APIRouter(prefix="/api/graph", tags=["analysis"], responses=PROBLEMS)

    @api.get("", response_model=GraphShape, summary="Tell how the scenes lead to each other")
    def get_graph(project: Project = None, branch: Branch = None, at: At = None) -> Response:
        return reply(plain(graph_of(story_view(studio, current(project, branch).id, position(at)))))

    return api
