"""The library's recorder for Postgres, with copy-on-write streams and bulk inserts that neither hang nor leave gaps."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Connection as Driver
from psycopg.rows import DictRow, dict_row, tuple_row
from sqlalchemy import Connection, text

from comfyvn.infrastructure.storage.branching import BranchingReads, Lineages
from comfyvn.infrastructure.storage.datastore import library_errors
from comfyvn.infrastructure.storage.engine import Database
from comfyvn.infrastructure.storage.postgres_bulk import BulkInsert
from comfyvn.projections.commits import LATEST, tables


class SharedPostgresDatastore(PostgresDatastore):
    """Leases connections from our engine instead of a pool of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.schema = "public"
        with database.read() as conn:
            self.schema = conn.execute(text("SELECT current_schema()")).scalar_one()
        self.originator_id_type = "text"
        self.single_row_tracking = True
        self.enable_db_functions = False
        self.lock_timeout = 0
        self.db_type_names = set()
        self._plain = database.engine.execution_options(isolation_level="AUTOCOMMIT")

    def register_type_adapters(self) -> None:
        """Do nothing: our inserts need no composite types."""

    @contextmanager
    def get_connection(self) -> Iterator[Driver[DictRow]]:
        """Lease a connection that commits each statement by itself and gives rows by name."""
        with library_errors(), self._plain.connect() as conn:
            driver: Any = conn.connection.driver_connection
            driver.row_factory = dict_row
            try:
                yield driver
            finally:
                driver.row_factory = tuple_row
                if not driver.closed:
                    driver.execute("UNLISTEN *")

    def close(self) -> None:
        """Do nothing: the engine outlives its recorders."""


class BranchingPostgresRecorder(PostgresApplicationRecorder):
    """Stores events under ids ``branch/entity``; a lock on the table makes the order of positions that of commits."""

    datastore: SharedPostgresDatastore

    def __init__(self, datastore: SharedPostgresDatastore, lineages: Lineages) -> None:
        event = tables(datastore.database.application, "postgresql").event
        super().__init__(datastore, events_table_name=event.name)
        self.reads = BranchingReads(event, lineages)
        columns = [("originator_id", "text"), ("originator_version", "int8"), ("topic", "text"), ("state", "bytea")]
        self._bulk = BulkInsert(event.name, columns)
        self._lock = text(f"LOCK TABLE {event.name} IN EXCLUSIVE MODE")
        self._notify = text("SELECT pg_notify(:channel, :position)")
        self._tips = text(
            f"""SELECT stream, (SELECT originator_version FROM {event.name} WHERE originator_id = stream
                AND notification_id <= :cap ORDER BY originator_version DESC LIMIT 1)
                FROM unnest(CAST(:streams AS text[])) AS stream"""  # noqa: S608
        )

    def create_table(self) -> None:
        """Do nothing: tables are made by the migrations."""

    def lock(self, conn: Connection) -> None:
        """Wait until no other transaction inserts, and keep others from inserting until this one ends."""
        conn.execute(self._lock)

    def notify(self, conn: Connection, position: int) -> None:
        """Tell listeners of the recorder's channel, once the transaction is kept, of a new position."""
        conn.execute(self._notify, {"channel": self.channel_name, "position": str(position)})

    def insert(self, conn: Connection, rows: Sequence[tuple[str, int, str, bytes]]) -> int:
        """Insert (originator id, version, topic, state); return the last position, the others come just before it.

        The caller holds `lock`, so no other transaction takes positions in between.
        """
        self._bulk(conn, rows)
        return int(conn.execute(text("SELECT lastval()")).scalar_one())

    def tips(self, conn: Connection, originator_ids: Sequence[str], cap: int = LATEST) -> dict[str, int]:
        """Return the last version of each stream with events at or before `cap`, of that stream alone."""
        found = conn.execute(self._tips, {"streams": list(originator_ids), "cap": cap})
        return {stream: version for stream, version in found if version is not None}

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Insert events in a transaction of their own and return their positions."""
        rows = [(str(e.originator_id), e.originator_version, e.topic, e.state) for e in stored_events]
        if not rows:
            return []
        with library_errors(), self.datastore.database.write() as conn:
            self.lock(conn)
            last = self.insert(conn, rows)
            self.notify(conn, last)
        return list(range(last - len(rows) + 1, last + 1))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
        upto: int = LATEST,
    ) -> Sequence[StoredEvent]:
        """Return the events of a stream, those of its ancestors before the fork included, as of position `upto`."""
        with library_errors(), self.datastore.database.read() as conn:
            wanted = {"gt": gt, "lte": lte, "desc": desc, "limit": limit}
            return self.reads.stored(conn, str(originator_id), upto, **wanted)
