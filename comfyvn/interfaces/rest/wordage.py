"""HTTP for how much there is to read, what a character says, and the plain text of a scene."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from comfyvn.application.search.wordage import PlainText, SpokenLines, Wordage, plain_text, spoken_lines, wordage
from comfyvn.application.studio import Studio
from comfyvn.interfaces.rest.analysis import Branch, Project
from comfyvn.interfaces.rest.answers import PROBLEMS, At, position, reply
from comfyvn.interfaces.rest.documents import Current

Entity = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^/\x00-\x1f]+$")]


def routes(studio: Studio, current: Current) -> APIRouter:
    """Return the routes of words."""
    api = APIRouter(prefix="/api", tags=["search"], responses=PROBLEMS)

    @api.get("/words", response_model=Wordage, summary="Count words by scene, character and language")
    def get_words(project: Project = None, branch: Branch = None, at: At = None) -> Response:
        return reply(wordage(studio, current(project, branch).id, position(at)))

    @api.get(
        "/characters/{character}/lines", response_model=SpokenLines, summary="List what a character says, and where"
    )
    def get_character_lines(
        character: Entity,
        project: Project = None,
        branch: Branch = None,
        at: At = None,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Response:
        row = current(project, branch)
        return reply(spoken_lines(studio, row.id, character, position(at), offset=offset, size=limit))

    @api.get(
        "/scenes/{scene}/text", response_model=PlainText, summary="Get the plain text of a scene, as readers see it"
    )
    def get_scene_text(scene: Entity, project: Project = None, branch: Branch = None, at: At = None) -> Response:
        return reply(plain_text(studio, current(project, branch).id, scene, position(at)))

    return api
