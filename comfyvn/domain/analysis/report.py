"""What is known of all plays of a story, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from comfyvn.domain.analysis.sampling import Share
from comfyvn.domain.analysis.ways import Cause
from comfyvn.domain.analysis.words import Words
from comfyvn.domain.kernel import Json

Verdict: TypeAlias = Literal["unreachable", "unknown_raw", "unseen"]
"""Of a node that no play was seen to come to: ``unreachable`` is proven, ``unknown_raw`` would be so if code that is
not run changes nothing, ``unseen`` means that not every moment could be visited."""


@dataclass(frozen=True, slots=True)
class NotReached:
    """A node that no play came to, what that means, and why."""

    scene: str
    node: str
    verdict: Verdict
    cause: Cause | None


@dataclass(frozen=True, slots=True)
class EndingFacts:
    """A way for plays to be over: where, why, how likely, and the shortest way there.

    `picks` are option numbers for the menus on the way (None where none is known); `lucky` tells that the way also
    needs draws to fall well; `seed` is one that leads there. `words` are those read on average before it, `fewest`
    those on the shortest way.
    """

    reason: str
    scene: str
    node: str | None
    message: str
    share: Share
    picks: tuple[int, ...] | None = None
    lucky: bool = False
    seed: int | None = None
    words: float | None = None
    fewest: int | None = None


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """A node at which plays get stuck: it fails (the message says how), or it is a choice without an open option."""

    scene: str
    node: str | None
    reason: Literal["error", "no_option"]
    message: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceFacts:
    """A choice with options that are never offered (edge ids), or whose options all do the same."""

    scene: str
    node: str
    never_offered: tuple[str, ...] = ()
    same: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """The values that a variable has where a node takes place: all of them, or the ends if they are many numbers."""

    values: tuple[Json, ...] = ()
    low: Json = None
    high: Json = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """A menu on a way: its node, the option that is picked there by number, and the edge of that option."""

    scene: str
    node: str
    pick: int
    edge: str


@dataclass(frozen=True, slots=True)
class Route:
    """The shortest way to a node or an option: the menus on it, and whether draws have to fall well too.

    `words` are those that are read on it.
    """

    stops: tuple[Stop, ...]
    lucky: bool
    words: int

    @property
    def picks(self) -> tuple[int, ...]:
        """The numbers of the options that are picked, menu by menu."""
        return tuple(stop.pick for stop in self.stops)


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that is known. `exact` tells that every moment was visited; else shares are estimates from `plays` plays.

    `heat` is the number of times that a node takes place in one play on average, by (scene, node); infinity in a loop
    without a way out. `ranges` hold the variables that can decide something. `raw` are the nodes of code that was
    met and not run. `routes` are the shortest ways to the nodes, `options` those on which an option is picked in the
    end: by the node of the choice, and the option's edge.
    """

    exact: bool
    moments: int
    limit: int
    plays: int
    reached: int
    nodes: int
    not_reached: tuple[NotReached, ...]
    endings: tuple[EndingFacts, ...]
    endless: Share
    dead_ends: tuple[DeadEnd, ...]
    loops: tuple[tuple[tuple[str, str | None], ...], ...]
    choices: tuple[ChoiceFacts, ...]
    raw: tuple[tuple[str, str], ...]
    words: Words
    heat: Mapping[tuple[str, str], float] = field(default_factory=dict)
    ranges: Mapping[tuple[str, str], Mapping[str, Range]] = field(default_factory=dict)
    routes: Mapping[tuple[str, str], Route] = field(default_factory=dict)
    options: Mapping[tuple[str, str], Mapping[str, Route]] = field(default_factory=dict)
