"""How busy the machine is: what the studio shows as graphs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Processor:
    """The processors: how busy all of them and each of them are, in percent since the sample before."""

    percent: float
    each: Sequence[float]


@dataclass(frozen=True, slots=True)
class Space:
    """Memory or disk, in bytes; `percent` is the used share."""

    total: int
    used: int
    free: int
    percent: float


@dataclass(frozen=True, slots=True)
class Itself:
    """The server: `percent` of one processor since the sample before, `memory` in bytes, `seconds` since its start."""

    pid: int
    percent: float
    memory: int
    threads: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics card. Memory in bytes, `temperature` in degrees Celsius, `power` in watts; None: it does not tell."""

    index: int
    name: str
    percent: float | None
    memory: Space | None
    temperature: float | None
    power: float | None


@dataclass(frozen=True, slots=True)
class Metrics:
    """One sample. `at` is UTC, ISO 8601; `disk` is the one of the data folder; `gpus` is empty where there are none."""

    at: str
    cpu: Processor
    memory: Space
    disk: Space
    process: Itself
    gpus: Sequence[Gpu]


class Meter(Protocol):
    """Measures the machine."""

    def sample(self) -> Metrics:
        """Return what was measured within the last second, or measure now."""
