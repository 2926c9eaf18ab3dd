"""One row of the table, and how rows are timed: both sides by turns, the median of several rounds."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much work the rows do. `changes` is events of one commit; `history` events of the long past."""

    rounds: int
    changes: int
    bulk: int
    history: int
    entities: int
    forks: int
    refilled: int
    lines: int


FULL = Sizes(
    rounds=7, changes=1_000, bulk=100_000, history=1_000_000, entities=5_000, forks=10, refilled=100_000, lines=100_000
)
QUICK = Sizes(rounds=1, changes=50, bulk=200, history=400, entities=20, forks=2, refilled=100, lines=200)


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured: ours and the baseline in seconds, the target in words, and whether ours meets it."""

    name: str
    what: str
    ours: float
    baseline: str
    theirs: float
    target: str
    met: bool | None
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times the baseline's time ours takes."""
        return self.ours / self.theirs if self.theirs else float("inf")


Act = Callable[[], object]
"""What is timed."""

Prepare = Callable[[int], Act]
"""Gets one round ready, by its number, and returns what is timed."""


def seconds(act: Act) -> float:
    """Return how long one call takes on the clock; garbage of earlier calls is collected before."""
    gc.collect()
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def by_turns(rounds: int, ours: Prepare, theirs: Prepare) -> tuple[float, float]:
    """Return the medians of both sides."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        for side, prepare in zip(taken, (ours, theirs), strict=True):
            side.append(seconds(prepare(number)))
    return median(taken[0]), median(taken[1])
