"""HTTP for entities of all kinds: one route per command and query.

A command's route is its name: ``POST …/scenes/{id}/reword-line`` takes the fields of `RewordLine` as its body.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from comfyvn.application.blame import blame
from comfyvn.application.handle import handle
from comfyvn.application.ports import Ref
from comfyvn.application.studio import Studio, find_branch
from comfyvn.domain.kernel import COMMAND_NAMES, WHOLE, Decider, Json, Missing
from comfyvn.interfaces.rest.answers import (
    PROBLEMS,
    Actor,
    At,
    CommitShape,
    Key,
    Match,
    OutcomeShape,
    commit_shape,
    done,
    position,
    reply,
    request_of,
)
from comfyvn.interfaces.rest.shapes import DOCUMENTS

COLLECTIONS = {
    "scene": "scenes",
    "character": "characters",
    "timeline": "timelines",
    "variable": "variables",
    "template": "templates",
    "world": "worlds",
    "asset": "assets",
    "provenance": "provenance",
    "translation": "translations",
    "project": "project",
}
"""Kind of entity -> its name in paths."""

UNROUTED = frozenset({"project.start-project", "project.discard-project"})
"""Commands that are no request to one entity: projects are founded at ``POST /api/projects``."""

Project = Annotated[str, Path(min_length=1, max_length=200, description="Id or name of the project.")]
Branch = Annotated[str, Path(min_length=1, max_length=200, description="Name or id of the branch.")]
EntityId = Annotated[
    str, Path(min_length=1, max_length=200, pattern=r"^[^/\x00-\x1f]+$", description="Id of the entity.")
]
PREFIX = "/api/projects/{project}/branches/{branch}"


@dataclass(frozen=True, slots=True)
class EntityList:
    """Entities of one kind: their ids and own fields, and the position that the list shows."""

    items: list[dict[str, Any]]
    position: int


@dataclass(frozen=True, slots=True)
class VersionShape:
    """One version of a part: the commit that made it so, and what it was (null: it was removed)."""

    commit: CommitShape
    body: Json | None


@dataclass(frozen=True, slots=True)
class BlameShape:
    """Who last set each field of a part, and all versions of the part, oldest first."""

    entity: str
    part: str
    fields: dict[str, CommitShape]
    versions: list[VersionShape]


def routes(studio: Studio) -> APIRouter:
    """Return the routes of all kinds of entities."""
    api = APIRouter(prefix=PREFIX, responses=PROBLEMS)
    for kind, collection in COLLECTIONS.items():
        decider = studio.store.kinds[kind]
        _queries(api, studio, decider, collection)
        for command_type in decider.commands:
            if COMMAND_NAMES[command_type] not in UNROUTED:
                _command(api, studio, kind, collection, command_type)
    return api


def _command(api: APIRouter, studio: Studio, kind: str, collection: str, command_type: type[Any]) -> None:
    name = COMMAND_NAMES[command_type]
    verb = name.partition(".")[2]

    def endpoint(
        project: Project,
        branch: Branch,
        entity_id: EntityId,
        command: Any,
        key: Key = None,
        match: Match = None,
        actor: Actor = "local",
    ) -> Response:
        row = find_branch(studio, project, branch)
        asked = command_type() if command is None else command
        return done(handle(studio, row.id, Ref(kind, entity_id), asked, request_of(key, match, actor)))

    if command_type.__dataclass_fields__:
        endpoint.__annotations__["command"] = command_type
    else:
        endpoint.__annotations__["command"] = command_type | None
        endpoint.__defaults__ = (None, *(endpoint.__defaults__ or ()))
    api.add_api_route(
        f"/{collection}/{{entity_id}}/{verb}",
        endpoint,
        methods=["POST"],
        summary=verb.replace("-", " ").capitalize(),
        description=_told(command_type),
        operation_id=name.replace(".", "_").replace("-", "_"),
        response_model=OutcomeShape,
        tags=[collection],
    )


def _told(command_type: type[Any]) -> str:
    text = command_type.__doc__ or ""
    return "" if text.startswith(f"{command_type.__name__}(") else text.strip()


def _queries(api: APIRouter, studio: Studio, decider: Decider[Any, Any, Any], collection: str) -> None:
    kind = decider.kind

    @api.get(
        f"/{collection}",
        summary=f"List {collection}",
        operation_id=f"list_{collection}",
        response_model=EntityList,
        tags=[collection],
    )
    def list_entities(project: Project, branch: Branch, at: At = None) -> Response:
        return reply(listed(studio, find_branch(studio, project, branch).id, kind, position(at)))

    @api.get(
        f"/{collection}/{{entity_id}}",
        summary=f"Get one of the {collection} as a document",
        operation_id=f"get_{kind}",
        response_model=DOCUMENTS[kind],
        tags=[collection],
    )
    def get_entity(project: Project, branch: Branch, entity_id: EntityId, at: At = None) -> Response:
        row = find_branch(studio, project, branch)
        return document(studio, row.id, Ref(kind, entity_id), position(at))

    @api.get(
        f"/{collection}/{{entity_id}}/blame",
        summary="Blame: who last set each field, and every version before",
        operation_id=f"blame_{kind}",
        response_model=BlameShape,
        tags=[collection],
    )
    def get_blame(
        project: Project,
        branch: Branch,
        entity_id: EntityId,
        part: Annotated[str, Query(max_length=200, description="A node of a scene; empty: the entity itself.")] = WHOLE,
        at: At = None,
    ) -> Response:
        row = find_branch(studio, project, branch)
        found = blame(studio, row.id, Ref(kind, entity_id), part, position(at))
        fields = {name: commit_shape(commit) for name, commit in found.fields.items()}
        versions = [VersionShape(commit_shape(v.commit), v.body) for v in found.versions]
        return reply(BlameShape(found.entity, found.part, fields, versions))


def listed(studio: Studio, branch: str, kind: str, at: int) -> EntityList:
    """Return all entities of a kind with their own fields, in the order of their ids."""
    heads = studio.store.heads(branch, kind, at)
    items = [{"id": ref.id, **body} for ref, body in sorted(heads.items())]
    if kind == "scene":
        items.sort(key=lambda item: (item.get("group", ""), item.get("order", ""), item["id"]))
    return EntityList(items, studio.store.head(branch, at))


def document(studio: Studio, branch: str, ref: Ref, at: int) -> Response:
    """Return an entity as its document, its version as ETag. Raises Missing("<kind>_unknown")."""
    state, version = studio.store.load(branch, ref, at)
    if state is None:
        raise Missing(f"{ref.kind}_unknown", f"There is no {ref.kind} {ref.id!r} here.", entity=str(ref))
    shape: Callable[[str, Any], Json] = studio.store.kinds[ref.kind].to_document
    return reply(shape(ref.id, state), version=version)
