"""The ways of a story as it is written, and why no play comes to a node."""

from collections import deque
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from comfyvn.domain.analysis.relevance import read_by
from comfyvn.domain.playthrough import Program
from comfyvn.domain.story import Edge, Node, Scene, blocks, edges
from comfyvn.domain.story.state import EDGE_VERBS

Reason: TypeAlias = Literal["no_way", "condition_never_true", "variable_never_set", "weight_zero", "after_unreachable"]

_ALWAYS: Final = frozenset({"", "True", "1"})


class Way(NamedTuple):
    """A way into a place: from which place, by which edge, and under which condition (None: whenever it is passed)."""

    origin: int
    edge: str | None = None
    condition: str | None = None
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why no play comes to a node.

    `node` of `scene` is where the way is blocked: by a `condition` that never holds there, by an `edge`. With
    "after_unreachable" the ways to that node are to blame, for the reason that its own cause tells.
    """

    reason: Reason
    scene: str
    node: str | None
    edge: str | None = None
    condition: str | None = None
    variables: tuple[str, ...] = ()


class Ways:
    """All ways of a story, by the place they lead to. `computed` tells that some target is computed in play."""

    def __init__(self, program: Program, scenes: Mapping[str, Scene]) -> None:
        self.program, self.scenes = program, scenes
        self.into: list[list[Way]] = [[] for _ in program.positions]
        self.computed = False
        for scene_id, scene in scenes.items():
            heads = {block: members[0][0] for block, members in blocks(scene).items()}
            for node_id, node in scene.nodes.items():
                self._add(scene_id, node_id, node, heads)
            if scene.falls_to is not None:
                self._enter(program.places[scene_id, None], program.find(scene.falls_to), None, None)

    def joints(self, start: int) -> frozenset[int]:
        """Return the places where ways may meet: those with several ways in, and those that plays come to unseen."""
        found = {place for place, ways in enumerate(self.into) if len(ways) > 1} | {start}
        for (scene, node), place in self.program.places.items():
            if node is not None and self.scenes.get(scene) and self.scenes[scene].nodes[node].verb == "call":
                found.add(self.program.after[place])
        if self.computed:
            found.update(self.program.entries.values(), self.program.names.values())
        return frozenset(found)

    def _add(self, scene: str, node_id: str, node: Node, heads: Mapping[str, str]) -> None:
        here = self.program.places[scene, node_id]
        after = self.program.after[here]
        if node.directives.get("expression") and node.verb in ("jump", "call"):
            self.computed = True
        if node.type == "choice" or node.verb in EDGE_VERBS:
            for edge_id, edge in edges(node):
                self._enter(
                    here,
                    self._target(scene, edge_id, edge, heads, here if node.verb == "loop" else after),
                    edge_id,
                    edge,
                )
        if _passes(node):
            self.into[after].append(Way(here))

    def _target(self, scene: str, edge_id: str, edge: Edge, heads: Mapping[str, str], past: int) -> int | None:
        places = self.program.places
        if edge.scene is None and edge.node is None:
            return places[scene, heads[edge_id]] if edge_id in heads else past
        target = scene if edge.scene is None else edge.scene
        return self.program.find(target) if edge.node is None else places.get((target, edge.node))

    def _enter(self, here: int, target: int | None, edge_id: str | None, edge: Edge | None) -> None:
        if target is not None:
            way = Way(here) if edge is None else Way(here, edge_id, edge.condition, edge.weight)
            self.into[target].append(way)

    def cause(self, place: int, visited: Set[int], passed: Set[int], assigned: Set[str]) -> Cause:
        """Return why no play passes a place.

        `visited` are the places that plays come to, `passed` those whose node took place there, and `assigned` the
        variables that the story sets somewhere.
        """
        scene, node = self.program.positions[place]
        if place in visited:
            conditions = " and ".join(self._node(place).conditions)
            return _blocked(scene, node, None, conditions, assigned)
        for way in self.into[place]:
            if way.origin in passed:
                at_scene, at_node = self.program.positions[way.origin]
                if way.weight is not None and way.weight <= 0:
                    return Cause("weight_zero", at_scene, at_node, way.edge)
                return _blocked(at_scene, at_node, way.edge, way.condition or "", assigned)
        if not self.into[place]:
            return Cause("no_way", scene, node)
        root_scene, root_node = self.program.positions[self._root(place, visited)]
        return Cause("after_unreachable", root_scene, root_node)

    def _root(self, place: int, visited: Set[int]) -> int:
        """Return the first place, going back from one that no play comes to, whose ways in are the reason."""
        seen, waiting = {place}, deque([place])
        last = place
        while waiting:
            last = waiting.popleft()
            ways = self.into[last]
            if last != place and (not ways or any(way.origin in visited for way in ways)):
                return last
            for way in ways:
                if way.origin in visited:
                    return way.origin
                if way.origin not in seen:
                    seen.add(way.origin)
                    waiting.append(way.origin)
        return last

    def _node(self, place: int) -> Node:
        scene, node = self.program.positions[place]
        return self.scenes[scene].nodes[node or ""]


def _blocked(scene: str, node: str | None, edge: str | None, condition: str, assigned: Set[str]) -> Cause:
    """Return the cause that a condition is which held in no play."""
    names = tuple(sorted(read_by(condition)))
    never = tuple(name for name in names if name not in assigned)
    if never and never == names:
        return Cause("variable_never_set", scene, node, edge, condition, never)
    return Cause("condition_never_true", scene, node, edge, condition, names)


def _passes(node: Node) -> bool:
    """Tell whether a play that comes to a node may go on with what follows it."""
    if node.conditions or node.verb == "call":
        return True
    if node.verb == "return" or (node.verb in ("raw", "jump") and (_text(node, "flow") or _text(node, "expression"))):
        return False
    if node.type != "choice" and node.verb not in EDGE_VERBS:
        return True
    sure = any(_is_sure(node, edge) for edge in node.next.values())
    return not sure or bool(node.directives.get("set"))


def _text(node: Node, key: str) -> bool:
    return bool(node.directives.get(key))


def _is_sure(node: Node, edge: Edge) -> bool:
    """Tell whether a way is open whenever a play comes to its node."""
    drawn = node.verb != "random" or edge.weight is None or edge.weight > 0
    return drawn and (edge.condition or "").strip() in _ALWAYS
