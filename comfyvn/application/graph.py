"""How the scenes of a story lead to each other: jumps, calls, and where one falls into the next."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from comfyvn.application.exports import StoryView
from comfyvn.application.validation.outline import Outline, outline
from comfyvn.domain.story import Node, edges, walk

Kind = Literal["jump", "call", "falls"]

_IN_CODE = re.compile(
    r"""\b(?:renpy\s*\.\s*(?P<does>jump|call)|(?P<action>Jump|Call)|ui\s*\.\s*(?P<old>jump)s)\s*\(\s*u?(["'])(?P<to>[\w.]+)\4"""
)
"""Ways that code names: ``renpy.jump("there")``, and the actions of screens."""
_LITERAL = re.compile(r"""u?(["'])(?P<to>[\w.]+)\1""")
"""An expression that is a mere name."""
_ENGINE = frozenset(
    "after_load after_warp before_main_menu confirm_quit hide_windows main_menu quit splashscreen".split()
)
"""Labels that the engine itself comes to."""


@dataclass(frozen=True, slots=True)
class GraphScene:
    """A scene. `begins` tells where plays begin: ``start``, or ``engine`` for what the engine itself comes to."""

    id: str
    title: str
    label: str
    group: str
    role: str
    begins: Literal["start", "engine"] | None


@dataclass(frozen=True, slots=True)
class GraphWay:
    """A way from a scene, at a node, to another (or the same) scene.

    `target` is None where the scene is not there, or is computed while playing (`dynamic`); `to` is what is written.
    `in_code` tells that code leads there, which is not read further.
    """

    kind: Kind
    scene: str
    node: str | None
    target: str | None
    to: str
    dynamic: bool = False
    in_code: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """All scenes in the order of the story, and all ways in the order in which they stand there."""

    scenes: tuple[GraphScene, ...]
    ways: tuple[GraphWay, ...]


def graph_of(story: StoryView) -> Graph:
    """Return the graph of a story."""
    known = outline(story)
    start = known.scene_of(story.start or "start")
    ordered = sorted(story.scenes.items(), key=lambda item: (item[1].group, item[1].order, item[0]))
    scenes = tuple(
        GraphScene(
            *(i, scene.title, scene.label or "", scene.group, scene.role),
            begins="start" if i == start else "engine" if scene.label in _ENGINE else None,
        )
        for i, scene in ordered
    )
    return Graph(scenes, tuple(way for i, _ in ordered for way in _ways(known, i)))


def _ways(known: Outline, scene_id: str) -> Iterator[GraphWay]:
    scene = known.story.scenes[scene_id]
    for node_id, node in walk(scene):
        yield from _at(known, scene_id, node_id, node)
    if scene.falls_to:
        yield GraphWay("falls", scene_id, None, known.scene_of(scene.falls_to), scene.falls_to)


def _at(known: Outline, scene_id: str, node_id: str, node: Node) -> Iterator[GraphWay]:
    if node.verb in ("raw", "declare"):
        for found in _IN_CODE.finditer(node.content):
            kind: Kind = "call" if (found["does"] or found["action"] or "jump").lower() == "call" else "jump"
            yield GraphWay(kind, scene_id, node_id, known.scene_of(found["to"]), found["to"], in_code=True)
        return
    kind = "call" if node.verb == "call" else "jump"
    if node.verb in ("jump", "call") and (computed := node.directives.get("expression")):
        named = _LITERAL.fullmatch(str(computed).strip())
        if named is None:
            yield GraphWay(kind, scene_id, node_id, None, str(computed), dynamic=True)
        else:
            yield GraphWay(kind, scene_id, node_id, known.scene_of(named["to"]), named["to"])
        return
    for _, edge in edges(node):
        if edge.scene is not None or (edge.node is not None and node.verb in ("jump", "call")):
            to = edge.scene or scene_id
            yield GraphWay(kind, scene_id, node_id, known.scene_of(to), _written(known.story, to))


def _written(story: StoryView, target: str) -> str:
    scenes: Mapping[str, object] = story.scenes
    return (story.scenes[target].label or target) if target in scenes else target
