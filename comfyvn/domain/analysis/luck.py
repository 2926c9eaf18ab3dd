"""A machine whose draws are not drawn: every outcome is taken in turn, with its share."""

from collections.abc import Sequence
from typing import Self

from immutables import Map

from comfyvn.domain.chance import Source
from comfyvn.domain.playthrough.machine import Machine
from comfyvn.domain.playthrough.outputs import Ended, Output
from comfyvn.domain.playthrough.stage import Stage
from comfyvn.domain.playthrough.state import State


class Player(Machine):
    """A machine that plays by a seed as every other does, and keeps no trace."""

    __slots__ = ()

    @classmethod
    def begun(cls, place: int, state: State) -> Self:
        """Return a machine at a place, with the values, the seed and the stage of a state."""
        return cls(
            place,
            state.variables,
            state.seed,
            state.luck,
            calls=[],
            stage=state.stage,
            said=None,
            menu=None,
            steps=0,
            trace=b"",
            ended=None,
        )

    def put(self, output: Output, spelt: bytes | None = None) -> None:
        """Give out an output."""
        self.outputs.append(output)


class Probe(Machine):
    """A machine that is set to a moment, passes one node, and tells what could have been drawn.

    `outcome` is the index that the next draw gives; `asked` are the weights of the draw that was asked for, empty
    where none was.
    """

    __slots__ = ("asked", "outcome")

    def __init__(self) -> None:
        super().__init__(
            0, Map(), 0, Map(), calls=[], stage=Stage(), said=None, menu=None, steps=0, trace=b"", ended=None
        )
        self.asked: Sequence[float] = []
        self.outcome = 0

    def put(self, output: Output, spelt: bytes | None = None) -> None:
        """Give out an output; there is no trace."""
        self.outputs.append(output)

    def draw(self, source: Source, weights: Sequence[float]) -> int:
        """Take the outcome as the index, and remember between what was drawn."""
        self.asked = weights
        return self.outcome

    def end(self, output: Ended) -> None:
        """Give out the end; nothing follows."""
        self.outputs.append(output)
        self.ended = output.reason
        self.menu = None
        self.halted = True
