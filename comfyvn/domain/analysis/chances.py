"""How likely each moment and each ending is: the story as an absorbing Markov chain, solved component by component.

Strongly connected components come from Tarjan's algorithm (1972), written without recursion. Inside a component the
expected visits solve ``v = b + A v``: by elimination where it is small, by Gauss-Seidel sweeps where it is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from comfyvn.domain.analysis.explore import Exploration

SMALL: Final = 60
"""Moments of a component that is solved by elimination."""
SWEEPS: Final = 20_000
PRECISION: Final = 1e-13
"""Change of a value, as a share of it, at which sweeping stops."""


@dataclass(frozen=True, slots=True)
class Chances:
    """What a play brings on average.

    `visits` are the expected visits of each moment in one play (infinite in a loop without a way out), `endings` the
    probability of each ending, `endless` that of never ending, `loops` the moments of each loop without a way out.
    `order` holds all moments, those of one loop together, each group before those that it leads to.
    """

    visits: tuple[float, ...]
    endings: tuple[float, ...]
    endless: float
    loops: tuple[tuple[int, ...], ...]
    order: tuple[tuple[int, ...], ...]


def chances(found: Exploration) -> Chances:
    """Return the chances of a complete exploration."""
    visits = [0.0] * len(found.moves)
    endings = [0.0] * len(found.endings)
    inflow = [0.0] * len(found.moves)
    if inflow:
        inflow[0] = 1.0
    endless = 0.0
    loops: list[tuple[int, ...]] = []
    order = tuple(map(tuple, reversed(components(found))))
    for component in order:
        inside = set(component)
        if _goes_round(found, component):
            if all(move.target in inside for n in component for move in found.moves[n]):
                endless += sum(inflow[n] for n in component)
                loops.append(tuple(sorted(component)))
                for n in component:
                    visits[n] = float("inf")
                continue
            _solve(found, component, inflow, visits)
        else:
            visits[component[0]] = inflow[component[0]]
        for n in component:
            for move in found.moves[n]:
                if move.target < 0:
                    endings[~move.target] += visits[n] * move.share
                elif move.target not in inside:
                    inflow[move.target] += visits[n] * move.share
    return Chances(tuple(visits), tuple(endings), endless, tuple(loops), order)


def gathered(found: Exploration, known: Chances, worth: Sequence[float]) -> tuple[float, ...]:
    """Return for each ending what plays that come to it have gathered on average; moment n is worth `worth[n]`.

    The gathered of a moment, times its visits, solve the same equations as the visits do.
    """
    sums = [0.0] * len(found.moves)
    inflow = [0.0] * len(found.moves)
    endings = [0.0] * len(found.endings)
    for component in known.order:
        inside = set(component)
        looped = _goes_round(found, component)
        if looped and known.visits[component[0]] == float("inf"):
            continue
        if looped:
            for n in component:
                for move in found.moves[n]:
                    if move.target in inside:
                        inflow[move.target] += known.visits[n] * worth[n] * move.share
            _solve(found, component, inflow, sums)
        else:
            sums[component[0]] = inflow[component[0]]
        for n in component:
            total = sums[n] + known.visits[n] * worth[n]
            for move in found.moves[n]:
                if move.target < 0:
                    endings[~move.target] += total * move.share
                elif move.target not in inside:
                    inflow[move.target] += total * move.share
    return tuple(value / share if share else 0.0 for value, share in zip(endings, known.endings, strict=True))


def _goes_round(found: Exploration, component: Sequence[int]) -> bool:
    """Tell whether the moments of a component form a loop."""
    return len(component) > 1 or any(move.target == component[0] for move in found.moves[component[0]])


def components(found: Exploration) -> list[list[int]]:
    """Return the strongly connected components, each after those that it leads to."""
    order: list[int] = [-1] * len(found.moves)
    low = [0] * len(found.moves)
    waiting: list[int] = []
    inside = [False] * len(found.moves)
    result: list[list[int]] = []
    clock = 0
    for root in range(len(found.moves)):
        if order[root] >= 0:
            continue
        path = [(root, 0)]
        while path:
            n, at = path.pop()
            if at == 0:
                order[n] = low[n] = clock
                clock += 1
                waiting.append(n)
                inside[n] = True
            targets = found.moves[n]
            for index in range(at, len(targets)):
                target = targets[index].target
                if target < 0:
                    continue
                if order[target] < 0:
                    path += [(n, index + 1), (target, 0)]
                    break
                if inside[target]:
                    low[n] = min(low[n], order[target])
            else:
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[n])
                if low[n] == order[n]:
                    result.append(_popped(waiting, inside, n))
    return result


def _popped(waiting: list[int], inside: list[bool], root: int) -> list[int]:
    component = []
    while True:
        n = waiting.pop()
        inside[n] = False
        component.append(n)
        if n == root:
            return component


def _solve(found: Exploration, component: Sequence[int], inflow: Sequence[float], visits: list[float]) -> None:
    """Set the expected visits of a component that some way leads out of."""
    place = {n: i for i, n in enumerate(component)}
    into: list[list[tuple[int, float]]] = [[] for _ in component]
    for n in component:
        for move in found.moves[n]:
            if move.target in place:
                into[place[move.target]].append((place[n], move.share))
    start = [inflow[n] for n in component]
    values = _eliminated(into, start) if len(component) <= SMALL else _swept(into, start)
    for n, value in zip(component, values, strict=True):
        visits[n] = value


def _eliminated(into: Sequence[Sequence[tuple[int, float]]], start: Sequence[float]) -> list[float]:
    size = len(start)
    rows = [[0.0] * size + [value] for value in start]
    for i, sources in enumerate(into):
        rows[i][i] += 1.0
        for j, share in sources:
            rows[i][j] -= share
    for i in range(size):
        best = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[best] = rows[best], rows[i]
        pivot = rows[i][i]
        for r in range(i + 1, size):
            factor = rows[r][i] / pivot
            if factor:
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i], strict=True)]
    values = [0.0] * size
    for i in range(size - 1, -1, -1):
        values[i] = (rows[i][size] - sum(rows[i][j] * values[j] for j in range(i + 1, size))) / rows[i][i]
    return values


def _swept(into: Sequence[Sequence[tuple[int, float]]], start: Sequence[float]) -> list[float]:
    values = list(start)
    for _ in range(SWEEPS):
        moved = False
        for i, sources in enumerate(into):
            value = start[i] + sum(values[j] * share for j, share in sources)
            moved = moved or abs(value - values[i]) > PRECISION * max(1.0, value)
            values[i] = value
        if not moved:
            break
    return values
