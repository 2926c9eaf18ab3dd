"""The store's backend on Postgres. Imported only where a Postgres is configured."""

import contextlib
import threading
from collections.abc import Callable, Sequence

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, text

from comfyvn.infrastructure.storage.branching import Lineages
from comfyvn.infrastructure.storage.engine import Database
from comfyvn.infrastructure.storage.part_writer import PartRow, Touched, closed_keys, new_rows
from comfyvn.infrastructure.storage.postgres_bulk import BulkInsert
from comfyvn.infrastructure.storage.recorder_postgres import BranchingPostgresRecorder, SharedPostgresDatastore
from comfyvn.infrastructure.storage.signal import Signal
from comfyvn.projections.commits import LATEST
from comfyvn.projections.parts import COLUMNS

RECONNECT_SECONDS = 1.0
LISTEN_SECONDS = 1.0
"""How long one wait for news lasts before the listener looks whether it is to stop."""


class PostgresPartWriter:
    """Writes by arrays or COPY."""

    def __init__(self, table: str) -> None:
        types = ("text", "text", "text", "text", "int8", "int8", "text")
        self.insert = BulkInsert(table, list(zip(COLUMNS, types, strict=True)))
        self._close = text(
            f"""UPDATE {table} AS p SET to_position = :position
                FROM unnest(CAST(:kinds AS text[]), CAST(:entities AS text[]), CAST(:parts AS text[]))
                    AS k (kind, entity, part)
                WHERE p.branch = :branch AND p.kind = k.kind AND p.entity = k.entity AND p.part = k.part
                    AND p.to_position = {LATEST}"""  # noqa: S608
        )

    def write(self, conn: Connection, branch: str, position: int, touched: Touched) -> None:
        """Close the present rows of the touched parts on a branch and open new ones, all at `position`."""
        if keys := closed_keys(touched):
            kinds, entities, parts = (list(column) for column in zip(*keys, strict=True))
            values = {"position": position, "branch": branch, "kinds": kinds, "entities": entities, "parts": parts}
            conn.execute(self._close, values)
        opened: Sequence[PartRow] = new_rows(branch, position, touched)
        self.insert(conn, opened)


class PostgresBackend:
    """Everything in one schema. News of other processes comes by LISTEN, in a thread that starts when it is needed."""

    def __init__(self, database: Database, lineages: Lineages) -> None:
        self._database = database
        self.recorder = BranchingPostgresRecorder(SharedPostgresDatastore(database), lineages)
        self.reads = self.recorder.reads
        self.part_writer = PostgresPartWriter(f"{database.application}_part")
        self.signal = Signal()
        self.poll_seconds = 5.0
        self._listener: threading.Thread | None = None
        self._starting = threading.Lock()
        self._stopped = threading.Event()

    def take_turn(self, conn: Connection) -> None:
        """Wait until no one else writes, so that positions are given in the order of commits."""
        self.recorder.lock(conn)

    def announce(self, conn: Connection, position: int) -> None:
        """Tell other processes, when the transaction is kept, that there is news."""
        self.recorder.notify(conn, position)

    def bulk_parts(self, table: str) -> Callable[[Connection, Sequence[PartRow]], None]:
        """Return what inserts whole rows into another table of parts."""
        return PostgresPartWriter(table).insert

    def listen(self) -> None:
        """Begin to hear of the commits of other processes."""
        with self._starting:
            if self._listener is None:
                self._listener = threading.Thread(target=self._hear, name="store-listener", daemon=True)
                self._listener.start()

    def close(self) -> None:
        """Stop listening."""
        self._stopped.set()
        if self._listener is not None:
            self._listener.join()

    def _hear(self) -> None:
        url = self._database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while not self._stopped.is_set():
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as conn:
                conn.execute(SQL("LISTEN {}").format(Identifier(self.recorder.channel_name)))
                while not self._stopped.is_set():
                    for notice in conn.notifies(timeout=LISTEN_SECONDS, stop_after=1):
                        self.signal.set(int(notice.payload or 0))
            self._stopped.wait(RECONNECT_SECONDS)
