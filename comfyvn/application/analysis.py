"""Analysing a branch: surveys are kept, so that after an edit only what it touches is played again."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from math import isfinite
from typing import Final, NamedTuple, Protocol, TypeVar

from comfyvn.application.playing import program_of, starting_scene
from comfyvn.application.ports import LATEST
from comfyvn.application.studio import Studio, plain
from comfyvn.domain.analysis import (
    Analysis,
    EndingFacts,
    Limits,
    Progress,
    Route,
    Stop,
    Survey,
    guards_of,
    minutes,
    report,
    seed_along,
    survey,
)
from comfyvn.domain.kernel import Json, Missing
from comfyvn.domain.playthrough import Program
from comfyvn.domain.story import Scene

K = TypeVar("K")
V = TypeVar("V")

KEPT: Final = 8
"""Surveys that are kept in memory."""
SHOWN: Final = 200
"""Nodes of code that a summary lists."""


class Analysed(NamedTuple):
    """An analysis, the position of the branch that it holds for, and the story that it is of."""

    position: int
    analysis: Analysis
    program: Program
    scenes: Mapping[str, Scene]
    start: str | None


class Shelf(Protocol):
    """Keeps analyses for other processes of this machine, by names of letters and digits."""

    def put(self, name: str, analysis: Analysis) -> None:
        """Keep an analysis."""

    def find(self, name: str) -> Analysis | None:
        """Return an analysis that was kept, if it is there still."""


class Analyses:
    """Analyses branches and remembers the latest of each; the `shelf` holds what others analysed.

    Safe to share between threads.
    """

    def __init__(self, studio: Studio, shelf: Shelf | None = None) -> None:
        self._studio, self._shelf = studio, shelf
        self._lock = threading.Lock()
        self._surveys: OrderedDict[tuple[str, str | None, Limits], Survey] = OrderedDict()
        self._done: OrderedDict[tuple[str, int, str | None], Analysed] = OrderedDict()

    def analyse(
        self,
        branch: str,
        *,
        at: int = LATEST,
        start: str | None = None,
        limits: Limits | None = None,
        progress: Progress | None = None,
    ) -> Analysed:
        """Analyse a branch as of `at`, from `start` (a scene or label; by default where the project begins).

        Raises Missing: ``scene_unknown``, ``story_empty``; and whatever `progress` raises to stop it.
        """
        limits = limits or Limits()
        position = self._studio.store.head(branch, at)
        begin = starting_scene(self._studio, branch, position, start)
        scenes = {ref.id: scene for ref, scene in self._studio.store.load_all(branch, "scene", position).items()}
        key = (branch, begin, limits)
        with self._lock:
            earlier = self._surveys.get(key)
        program = program_of(self._studio, branch, position)
        known = survey(program, scenes, begin, limits, progress, earlier)
        done = Analysed(position, report(known, scenes), program, scenes, begin)
        with self._lock:
            _keep(self._surveys, key, known)
            _keep(self._done, (branch, position, start), done)
        if self._shelf is not None:
            self._shelf.put(_name(branch, position, start), done.analysis)
        return done

    def known(self, branch: str, *, at: int = LATEST, start: str | None = None) -> Analysed:
        """Return the analysis that was made of a branch as of `at`; raise Missing("analysis_missing")."""
        position = self._studio.store.head(branch, at)
        with self._lock:
            done = self._done.get((branch, position, start))
        done = done or self._kept(branch, position, start)
        if done is None:
            raise Missing("analysis_missing", "This state of the story was not analysed yet; ask for it first.")
        return done

    def _kept(self, branch: str, position: int, start: str | None) -> Analysed | None:
        """Return what another process analysed."""
        found = self._shelf.find(_name(branch, position, start)) if self._shelf is not None else None
        if found is None:
            return None
        scenes = {ref.id: scene for ref, scene in self._studio.store.load_all(branch, "scene", position).items()}
        begin = starting_scene(self._studio, branch, position, start)
        done = Analysed(position, found, program_of(self._studio, branch, position), scenes, begin)
        with self._lock:
            _keep(self._done, (branch, position, start), done)
        return done


def _name(branch: str, position: int, start: str | None) -> str:
    return sha256(f"{branch}\x1f{position}\x1f{'' if start is None else f'at {start}'}".encode()).hexdigest()


def _keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > KEPT:
        kept.popitem(last=False)


def summary(done: Analysed) -> dict[str, Json]:
    """Return an analysis as JSON, without the facts of single nodes."""
    a = done.analysis
    words = a.words
    return {
        "position": done.position,
        **{name: getattr(a, name) for name in ("exact", "moments", "limit", "plays", "reached", "nodes")},
        "not_reached": len(a.not_reached),
        "endings": [_ending(ending) for ending in a.endings],
        "endless": _share(a.endless),
        "dead_ends": plain(a.dead_ends),
        "loops": plain(a.loops),
        "choices": plain(a.choices),
        "raw": plain(a.raw[:SHOWN]),
        "words": {
            "total": words.total,
            "minutes": _minutes(words.total),
            "by_character": dict(words.by_character),
            "by_scene": dict(words.by_scene),
        },
    }


def _ending(ending: EndingFacts) -> Json:
    read = ending.words
    return plain(ending) | {"share": _share(ending.share), "minutes": None if read is None else _minutes(read)}


def _minutes(words: float) -> float:
    return round(minutes(words), 2)


def heat_of(done: Analysed) -> list[dict[str, Json]]:
    """Return how often each node takes place in one play on average, scene by scene: the hottest scenes first."""
    a = done.analysis
    scenes: dict[str, dict[str, float]] = {}
    for (scene_id, node), visits in sorted(a.heat.items()):
        scenes.setdefault(scene_id, {})[node] = visits
    for scene_id, scene in done.scenes.items():
        if scene.role == "story" and scene.nodes:
            scenes.setdefault(scene_id, {})
    facts = [_heat(done, scene_id, nodes) for scene_id, nodes in scenes.items()]
    return sorted(facts, key=lambda fact: (not fact["endless"], -(fact["visits"] or 0.0), fact["scene"]))


def _heat(done: Analysed, scene: str, nodes: Mapping[str, float]) -> dict[str, Json]:
    highest = max(nodes.values(), default=0.0)
    return {
        "scene": scene,
        "visits": highest if isfinite(highest) else None,
        "endless": not isfinite(highest),
        "reached": len(nodes),
        "nodes": len(done.scenes[scene].nodes),
        "words": done.analysis.words.by_scene.get(scene, 0),
        "minutes": _minutes(done.analysis.words.by_scene.get(scene, 0)),
        "heat": {node: visits if isfinite(visits) else None for node, visits in nodes.items()},
    }


def way_to(done: Analysed, scene: str, node: str, edge: str | None = None) -> dict[str, Json]:
    """Return the shortest list of choices that leads to a node, or on which an option of a choice is picked.

    Where draws have to fall well too, `seed` is one with which they do (null where none of a thousand does).
    Raises Missing: ``node_unknown``; ``way_missing`` (no play is known to come there; with the verdict and the cause).
    """
    known = done.scenes.get(scene)
    if known is None or node not in known.nodes or (edge is not None and edge not in known.nodes[node].next):
        raise Missing("node_unknown", f"The story has no node {node!r} like that in scene {scene!r}.")
    a = done.analysis
    at = (scene, node)
    route = a.routes.get(at) if edge is None else a.options.get(at, {}).get(edge)
    if route is None:
        lost = next((fact for fact in a.not_reached if (fact.scene, fact.node) == at), None)
        raise Missing("way_missing", f"No play is known to come to {scene}:{node} that way.", why=plain(lost))
    target = at if edge is None else None
    seed = seed_along(done.program, route, target, done.start, guards_of(known.nodes[node], done.program.stubs))
    return {
        "position": done.position,
        "scene": scene,
        "node": node,
        "edge": edge,
        "picks": list(route.picks),
        "choices": [_choice(done, stop) for stop in route.stops],
        "lucky": route.lucky,
        "seed": seed,
        "words": route.words,
        "minutes": _minutes(route.words),
    }


def _choice(done: Analysed, stop: Stop) -> dict[str, Json]:
    text = done.scenes[stop.scene].nodes[stop.node].next[stop.edge].text or ""
    return {"scene": stop.scene, "node": stop.node, "pick": stop.pick, "edge": stop.edge, "text": text}


def of_scene(analysis: Analysis, scene: str) -> list[dict[str, Json]]:
    """Return the facts of the nodes of one scene: visits in a play, values of variables, the way there, words."""
    lost = {fact.node: fact for fact in analysis.not_reached if fact.scene == scene}
    nodes = {node for at, node in analysis.heat if at == scene} | set(lost)
    return [_node(analysis, scene, node, plain(lost[node]) if node in lost else None) for node in sorted(nodes)]


def _node(analysis: Analysis, scene: str, node: str, lost: Json) -> dict[str, Json]:
    at = (scene, node)
    heat = analysis.heat.get(at, 0.0)
    return {
        "node": node,
        "visits": heat if isfinite(heat) else None,
        "endless": not isfinite(heat),
        "words": analysis.words.by_node.get(at, 0),
        "variables": plain(analysis.ranges.get(at, {})),
        "route": _route(analysis.routes.get(at)),
        "options": {edge: _route(route) for edge, route in analysis.options.get(at, {}).items()},
        "not_reached": lost,
    }


def _route(route: Route | None) -> Json:
    if route is None:
        return None
    return {"picks": list(route.picks), "lucky": route.lucky, "words": route.words}


def _share(share: tuple[float, float, float]) -> dict[str, float]:
    return dict(zip(("value", "low", "high"), share, strict=True))
