"""What a scene is: nodes in blocks, edges between them, and where each came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from immutables import Map

from comfyvn.domain.kernel import Json
from comfyvn.domain.ordering import sort_key

NodeType = Literal["text", "choice", "action"]
SceneRole = Literal["story", "code"]
"""``code``: a run of top-level statements of a source file, kept between the labels it stood between."""

EDGE_VERBS = frozenset({"jump", "call", "branch", "loop", "random"})
"""Actions whose meaning is their edges: ``jump`` and ``call`` have one with a target; ``branch`` takes the first
whose condition holds; ``loop`` repeats the block of its only edge while the condition holds; ``random`` draws one
by weight."""

STAGE_VERBS = frozenset(
    {
        "scene",
        "show",
        "hide",
        "with",
        "play",
        "queue",
        "stop",
        "voice",
        "pause",
        "window",
        "nvl",
        "camera",
    }
)
"""Actions that change what is seen or heard and not where the story goes."""

VERBS = EDGE_VERBS | STAGE_VERBS | {"set", "return", "label", "declare", "raw", "comment"}
"""All actions. ``set`` assigns (content: ``name = expression``); ``return`` leaves a call or ends the play
(content: the value, or empty); ``label`` is a place inside a scene to jump to (content: its name); ``declare`` stands
for a declared character, variable or image (content: source text); ``raw`` is code of the source engine, kept word
for word and never run; ``comment`` is a comment of the source."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands: `block` is "" for the scene's own sequence or the id of the edge that owns the block."""

    block: str
    order: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where imported material came from: file (relative, posix), first line (1-based) and the text that stood there."""

    file: str
    line: int
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A way on from a node: an option of a choice, a branch of a condition, or a jump.

    The way leads to `node` of `scene` (either may be None: this scene, its start); without both it leads through
    the block that the edge owns (nodes whose place names this edge) and then past the node.
    """

    order: str
    text: str | None = None
    condition: str | None = None
    weight: float | None = None
    scene: str | None = None
    node: str | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Node:
    """One line, choice or action, with an id for life.

    `content` is the words of a text node, the prompt of a choice, and of an action what its verb says (`VERBS`).
    `speaker` is a character id; a name that is no character stands in ``directives["name"]``.
    `conditions` must all hold for the node to take place. Without edges the play goes on to the next in order.
    """

    type: NodeType
    place: Place
    content: str = ""
    speaker: str | None = None
    verb: str | None = None
    directives: Mapping[str, Json] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    next: Mapping[str, Edge] = field(default_factory=dict)
    meta: Mapping[str, Json] = field(default_factory=dict)
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene: a title, its place among the scenes of a group (a file of the source), and its nodes.

    `falls_to` is the scene in which the play goes on when it runs off the end of this one.
    `label` is the name by which scripts jump to it.
    """

    title: str
    group: str = ""
    order: str = "V"
    role: SceneRole = "story"
    label: str | None = None
    falls_to: str | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)
    nodes: Map[str, Node] = field(default_factory=Map)


def in_block(scene: Scene, block: str = "") -> list[tuple[str, Node]]:
    """Return the nodes of one block in the order of play."""
    found = [(i, n) for i, n in scene.nodes.items() if n.place.block == block]
    return sorted(found, key=lambda pair: sort_key(pair[1].place.order, pair[0]))


def blocks(scene: Scene) -> dict[str, list[tuple[str, Node]]]:
    """Return every block of the scene, each in the order of play."""
    found: dict[str, list[tuple[str, Node]]] = {}
    for node_id, node in scene.nodes.items():
        found.setdefault(node.place.block, []).append((node_id, node))
    for members in found.values():
        members.sort(key=lambda pair: sort_key(pair[1].place.order, pair[0]))
    return found


def edges(node: Node) -> list[tuple[str, Edge]]:
    """Return the edges of a node in order."""
    return sorted(node.next.items(), key=lambda pair: sort_key(pair[1].order, pair[0]))


def walk(scene: Scene) -> Iterator[tuple[str, Node]]:
    """Yield all nodes in reading order: a node, then the blocks of its edges, then what follows it."""
    by_block = blocks(scene)
    seen: set[str] = set()
    stack: list[tuple[str, Node]] = list(reversed(by_block.get("", [])))
    while stack:
        node_id, node = stack.pop()
        if node_id in seen:
            continue
        seen.add(node_id)
        yield node_id, node
        for edge_id, _ in reversed(edges(node)):
            stack.extend(reversed(by_block.get(edge_id, [])))
    left = [(n.place.block, n.place.order, i) for i, n in scene.nodes.items() if i not in seen]
    for _, _, node_id in sorted(left):  # blocks whose edge is gone are still part of the scene
        yield node_id, scene.nodes[node_id]
