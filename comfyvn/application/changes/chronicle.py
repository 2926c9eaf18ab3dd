"""What the list of changes asks of a store."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from comfyvn.application.ports import LATEST, Commit, CommitKind, Ref


class Deed(NamedTuple):
    """Events of one name that one commit recorded of one entity."""

    ref: Ref
    event: str
    events: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which changes to list; None: all. `since` and `until` are times, UTC, ISO 8601, `until` not included."""

    actor: str | None = None
    kinds: frozenset[CommitKind] | None = None
    entity: Ref | None = None
    since: str | None = None
    until: str | None = None


class Chronicle(Protocol):
    """Questions about commits, many at once."""

    def commits(self, branch: str, wanted: Filter, at: int = LATEST, *, size: int) -> Sequence[Commit]:
        """Return the first `size` commits visible on a branch at `at` that pass a filter, the newest first."""

    def deeds(self, positions: Iterable[int], most: int) -> Mapping[int, Sequence[Deed]]:
        """Return what the commits at some positions recorded; nothing of those with more than `most` events."""

    def moments(self, branch: str, ref: Ref, at: int = LATEST) -> Set[int]:
        """Return the positions of all commits visible on a branch that changed an entity."""
