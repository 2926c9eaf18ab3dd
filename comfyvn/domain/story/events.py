"""What can have happened to a scene."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from comfyvn.domain.kernel import Json, event
from comfyvn.domain.story.state import Edge, Place, SceneRole, Source


@event("story.scene_opened")
@dataclass(frozen=True, slots=True)
class SceneOpened:
    title: str
    group: str = ""
    order: str = "V"
    role: SceneRole = "story"
    label: str | None = None
    falls_to: str | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)


@event("story.scene_retitled")
@dataclass(frozen=True, slots=True)
class SceneRetitled:
    title: str


@event("story.scene_placed")
@dataclass(frozen=True, slots=True)
class ScenePlaced:
    """The scene took a place in a group of scenes."""

    group: str
    order: str


@event("story.scene_relabelled")
@dataclass(frozen=True, slots=True)
class SceneRelabelled:
    label: str | None


@event("story.scene_led_on")
@dataclass(frozen=True, slots=True)
class SceneLedOn:
    """The play goes on in `falls_to` when it runs off the end of this scene; None: it ends."""

    falls_to: str | None


@event("story.scene_annotated")
@dataclass(frozen=True, slots=True)
class SceneAnnotated:
    """A meta entry was given (or, with `present` false, taken away)."""

    key: str
    value: Json
    present: bool = True


@event("story.scene_discarded")
@dataclass(frozen=True, slots=True)
class SceneDiscarded:
    pass


@event("story.line_written")
@dataclass(frozen=True, slots=True)
class LineWritten:
    node_id: str
    place: Place
    text: str
    speaker: str | None = None
    directives: Mapping[str, Json] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    next: Mapping[str, Edge] = field(default_factory=dict)
    meta: Mapping[str, Json] = field(default_factory=dict)
    source: Source | None = None


@event("story.choice_offered")
@dataclass(frozen=True, slots=True)
class ChoiceOffered:
    node_id: str
    place: Place
    prompt: str
    next: Mapping[str, Edge]
    speaker: str | None = None
    directives: Mapping[str, Json] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    meta: Mapping[str, Json] = field(default_factory=dict)
    source: Source | None = None


@event("story.action_placed")
@dataclass(frozen=True, slots=True)
class ActionPlaced:
    node_id: str
    place: Place
    verb: str
    content: str = ""
    directives: Mapping[str, Json] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    next: Mapping[str, Edge] = field(default_factory=dict)
    meta: Mapping[str, Json] = field(default_factory=dict)
    source: Source | None = None


@event("story.line_reworded")
@dataclass(frozen=True, slots=True)
class LineReworded:
    """A line, prompt or action has other words."""

    node_id: str
    text: str


@event("story.line_reattributed")
@dataclass(frozen=True, slots=True)
class LineReattributed:
    """Someone else speaks; None: the narrator."""

    node_id: str
    speaker: str | None


@event("story.node_moved")
@dataclass(frozen=True, slots=True)
class NodeMoved:
    node_id: str
    place: Place


@event("story.node_directed")
@dataclass(frozen=True, slots=True)
class NodeDirected:
    """A directive was given (or, with `present` false, taken away)."""

    node_id: str
    key: str
    value: Json
    present: bool = True


@event("story.node_guarded")
@dataclass(frozen=True, slots=True)
class NodeGuarded:
    node_id: str
    conditions: tuple[str, ...]


@event("story.node_annotated")
@dataclass(frozen=True, slots=True)
class NodeAnnotated:
    """A meta entry was given (or, with `present` false, taken away)."""

    node_id: str
    key: str
    value: Json
    present: bool = True


@event("story.node_traced")
@dataclass(frozen=True, slots=True)
class NodeTraced:
    """The node was found at another place of its source."""

    node_id: str
    source: Source | None


@event("story.node_removed")
@dataclass(frozen=True, slots=True)
class NodeRemoved:
    node_id: str


@event("story.edge_drawn")
@dataclass(frozen=True, slots=True)
class EdgeDrawn:
    """A way on was added, or given other words, condition, weight, order or target."""

    node_id: str
    edge_id: str
    edge: Edge


@event("story.edge_erased")
@dataclass(frozen=True, slots=True)
class EdgeErased:
    node_id: str
    edge_id: str


SceneEvent = (
    SceneOpened
    | SceneRetitled
    | ScenePlaced
    | SceneRelabelled
    | SceneLedOn
    | SceneAnnotated
    | SceneDiscarded
    | LineWritten
    | ChoiceOffered
    | ActionPlaced
    | LineReworded
    | LineReattributed
    | NodeMoved
    | NodeDirected
    | NodeGuarded
    | NodeAnnotated
    | NodeTraced
    | NodeRemoved
    | EdgeDrawn
    | EdgeErased
)
