"""A playthrough as its events leave it: how it began, and all moves since, each a part of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

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


@dataclass(frozen=True, slots=True)
class Playthrough:
    """One playthrough. `moves` by the names of their parts, in whose order they happened; the rest as it began."""

    branch: str
    position: int
    seed: int = 0
    start: str | None = None
    given: Mapping[str, Json] = field(default_factory=dict)
    title: str = ""
    moves: Map[str, Move] = field(default_factory=Map)

    @property
    def ended(self) -> bool:
        """Tell whether the reader put it away."""
        return bool(self.moves) and isinstance(self.moves[part_name(len(self.moves) - 1)], PlayEnded)


MOVES: Final[Mapping[str, type[Any]]] = {
    "read": LinesRead,
    "choose": ChoiceMade,
    "force": VariableForced,
    "back": RolledBack,
    "forward": RolledForward,
    "save": MomentKept,
    "load": PlayLoaded,
    "end": PlayEnded,
}
"""The word of each move in documents."""

_WORDS: Final = {cls: word for word, cls in MOVES.items()}
HEADER: Final = tuple(f.name for f in fields(Playthrough) if f.name != "moves")


def part_name(step: int) -> str:
    """Return the name of the part that holds a move."""
    return f"{step:08}"


def in_order(playthrough: Playthrough) -> list[Move]:
    """Return all moves in the order in which they happened."""
    return [playthrough.moves[name] for name in sorted(playthrough.moves)]


def move_to_json(move: Move) -> dict[str, Json]:
    """Return a move as JSON: its word, and its fields."""
    return {"move": _WORDS[type(move)], **{f.name: getattr(move, f.name) for f in fields(move) if f.name != "step"}}


def move_from_json(step: int, body: Mapping[str, Json]) -> Move:
    """Return the move that `move_to_json` gave, as the one after `step` others."""
    move: Move = MOVES[body["move"]](step=step, **{name: value for name, value in body.items() if name != "move"})
    return move
