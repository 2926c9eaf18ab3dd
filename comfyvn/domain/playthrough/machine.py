"""The moving parts of a play while it runs: what `State` freezes."""

from collections.abc import Callable
from hashlib import sha256
from typing import TypeAlias

from immutables import Map

from comfyvn.domain import chance
from comfyvn.domain.expressions import Value
from comfyvn.domain.playthrough.outputs import Ended, Output, canonical
from comfyvn.domain.playthrough.stage import Stage
from comfyvn.domain.playthrough.state import Menu, Said

Act: TypeAlias = "Callable[[Machine], int]"
"""What a node does: it changes the machine and returns the place where the play goes on."""


class OutsideSubset(Exception):
    """The play depends on code of the source engine that is kept and never run."""


class Failed(Exception):
    """The play cannot go on: the story names something that is not there, or is too large."""


class Machine:
    """The state of a running play, changed in place. Places are indexes into `Program.acts`."""

    __slots__ = (
        "calls",
        "chance",
        "choice",
        "ended",
        "halted",
        "menu",
        "outputs",
        "pick",
        "place",
        "said",
        "stage",
        "steps",
        "trace",
        "variables",
    )

    def __init__(
        self,
        place: int,
        variables: Map[str, Value],
        choice: chance.Generator,
        luck: chance.Generator,
        *,
        calls: list[tuple[int, int]],
        stage: Stage,
        said: Said | None,
        menu: Menu | None,
        steps: int,
        trace: bytes,
        ended: str | None,
    ) -> None:
        self.place = place
        self.variables = variables
        self.choice = choice
        self.chance = luck
        self.calls = calls
        self.stage = stage
        self.said = said
        self.menu = menu
        self.steps = steps
        self.trace = trace
        self.ended = ended
        self.pick: int | None = None
        self.halted = False
        self.outputs: list[Output] = []

    def put(self, output: Output) -> None:
        """Give out an output and take it into the trace."""
        self.outputs.append(output)
        self.trace = sha256(self.trace + canonical(output)).digest()

    def end(self, output: Ended) -> None:
        """Give out the end; nothing follows."""
        self.put(output)
        self.ended = output.reason
        self.menu = None
        self.halted = True

    def draw_choice(self, count: int) -> int:
        """Draw one of `count` options from the stream of choices."""
        drawn, self.choice = chance.below(self.choice, count)
        return drawn

    def draw_weighted(self, weights: list[float]) -> int:
        """Draw an index by weight from the stream of random nodes."""
        drawn, self.chance = chance.weighted(self.chance, weights)
        return drawn
