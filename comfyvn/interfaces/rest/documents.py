"""The document paths on the current project: list, get, save and delete whole documents.

A save reconciles: what the document does not change is not recorded, and an unchanged document adds no event.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Query, Response

from comfyvn.application.handle import handle
from comfyvn.application.playing import VALUE
from comfyvn.application.ports import BranchRow, Ref
from comfyvn.application.studio import Studio
from comfyvn.domain.kernel import Json, Missing, Refused
from comfyvn.domain.variables import AnnotateVariable, Variable, fits
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


@dataclass(frozen=True, slots=True)
class Setting:
    """Gives a declared variable a value of its type."""

    name: str
    value: Json
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Resetting:
    """Gives the named variables (without names: all) their defaults again."""

    names: tuple[str, ...] | None = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class VariableShape:
    """A declared variable, the value that it has now and the default that a reset gives it."""

    name: str
    type: str
    scope: str
    constant: bool
    value: Json
    default: Json
    description: str


@dataclass(frozen=True, slots=True)
class VariableList:
    items: list[VariableShape]
    position: int


@dataclass(frozen=True, slots=True)
class ResetShape:
    """The names of the variables that were reset."""

    reset: list[str]
    position: int


def routes(studio: Studio, current: Current) -> APIRouter:
    """Return the routes; `current(project, branch)` is the branch that they work on."""
    api = APIRouter(prefix="/api", responses=PROBLEMS)
    for kind, (path, save) in PATHS.items():
        _document_routes(api, studio, current, kind, path, save)
    _variable_routes(api, studio, current)
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


def shape_of(name: str, body: Mapping[str, Json]) -> VariableShape:
    """Return a variable as clients see it."""
    value = body.get("meta", {}).get(VALUE, body["default"])
    fields = {k: body[k] for k in ("type", "scope", "constant", "default", "description")}
    return VariableShape(name=name, value=value, **fields)


def _variable_routes(api: APIRouter, studio: Studio, current: Current) -> None:
    @api.get("/vars/list", summary="List the declared variables", response_model=VariableList, tags=["variables"])
    def list_variables(project: ProjectChoice = None, branch: BranchChoice = None, at: At = None) -> Response:
        row = current(project, branch)
        heads = studio.store.heads(row.id, "variable", position(at))
        items = [shape_of(ref.id, body) for ref, body in sorted(heads.items())]
        return reply(VariableList(items, studio.store.head(row.id, position(at))))

    @api.get("/vars/get", summary="Get one declared variable", response_model=VariableShape, tags=["variables"])
    def get_variable(name: Id, project: ProjectChoice = None, branch: BranchChoice = None, at: At = None) -> Response:
        row = current(project, branch)
        state, version = studio.store.load(row.id, Ref("variable", name), position(at))
        if state is None:
            raise Missing("variable_unknown", f"There is no variable {name!r} here.", variable=name)
        body = studio.store.kinds["variable"].to_document(name, state)
        return reply(shape_of(name, body), version=version)

    @api.post("/vars/set", summary="Set a declared variable", response_model=OutcomeShape, tags=["variables"])
    def set_variable(
        body: Setting,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        key: Key = None,
        match: Match = None,
        actor: Actor = "local",
    ) -> Response:
        row = current(project, branch)
        ref = Ref("variable", body.name)
        state: Variable | None = studio.store.load(row.id, ref).state
        if state is not None and state.constant:
            raise Refused("variable_constant", f"{body.name} is constant.", variable=body.name)
        if state is not None and not fits(body.value, state.type):
            raise Refused("variable_malformed", f"The value does not fit the type {state.type!r}.", where="value")
        command = AnnotateVariable(VALUE, body.value)
        return done(handle(studio, row.id, ref, command, request_of(key, match, actor)))

    @api.post("/vars/reset", summary="Reset variables to their defaults", response_model=ResetShape, tags=["variables"])
    def reset_variables(
        body: Resetting, project: ProjectChoice = None, branch: BranchChoice = None, actor: Actor = "local"
    ) -> Response:
        row = current(project, branch)
        heads = studio.store.heads(row.id, "variable")
        names = [ref.id for ref in sorted(heads)] if body.names is None else list(body.names)
        if unknown := [n for n in names if Ref("variable", n) not in heads]:
            raise Missing("variable_unknown", f"There is no variable {unknown[0]!r} here.", variable=unknown[0])
        reset = [n for n in names if VALUE in heads[Ref("variable", n)].get("meta", {})]
        for name in reset:
            command = AnnotateVariable(VALUE, present=False)
            handle(studio, row.id, Ref("variable", name), command, request_of(None, None, actor))
        return reply(ResetShape(reset, studio.store.head(row.id)))
