"""Putting the analysis of a story together: exhaustive where that is possible, by sampling where it is not."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from comfyvn.domain.analysis.chances import Chances, gathered
from comfyvn.domain.analysis.explore import ABSENT, Exploration, Move
from comfyvn.domain.analysis.relevance import assigned
from comfyvn.domain.analysis.report import Analysis, ChoiceFacts, DeadEnd, EndingFacts, NotReached, Range, Verdict
from comfyvn.domain.analysis.routes import Routes, last_place, worth_of
from comfyvn.domain.analysis.sampling import Samples, Share, exactly, share_of
from comfyvn.domain.analysis.survey import Limits, Progress, Survey, survey
from comfyvn.domain.analysis.ways import Ways
from comfyvn.domain.analysis.words import words_of
from comfyvn.domain.playthrough import Program
from comfyvn.domain.playthrough.program import START
from comfyvn.domain.story import Scene

_WORD: Final = re.compile(r"[^\W\d]\w*")

MANY: Final = 12
"""Values of a variable that are listed one by one."""


def analyse(
    program: Program,
    scenes: Mapping[str, Scene],
    start: str | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Analyse a compiled story. `scenes` are what it was compiled from, `start` where plays begin."""
    return report(survey(program, scenes, start, limits, progress), scenes)


def report(known: Survey, scenes: Mapping[str, Scene]) -> Analysis:
    """Return what a survey says about the story that it was made of."""
    return _Report(known, scenes).done()


class _Report:
    def __init__(self, known: Survey, scenes: Mapping[str, Scene]) -> None:
        self.known, self.program = known, known.program
        self.scenes = {scene_id: scene for scene_id, scene in scenes.items() if scene.role == "story"}
        self.all_scenes = scenes

    def done(self) -> Analysis:
        """Return the analysis."""
        known, program = self.known, self.program
        found, exact, samples = known.found, known.exact, known.samples
        raw = {program.positions[place] for place in found.raw} | samples.raw
        raw |= {(end.scene, end.node) for end in found.endings if end.reason == "raw"}
        passed = found.held.keys() | samples.met
        passed |= {place for place in samples.passed if not self._guarded(place)}
        words = words_of(self.scenes)
        worth = worth_of(found, program, words.by_node)
        routes = Routes(program, found, worth, words.by_node)
        endings = tuple(self._endings(found, exact, samples, routes))
        return Analysis(
            exact=found.complete,
            moments=len(found.moments),
            limit=known.limits.moments,
            plays=samples.plays,
            reached=sum(program.positions[place][1] is not None for place in passed),
            nodes=sum(len(scene.nodes) for scene in self.scenes.values()),
            not_reached=tuple(self._not_reached(found, passed, bool(raw) or self._code_matters())),
            endings=endings,
            endless=exactly(exact.endless) if exact else _endless(samples),
            dead_ends=tuple(self._dead_ends(found, endings)),
            loops=tuple(self._loops(found, exact)),
            choices=tuple(self._choices(found)),
            raw=tuple(sorted((scene, node) for scene, node in raw if node is not None)),
            words=words,
            heat=self._heat(found, exact, samples),
            ranges=self._ranges(found),
            routes=routes.nodes(),
            options=routes.options(),
        )

    def _guarded(self, place: int) -> bool:
        scene, node = self.program.positions[place]
        return node is not None and bool(self.scenes[scene].nodes[node].conditions)

    def _code_matters(self) -> bool:
        """Tell whether code around the story mentions a place to go to, or a variable that decides something."""
        told = {scene.label for scene in self.scenes.values() if scene.label} - {START}
        told.update(self.known.found.names)
        return any(
            not told.isdisjoint(_WORD.findall(node.content))
            for scene in self.all_scenes.values()
            if scene.role == "code"
            for node in scene.nodes.values()
            if node.verb == "raw"
        )

    def _not_reached(self, found: Exploration, passed: set[int], raw: bool) -> Iterator[NotReached]:
        ways = Ways(self.program, self.scenes)
        visited = found.visited | passed
        given = assigned(self.all_scenes, self.program.stubs)
        verdict: Verdict = "unseen" if not found.complete else "unknown_raw" if raw else "unreachable"
        for scene_id in sorted(self.scenes):
            for node_id, node in sorted(self.scenes[scene_id].nodes.items()):
                place = self.program.places[scene_id, node_id]
                if place in passed or node.verb in ("comment", "declare"):
                    continue
                cause = None if verdict == "unseen" else ways.cause(place, visited, passed, given)
                yield NotReached(scene_id, node_id, verdict, cause)

    def _endings(
        self, found: Exploration, exact: Chances | None, samples: Samples, routes: Routes
    ) -> Iterator[EndingFacts]:
        near: dict[int, tuple[int, Move]] = {}
        for number, moves in enumerate(found.moves):
            for move in moves:
                if move.target < 0:
                    best = near.get(~move.target)
                    if best is None or found.picks[number] < found.picks[best[0]]:
                        near[~move.target] = (number, move)
        read = gathered(found, exact, routes.worth) if exact else ()
        everything = dict.fromkeys([*found.endings, *sorted(samples.endings, key=repr)])
        for ending in everything:
            index = found.endings.index(ending) if ending in found.endings else None
            hits = samples.endings[ending]
            share = exactly(exact.endings[index]) if exact and index is not None else share_of(hits, samples.plays)
            route = routes.to_move(*near[index]) if index is not None and index in near else None
            average = read[index] if exact and index is not None else samples.words[ending] / hits if hits else None
            yield EndingFacts(
                ending.reason,
                ending.scene,
                ending.node,
                ending.message,
                share,
                picks=route.picks if route else None,
                lucky=route.lucky if route else False,
                seed=samples.seeds.get(ending),
                words=average,
                fewest=route.words if route else None,
            )

    def _dead_ends(self, found: Exploration, endings: Iterable[EndingFacts]) -> Iterator[DeadEnd]:
        for ending in endings:
            if ending.reason == "error":
                yield DeadEnd(ending.scene, ending.node, "error", ending.message)
        for place in sorted(found.shut):
            scene, node = self.program.positions[place]
            if node is not None and not self.scenes[scene].nodes[node].directives.get("set"):
                yield DeadEnd(scene, node, "no_option")

    def _loops(self, found: Exploration, exact: Chances | None) -> Iterator[tuple[tuple[str, str | None], ...]]:
        for loop in exact.loops if exact else ():
            places = dict.fromkeys(place for number in loop for place in _met(found, number))
            yield tuple(self.program.positions[place] for place in places)

    def _choices(self, found: Exploration) -> Iterator[ChoiceFacts]:
        offered: dict[int, set[str]] = defaultdict(set)
        differs: set[int] = set()
        asked: set[int] = set()
        for number, moves in enumerate(found.moves):
            known = found.known[number]
            if known is None or all(move.pick is None for move in moves):
                continue
            place = last_place(found, number)
            offered[place].update(move.edge for move in moves if move.edge is not None)
            picked = [move for move in moves if move.pick is not None]
            if len(picked) > 1:
                asked.add(place)
                if len({_landing(found, move.target) for move in picked}) > 1:
                    differs.add(place)
        for place in sorted(offered):
            scene, node = self.program.positions[place]
            if node is None:
                continue
            never = tuple(sorted(self.scenes[scene].nodes[node].next.keys() - offered[place]))
            same = place in asked and place not in differs
            if same or (never and found.complete):
                yield ChoiceFacts(scene, node, never if found.complete else (), same)

    def _heat(self, found: Exploration, exact: Chances | None, samples: Samples) -> dict[tuple[str, str], float]:
        if exact is None:
            spoke = ((self.program.positions[place], count) for place, count in samples.spoke.items())
            return {(scene, node): count / samples.plays for (scene, node), count in sorted(spoke) if node is not None}
        heat: dict[tuple[str, str], float] = {}
        for number, visits in enumerate(exact.visits):
            for place in _met(found, number):
                scene, node = self.program.positions[place]
                if node is not None:
                    heat[scene, node] = heat.get((scene, node), 0.0) + visits
        return heat

    def _ranges(self, found: Exploration) -> dict[tuple[str, str], dict[str, Range]]:
        ranges: dict[tuple[str, str], dict[str, Range]] = {}
        for place, held in found.held.items():
            scene, node = self.program.positions[place]
            if node is not None:
                columns = zip(found.names, zip(*held, strict=True), strict=True) if found.names else ()
                ranges[scene, node] = {name: _range({*seen}) for name, seen in columns if {*seen} != {ABSENT}}
        return ranges


