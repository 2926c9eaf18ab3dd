"""The documents of all kinds of entities, as the OpenAPI document describes them."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from comfyvn.domain.assets import AssetType
from comfyvn.domain.kernel import Json
from comfyvn.domain.provenance import Activity
from comfyvn.domain.story.state import NodeType, SceneRole
from comfyvn.domain.variables import Scope, VariableType

Object = dict[str, Any]


class EdgeDocument(TypedDict):
    """A way on from a node: an option, a branch or a jump."""

    id: str
    order: NotRequired[str]
    text: NotRequired[str | None]
    condition: NotRequired[str | None]
    weight: NotRequired[float | None]
    scene: NotRequired[str | None]
    node: NotRequired[str | None]
    meta: NotRequired[Object]


class SourceDocument(TypedDict):
    """Where imported material came from: file, first line (1-based) and the text that stood there."""

    file: str
    line: int
    raw: NotRequired[str | None]


class NodeDocument(TypedDict):
    """One line, choice or action."""

    id: str
    type: NodeType
    content: NotRequired[str]
    directives: NotRequired[Object]
    conditions: NotRequired[list[str]]
    next: NotRequired[list[EdgeDocument]]
    meta: NotRequired[Object]
    speaker: NotRequired[str | None]
    verb: NotRequired[str | None]
    block: NotRequired[str]
    order: NotRequired[str]
    source: NotRequired[SourceDocument | None]


class SceneDocument(TypedDict):
    """A scene with its nodes in reading order."""

    id: str
    title: NotRequired[str]
    nodes: NotRequired[list[NodeDocument]]
    meta: NotRequired[Object]
    group: NotRequired[str]
    order: NotRequired[str]
    role: NotRequired[SceneRole]
    label: NotRequired[str | None]
    falls_to: NotRequired[str | None]


class CharacterDocument(TypedDict):
    """A character; `linked_scene_ids` are the scenes they belong to."""

    id: str
    name: NotRequired[str]
    traits: NotRequired[Object]
    portrait_asset_id: NotRequired[str | None]
    linked_scene_ids: NotRequired[list[str]]
    colour: NotRequired[str | None]
    variable: NotRequired[str | None]
    expressions: NotRequired[dict[str, str]]
    image_tag: NotRequired[str | None]
    voice_tag: NotRequired[str | None]
    meta: NotRequired[Object]


class TimelineDocument(TypedDict):
    """An order of scenes."""

    id: str
    name: NotRequired[str]
    scene_order: NotRequired[list[str]]
    meta: NotRequired[Object]


class VariableDocument(TypedDict):
    """A declared variable; its id is its name."""

    id: str
    name: NotRequired[str]
    type: NotRequired[VariableType]
    default: NotRequired[Json]
    scope: NotRequired[Scope]
    constant: NotRequired[bool]
    description: NotRequired[str]
    meta: NotRequired[Object]


class TemplateDocument(TypedDict):
    """A reusable body of some kind."""

    id: str
    name: NotRequired[str]
    kind: NotRequired[str]
    body: NotRequired[Object]
    meta: NotRequired[Object]


class WorldDocument(TypedDict):
    """A world: what is true in it."""

    id: str
    name: NotRequired[str]
    summary: NotRequired[str]
    tone: NotRequired[str]
    rules: NotRequired[Object]
    locations: NotRequired[Object]
    factions: NotRequired[Object]
    lore: NotRequired[Object]
    prompt_templates: NotRequired[Object]
    meta: NotRequired[Object]


class AssetDocument(TypedDict):
    """A file that a story shows or plays."""

    id: str
    uid: NotRequired[str]
    type: NotRequired[AssetType]
    path_full: NotRequired[str]
    path_thumb: NotRequired[str | None]
    hash: NotRequired[str]
    bytes: NotRequired[int]
    meta: NotRequired[Object]
    tags: NotRequired[list[str]]
    created_at: NotRequired[str | None]


class OriginDocument(TypedDict):
    """A fact about where something came from; `subject` names it, such as ``asset:ID`` or ``scene:ID/NODE``."""

    id: str
    subject: NotRequired[str]
    activity: NotRequired[Activity]
    method: NotRequired[str]
    source: NotRequired[str]
    source_hash: NotRequired[str]
    tool: NotRequired[str]
    model: NotRequired[str]
    prompt_hash: NotRequired[str]
    seed: NotRequired[int | None]
    workflow_hash: NotRequired[str]
    inputs: NotRequired[Object]
    licence: NotRequired[str]
    kind_of_source: NotRequired[str]
    credit: NotRequired[str]
    details: NotRequired[Object]


class TranslationDocument(TypedDict):
    """What a line (`target`, a node) or a string says in another language; `source` holds the words translated."""

    id: str
    language: NotRequired[str]
    target: NotRequired[str | None]
    source: NotRequired[str]
    text: NotRequired[str]
    meta: NotRequired[Object]


class ProjectDocument(TypedDict):
    """A project; `start` is the scene in which it begins."""

    id: str
    name: NotRequired[str]
    start: NotRequired[str | None]
    meta: NotRequired[Object]


DOCUMENTS: dict[str, Any] = {
    "scene": SceneDocument,
    "character": CharacterDocument,
    "timeline": TimelineDocument,
    "variable": VariableDocument,
    "template": TemplateDocument,
    "world": WorldDocument,
    "asset": AssetDocument,
    "provenance": OriginDocument,
    "translation": TranslationDocument,
    "project": ProjectDocument,
}
"""Kind of entity -> the shape of its document. In answers every key is there; a save may leave all but the id out."""


def request_body(kind: str) -> dict[str, Any]:
    """Return the OpenAPI words for a body that holds a document of a kind."""
    schema = {"$ref": f"#/components/schemas/{DOCUMENTS[kind].__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
