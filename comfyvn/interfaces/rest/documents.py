"""The document paths on the current project: list, get, save and delete whole documents.

A save reconciles: what the document does not change is not recorded, and an unchanged document adds no event.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Query, Response

from comfyvn.application.handle import handle
from comfyvn.application.ports import BranchRow, Ref
from comfyvn.application.studio import Studio
from comfyvn.domain.kernel import Refused
from comfyvn.interfaces.rest.answers import (
    PROBLEMS,
    Actor,
    At,
    Key,
    Match,
    OutcomeShape,
    done,
    position,
    reply,
    request_of,
)
from comfyvn.interfaces.rest.entities import EntityList, document, listed
from comfyvn.interfaces.rest.shapes import DOCUMENTS, request_body

PATHS = {
    "scene": ("scenes", "save"),
    "character": ("characters", "update"),
    "timeline": ("timelines", "save"),
    "template": ("templates", "save"),
    "world": ("worlds", "save"),
}
"""Kind -> its name in paths, and the word for a save there."""

Id = Annotated[str, Query(min_length=1, max_length=200)]
Current = Callable[[str | None, str | None], BranchRow]
ProjectChoice = Annotated[str | None, Query(max_length=200, description="Id or name; default: the current project.")]
BranchChoice = Annotated[str | None, Query(max_length=200, description="Name or id; default: the main branch.")]


@dataclass(frozen=True, slots=True)
class Named:
    """Names one entity."""

    id: str
    __pydantic_config__: ClassVar = {"extra": "forbid"}


def routes(studio: Studio, current: Current) -> APIRouter:
    """Return the routes; `current(project, branch)` is the branch that they work on."""
    api = APIRouter(prefix="/api", responses=PROBLEMS)
    for kind, (path, save) in PATHS.items():
        _document_routes(api, studio, current, kind, path, save)
    return api


def _document_routes(api: APIRouter, studio: Studio, current: Current, kind: str, path: str, save: str) -> None:
    decider = studio.store.kinds[kind]

    @api.get(
        f"/{path}/list",
        summary=f"List {path} of the current project",
        operation_id=f"{path}_list",
        response_model=EntityList,
        tags=["documents"],
    )
    def get_list(project: ProjectChoice = None, branch: BranchChoice = None, at: At = None) -> Response:
        return reply(listed(studio, current(project, branch).id, kind, position(at)))

    @api.get(
        f"/{path}/get",
        summary=f"Get one of the {path} of the current project",
        operation_id=f"{path}_get",
        response_model=DOCUMENTS[kind],
        tags=["documents"],
    )
    def get_one(id: Id, project: ProjectChoice = None, branch: BranchChoice = None, at: At = None) -> Response:
        return document(studio, current(project, branch).id, Ref(kind, id), position(at))

    @api.post(
        f"/{path}/{save}",
        summary=f"Make one of the {path} equal to a document",
        operation_id=f"{path}_{save}",
        response_model=OutcomeShape,
        openapi_extra=request_body(kind),
        tags=["documents"],
    )
    def post_save(
        body: dict[str, Any],
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        key: Key = None,
        match: Match = None,
        actor: Actor = "local",
    ) -> Response:
        entity_id = body.get("id")
        if not isinstance(entity_id, str) or not entity_id or len(entity_id) > 200 or "/" in entity_id:
            raise Refused(f"{kind}_malformed", "A document has an id: a string of 1 to 200 characters without /.")
        row = current(project, branch)
        command = decider.save(body)
        return done(handle(studio, row.id, Ref(kind, entity_id), command, request_of(key, match, actor)))

    @api.post(
        f"/{path}/delete",
        summary=f"Discard one of the {path}; its history stays",
        operation_id=f"{path}_delete",
        response_model=OutcomeShape,
        tags=["documents"],
    )
    def post_delete(
        body: Named,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        key: Key = None,
        match: Match = None,
        actor: Actor = "local",
    ) -> Response:
        row = current(project, branch)
        discard = next(c for c in decider.commands if c.__name__.startswith("Discard"))
        return done(handle(studio, row.id, Ref(kind, body.id), discard(), request_of(key, match, actor)))
