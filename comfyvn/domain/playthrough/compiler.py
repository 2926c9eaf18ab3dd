"""The act of each place of a program, compiled on its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from immutables import Map

from comfyvn.domain.expressions import (
    Assignment,
    Code,
    EvaluationFailed,
    ExpressionError,
    Mutate,
    Value,
    apply,
    compile_expression,
    parse,
    parse_assignment,
)
from comfyvn.domain.expressions.calls import Arguments, Binding, binding, parse_arguments, parse_parameters
from comfyvn.domain.expressions.tree import Binary, Literal, Name
from comfyvn.domain.playthrough import acts, calling
from comfyvn.domain.playthrough.acts import Pose, Site, Way
from comfyvn.domain.playthrough.calling import Target
from comfyvn.domain.playthrough.layout import Unit
from comfyvn.domain.playthrough.machine import Act, Machine, OutsideSubset
from comfyvn.domain.playthrough.state import Said
from comfyvn.domain.playthrough.stubs import Stubs
from comfyvn.domain.story import Edge, Node, edges
from comfyvn.domain.story.state import STAGE_VERBS


class Compiler:
    """Compiles places of one story. `units` are its scenes laid out, `bases` the places of their first nodes."""

    def __init__(
        self,
        units: Mapping[str, Unit],
        bases: Mapping[str, int],
        positions: Sequence[tuple[str, str | None]],
        after: Sequence[int],
        places: Mapping[tuple[str, str | None], int],
        entries: Mapping[str, int],
        names: Mapping[str, int],
        characters: Mapping[str, str],
        tags: Mapping[str, str],
        fresh: Mapping[str, Value],
        stubs: Stubs,
    ) -> None:
        self.units, self.bases, self.positions, self.after, self.places = units, bases, positions, after, places
        self.entries, self.names, self.characters, self.tags = entries, names, characters, tags
        self.fresh, self.stubs = fresh, stubs
        self.codes: dict[str, Code] = {}

    def act(self, place: int) -> Act:
        """Return the act of one place."""
        scene_id, node_id = self.positions[place]
        if node_id is None:
            return self._end(scene_id, place)
        node = self.units[scene_id].scene.nodes[node_id]
        site = Site(scene_id, node_id, place, self.after[place])
        conditions = tuple(code for source in node.conditions if (code := self._condition(source)))
        return acts.guarded(self._deed(site, node), conditions, site.after)

    def _end(self, scene_id: str, place: int) -> Act:
        target = self.units[scene_id].scene.falls_to
        if target is None:
            return calling.leave(scene_id, None, place, None)
        found = self._find(target)
        if found is None:
            return acts.fail(f"The scene leads on to {target!r}, which is not there.")
        return acts.onward(Way("", "", None, 1.0, found, target, self._entering(scene_id, found)))

    def _entering(self, scene_id: str, place: int) -> Mapping[str, Value] | None:
        """Return the variables that begin anew on the way from a scene to a place: those of a scene that is entered."""
        other, _ = self.positions[place]
        return self.fresh if self.fresh and (other != scene_id or self.entries[other] == place) else None

    def _deed(self, site: Site, node: Node) -> Act:
        if node.type == "text":
            said = Said(node.speaker, _text(node.directives.get("name")), node.content)
            attributes = node.directives.get("attributes")
            tag = self.tags.get(node.speaker or "", node.speaker)
            pose = Pose(tag, attributes) if tag and isinstance(attributes, list | tuple) else None
            extends = node.directives.get("extend") is True
            if pose is None and not extends and (fixed := acts.fixed_line(site, said, self.characters)) is not None:
                return fixed
            return acts.line(site, said, self.characters, extends=extends, pose=pose)
        if node.type == "choice":
            prompt = Said(node.speaker, None, node.content)
            memory = self._memory(node.directives.get("set"))
            return acts.choice(site, prompt, self._ways(site, node), self.characters, memory)
        return self._action(site, node)

    def _action(self, site: Site, node: Node) -> Act:
        if node.verb in STAGE_VERBS:
            return acts.direct(site, node.verb or "", node.content, node.directives)
        match node.verb:
            case "jump" | "call" if target := _text(node.directives.get("expression")):
                act = self._computed(site, node, target)
            case "branch" | "loop" | "jump":
                act = acts.branch(site, self._ways(site, node))
            case "call":
                ways = self._ways(site, node)
                act = self._with_arguments(site, node, calling.call(site, ways, self._bindings(node, ways)))
            case "random":
                act = acts.random(site, self._ways(site, node))
            case "return":
                act = self._return(site, node.content)
            case "set":
                act = self._assignment(site, node.content)
            case "raw":
                act = self._raw(site, node.content, stops=node.directives.get("flow") is True)
            case _:
                act = acts.straight(site.after)
        return act

    def _raw(self, site: Site, code: str, *, stops: bool) -> Act:
        changes = self.stubs.changes(code)
        if changes is not None:
            return acts.stand_in(site, changes)
        return (acts.stop_at_code if stops else acts.skip)(site, code)

    def _expression(self, source: str) -> Code | None:
        """Return the code of an expression or of what stands in for it; None where it is outside the language."""
        stub = self.stubs.value(source)
        if stub is not None:
            return lambda variables: stub[0]
        try:
            return compile_expression(parse(source))
        except ExpressionError:
            return None

    def _computed(self, site: Site, node: Node, target: str) -> Act:
        name = self._expression(target)
        if name is None:
            return acts.stop_at_code(site, target)
        arguments = _arguments(node)

        def find(label: str) -> Target | None:
            place = self._find(label)
            if place is None:
                return None
            return Target(place, self._entering(site.scene, place), self._binding(place, arguments))

        act = calling.compute(site, name, find, returns=node.verb == "call")
        return self._with_arguments(site, node, act)

    def _with_arguments(self, site: Site, node: Node, act: Act) -> Act:
        """Return the act of a call that reports arguments which cannot be understood."""
        return act if _arguments(node) is not None else acts.both(acts.skip(site, node.directives["arguments"]), act)

    def _bindings(self, node: Node, ways: Sequence[Way]) -> dict[str, Binding]:
        arguments = _arguments(node)
        found = {w.id: self._binding(w.place, arguments) for w in ways if w.target and w.place is not None}
        return {way_id: bound for way_id, bound in found.items() if bound is not None}

    def _binding(self, place: int, arguments: Arguments | None) -> Binding | None:
        """Return what a call binds at a place; None where nothing is bound, or it cannot be understood."""
        source = self._parameters(place)
        if source is None or arguments is None:
            return None
        try:
            return binding(parse_parameters(source), arguments)
        except EvaluationFailed:
            raise
        except ExpressionError:
            return None

    def _parameters(self, place: int) -> str | None:
        scene_id, node_id = self.positions[place]
        scene = self.units[scene_id].scene
        node = None if node_id is None else scene.nodes[node_id]
        if node is not None and node.verb == "label":
            return _text(node.directives.get("parameters"))
        return _text(scene.meta.get("parameters")) if self.entries[scene_id] == place else None

    def _return(self, site: Site, content: str) -> Act:
        if not content.strip():
            return calling.leave(site.scene, site.node, site.here, None)
        value = self._expression(content)
        leave = calling.leave(site.scene, site.node, site.here, value)
        return leave if value is not None else acts.both(acts.skip(site, content), leave)

    def _assignment(self, site: Site, content: str) -> Act:
        changes = self.stubs.changes(content)
        if changes is not None:
            return acts.stand_in(site, changes)
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
            head = self.units[site.scene].heads.get(edge_id)
            place: int | None = past if head is None else self.bases[site.scene] + head
            return Way(edge_id, edge.text or "", condition, weight, place)
        scene = site.scene if edge.scene is None else edge.scene
        place = self._find(scene) if edge.node is None else self.places.get((scene, edge.node))
        enters = place is not None and (edge.node is None or scene != site.scene)
        fresh = self._entering(site.scene, place) if enters and place is not None else None
        return Way(edge_id, edge.text or "", condition, weight, place, edge.node or scene, fresh)

    def _find(self, name: str) -> int | None:
        return self.entries.get(name, self.names.get(name))

    def _condition(self, source: str) -> Code | None:
        """Return the code of a condition; None for an empty one, which always holds."""
        if not source.strip():
            return None
        if source not in self.codes:
            self.codes[source] = self._expression(source) or _outside(source)
        return self.codes[source]

    def _memory(self, source: Any) -> acts.Memory | None:
        """Return the memory of a choice, a variable that holds a list or a set."""
        name = _text(source)
        if name is None:
            return None

        def add(m: Machine, text: str) -> None:
            method = "add" if isinstance(m.variables.get(name), set) else "append"
            m.variables = Map(apply(Mutate(name, (), method, (Literal(text),)), m.variables))

        return acts.Memory(self._expression(name) or _outside(name), add)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _arguments(node: Node) -> Arguments | None:
    """Return what a call hands over; None where that is outside the language."""
    source = node.directives.get("arguments")
    if not isinstance(source, str):
        return Arguments()
    try:
        return parse_arguments(source)
    except ExpressionError:
        return None


def _outside(source: str) -> Code:
    def stop(variables: Mapping[str, Value]) -> Value:
        raise OutsideSubset(f"This is outside the language of conditions: {source}")

    return stop


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
