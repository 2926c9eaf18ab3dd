"""What can have happened in a playthrough. `step` counts what happened before, so that each is a part of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from comfyvn.domain.kernel import Json, event


@event("plays.play_started")
@dataclass(frozen=True, slots=True)
class PlayStarted:
    """A playthrough began: the story is that of `branch` at `position`, from `start` on (None: its beginning).

    `given` are variables that begin with another value than declared, packed as JSON; `seed` is 0 to 2**63 - 1.
    """

    branch: str
    position: int
    seed: int = 0
    start: str | None = None
    given: Mapping[str, Json] = field(default_factory=dict)
    title: str = ""


@event("plays.play_retitled")
@dataclass(frozen=True, slots=True)
class PlayRetitled:
    title: str


@event("plays.play_discarded")
@dataclass(frozen=True, slots=True)
class PlayDiscarded:
    pass


@event("plays.read_on")
@dataclass(frozen=True, slots=True)
class LinesRead:
    """The reader went on `lines` times."""

    step: int
    lines: int = 1


@event("plays.choice_made")
@dataclass(frozen=True, slots=True)
class ChoiceMade:
    """The option of a menu that leads along `edge` was picked, by the reader or by the seed."""

    step: int
    edge: str


@event("plays.variable_forced")
@dataclass(frozen=True, slots=True)
class VariableForced:
    """A variable got a value, packed as JSON, that the story did not give it."""

    step: int
    name: str
    value: Json


@event("plays.rolled_back")
@dataclass(frozen=True, slots=True)
class RolledBack:
    """The last `steps` (lines read, choices, forced variables) were taken back."""

    step: int
    steps: int


@event("plays.rolled_forward")
@dataclass(frozen=True, slots=True)
class RolledForward:
    """Of what was taken back, `steps` were done again."""

    step: int
    steps: int


@event("plays.moment_kept")
@dataclass(frozen=True, slots=True)
class MomentKept:
    """The moment was kept under the name `slot`."""

    step: int
    slot: str


@event("plays.play_loaded")
@dataclass(frozen=True, slots=True)
class PlayLoaded:
    """The play went on from the moment kept under the name `slot`."""

    step: int
    slot: str


@event("plays.play_ended")
@dataclass(frozen=True, slots=True)
class PlayEnded:
    """The reader put the playthrough away; nothing follows."""

    step: int


Move: TypeAlias = (
    LinesRead | ChoiceMade | VariableForced | RolledBack | RolledForward | MomentKept | PlayLoaded | PlayEnded
)
"""What happens within a playthrough."""
