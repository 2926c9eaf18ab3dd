"""What one can ask of a scene."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from comfyvn.domain.kernel import Json, command
from comfyvn.domain.story.state import SceneRole


@command("story.open-scene")
@dataclass(frozen=True, slots=True)
class OpenScene:
    title: str
    group: str = ""
    order: str = "V"
    role: SceneRole = "story"
    label: str | None = None
    falls_to: str | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)


@command("story.retitle-scene")
@dataclass(frozen=True, slots=True)
class RetitleScene:
    title: str


@command("story.place-scene")
@dataclass(frozen=True, slots=True)
class PlaceScene:
    """Put the scene into a group (a file of the exported script), at `order` among its scenes."""

    group: str
    order: str


@command("story.relabel-scene")
@dataclass(frozen=True, slots=True)
class RelabelScene:
    label: str | None


@command("story.lead-scene-on")
@dataclass(frozen=True, slots=True)
class LeadSceneOn:
    """Let the play go on in another scene when it runs off the end of this one."""

    falls_to: str | None


@command("story.annotate-scene")
@dataclass(frozen=True, slots=True)
class AnnotateScene:
    key: str
    value: Json = None
    present: bool = True


@command("story.discard-scene")
@dataclass(frozen=True, slots=True)
class DiscardScene:
    pass


@dataclass(frozen=True, slots=True)
class EdgeDraft:
    """An edge as a client asks for it; without `order` it comes last."""

    id: str
    text: str | None = None
    condition: str | None = None
    weight: float | None = None
    scene: str | None = None
    node: str | None = None
    order: str | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)


@command("story.write-line")
@dataclass(frozen=True, slots=True)
class WriteLine:
    """Write a new line after node `after`, or at the end of `block` ("" is the scene's own sequence)."""

    node_id: str
    text: str
    speaker: str | None = None
    block: str = ""
    after: str | None = None
    directives: Mapping[str, Json] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    meta: Mapping[str, Json] = field(default_factory=dict)


@command("story.offer-choice")
@dataclass(frozen=True, slots=True)
class OfferChoice:
    """Offer the reader a choice of `options` after node `after`, or at the end of `block`."""

    node_id: str
    options: tuple[EdgeDraft, ...]
    prompt: str = ""
    speaker: str | None = None
    block: str = ""
    after: str | None = None
    directives: Mapping[str, Json] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    meta: Mapping[str, Json] = field(default_factory=dict)


@command("story.place-action")
@dataclass(frozen=True, slots=True)
class PlaceAction:
    """Place a stage direction, assignment, jump, branch … after node `after`, or at the end of `block`."""

    node_id: str
    verb: str
    content: str = ""
    block: str = ""
    after: str | None = None
    directives: Mapping[str, Json] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    edges: tuple[EdgeDraft, ...] = ()
    meta: Mapping[str, Json] = field(default_factory=dict)


@command("story.reword-line")
@dataclass(frozen=True, slots=True)
class RewordLine:
    """Give a line, the prompt of a choice or the content of an action other words."""

    node_id: str
    text: str


@command("story.reattribute-line")
@dataclass(frozen=True, slots=True)
class ReattributeLine:
    node_id: str
    speaker: str | None


@command("story.move-node")
@dataclass(frozen=True, slots=True)
class MoveNode:
    """Move a node, with the blocks of its edges, behind `after`; to the start of `block` where that is None."""

    node_id: str
    block: str = ""
    after: str | None = None


@command("story.direct-node")
@dataclass(frozen=True, slots=True)
class DirectNode:
    node_id: str
    key: str
    value: Json = None
    present: bool = True


@command("story.guard-node")
@dataclass(frozen=True, slots=True)
class GuardNode:
    node_id: str
    conditions: tuple[str, ...]


@command("story.annotate-node")
@dataclass(frozen=True, slots=True)
class AnnotateNode:
    node_id: str
    key: str
    value: Json = None
    present: bool = True


@command("story.remove-node")
@dataclass(frozen=True, slots=True)
class RemoveNode:
    """Remove a node and the blocks of its edges."""

    node_id: str


@command("story.draw-edge")
@dataclass(frozen=True, slots=True)
class DrawEdge:
    """Add a way on from a node, or give an existing one (same id) other words, condition, weight or target."""

    node_id: str
    edge: EdgeDraft


@command("story.erase-edge")
@dataclass(frozen=True, slots=True)
class EraseEdge:
    """Remove a way on, and the block that it owns."""

    node_id: str
    edge_id: str


@command("story.save-scene")
@dataclass(frozen=True, slots=True)
class SaveScene:
    """Make the scene equal to a whole document; what is equal already is not recorded."""

    document: Mapping[str, Json]


SceneCommand = (
    OpenScene
    | RetitleScene
    | PlaceScene
    | RelabelScene
    | LeadSceneOn
    | AnnotateScene
    | DiscardScene
    | WriteLine
    | OfferChoice
    | PlaceAction
    | RewordLine
    | ReattributeLine
    | MoveNode
    | DirectNode
    | GuardNode
    | AnnotateNode
    | RemoveNode
    | DrawEdge
    | EraseEdge
    | SaveScene
)
