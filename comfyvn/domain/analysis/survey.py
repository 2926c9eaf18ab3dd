"""What plays of a story can do, kept from one version of the story to the next: only what changed is played again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from comfyvn.domain.analysis.chances import Chances, chances
from comfyvn.domain.analysis.explore import MAX_MOMENTS, Ending, Exploration, Frozen, Known, Moment, Terrain, explore
from comfyvn.domain.analysis.relevance import deciding
from comfyvn.domain.analysis.sampling import PLAYS, Samples, sample
from comfyvn.domain.analysis.ways import Ways
from comfyvn.domain.analysis.words import words_of
from comfyvn.domain.expressions import Code, ExpressionError, compile_expression, parse
from comfyvn.domain.playthrough import Program
from comfyvn.domain.playthrough import start as begin
from comfyvn.domain.playthrough.machine import Frame
from comfyvn.domain.playthrough.stubs import Stubs
from comfyvn.domain.story import Node, Scene

Progress = Callable[[str, int, int], None]
"""Called with a stage, how much is done and how much there is at most; raises to stop."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an analysis goes: moments that it visits, and plays where these are not enough."""

    moments: int = MAX_MOMENTS
    plays: int = PLAYS


@dataclass(frozen=True, slots=True)
class Survey:
    """All moments of a story, their chances where all were visited, else samples; `logic` is what it depends on."""

    program: Program
    logic: Mapping[str, bytes]
    start: str | None
    limits: Limits
    found: Exploration
    exact: Chances | None
    samples: Samples


def survey(
    program: Program,
    scenes: Mapping[str, Scene],
    start: str | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    earlier: Survey | None = None,
) -> Survey:
    """Survey a compiled story. What still holds of an `earlier` survey of another version is kept."""
    limits = limits or Limits()
    report = progress or (lambda stage, done, total: None)
    story = {scene_id: scene for scene_id, scene in scenes.items() if scene.role == "story"}
    logic = {scene_id: logic_of(scene) for scene_id, scene in story.items()}
    if earlier is not None and _equal(earlier, program, logic, start, limits):
        return Survey(program, logic, start, limits, earlier.found, earlier.exact, earlier.samples)
    names = tuple(sorted(deciding(story, program.variables, program.stubs)))
    first = begin(program, 0, start)
    joints = Ways(program, story).joints(program.places[first.scene, first.node])
    terrain = Terrain(names, _guards(program, story), joints)
    found = explore(
        program,
        terrain,
        start,
        limit=limits.moments,
        pulse=lambda moments: report("explore", moments, limits.moments),
        recall=None if earlier is None else _Memory(earlier, program, logic, terrain).recall,
    )
    exact = chances(found) if found.complete else None
    samples = Samples()
    if exact is None:
        words = words_of(story).by_node
        plays = limits.plays
        samples = sample(program, words, start, plays=plays, pulse=lambda done: report("play", done, plays))
    return Survey(program, logic, start, limits, found, exact, samples)


def logic_of(scene: Scene) -> bytes:
    """Return a hash of all in a scene that plays depend on: everything but words that need no filling."""
    hashed = sha256(repr((scene.label, scene.falls_to, scene.meta.get("parameters"))).encode())
    for node_id in sorted(scene.nodes):
        hashed.update(repr(_logic(node_id, scene.nodes[node_id])).encode("utf-8", "surrogatepass"))
    return hashed.digest()


def _logic(node_id: str, node: Node) -> tuple[Any, ...]:
    edges = [
        (edge_id, e.order, e.condition, e.weight, e.scene, e.node, _fields(e.text, bool(node.directives.get("set"))))
        for edge_id, e in sorted(node.next.items())
    ]
    content = node.content if node.type == "action" else _fields(node.content, False)
    directives = sorted((key, repr(value)) for key, value in node.directives.items())
    return (node_id, node.type, node.verb, node.place, node.speaker, node.conditions, content, directives, edges)


