"""HTTP for finding and replacing words over a project."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Response
from pydantic import Field

from comfyvn.application.search.fields import EVERYWHERE, Where
from comfyvn.application.search.finding import Found, Search, search
from comfyvn.application.search.patterns import MAX_TEXT, Wording
from comfyvn.application.search.replacing import Preview, preview, replace_words
from comfyvn.application.studio import Studio
from comfyvn.interfaces.rest.analysis import Branch, Name, Project
from comfyvn.interfaces.rest.answers import PROBLEMS, Actor, At, Key, OutcomeShape, done, position, reply, request_of
from comfyvn.interfaces.rest.documents import Current

MAX_PAGE = 1000
MAX_OFFSET = 10_000_000
Words = Annotated[str, Query(min_length=1, max_length=MAX_TEXT, description="What to look for.")]
Sorts = Annotated[list[Where] | None, Query(description="Sorts of texts; without it: all.")]
Of = Annotated[str | None, Query(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class Replacing:
    r"""What to look for and what to put there; `only` chooses hits by their ids, without it all are meant.

    With `regex` the text is an expression (RE2), and the replacement may name its groups: `\\1`, `\\g<name>`.
    """

    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    replacement: Annotated[str, Field(max_length=MAX_TEXT)]
    regex: bool = False
    case: bool = False
    word: bool = False
    where: list[Where] | None = None
    speaker: Name | None = None
    scene: Name | None = None
    only: list[str] | None = None
    project: Name | None = None
    branch: Name | None = None
    message: Annotated[str, Field(max_length=1000)] | None = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}

    @property
    def wanted(self) -> Search:
        """What to look for."""
        wording = Wording(self.text, self.regex, self.case, self.word)
        return Search(wording, frozenset(self.where) if self.where else EVERYWHERE, self.speaker, self.scene)


def routes(studio: Studio, current: Current) -> APIRouter:
    """Return the routes of finding and replacing."""
    api = APIRouter(prefix="/api", tags=["search"], responses=PROBLEMS)

    @api.get("/search", response_model=Found, summary="Find words anywhere in a project, at any position")
    def get_search(
        text: Words,
        regex: bool = False,
        case: bool = False,
        word: bool = False,
        where: Sorts = None,
        speaker: Of = None,
        scene: Of = None,
        project: Project = None,
        branch: Branch = None,
        at: At = None,
        offset: Annotated[int, Query(ge=0, le=MAX_OFFSET)] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    ) -> Response:
        asked = Search(Wording(text, regex, case, word), frozenset(where) if where else EVERYWHERE, speaker, scene)
        row = current(project, branch)
        return reply(search(studio, row.id, asked, at=position(at), offset=offset, size=limit))

    @api.post("/replace/preview", response_model=Preview, summary="Show what a replacement would do, hit by hit")
    def post_replace_preview(
        body: Replacing,
        offset: Annotated[int, Query(ge=0, le=MAX_OFFSET)] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    ) -> Response:
        row = current(body.project, body.branch)
        return reply(preview(studio, row.id, body.wanted, body.replacement, offset=offset, size=limit))

    @api.post("/replace", response_model=OutcomeShape, summary="Replace words in all or some hits, as one change")
    def post_replace(body: Replacing, key: Key = None, actor: Actor = "local") -> Response:
        row = current(body.project, body.branch)
        request = request_of(key, None, actor, body.message)
        return done(replace_words(studio, row.id, body.wanted, body.replacement, request, body.only))

    return api
