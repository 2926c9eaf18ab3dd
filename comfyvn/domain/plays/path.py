"""The way from the beginning of a playthrough to where it stands, after all that was rolled back and loaded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from immutables import Map

from comfyvn.domain.kernel import Json
from comfyvn.domain.plays.events import (
    ChoiceMade,
    LinesRead,
    MomentKept,
    Move,
    PlayEnded,
    PlayLoaded,
    RolledBack,
    RolledForward,
    VariableForced,
)
from comfyvn.domain.plays.state import Playthrough, in_order


class ReadOn(NamedTuple):
    """The reader goes on to the next line, menu or end."""


class Chosen(NamedTuple):
    """The reader picks the option that leads along an edge."""

    edge: str


class Forced(NamedTuple):
    """A variable gets a value, packed as JSON."""

    name: str
    value: Json


Input: TypeAlias = ReadOn | Chosen | Forced
READ_ON: Final = ReadOn()


@dataclass(frozen=True, slots=True)
class Path:
    """`inputs` lead to where the play stands, `undone` are those that rolling forward does again, the next one last.

    `slots` are the inputs that led to the saved moments.
    """

    inputs: tuple[Input, ...] = ()
    undone: tuple[Input, ...] = ()
    slots: Map[str, tuple[Input, ...]] = field(default_factory=Map)


def path_of(playthrough: Playthrough) -> Path:
    """Return the way to where a playthrough stands."""
    return extended(Path(), in_order(playthrough))


def extended(path: Path, moves: Iterable[Move]) -> Path:
    """Return the way after further moves."""
    inputs, undone, slots = list(path.inputs), list(path.undone), path.slots
    for move in moves:
        match move:
            case LinesRead():
                inputs += [READ_ON] * move.lines
                undone.clear()
            case ChoiceMade():
                inputs.append(Chosen(move.edge))
                undone.clear()
            case VariableForced():
                inputs.append(Forced(move.name, move.value))
                undone.clear()
            case RolledBack():
                at = max(len(inputs) - move.steps, 0)
                undone += reversed(inputs[at:])
                del inputs[at:]
            case RolledForward():
                at = max(len(undone) - move.steps, 0)
                inputs += reversed(undone[at:])
                del undone[at:]
            case MomentKept():
                slots = slots.set(move.slot, tuple(inputs))
            case PlayLoaded():
                inputs = list(slots.get(move.slot, inputs))
                undone.clear()
            case PlayEnded():
                pass
    return Path(tuple(inputs), tuple(undone), slots)


def moves_of(inputs: Sequence[Input], step: int = 0) -> list[Move]:
    """Return the moves, from number `step` on, that lead along `inputs`."""
    moves: list[Move] = []
    for given in inputs:
        last = moves[-1] if moves else None
        match given:
            case Chosen(edge):
                moves.append(ChoiceMade(step + len(moves), edge))
            case Forced(name, value):
                moves.append(VariableForced(step + len(moves), name, value))
            case _ if isinstance(last, LinesRead):
                moves[-1] = LinesRead(last.step, last.lines + 1)
            case _:
                moves.append(LinesRead(step + len(moves)))
    return moves
