"""What differs between the databases, chosen once when a store is opened."""

from collections.abc import Callable, Sequence
from typing import Protocol

from sqlalchemy import Connection

from comfyvn.infrastructure.storage.branching import BranchingReads, Lineages, Recorder
from comfyvn.infrastructure.storage.datastore import SharedSQLiteDatastore
from comfyvn.infrastructure.storage.engine import Database
from comfyvn.infrastructure.storage.part_writer import PartRow, PartWriter, SQLitePartWriter
from comfyvn.infrastructure.storage.recorder_sqlite import BranchingSQLiteRecorder
from comfyvn.infrastructure.storage.signal import Signal


class Backend(Protocol):
    """One database's recorder, writer of parts, write lock and news of new positions."""

    @property
    def recorder(self) -> Recorder: ...

    @property
    def reads(self) -> BranchingReads: ...

    @property
    def part_writer(self) -> PartWriter: ...

    def bulk_parts(self, table: str) -> Callable[[Connection, Sequence[PartRow]], None]:
        """Return what inserts whole rows into another table of parts."""

    @property
    def signal(self) -> Signal: ...

    @property
    def poll_seconds(self) -> float:
        """How often to look for the commits of other processes beside what is announced."""

    def take_turn(self, conn: Connection) -> None:
        """Wait until no one else writes, so that positions are given in the order of commits."""

    def announce(self, conn: Connection, position: int) -> None:
        """Tell other processes, when the transaction is kept, that there is news."""

    def listen(self) -> None:
        """Begin to hear of the commits of other processes."""

    def close(self) -> None:
        """Stop listening."""


class SQLiteBackend:
    """Everything in one file, whose own lock makes writers take turns; other processes are seen by polling."""

    def __init__(self, database: Database, lineages: Lineages) -> None:
        self.recorder = BranchingSQLiteRecorder(SharedSQLiteDatastore(database), lineages)
        self.reads = self.recorder.reads
        self.part_writer = SQLitePartWriter(f"{database.application}_part")
        self.signal = Signal()
        self.poll_seconds = 0.25

    def take_turn(self, conn: Connection) -> None:
        """Do nothing: the transaction began with the write lock."""

    def announce(self, conn: Connection, position: int) -> None:
        """Do nothing: SQLite has no channel between processes."""

    def bulk_parts(self, table: str) -> Callable[[Connection, Sequence[PartRow]], None]:
        """Return what inserts whole rows into another table of parts."""
        return SQLitePartWriter(table).insert

    def listen(self) -> None:
        """Do nothing: SQLite has no channel between processes."""

    def close(self) -> None:
        """Do nothing: no thread runs."""


def backend_of(database: Database, lineages: Lineages) -> Backend:
    """Return the backend of a database."""
    if database.is_sqlite:
        return SQLiteBackend(database, lineages)
    from comfyvn.infrastructure.storage.backend_postgres import PostgresBackend  # noqa: PLC0415 (psycopg is optional)

    return PostgresBackend(database, lineages)
