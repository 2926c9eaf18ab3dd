"""A story compiled for play: every node of every scene at one place of a flat list of acts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from immutables import Map

from comfyvn.domain.expressions import (
    Assignment,
    Code,
    ExpressionError,
    Mutate,
    Value,
    apply,
    compile_expression,
    parse,
    parse_assignment,
)
from comfyvn.domain.expressions.tree import Binary, Literal, Name
from comfyvn.domain.ordering import sort_key
from comfyvn.domain.playthrough import acts
from comfyvn.domain.playthrough.acts import Site, Way
from comfyvn.domain.playthrough.machine import Act, Machine, OutsideSubset
from comfyvn.domain.playthrough.state import Said
from comfyvn.domain.story import Edge, Node, Scene, blocks, edges
from comfyvn.domain.story.state import STAGE_VERBS

START: Final = "start"
"""The label at which a story begins."""


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled story. A place is an index into `acts`.

    `positions` names the (scene, node) of each place, with None for the end of a scene, and `places` is its inverse.
    `after` is the place where the play goes on once a node is past. `entries` holds the first place of each scene,
    `names` the place of each label. `choices` are the places of the choices. `first` is the id of the story
    scene that comes first in the order of reading.
    """

    acts: tuple[Act, ...]
    after: tuple[int, ...]
    positions: tuple[tuple[str, str | None], ...]
    places: Mapping[tuple[str, str | None], int]
    entries: Mapping[str, int]
    names: Mapping[str, int]
    choices: frozenset[int]
    variables: Map[str, Value]
    first: str | None

    def find(self, name: str) -> int | None:
        """Return the place that a scene id or a label names."""
        return self.entries.get(name, self.names.get(name))


def compile_story(
    scenes: Mapping[str, Scene], variables: Mapping[str, Value], characters: Mapping[str, str]
) -> Program:
    """Compile a story. `variables` are the values at the start, `characters` the display names by id.

    Nothing is refused: what cannot be understood or found fails when the play comes to it.
    """
    layout = _Layout()
    for scene_id in sorted(scenes):
        layout.add(scene_id, scenes[scene_id])
    return _Compiler(scenes, characters, layout).program(Map(variables))


class _Layout:
    """The place of every node, of every block's first node, and of what comes after each node."""

    def __init__(self) -> None:
        self.nodes: list[Node | None] = []
        self.after: list[int] = []
        self.positions: list[tuple[str, str | None]] = []
        self.places: dict[tuple[str, str | None], int] = {}
        self.entries: dict[str, int] = {}
        self.heads: dict[tuple[str, str], int] = {}

    def add(self, scene_id: str, scene: Scene) -> None:
        """Lay out a scene: the nodes of its blocks in order, and its end."""
        members = blocks(scene)
        for block in sorted(members):
            self.heads[scene_id, block] = len(self.nodes)
            for node_id, node in members[block]:
                self._place(scene_id, node_id, node)
        end = self._place(scene_id, None, None)
        self.after[end] = end
        self.entries[scene_id] = self.heads.get((scene_id, ""), end)
        self._chain(scene_id, members, end)

    def _place(self, scene_id: str, node_id: str | None, node: Node | None) -> int:
        place = len(self.nodes)
        self.nodes.append(node)
        self.after.append(place + 1)
        self.positions.append((scene_id, node_id))
        self.places[scene_id, node_id] = place
        return place

    def _chain(self, scene_id: str, members: Mapping[str, list[tuple[str, Node]]], end: int) -> None:
        """Let the last node of each block lead past the owner of the block, of a loop back to it.

        Blocks that no edge of the scene's own sequence leads to (a malformed scene has such) run to its end.
        """
        for block in members:
            self.after[self.heads[scene_id, block] + len(members[block]) - 1] = end
        pending, seen = [""], {""}
        while pending:
            for node_id, node in members.get(pending.pop(), ()):
                owner = self.places[scene_id, node_id]
                leads = owner if node.verb == "loop" else self.after[owner]
                for edge_id, _ in edges(node):
                    if edge_id in members and edge_id not in seen:
                        seen.add(edge_id)
                        pending.append(edge_id)
                        self.after[self.heads[scene_id, edge_id] + len(members[edge_id]) - 1] = leads


