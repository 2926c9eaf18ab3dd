"""What a reader says about a path before it reads anything."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Probe:
    """How sure (0 to 1) a reader is that a path holds a game of its engine, and what it saw."""

    engine: str
    confidence: float
    evidence: tuple[str, ...] = ()
