"""The shortest ways to nodes, options and endings, worked out when somebody asks for one."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Generic, TypeVar

from comfyvn.domain.analysis.explore import Exploration, Move
from comfyvn.domain.analysis.luck import Player
from comfyvn.domain.analysis.report import Route, Stop
from comfyvn.domain.expressions import Code
from comfyvn.domain.kernel import Refused
from comfyvn.domain.playthrough import Program, State, start
from comfyvn.domain.playthrough.machine import Failed, OutsideSubset

TRIES: Final = 1_000
"""Seeds that are tried to find one that leads along a way."""
MAX_STEPS: Final = 50_000
"""Nodes that a play passes before it counts as not coming to the end of a way."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class OnDemand(Mapping[K, V], Generic[K, V]):
    """A mapping whose values are worked out each time that they are asked for: kept, they would fill the memory."""

    __slots__ = ("_find", "_keys")

    def __init__(self, keys: Iterable[K], find: Callable[[K], V]) -> None:
        self._keys, self._find = dict.fromkeys(keys), find

    def __getitem__(self, key: K) -> V:
        if key not in self._keys:
            raise KeyError(key)
        return self._find(key)

    def __iter__(self) -> Iterator[K]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class Routes:
    """The shortest ways of one exploration. `worth` are the words of each moment, `words` those of each node."""

    def __init__(
        self, program: Program, found: Exploration, worth: Sequence[int], words: Mapping[tuple[str, str], int]
    ) -> None:
        self.program, self.found, self.worth, self.words = program, found, worth, words
        self.offers = self._offers()
        self._entered: dict[int, Stop] = {}

    def nodes(self) -> Mapping[tuple[str, str], Route]:
        """Return the ways to all nodes that some play comes to."""
        at = {node: place for place in self.found.first if (node := _node(self.program, place)) is not None}
        return OnDemand(at, lambda node: self._to_node(at[node]))

    def options(self) -> Mapping[tuple[str, str], Mapping[str, Route]]:
        """Return the ways on which each option is picked in the end, by choice and edge."""
        edges: dict[tuple[str, str], list[str]] = {}
        for scene, node, edge in self.offers:
            edges.setdefault((scene, node), []).append(edge)

        def of(choice: tuple[str, str]) -> Mapping[str, Route]:
            return {edge: self.to_move(*self.offers[*choice, edge]) for edge in sorted(edges[choice])}

        return OnDemand(edges, of)

    def to_move(self, number: int, move: Move) -> Route:
        """Return the way on which a move is made in the end."""
        stops, lucky, words = self._to(number)
        if move.pick is None:
            lucky = lucky or len(self.found.moves[number]) > 1
        else:
            stops.append(self._stop(number, move))
        return Route(tuple(stops), lucky, words + self.worth[number])

    def _to_node(self, place: int) -> Route:
        number = self.found.first[place]
        stops, lucky, words = self._to(number)
        known = self.found.known[number]
        for passed, _ in known.path if known is not None else ():
            if passed == place:
                break
            words += self._words(passed)
        return Route(tuple(stops), lucky, words)

    def _to(self, number: int) -> tuple[list[Stop], bool, int]:
        """Return the stops before a moment, whether luck is needed, and the words read."""
        stops: list[Stop] = []
        lucky, words = False, 0
        while number > 0:
            origin, pick, luck = self.found.parents[number]
            lucky = lucky or luck
            words += self.worth[origin]
            if pick is not None:
                stop = self._entered.get(number)
                if stop is None:
                    move = next(move for move in self.found.moves[origin] if move.pick == pick)
                    stop = self._entered[number] = self._stop(origin, move)
                stops.append(stop)
            number = origin
        return stops[::-1], lucky, words

    def _stop(self, number: int, move: Move) -> Stop:
        scene, node = self.program.positions[last_place(self.found, number)]
        return Stop(scene, node or "", move.pick or 0, move.edge or "")

    def _words(self, place: int) -> int:
        scene, node = self.program.positions[place]
        return 0 if node is None else self.words.get((scene, node), 0)

    def _offers(self) -> dict[tuple[str, str, str], tuple[int, Move]]:
        """Return for each option the moment with the fewest picks in which it is offered."""
        best: dict[tuple[str, str, str], tuple[int, Move]] = {}
        for number, moves in enumerate(self.found.moves):
            for move in moves:
                if move.pick is None or move.edge is None:
                    continue
                scene, node = self.program.positions[last_place(self.found, number)]
                key = (scene, node or "", move.edge)
                if key not in best or self.found.picks[number] < self.found.picks[best[key][0]]:
                    best[key] = (number, move)
        return best


def _node(program: Program, place: int) -> tuple[str, str] | None:
    scene, node = program.positions[place]
    return None if node is None else (scene, node)


def last_place(found: Exploration, number: int) -> int:
    """Return the place at which the ways on from a moment fork."""
    known = found.known[number]
    return known.between[-1] if known is not None and known.between else found.moments[number].place


def worth_of(found: Exploration, program: Program, words: Mapping[tuple[str, str], int]) -> list[int]:
    """Return how many words are read on the path of each moment."""
    at = [words.get((scene, node), 0) if node is not None else 0 for scene, node in program.positions]
    return [0 if known is None else sum(at[place] for place, _ in known.path) for known in found.known]


def seed_along(
    program: Program,
    route: Route,
    target: tuple[str, str] | None,
    scene: str | None = None,
    guards: Sequence[Code] = (),
    tries: int = TRIES,
) -> int | None:
    """Return the first seed that leads along a way to a node (None: past its last stop); None if none of them does.

    `guards` are the conditions of the node. Raises as `start` of the player does.
    """
    place = None if target is None else program.places[target]
    for seed in range(tries if route.lucky else 1):
        if _comes(program, start(program, seed, scene), route.stops, place, guards):
            return seed
    return None


def _comes(program: Program, begin: State, stops: Sequence[Stop], target: int | None, guards: Sequence[Code]) -> bool:
    machine = Player.begun(program.places[begin.scene, begin.node], begin)
    left = list(stops)
    place = machine.place
    try:
        for _ in range(MAX_STEPS):
            if not left and (target is None or (place == target and all(guard(machine.variables) for guard in guards))):
                return True
            if machine.ended is not None:
                return False
            if machine.menu is not None:
                if not left:
                    return False
                stop = left.pop(0)
                edges = [edge for edge, _ in machine.menu.options]
                at = program.positions[place]
                if at != (stop.scene, stop.node) or edges[stop.pick : stop.pick + 1] != [stop.edge]:
                    return False
                machine.pick = stop.pick
            place = program.acts[place](machine)
            machine.outputs.clear()
    except (Refused, Failed, OutsideSubset):
        return False
    return False
