"""Visiting every moment that any play of a story can come to, each once.

Two moments are one when the same node comes next, the same calls have not returned, and the variables that can
decide anything are equal. Nodes are passed by the acts of the player itself, so what is found is what is played.
Only at the places where ways meet can two plays become one, so only these are kept as moments: from each a path of
nodes leads on, up to where it forks, ends, or comes to the next such place.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

from immutables import Map

from comfyvn.domain.analysis.luck import Probe
from comfyvn.domain.expressions import Code, Value, show
from comfyvn.domain.kernel import Refused
from comfyvn.domain.playthrough import Ended, Menu, Program, RawSkipped, start
from comfyvn.domain.playthrough.machine import Failed, Frame, OutsideSubset

MAX_MOMENTS: Final = 100_000
"""Moments that are visited before the search gives up being exhaustive."""
PULSE: Final = 2_000
"""Moments between two reports of progress."""

ABSENT: Final = ("absent",)
"""What stands for a variable that is not there."""

_TRUE: Final = ("bool", "True")
_FALSE: Final = ("bool", "False")

Frozen: TypeAlias = tuple[Any, ...]
"""Values of the deciding variables: None, int and str as they are, others as (type, source form)."""
Pulse: TypeAlias = Callable[[int], None]
"""Called with the number of moments so far; raises to stop the search."""


class Move(NamedTuple):
    """One way on from a moment: how likely, which option was picked (None: nothing was asked), and what comes next.

    `target` is the number of a moment, or ``~n`` for the ending n. `edge` is the id of the option that was taken.
    """

    share: float
    pick: int | None
    edge: str | None
    target: int


class Moment(NamedTuple):
    """Where a play can stand: the place of the next node, the variables, and the calls that have not returned."""

    place: int
    variables: Map[str, Value]
    calls: tuple[Frame, ...]


class Ending(NamedTuple):
    """Where and why plays are over: the reason, the node (None: the end of the scene), and the message."""

    reason: str
    scene: str
    node: str | None
    message: str


class Step(NamedTuple):
    """A way on: its share, the option that was picked and its edge, what comes next and with which values."""

    share: float
    pick: int | None
    edge: str | None
    after: Moment | Ending
    values: Frozen


class Known(NamedTuple):
    """What follows a moment: the ways on, and what is met on the path to them.

    `path` are the places whose node took place, each with the values of the deciding variables there; `raw` those of
    code that was skipped; `between` all places after the first. `silent` tells that the reader noticed nothing.
    `shut` are the places of choices that had no option to show.
    """

    ways: tuple[Step, ...]
    path: tuple[tuple[int, Frozen], ...]
    between: tuple[int, ...]
    raw: tuple[int, ...]
    silent: bool
    shut: tuple[int, ...]


Recall: TypeAlias = Callable[[Moment, Frozen], Known | None]
"""Tells what is known already of a moment with these values of the deciding variables."""


@dataclass(slots=True)
class Exploration:
    """All moments found. `complete` tells that there are no others; `waiting` are moments that were not followed.

    Of each moment: itself, the values of the deciding variables (in the order of `names`), what follows (None:
    waiting), the ways on by number, how few picks lead there, and from where (moment, pick, whether luck is needed).
    `held` are the values with which the node of a place took place, `first` the moment that led to it with the fewest
    picks, `shut` the places of choices that had no option to show in some play. `fresh` counts the moments that were
    followed by playing, and not taken over from an earlier exploration.
    """

    names: tuple[str, ...]
    moments: list[Moment] = field(default_factory=list)
    values: list[Frozen] = field(default_factory=list)
    known: list[Known | None] = field(default_factory=list)
    moves: list[tuple[Move, ...]] = field(default_factory=list)
    picks: list[int] = field(default_factory=list)
    parents: list[tuple[int, int | None, bool]] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    held: dict[int, set[Frozen]] = field(default_factory=dict)
    first: dict[int, int] = field(default_factory=dict)
    visited: set[int] = field(default_factory=set)
    raw: set[int] = field(default_factory=set)
    shut: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)
    fresh: int = 0

    @property
    def complete(self) -> bool:
        """Tell whether every moment was followed."""
        return not self.waiting


@dataclass(frozen=True, slots=True)
class Terrain:
    """What the search knows of the story: deciding variables, conditions of guarded places, where ways meet."""

    names: tuple[str, ...]
    guards: Mapping[int, Sequence[Code]]
    joints: Set[int]


def explore(
    program: Program,
    terrain: Terrain,
    scene: str | None = None,
    *,
    limit: int = MAX_MOMENTS,
    pulse: Pulse | None = None,
    recall: Recall | None = None,
) -> Exploration:
    """Visit what can be reached from `scene` (by default the start of the story), up to `limit` moments.

    Moments come in the order of the picks that lead to them, so the way that is kept for each has the fewest picks.
    `recall` tells what is known of a moment already. Raises as `start` of the player does.
    """
    return _Search(program, terrain, limit, pulse, recall).run(scene)


class _Search:
    def __init__(
        self, program: Program, terrain: Terrain, limit: int, pulse: Pulse | None, recall: Recall | None
    ) -> None:
        self.program, self.terrain, self.limit, self.pulse, self.recall = program, terrain, limit, pulse, recall
        self.found = Exploration(terrain.names)
        self.numbers: dict[tuple[Any, ...], int] = {}
        self.ends: dict[Ending, int] = {}
        self.done: set[int] = set()
        self.probe = Probe()

    def run(self, scene: str | None) -> Exploration:
        """Follow all moments, those that fewer picks lead to first."""
        begin = start(self.program, 0, scene)
        place = self.program.places[begin.scene, begin.node]
        first = Moment(place, begin.variables, ())
        self._number(first, self._values(begin.variables), 0, (-1, None, False))
        near: deque[int] = deque([0])
        while near:
            number = near.popleft()
            if number in self.done:
                continue
            if len(self.done) >= self.limit:
                self.found.waiting.add(number)
                continue
            self.done.add(number)
            if self.pulse is not None and len(self.done) % PULSE == 0:
                self.pulse(len(self.done))
            self._follow(number, near)
        return self.found

    def _follow(self, number: int, near: deque[int]) -> None:
        found = self.found
        moment, values = found.moments[number], found.values[number]
        known = self.recall(moment, values) if self.recall is not None else None
        if known is None:
            known = self._known(moment, values)
            found.fresh += 1
        found.known[number] = known
        found.visited.update((moment.place, *known.between))
        found.raw.update(known.raw)
        found.shut.update(known.shut)
        for place, held in known.path:
            found.held.setdefault(place, set()).add(held)
            found.first.setdefault(place, number)
        lucky = len(known.ways) > 1
        moves = []
        for share, pick, edge, after, then in known.ways:
            if isinstance(after, Ending):
                moves.append(Move(share, pick, edge, ~self._end(after)))
                continue
            far = found.picks[number] + (pick is not None)
            parent = (number, pick, lucky and pick is None)
            target = self._number(after, then, far, parent)
            moves.append(Move(share, pick, edge, target))
            if far < found.picks[target]:
                found.picks[target] = far
                found.parents[target] = parent
            if target not in self.done:
                (near.append if pick is not None else near.appendleft)(target)
        found.moves[number] = tuple(moves)

    def _known(self, moment: Moment, values: Frozen) -> Known:
        """Play on from a moment to where its path forks, ends, or meets another."""
        probe, joints, guards = self.probe, self.terrain.joints, self.terrain.guards
        path: list[tuple[int, Frozen]] = []
        between: list[int] = []
        raw: list[int] = []
        shut: list[int] = []
        silent = True
        while True:
            place = moment.place
            happens = place not in guards or self._happens(moment)
            if happens:
                path.append((place, values))
            after = self._pass(moment, None, 0)
            if happens and place in self.program.choices and probe.menu is None and not isinstance(after, Ending):
                shut.append(place)
            silent = silent and not probe.outputs
            if any(isinstance(output, RawSkipped) for output in probe.outputs):
                raw.append(place)
            forks = probe.menu is not None or len(probe.asked) > 1
            if forks or isinstance(after, Ending) or after.place in joints:
                break
            if after.variables is not moment.variables:
                values = self._values(after.variables)
            moment = after
            between.append(moment.place)
        ways = tuple(way for way in self._ways(moment, values, after) if way.share > 0)
        return Known(ways, tuple(path), tuple(between), tuple(raw), silent, tuple(shut))

    def _ways(self, moment: Moment, values: Frozen, after: Moment | Ending) -> Iterator[Step]:
        """Yield all ways on from the last moment of a path, which the probe has just passed to `after`."""
        menu = self.probe.menu
        if menu is not None:
            for index, (edge, _) in enumerate(menu.options):
                then = self._pass(moment, menu, index)
                yield Step(self._share(index), index, edge, then, self._then(moment, values, then))
            return
        yield Step(self._share(0), None, None, after, self._then(moment, values, after))
        for index in range(1, len(self.probe.asked)):
            then = self._pass(moment, None, index)
            yield Step(self._share(index), None, None, then, self._then(moment, values, then))

    def _then(self, moment: Moment, values: Frozen, after: Moment | Ending) -> Frozen:
        """Return the values of the deciding variables after a moment in which they were `values`."""
        changed = isinstance(after, Moment) and after.variables is not moment.variables
        return self._values(after.variables) if changed and isinstance(after, Moment) else values

    def _happens(self, moment: Moment) -> bool:
        """Tell whether the node of a moment takes place: all its conditions hold."""
        try:
            return all(guard(moment.variables) for guard in self.terrain.guards[moment.place])
        except (Refused, OutsideSubset):
            return True

    def _share(self, index: int) -> float:
        weights = self.probe.asked
        return weights[index] / sum(weights) if weights else 1.0

    def _pass(self, moment: Moment, menu: Menu | None, outcome: int) -> Moment | Ending:
        """Let the probe pass the node of a moment; return what comes next."""
        m = self.probe
        m.place, m.variables, m.menu, m.outcome = moment.place, moment.variables, menu, outcome
        m.calls[:] = moment.calls
        m.said, m.ended, m.pick, m.halted, m.asked = None, None, None, False, []
        m.outputs.clear()
        reason: tuple[str, str] | None = None
        place = moment.place
        try:
            place = self.program.acts[place](m)
        except OutsideSubset as stopped:
            reason = ("raw", str(stopped))
        except (Refused, Failed) as error:
            reason = ("error", str(error))
        if reason is None and m.ended is None:
            return Moment(place, m.variables, tuple(m.calls))
        scene, node = self.program.positions[moment.place]
        if reason is None and isinstance(last := m.outputs[-1], Ended):
            return Ending(last.reason, last.scene, last.node, last.message)
        word, message = reason or ("end", "")
        return Ending(word, scene, node, message)

    def _values(self, variables: Map[str, Value]) -> Frozen:
        return tuple(_frozen(variables[name]) if name in variables else ABSENT for name in self.found.names)

    def _number(self, moment: Moment, values: Frozen, picks: int, parent: tuple[int, int | None, bool]) -> int:
        key = (moment.place, moment.calls, values)
        number = self.numbers.get(key)
        if number is None:
            found = self.found
            number = self.numbers[key] = len(found.moments)
            found.moments.append(moment)
            found.values.append(values)
            found.known.append(None)
            found.moves.append(())
            found.picks.append(picks)
            found.parents.append(parent)
        return number

    def _end(self, ending: Ending) -> int:
        number = self.ends.get(ending)
        if number is None:
            number = self.ends[ending] = len(self.found.endings)
            self.found.endings.append(ending)
        return number


def _frozen(value: Value) -> Any:
    """Return what two values share only if no story can tell them apart."""
    if value is True or value is False:
        return _TRUE if value else _FALSE
    return value if value is None or type(value) in (int, str) else (type(value).__name__, show(value))
