"""The moving parts of a play while it runs: what `State` freezes."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple, TypeAlias

from immutables import Map

from comfyvn.domain import chance
from comfyvn.domain.chance import Generator, Source
from comfyvn.domain.expressions import Value
from comfyvn.domain.playthrough.outputs import Ended, Output, canonical
from comfyvn.domain.playthrough.stage import Stage
from comfyvn.domain.playthrough.state import Kept, Luck, Menu, Said

Act: TypeAlias = "Callable[[Machine], int]"
"""What a node does: it changes the machine and returns the place where the play goes on."""


class OutsideSubset(Exception):
    """The play depends on code of the source engine that is kept and never run."""


class Failed(Exception):
    """The play cannot go on: the story names something that is not there, or is too large."""


class Frame(NamedTuple):
    """A call that has not returned: its own place, the place after it, and the variables that the return gives back."""

    site: int
    after: int
    kept: Kept | None = None


class Machine:
    """The state of a running play, changed in place. Places are indexes into `Program.acts`."""

    __slots__ = (
        "calls",
        "ended",
        "halted",
        "luck",
        "menu",
        "outputs",
        "pick",
        "place",
        "said",
        "seed",
        "stage",
        "steps",
        "trace",
        "variables",
    )

    def __init__(
        self,
        place: int,
        variables: Map[str, Value],
        seed: int,
        luck: Luck,
        *,
        calls: list[Frame],
        stage: Stage,
        said: Said | None,
        menu: Menu | None,
        steps: int,
        trace: bytes,
        ended: str | None,
    ) -> None:
        self.place = place
        self.variables = variables
        self.seed = seed
        self.luck = luck
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

    def put(self, output: Output, spelt: bytes | None = None) -> None:
        """Give out an output and take it into the trace; `spelt` is its canonical form, where that is known."""
        self.outputs.append(output)
        self.trace = sha256(self.trace + (canonical(output) if spelt is None else spelt)).digest()

    def end(self, output: Ended) -> None:
        """Give out the end; nothing follows."""
        self.put(output)
        self.ended = output.reason
        self.menu = None
        self.halted = True

    def draw(self, source: Source, weights: Sequence[float]) -> int:
        """Draw an index by weight from the stream of one node; where all weights are equal, by a whole number."""
        generator = self._generator(source)
        if weights.count(weights[0]) == len(weights):
            drawn, generator = chance.below(generator, len(weights))
        else:
            drawn, generator = chance.weighted(generator, weights)
        self.luck = self.luck.set((source.scene, source.node), generator.state)
        return drawn

    def _generator(self, source: Source) -> Generator:
        state = self.luck.get((source.scene, source.node))
        return source.begun(self.seed) if state is None else source.resumed(state)