def _fields(text: str | None, kept: bool) -> str:
    """Return a text where plays depend on it: it is filled, or kept in a list; else only whether there is one."""
    return text or "" if kept or (text and ("[" in text or "%" in text)) else "." * bool(text)


def _equal(earlier: Survey, program: Program, logic: Mapping[str, bytes], start: str | None, limits: Limits) -> bool:
    same = earlier.logic == logic and earlier.start == start and earlier.limits == limits
    return same and _alike(earlier.program, program) and earlier.program.names == program.names


def _alike(before: Program, program: Program) -> bool:
    """Tell whether two programs begin with the same values and treat code alike."""
    return (before.variables, before.fresh, before.stubs) == (program.variables, program.fresh, program.stubs)


def _guards(program: Program, story: Mapping[str, Scene]) -> dict[int, tuple[Code, ...]]:
    return {
        program.places[scene_id, node_id]: codes
        for scene_id, scene in story.items()
        for node_id, node in scene.nodes.items()
        if node.conditions and (codes := guards_of(node, program.stubs))
    }


def guards_of(node: Node, stubs: Stubs) -> tuple[Code, ...]:
    """Return the conditions of a node, compiled; none where one is outside the language."""
    try:
        return tuple(_condition(source, stubs) for source in node.conditions)
    except ExpressionError:
        return ()


def _condition(source: str, stubs: Stubs) -> Code:
    stub = stubs.value(source)
    return compile_expression(parse(source)) if stub is None else lambda variables: stub[0]


class _Memory:
    """What an earlier survey knows of moments, in the places of the present program.

    What follows a moment is kept if no scene on its path, nor any that it leads to, has changed, and if no new way
    meets the path.
    """

    def __init__(self, earlier: Survey, program: Program, logic: Mapping[str, bytes], terrain: Terrain) -> None:
        self.found, self.joints = earlier.found, terrain.joints
        self.moved: list[int | None] = []
        self.numbers: dict[tuple[Any, ...], int] = {}
        before = earlier.program
        labels = {name: before.positions[place] for name, place in before.names.items()}
        usable = labels == {name: program.positions[place] for name, place in program.names.items()}
        if not (usable and _alike(before, program)) or self.found.names != terrain.names:
            return
        same = {scene_id for scene_id, value in logic.items() if earlier.logic.get(scene_id) == value}
        self.moved = [program.places[at] if at[0] in same else None for at in before.positions]
        for number, moment in enumerate(self.found.moments):
            here = self._here(moment)
            if here is not None and self.found.known[number] is not None:
                self.numbers[here.place, here.calls, self.found.values[number]] = number

    def recall(self, moment: Moment, values: Frozen) -> Known | None:
        """Return what is known of a moment with these values of the deciding variables."""
        number = self.numbers.get((moment.place, moment.calls, values))
        known = None if number is None else self.found.known[number]
        if known is None:
            return None
        between, raw, shut = self._all(known.between), self._all(known.raw), self._all(known.shut)
        path = self._all([place for place, _ in known.path])
        if between is None or raw is None or shut is None or path is None or not self.joints.isdisjoint(between):
            return None
        ways = []
        for way in known.ways:
            after = way.after if isinstance(way.after, Ending) else self._here(way.after)
            if after is None:
                return None
            ways.append(way._replace(after=after))
        held = tuple((place, values) for place, (_, values) in zip(path, known.path, strict=True))
        return Known(tuple(ways), held, between, raw, known.silent, shut)

    def _all(self, places: Sequence[int]) -> tuple[int, ...] | None:
        moved = [there for place in places if (there := self.moved[place]) is not None]
        return tuple(moved) if len(moved) == len(places) else None

    def _here(self, moment: Moment) -> Moment | None:
        place = self.moved[moment.place]
        calls = [(self.moved[frame.site], self.moved[frame.after], frame.kept) for frame in moment.calls]
        known = [Frame(site, after, kept) for site, after, kept in calls if site is not None and after is not None]
        if place is None or len(known) != len(calls):
            return None
        return Moment(place, moment.variables, tuple(known))