def _met(found: Exploration, number: int) -> Iterator[int]:
    """Yield the places whose node takes place on the path from a moment."""
    known = found.known[number]
    return (place for place, _ in known.path) if known is not None else iter(())


def _endless(samples: Samples) -> Share:
    hits = sum(count for ending, count in samples.endings.items() if ending.reason == "max_steps")
    return share_of(hits, samples.plays)


def _landing(found: Exploration, target: int) -> int:
    """Return the first moment, from one on, in which the reader can notice something or is asked."""
    seen: set[int] = set()
    while target >= 0 and target not in seen and len(found.moves[target]) == 1:
        known = found.known[target]
        if known is None or not known.silent:
            break
        seen.add(target)
        target = found.moves[target][0].target
    return target


def _range(seen: set[Any]) -> Range:
    shown = [_shown(value) for value in seen]
    numbers = [value for value in shown if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(seen) <= MANY:
        return Range(
            values=tuple(
                sorted(shown, key=lambda value: (str(type(value)), value if value in numbers else 0, str(value)))
            )
        )
    if len(numbers) == len(shown):
        return Range(low=min(numbers), high=max(numbers), many=True)
    return Range(many=True)


def _shown(value: Any) -> Any:
    """Return a frozen value as JSON: a number or a truth value as such, others in their source form."""
    match value:
        case ("bool", source):
            return source == "True"
        case ("float", source):
            return float(source)
        case (_, source):
            return source
        case ("absent",):
            return None
        case _:
            return value
