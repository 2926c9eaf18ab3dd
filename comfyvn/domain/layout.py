"""Where the nodes of a graph stand on a map: in layers from left to right, in time that grows with nodes and edges.

What stands somewhere stays there: only new nodes get a place, beside their neighbours or below everything.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

ACROSS: Final = 260.0
"""From one layer to the next."""
DOWN: Final = 110.0
"""From one node to the next in a layer."""
FEW: Final = 60
"""So many new nodes that hang together are put beside what is there already; more get an area of their own."""
LOOSE: Final = 1.5
"""So many times the room that a layer needs may it take to stand beside its neighbours."""
ROW: Final = 24
"""So many layers always fit into one row."""
SWEEPS: Final = 4
"""How often the layers are put in the order of their neighbours."""


class Point(NamedTuple):
    """A place on a map."""

    x: float
    y: float


Ways = Mapping[str, Sequence[str]]


def layout(
    nodes: Sequence[str], edges: Iterable[tuple[str, str]], known: Mapping[str, Point] | None = None
) -> dict[str, Point]:
    """Return a place for every node; those in `known` keep theirs. The first nodes are where stories begin."""
    stand = {node: known[node] for node in nodes if node in known} if known else {}
    after: dict[str, list[str]] = {node: [] for node in nodes}
    before: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in dict.fromkeys(edges):
        if source in after and target in after and source != target:
            after[source].append(target)
            before[target].append(source)
    new = [node for node in nodes if node not in stand]
    grid = _Grid(stand.values())
    large: list[list[str]] = []
    for group in _groups(new, after, before):
        touches = any(other in stand for node in group for other in (*after[node], *before[node]))
        if touches and len(group) <= FEW:
            _beside(group, after, before, stand, grid)
        else:
            large.append(group)
    bottom = max((point.y for point in stand.values()), default=-DOWN) + DOWN
    left = min((point.x for point in stand.values()), default=0.0)
    for group in large:
        placed = _layers(group, after, before)
        stand |= {node: Point(left + x, bottom + y) for node, (x, y) in placed.items()}
        bottom += max(point.y for point in placed.values()) + DOWN
    return {node: stand[node] for node in nodes}


def _groups(nodes: Sequence[str], after: Ways, before: Ways) -> list[list[str]]:
    """Return the nodes that hang together, each group in the given order, single ones as one group at the end."""
    place = {node: n for n, node in enumerate(nodes)}
    found: list[list[str]] = []
    alone: list[str] = []
    seen: set[str] = set()
    for first in nodes:
        if first in seen:
            continue
        seen.add(first)
        group, stack = [], [first]
        while stack:
            node = stack.pop()
            group.append(node)
            for other in (*after[node], *before[node]):
                if other in place and other not in seen:
                    seen.add(other)
                    stack.append(other)
        single = len(group) == 1 and not after[first] and not before[first]
        (alone if single else found).append(first if single else sorted(group, key=place.__getitem__))  # type: ignore[arg-type]
    return [*found, alone] if alone else found


class _Grid:
    """Which places are taken; asked for a free one, it goes down from where it is wanted."""

    def __init__(self, points: Iterable[Point]) -> None:
        self._next: dict[tuple[int, int], int] = {}
        for point in points:
            column, row = round(point.x / ACROSS), round(point.y / DOWN)
            self._next[column, row] = row + 1

    def take(self, x: float, y: float) -> Point:
        """Take the first free place at or below a wanted one."""
        column, row = round(x / ACROSS), round(y / DOWN)
        passed = []
        while (column, row) in self._next:
            passed.append(row)
            row = self._next[column, row]
        for taken in (*passed, row):
            self._next[column, taken] = row + 1
        return Point(column * ACROSS, row * DOWN)


def _beside(group: Sequence[str], after: Ways, before: Ways, stand: dict[str, Point], grid: _Grid) -> None:
    """Give new nodes places behind those that lead to them, else before those that they lead to."""
    left = dict.fromkeys(group)
    queue = [node for node in group if any(other in stand for other in (*before[node], *after[node]))]
    for node in queue:  # it grows while it is walked
        if node not in left:
            continue
        del left[node]
        leads = [stand[other] for other in before[node] if other in stand]
        follows = [stand[other] for other in after[node] if other in stand]
        if leads:
            stand[node] = grid.take(max(point.x for point in leads) + ACROSS, min(point.y for point in leads))
        else:
            stand[node] = grid.take(min(point.x for point in follows) - ACROSS, min(point.y for point in follows))
        queue += [other for other in (*after[node], *before[node]) if other in left]


def _layers(group: Sequence[str], after: Ways, before: Ways) -> dict[str, Point]:
    """Lay nodes out from nothing."""
    inside = set(group)
    forward = _forward(group, after, inside)
    back: dict[str, list[str]] = {node: [] for node in group}
    for source, targets in forward.items():
        for target in targets:
            back[target].append(source)
    depth = _depths(group, forward, back)
    layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    if not any(forward.values()):  # nothing leads anywhere: a square instead of one long row
        width = max(1, round((len(group) * DOWN / ACROSS) ** 0.5))
        return {node: Point(n % width * ACROSS, n // width * DOWN) for n, node in enumerate(group)}
    for node in forward:
        layers[depth[node]].append(node)
    _untangle(layers, forward, back)
    return _places(layers, back)


def _forward(group: Sequence[str], after: Ways, inside: set[str]) -> dict[str, list[str]]:
    """Return the edges without those that close a circle, nodes in the order in which a walk meets them."""
    found: dict[str, list[str]] = {}
    open_: set[str] = set()
    for first in group:
        if first in found:
            continue
        found[first] = []
        open_.add(first)
        stack = [(first, iter(after[first]))]
        while stack:
            node, targets = stack[-1]
            for target in targets:
                if target not in inside or target in open_:
                    continue
                found[node].append(target)
                if target not in found:
                    found[target] = []
                    open_.add(target)
                    stack.append((target, iter(after[target])))
                    break
            else:
                open_.discard(node)
                stack.pop()
    return found


def _depths(group: Sequence[str], forward: Ways, back: Ways) -> dict[str, int]:
    """Return the longest way to each node."""
    waiting = {node: len(back[node]) for node in group}
    depth = dict.fromkeys(group, 0)
    ready = [node for node in group if not waiting[node]]
    for node in ready:  # it grows while it is walked
        for target in forward[node]:
            depth[target] = max(depth[target], depth[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return depth


def _untangle(layers: list[list[str]], forward: Ways, back: Ways) -> None:
    """Put the nodes of each layer in the order of the middle of their neighbours."""
    place = {node: float(n) for layer in layers for n, node in enumerate(layer)}
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        near = back if down else forward
        for layer in layers if down else reversed(layers):
            if len(layer) > 1:
                middle = {node: _mean([place[o] for o in near[node]], place[node]) for node in layer}
                layer.sort(key=middle.__getitem__)
                place.update({node: float(n) for n, node in enumerate(layer)})


def _places(layers: Sequence[Sequence[str]], back: Ways) -> dict[str, Point]:
    """Return places: each node beside the middle of those that lead to it; many layers are folded into rows."""
    height: dict[str, float] = {}
    tallest = max(map(len, layers)) * DOWN
    for layer in layers:
        wanted = [_mean([height[other] for other in back[node]], 0.0) for node in layer]
        spread = [wanted[0]]
        for want in wanted[1:]:
            spread.append(max(want, spread[-1] + DOWN))
        middle = min(max(sum(wanted) / len(wanted), -tallest / 2), tallest / 2)
        if spread[-1] - spread[0] > LOOSE * len(layer) * DOWN:  # closer together than their neighbours are
            spread = [n * DOWN for n in range(len(layer))]
        shift = middle - sum(spread) / len(spread)
        height |= {node: y + shift for node, y in zip(layer, spread, strict=True)}
    width = _width(layers)
    rows = [layers[n : n + width] for n in range(0, len(layers), width)]
    found: dict[str, Point] = {}
    bottom = 0.0
    for row in rows:
        top = min(height[node] for layer in row for node in layer)
        for n, layer in enumerate(row):
            found |= {node: Point(n * ACROSS, round(bottom + height[node] - top)) for node in layer}
        bottom = max(found[node].y for layer in row for node in layer) + 2 * DOWN
    return found


def _width(layers: Sequence[Sequence[str]]) -> int:
    """Return how many layers stand in one row: so many that the whole is about as wide as a screen."""
    area: float = max(map(len, layers)) * len(layers) * ACROSS * DOWN
    return max(ROW, int((2 * area) ** 0.5 / ACROSS))


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
