"""What a read model that is filled from the log, later than the commits and in batches, has to be."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Row

CommitRow = Row[*tuple[Any, ...]]


class BatchProjection(Protocol):
    """A read model with its own tables. Another `version` means that they are dropped and filled again."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...

    def create(self, conn: Connection) -> None:
        """Make the tables, empty."""

    def drop(self, conn: Connection) -> None:
        """Drop the tables of this or any earlier version, where they exist."""

    def apply(self, conn: Connection, commits: Sequence[CommitRow]) -> None:
        """Take in commits, in the order of their positions, each exactly once."""
