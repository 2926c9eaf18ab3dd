"""Steps: what a script of a text engine says before any of it has an id, and the scenes that are made of them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from immutables import Map

from comfyvn.domain.kernel import Json, Refused
from comfyvn.domain.ordering import sequence
from comfyvn.domain.pack import Warned
from comfyvn.domain.story import Edge, Node, Place, Scene, Source
from comfyvn.domain.story.state import NodeType, SceneRole
from comfyvn.infrastructure.imports.identity import Ids

MAX_RAW: Final = 2_000
"""Characters of the source that a node keeps beside what it says."""
MAX_TITLE: Final = 200
MAX_PASSAGES: Final = 50_000
MAX_STEPS: Final = 1_000_000
"""Steps of one story."""


@dataclass(frozen=True, slots=True)
class Option:
    """A way on: to the passage called `target`, or through `steps` and then past the step, or both in this order."""

    text: str | None = None
    condition: str | None = None
    weight: float | None = None
    target: str | None = None
    steps: tuple["Step", ...] = ()
    meta: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """A node to be. `kind` names a statement of the engine that is kept as code; `line` and `raw` are its source."""

    type: NodeType
    content: str = ""
    verb: str | None = None
    speaker: str | None = None
    directives: Mapping[str, Json] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    line: int = 0
    raw: str | None = None
    kind: str | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passage:
    """A scene to be: a stretch of a script with a name that ways lead to. `falls_to` names the one that follows it."""

    name: str
    steps: tuple[Step, ...]
    file: str = ""
    line: int = 0
    title: str | None = None
    label: str | None = None
    falls_to: str | None = None
    role: SceneRole = "story"
    meta: Mapping[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Graph:
    """Scenes by id; `places` maps the names of passages to them, `labels` those of labels to scene and node.

    Counts and warnings are as in a pack.
    """

    scenes: dict[str, Scene] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    labels: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    recognised: int = 0
    total: int = 0
    raw_kinds: Counter[str] = field(default_factory=Counter)
    warnings: list[Warned] = field(default_factory=list)


def line(words: str, at: int = 0, raw: str | None = None, **more: Any) -> Step:
    """Return the step that says something."""
    return Step("text", words, line=at, raw=raw, **more)


def act(verb: str, content: str = "", at: int = 0, raw: str | None = None, **more: Any) -> Step:
    """Return the step of an action."""
    return Step("action", content, verb, line=at, raw=raw, **more)


def code(language: str, kind: str, words: str, at: int = 0) -> Step:
    """Return the step that keeps code of the engine word for word; it is never run."""
    directives = {"language": language, "statement": kind}
    return Step("action", words, "raw", directives=directives, line=at, raw=words, kind=kind)


def jump(target: str, at: int = 0, raw: str | None = None) -> Step:
    """Return the step that goes on in another passage."""
    return Step("action", "", "jump", options=(Option(target=target),), line=at, raw=raw)


def closed(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return steps that end by a return where nothing leads on from them, as the engine ends or comes back there."""
    last = next((step for step in reversed(steps) if step.verb not in ("comment", "raw")), None)
    leads = last is not None and (last.type == "choice" or last.verb in ("jump", "return"))
    return tuple(steps) if leads else (*steps, act("return"))


def all_steps(steps: Sequence[Step]) -> Iterator[Step]:
    """Yield steps and all those inside them."""
    for step in steps:
        yield step
        for option in step.options:
            yield from all_steps(option.steps)


def graph_of(passages: Sequence[Passage], ids: Ids | None = None) -> Graph:
    """Return the scenes of passages, with ids that come from their names and words; ways lead to labels too.

    A way to a passage that is not there leads to a scene that is not there, with the warning ``passage_missing``;
    of two passages with one name ways lead to the first (``passage_repeated``). Raises Refused: ``too_many_passages``,
    ``story_too_long``.
    """
    ids = ids or Ids()
    graph = Graph()
    if len(passages) > MAX_PASSAGES:
        raise Refused("too_many_passages", f"The story has more than {MAX_PASSAGES} passages.")
    if sum(1 for passage in passages for _ in all_steps(passage.steps)) > MAX_STEPS:
        raise Refused("story_too_long", f"The story has more than {MAX_STEPS} lines, choices and actions.")
    named: list[tuple[str, Passage]] = []
    for passage in passages:
        scene_id = ids.scene(passage.name)
        named.append((scene_id, passage))
        if passage.name in graph.places:
            message = f"The passage {passage.name!r} stands twice; ways lead to the first."
            graph.warnings.append(Warned("passage_repeated", message, passage.file, passage.line))
        graph.places.setdefault(passage.name, scene_id)
    for _, passage in named:
        graph.labels.update({step.content: None for step in all_steps(passage.steps) if step.verb == "label"})
    groups: dict[str, list[str]] = {}
    for scene_id, passage in named:
        groups.setdefault(passage.file, []).append(scene_id)
    orders = {i: key for members in groups.values() for i, key in zip(members, sequence(len(members)), strict=True)}
    for scene_id, passage in named:
        graph.scenes[scene_id] = _Writer(graph, ids, scene_id, passage).scene(orders[scene_id])
    if graph.labels:
        graph.scenes = {scene_id: _aimed(scene, graph) for scene_id, scene in graph.scenes.items()}
    return graph


