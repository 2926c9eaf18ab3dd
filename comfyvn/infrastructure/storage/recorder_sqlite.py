"""The library's recorder for SQLite, with copy-on-write streams and safe positions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder
from sqlalchemy import Connection

from comfyvn.infrastructure.storage.branching import BranchingReads, Lineages
from comfyvn.infrastructure.storage.datastore import SharedSQLiteDatastore, library_errors
from comfyvn.projections.commits import LATEST, tables


class BranchingSQLiteRecorder(SQLiteApplicationRecorder):
    """Stores events under ids ``branch/entity``. The position column is the row id, which SQLite never gives twice."""

    datastore: SharedSQLiteDatastore

    def __init__(self, datastore: SharedSQLiteDatastore, lineages: Lineages) -> None:
        event = tables(datastore.database.application, "sqlite").event
        super().__init__(datastore, event.name)
        self.reads = BranchingReads(event, lineages)
        columns = "originator_id, originator_version, topic, state"
        self.insert_events_statement = f"INSERT INTO {event.name} ({columns}) VALUES (?, ?, ?, ?)"  # noqa: S608
        self._tips = f"""SELECT value, (SELECT originator_version FROM {event.name}
            WHERE originator_id = value AND rowid <= ? ORDER BY originator_version DESC LIMIT 1)
            FROM json_each(?)"""  # noqa: S608

    def construct_create_table_statements(self) -> list[str]:
        """Return nothing: tables are made by the migrations."""
        return []

    def insert(self, conn: Connection, rows: Sequence[tuple[str, int, str, bytes]]) -> int:
        """Insert (originator id, version, topic, state); return the last position, the others come just before it."""
        conn.exec_driver_sql(self.insert_events_statement, list(rows))
        return int(conn.exec_driver_sql("SELECT last_insert_rowid()").scalar_one())

    def tips(self, conn: Connection, originator_ids: Sequence[str], cap: int = LATEST) -> dict[str, int]:
        """Return the last version of each stream with events at or before `cap`, of that stream alone."""
        found = conn.exec_driver_sql(self._tips, (cap, orjson.dumps(list(originator_ids)).decode()))
        return {stream: version for stream, version in found if version is not None}

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Insert events in a transaction of their own and return their positions."""
        rows = [(str(e.originator_id), e.originator_version, e.topic, e.state) for e in stored_events]
        if not rows:
            return []
        with library_errors(), self.datastore.database.write() as conn:
            last = self.insert(conn, rows)
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