class _Compiler:
    def __init__(self, scenes: Mapping[str, Scene], characters: Mapping[str, str], layout: _Layout) -> None:
        self.scenes = scenes
        self.characters = characters
        self.layout = layout
        self.codes: dict[str, Code] = {}
        self.names: dict[str, int] = {}

    def program(self, variables: Map[str, Value]) -> Program:
        """Return the whole story compiled."""
        layout, story = self.layout, sorted(self.scenes, key=lambda i: _reading(i, self.scenes[i]))
        for scene_id in story:
            label = self.scenes[scene_id].label
            if label is not None:
                self.names.setdefault(label, layout.entries[scene_id])
        for place, node in enumerate(layout.nodes):
            if node is not None and node.verb == "label":
                self.names.setdefault(node.content.strip(), place)
        return Program(
            acts=tuple(self._act(place) for place in range(len(layout.nodes))),
            after=tuple(layout.after),
            positions=tuple(layout.positions),
            places=layout.places,
            entries=layout.entries,
            names=self.names,
            choices=frozenset(p for p, node in enumerate(layout.nodes) if node is not None and node.type == "choice"),
            variables=variables,
            first=next((i for i in story if self.scenes[i].role == "story"), None),
        )

    def _act(self, place: int) -> Act:
        scene_id, node_id = self.layout.positions[place]
        node = self.layout.nodes[place]
        if node is None or node_id is None:
            return self._end(scene_id, place)
        site = Site(scene_id, node_id, place, self.layout.after[place])
        conditions = tuple(code for source in node.conditions if (code := self._condition(source)))
        return acts.guarded(self._deed(site, node), conditions, site.after)

    def _end(self, scene_id: str, place: int) -> Act:
        target = self.scenes[scene_id].falls_to
        if target is None:
            return acts.leave(scene_id, None, place, None)
        found = self._find(target)
        return (
            acts.fail(f"The scene leads on to {target!r}, which is not there.")
            if found is None
            else acts.straight(found)
        )

    def _deed(self, site: Site, node: Node) -> Act:
        if node.type == "text":
            said = Said(node.speaker, _text(node.directives.get("name")), node.content)
            return acts.line(site, said, self.characters, extends=node.directives.get("extend") is True)
        if node.type == "choice":
            prompt = Said(node.speaker, None, node.content)
            memory = _memory(node.directives.get("set"))
            return acts.choice(site, prompt, self._ways(site, node), self.characters, memory)
        return self._action(site, node)

    def _action(self, site: Site, node: Node) -> Act:
        if node.verb in STAGE_VERBS:
            return acts.direct(site, node.verb or "", node.content, node.directives)
        match node.verb:
            case "jump" | "call" if target := _text(node.directives.get("expression")):
                act = self._computed(site, target, returns=node.verb == "call")
            case "branch" | "loop" | "jump":
                act = acts.branch(site, self._ways(site, node))
            case "call":
                act = acts.call(site, self._ways(site, node))
            case "random":
                act = acts.random(site, self._ways(site, node))
            case "return":
                act = self._return(site, node.content)
            case "set":
                act = self._assignment(site, node.content)
            case "raw":
                stops = node.directives.get("flow") is True
                act = (acts.stop_at_code if stops else acts.skip)(site, node.content)
            case _:
                act = acts.straight(site.after)
        return act

    def _computed(self, site: Site, target: str, *, returns: bool) -> Act:
        try:
            name = compile_expression(parse(target))
        except ExpressionError:
            return acts.stop_at_code(site, target)
        return acts.compute(site, name, self._find, returns=returns)

    def _return(self, site: Site, content: str) -> Act:
        if not content.strip():
            return acts.leave(site.scene, site.node, site.here, None)
        try:
            value = compile_expression(parse(content))
        except ExpressionError:
            leave = acts.leave(site.scene, site.node, site.here, None)
            return acts.both(acts.skip(site, content), leave)
        return acts.leave(site.scene, site.node, site.here, value)

    def _assignment(self, site: Site, content: str) -> Act:
        try:
            assignment = parse_assignment(content)
        except ExpressionError:
            assignment = None
        return acts.skip(site, content) if assignment is None else acts.assign(site, _change(assignment))

    def _ways(self, site: Site, node: Node) -> tuple[Way, ...]:
        past = site.here if node.verb == "loop" else site.after
        return tuple(self._way(site, edge_id, edge, past) for edge_id, edge in edges(node))

    def _way(self, site: Site, edge_id: str, edge: Edge, past: int) -> Way:
        condition = self._condition(edge.condition or "")
        weight = 1.0 if edge.weight is None else edge.weight
        if edge.scene is None and edge.node is None:
            place: int | None = self.layout.heads.get((site.scene, edge_id), past)
            return Way(edge_id, edge.text or "", condition, weight, place)
        scene = site.scene if edge.scene is None else edge.scene
        place = self._find(scene) if edge.node is None else self.layout.places.get((scene, edge.node))
        return Way(edge_id, edge.text or "", condition, weight, place, edge.node or scene)

    def _find(self, name: str) -> int | None:
        return self.layout.entries.get(name, self.names.get(name))

    def _condition(self, source: str) -> Code | None:
        """Return the code of a condition; None for an empty one, which always holds."""
        if not source.strip():
            return None
        if source not in self.codes:
            self.codes[source] = _code(source)
        return self.codes[source]


def _reading(scene_id: str, scene: Scene) -> tuple[str, tuple[str, str]]:
    return (scene.group, sort_key(scene.order, scene_id))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _code(source: str) -> Code:
    try:
        return compile_expression(parse(source))
    except ExpressionError:
        return _outside(source)


def _outside(source: str) -> Code:
    def stop(variables: Mapping[str, Value]) -> Value:
        raise OutsideSubset(f"This is outside the language of conditions: {source}")

    return stop


def _memory(source: Any) -> acts.Memory | None:
    """Return the memory of a choice, a variable that holds a list or a set."""
    name = _text(source)
    if name is None:
        return None

    def add(m: Machine, text: str) -> None:
        method = "add" if isinstance(m.variables.get(name), set) else "append"
        m.variables = Map(apply(Mutate(name, (), method, (Literal(text),)), m.variables))

    return acts.Memory(_code(name), add)


def _change(assignment: Assignment) -> Callable[[Machine], None]:
    """Return what an assignment does. ``name = value``, the most frequent, is compiled beforehand."""

    def change(m: Machine) -> None:
        m.variables = Map(apply(assignment, m.variables))

    if isinstance(assignment, Mutate) or assignment.path:
        return change
    name, operator, value = assignment.name, assignment.operator, assignment.value
    code = compile_expression(value if operator is None else Binary(operator, Name(name), value))

    def put(m: Machine) -> None:
        if operator is not None and isinstance(m.variables.get(name), list):
            change(m)
        else:
            m.variables = m.variables.set(name, code(m.variables))

    return put