def _aimed(scene: Scene, graph: Graph) -> Scene:
    """Return a scene whose ways to labels lead to their nodes."""
    nodes = scene.nodes
    for node_id, node in scene.nodes.items():
        ways = dict(node.next)
        for edge_id, edge in node.next.items():
            place = None if edge.scene in graph.places else graph.labels.get(edge.scene or "")
            if place is not None:
                ways[edge_id] = replace(edge, scene=place[0], node=place[1])
        if ways != node.next:
            nodes = nodes.set(node_id, replace(node, next=ways))
    return replace(scene, nodes=nodes)


class _Writer:
    def __init__(self, graph: Graph, ids: Ids, scene_id: str, passage: Passage) -> None:
        self.graph, self.ids, self.scene_id, self.passage = graph, ids, scene_id, passage
        self.nodes: dict[str, Node] = {}

    def scene(self, order: str) -> Scene:
        passage = self.passage
        self._block("", passage.steps)
        falls_to = None if passage.falls_to is None else self._place(passage.falls_to, passage.line)
        return Scene(
            title=(passage.title or passage.name)[:MAX_TITLE],
            group=passage.file,
            order=order,
            role=passage.role,
            label=passage.label,
            falls_to=falls_to,
            meta=passage.meta,
            nodes=Map(self.nodes),
        )

    def _block(self, block: str, steps: Sequence[Step]) -> None:
        for order, step in zip(sequence(len(steps)), steps, strict=True):
            self._node(Place(block, order), step)

    def _node(self, place: Place, step: Step) -> None:
        graph, passage = self.graph, self.passage
        if step.verb != "comment":
            graph.total += 1
            graph.recognised += step.kind is None
            graph.raw_kinds.update([step.kind] if step.kind else ())
        words = "\n".join([step.content, *(option.text or option.condition or "" for option in step.options)])
        node_id = self.ids.node(self.scene_id, step.verb or step.type, words)
        if step.verb == "label" and graph.labels.get(step.content) is None:
            graph.labels[step.content] = (self.scene_id, node_id)
        raw = step.raw if step.raw is None or len(step.raw) <= MAX_RAW else step.raw[:MAX_RAW]
        next_: dict[str, Edge] = {}
        inside: list[tuple[str, Option]] = []
        for order, option in zip(sequence(len(step.options)), step.options, strict=True) if step.options else ():
            edge_id = self.ids.edge(node_id, option.text or option.condition or option.target or "")
            there = None if option.target is None or option.steps else self._place(option.target, step.line)
            next_[edge_id] = Edge(order, option.text, option.condition, option.weight, there, meta=option.meta)
            inside.append((edge_id, option))
        self.nodes[node_id] = Node(
            type=step.type,
            place=place,
            content=step.content,
            speaker=step.speaker,
            verb=step.verb,
            directives=step.directives,
            conditions=step.conditions,
            next=next_,
            meta=step.meta,
            source=Source(passage.file, step.line, raw) if step.line else None,
        )
        for edge_id, option in inside:
            steps = option.steps
            if steps and option.target is not None:
                steps = (*steps, jump(option.target, step.line))
            self._block(edge_id, steps)

    def _place(self, name: str, at: int) -> str:
        found = self.graph.places.get(name)
        if found is None and name not in self.graph.labels:
            message = f"There is no passage {name!r}."
            self.graph.warnings.append(Warned("passage_missing", message, self.passage.file, at))
        return name if found is None else found


def on_top(passage: Passage, *steps: Step) -> Passage:
    """Return a passage that begins with other steps."""
    return replace(passage, steps=(*steps, *passage.steps))
