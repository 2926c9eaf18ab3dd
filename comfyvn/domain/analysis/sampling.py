"""Plays by many seeds, where a story has too many moments to visit all: shares with their intervals."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt
from typing import Final, NamedTuple

from comfyvn.domain.analysis.explore import Ending
from comfyvn.domain.analysis.luck import Player
from comfyvn.domain.expressions import Value
from comfyvn.domain.kernel import Refused
from comfyvn.domain.playthrough import Ended, EndReason, LineSaid, MenuShown, Program, RawSkipped, State, start
from comfyvn.domain.playthrough.machine import Failed, OutsideSubset

PLAYS: Final = 1_000
MAX_STEPS: Final = 50_000
"""Nodes of one play before it counts as not ending."""
ENOUGH: Final = 1_000_000
"""Nodes passed in all plays together, after which no further play begins, once there are `FEWEST`."""
FEWEST: Final = 100
_Z: Final = 1.959963984540054
"""Normal deviate of a 95 % interval."""


class Share(NamedTuple):
    """A probability: the value, and the interval that holds it (both ends the value where it is exact)."""

    value: float
    low: float
    high: float


@dataclass(slots=True)
class Samples:
    """What happened in plays with the seeds 0 to `plays` - 1.

    `spoke` counts how often the node at each place spoke or asked, `passed` are the places that plays came to, `met`
    those whose node gave something out; `words` and `seeds` hold for each ending the words read on the way to it in
    all, and the first seed that came to it.
    """

    plays: int = 0
    spoke: Counter[int] = field(default_factory=Counter)
    passed: set[int] = field(default_factory=set)
    met: set[int] = field(default_factory=set)
    endings: Counter[Ending] = field(default_factory=Counter)
    words: Counter[Ending] = field(default_factory=Counter)
    seeds: dict[Ending, int] = field(default_factory=dict)
    raw: set[tuple[str, str]] = field(default_factory=set)


def sample(
    program: Program,
    words: Mapping[tuple[str, str], int],
    scene: str | None = None,
    *,
    plays: int = PLAYS,
    forced: Mapping[str, Value] | None = None,
    pulse: Callable[[int], None] | None = None,
    enough: int = ENOUGH,
) -> Samples:
    """Play `plays` times, or until `enough` nodes were passed, and count.

    `words` are those of each node; `pulse` is called after each play. Raises as `start` of the player does.
    """
    found = Samples()
    worth = [0 if node is None else words.get((scene_id, node), 0) for scene_id, node in program.positions]
    begin = start(program, 0, scene, forced)
    steps = 0
    for seed in range(plays):
        steps += _count(found, program, worth, replace(begin, seed=seed))
        if pulse is not None:
            pulse(seed + 1)
        if steps > enough and found.plays >= FEWEST:
            break
    return found


def _count(found: Samples, program: Program, worth: Sequence[int], begin: State) -> int:
    """Play once from a state, as the player does, up to `MAX_STEPS` nodes; count, and return how many were passed."""
    machine = Player.begun(program.places[begin.scene, begin.node], begin)
    acts, place, outputs = program.acts, machine.place, machine.outputs
    passed: list[int] = []
    spoke: list[int] = []
    while machine.ended is None:
        here = place
        try:
            if len(passed) >= MAX_STEPS:
                _end(program, machine, here, "max_steps")
            else:
                passed.append(here)
                place = acts[here](machine)
        except OutsideSubset as stopped:
            _end(program, machine, here, "raw", str(stopped))
        except (Refused, Failed) as error:
            _end(program, machine, here, "error", str(error))
        if not outputs:
            continue
        found.met.add(here)
        for output in outputs:
            if isinstance(output, LineSaid) or (isinstance(output, MenuShown) and not output.caption):
                spoke.append(here)
            elif isinstance(output, RawSkipped):
                found.raw.add((output.scene, output.node))
            elif isinstance(output, Ended):
                ending = Ending(output.reason, output.scene, output.node, output.message)
                found.endings[ending] += 1
                found.words[ending] += sum(map(worth.__getitem__, spoke))
                found.seeds.setdefault(ending, begin.seed)
        outputs.clear()
    found.passed.update(passed)
    found.spoke.update(spoke)
    found.plays += 1
    return len(passed)


def _end(program: Program, machine: Player, place: int, reason: EndReason, message: str = "") -> None:
    scene, node = program.positions[place]
    machine.end(Ended(reason, scene, node, message))


def share_of(hits: int, plays: int) -> Share:
    """Return the share with its 95 % interval after Wilson (1927)."""
    if not plays:
        return Share(0.0, 0.0, 1.0)
    p = hits / plays
    spread = _Z * _Z / plays
    middle = (p + spread / 2) / (1 + spread)
    half = _Z * sqrt(p * (1 - p) / plays + spread / (4 * plays)) / (1 + spread)
    return Share(p, max(0.0, middle - half), min(1.0, middle + half))


def exactly(value: float) -> Share:
    """Return a share that is known."""
    return Share(value, value, value)
