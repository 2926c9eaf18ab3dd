"""The map of a project: its scenes, how they lead to each other, and how much there is in each."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from comfyvn.application.exports import StoryView, story_view
from comfyvn.application.graph import Kind, graph_of
from comfyvn.application.maps.places import PROJECT, Places, placed
from comfyvn.application.ports import LATEST
from comfyvn.application.programs import Story
from comfyvn.application.studio import Studio
from comfyvn.application.validation import validate
from comfyvn.domain.analysis import words_of
from comfyvn.domain.story import Scene

KEPT: Final = 4
"""Stories whose facts are kept, the most recently used ones."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SceneNode:
    """A scene on the map. `errors` and `warnings` are findings, None where they were not asked for."""

    id: str
    title: str
    label: str
    group: str
    role: str
    begins: str | None
    lines: int
    choices: int
    words: int
    x: float
    y: float
    chosen: bool
    errors: int | None = None
    warnings: int | None = None


@dataclass(frozen=True, slots=True)
class SceneEdge:
    """All ways of one kind from a scene to another, or to itself."""

    source: str
    target: str
    kind: Kind
    count: int


@dataclass(frozen=True, slots=True)
class LooseEnd:
    """A way that leads to no scene: what is written there, computed while playing where `dynamic`."""

    scene: str
    node: str | None
    to: str
    dynamic: bool


@dataclass(frozen=True, slots=True)
class ProjectMap:
    """Scenes in the order of the story, and what leads where."""

    position: int
    scenes: list[SceneNode]
    edges: list[SceneEdge]
    loose: list[LooseEnd]


class Maps:
    """Maps of one studio. Facts of the stories last looked at are kept. Safe for many threads."""

    def __init__(self, studio: Studio, places: Places) -> None:
        self._studio, self.places = studio, places
        self._known: OrderedDict[tuple[str, str, int], object] = OrderedDict()
        self._lock = threading.Lock()

    def project(self, branch: str, at: int = LATEST, *, findings: bool = False) -> ProjectMap:
        """Return the map of a branch as it is, or was at a position; new scenes get places that stay."""
        row = self._studio.store.branch(branch)
        story = self._studio.programs.story(self._studio.store, branch, at)
        graph = self._once("graph", branch, story, lambda: graph_of(_view(story)))
        words = self._once("words", branch, story, lambda: words_of(story.scenes)).by_scene
        found = self._once("findings", branch, story, lambda: self._findings(branch, story)) if findings else None
        edges = Counter((way.scene, way.target, way.kind) for way in graph.ways if way.target is not None)
        first = sorted(graph.scenes, key=lambda scene: scene.begins != "start")
        ways = [(source, target) for source, target, _ in edges]
        stand = placed(self.places, row.project, PROJECT, [scene.id for scene in first], ways, keep=at >= LATEST)
        nodes = []
        for scene in graph.scenes:
            (x, y), chosen = stand[scene.id]
            lines, choices = _counted(story.scenes[scene.id])
            errors, warnings = (None, None) if found is None else (found[scene.id, "error"], found[scene.id, "warning"])
            told = (scene.id, scene.title, scene.label, scene.group, scene.role, scene.begins)
            nodes.append(SceneNode(*told, lines, choices, words.get(scene.id, 0), x, y, chosen, errors, warnings))
        return ProjectMap(
            position=story.position,
            scenes=nodes,
            edges=[SceneEdge(*key, count) for key, count in edges.items()],
            loose=[LooseEnd(w.scene, w.node, w.to, w.dynamic) for w in graph.ways if w.target is None],
        )

    def _findings(self, branch: str, story: Story) -> Mapping[tuple[str | None, str], int]:
        view = story_view(self._studio, branch, story.position)
        return Counter((finding.scene, finding.severity) for finding in validate(view))

    def _once(self, name: str, branch: str, story: Story, make: Callable[[], T]) -> T:
        key = (name, branch, story.position)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]  # type: ignore[return-value]
        made = make()
        with self._lock:
            self._known[key] = made
            while len(self._known) > 3 * KEPT:
                self._known.popitem(last=False)
        return made


def _view(story: Story) -> StoryView:
    starts = [body.get("start") for body in story.headers["project"].values()]
    return StoryView("", story.scenes, {}, {}, {}, start=next(iter(starts), None))


def _counted(scene: Scene) -> tuple[int, int]:
    types = Counter(node.type for node in scene.nodes.values())
    return types["text"], types["choice"]
