"""What differs between the databases, chosen once when a store is opened."""

from collections.abc import Callable
from typing import Protocol

from sqlalchemy import Connection

from comfyvn.infrastructure.storage.branching import BranchingReads, Lineages, Recorder
from comfyvn.infrastructure.storage.datastore import SharedSQLiteDatastore
from comfyvn.infrastructure.storage.engine import Database
from comfyvn.infrastructure.storage.part_writer import PartWriter, SQLitePartWriter
from comfyvn.infrastructure.storage.recorder_sqlite import BranchingSQLiteRecorder
from comfyvn.infrastructure.storage.signal import Signal


class Backend(Protocol):
    """One database's recorder, writer of parts, write lock and news of new positions."""

    recorder: Recorder
    reads: BranchingReads
    part_writer: PartWriter
    signal: Signal

    def take_turn(self, conn: Connection) -> None:
        """Wait until no one else writes, so that positions are given in the order of commits."""

    def announce(self, conn: Connection, position: int) -> None:
        """Tell other processes, when the transaction is kept, that there is news."""


class SQLiteBackend:
    """Everything on one file. The lock is the file's own; other processes are seen by polling."""

    def __init__(self, database: Database, lineages: Lineages) -> None:
        self.recorder = BranchingSQLiteRecorder(SharedSQLiteDatastore(database), lineages)
        self.reads = self.recorder.reads
        self.part_writer = SQLitePartWriter(f"{database.application}_part")
        self.signal = Signal()

    def take_turn(self, conn: Connection) -> None:
        """Do nothing: the transaction began with the write lock."""

    def announce(self, conn: Connection, position: int) -> None:
        """Do nothing: SQLite has no channel between processes."""


def backend_of(database: Database, lineages: Lineages) -> Backend:
    """Return the backend of a database."""
    return SQLiteBackend(database, lineages)
