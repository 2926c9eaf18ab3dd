"""The map of one scene: its lines, choices and actions, and every way from one to the next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from comfyvn.application.maps.places import Places, placed
from comfyvn.application.ports import LATEST, Ref
from comfyvn.application.studio import Studio
from comfyvn.domain.kernel import Missing
from comfyvn.domain.story import Node, Scene, blocks, edges, walk

SHOWN: Final = 160
"""Characters of the text of a node that a map shows."""
Step = Literal["next", "option", "branch", "jump", "call", "again", "falls"]
"""Ways: on in order, an option of a choice, a branch of a condition or of chance, a jump or call, back to the head of
a loop, off the end of the scene into another one."""


@dataclass(frozen=True, slots=True)
class StoryNode:
    """A node on the map. `order` is its place in reading order, from 0; `text` is cut off after 160 characters."""

    id: str
    type: str
    verb: str | None
    speaker: str | None
    text: str
    block: str
    order: int
    conditions: tuple[str, ...]
    x: float
    y: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class StoryEdge:
    """A way from a node to a node of this scene (`target`), or to another scene; None and None: out of the scene.

    `edge` is the id of the edge that it stands for, None where the way is only the order of nodes.
    """

    source: str
    target: str | None
    scene: str | None
    kind: Step
    edge: str | None
    text: str | None
    condition: str | None
    weight: float | None


@dataclass(frozen=True, slots=True)
class SceneMap:
    """The nodes of a scene in reading order, and the ways between them."""

    position: int
    scene: str
    title: str
    nodes: list[StoryNode]
    edges: list[StoryEdge]


def scene_map(studio: Studio, places: Places, branch: str, scene_id: str, at: int = LATEST) -> SceneMap:
    """Return the map of a scene; new nodes get places that stay. Raises Missing("scene_unknown")."""
    scene = studio.store.load(branch, Ref("scene", scene_id), at).state
    if scene is None:
        raise Missing("scene_unknown", f"There is no scene {scene_id!r} here.", entity=f"scene:{scene_id}")
    ways = list(_ways(scene))
    order = list(walk(scene))
    inner = [(way.source, way.target) for way in ways if way.target is not None]
    names = [node_id for node_id, _ in order]
    project = studio.store.branch(branch).project
    stand = placed(places, project, f"scene:{scene_id}", names, inner, keep=at >= LATEST)
    nodes = []
    for n, (node_id, node) in enumerate(order):
        (x, y), chosen = stand[node_id]
        told = (node.type, node.verb, node.speaker, node.content[:SHOWN], node.place.block)
        nodes.append(StoryNode(node_id, *told, n, node.conditions, x, y, chosen))
    return SceneMap(studio.store.head(branch, at), scene_id, scene.title, nodes, ways)


def _ways(scene: Scene) -> Iterator[StoryEdge]:
    members = blocks(scene)
    owner = {edge_id: node_id for node_id, node in scene.nodes.items() for edge_id in node.next}
    following: dict[str, str | None] = {}
    for block in members.values():
        for (node_id, _), (then, _) in pairwise(block):
            following[node_id] = then

    def after(node_id: str) -> tuple[str | None, Step]:
        """Return where the play goes on behind a node."""
        seen = set()
        while node_id not in following:
            block = scene.nodes[node_id].place.block
            if block not in owner or node_id in seen:
                return None, "falls"
            seen.add(node_id)
            node_id = owner[block]
            if scene.nodes[node_id].verb == "loop":
                return node_id, "again"
        return following[node_id], "next"

    for node_id, node in scene.nodes.items():
        yield from _from(scene, node_id, node, members, after(node_id))


def _from(
    scene: Scene,
    node_id: str,
    node: Node,
    members: Mapping[str, list[tuple[str, Node]]],
    then: tuple[str | None, Step],
) -> Iterator[StoryEdge]:
    on, kind = then
    for edge_id, edge in edges(node):
        what: Step = "jump" if node.verb == "jump" else "call" if node.verb == "call" else "branch"
        what = "option" if node.type == "choice" else what
        inside = members.get(edge_id)
        target = edge.node if edge.scene is None and edge.node is not None else inside[0][0] if inside else on
        elsewhere = scene.falls_to if target is None and edge.node is None and edge.scene is None else edge.scene
        if elsewhere is not None or (edge.node is not None and edge.node not in scene.nodes):
            target = None
        yield StoryEdge(node_id, target, elsewhere, what, edge_id, edge.text, edge.condition, edge.weight)
    if node.verb in ("jump", "return") and not node.conditions:
        return
    branches = node.type == "choice" or node.verb in ("random",)
    if node.verb == "branch":
        branches = any(edge.condition is None for edge in node.next.values())
    if branches and not node.conditions:
        return
    elsewhere = scene.falls_to if on is None else None
    yield StoryEdge(node_id, on, elsewhere, kind, None, None, None, None)
