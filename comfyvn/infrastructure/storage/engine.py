"""One database, one pool of connections: events, commits and read models share its transactions."""

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import StaticPool

BUSY_MS = 30_000
"""How long a SQLite connection waits for another process that writes."""

POOL = 8
OVERFLOW = 56


class Database:
    """An engine with its two kinds of transactions.

    Readers see one snapshot and never wait. Writers of this process take turns; on SQLite they hold the write lock
    of the file from their first statement on. An in-memory database has one connection that all threads share.
    """

    def __init__(self, engine: Engine, application: str = "comfyvn") -> None:
        if not application.isidentifier() or not application.isascii() or len(application) > 20:
            raise ValueError("an application's name is an ASCII identifier of at most 20 characters")
        self.engine = engine
        self.application = application
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._turn = threading.RLock()  # a transaction inside another one is an error, not a wait without end
        shared = isinstance(engine.pool, StaticPool)
        self._alone: AbstractContextManager[Any] = self._turn if shared else nullcontext()
        if self.is_sqlite:
            self._readers: Engine = engine
            self._writers: Engine = engine.execution_options(writes=True)
        else:
            snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            self._readers, self._writers = engine.execution_options(**snapshot), engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a snapshot; nothing is kept of what is written in it."""
        with self._alone, self._readers.connect() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that writes; it is kept when the block ends without an error."""
        with self._turn if self.is_sqlite else nullcontext(), self._writers.begin() as conn:
            yield conn

    def lock(self, conn: Connection, name: str) -> None:
        """Keep other transactions that lock the same name waiting until this one ends."""
        if not self.is_sqlite:  # there the transaction holds the only write lock already
            conn.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})

    def close(self) -> None:
        """Close all idle connections."""
        with self._alone:
            self.engine.dispose()


def open_engine(url: str) -> Engine:
    """Return an engine for ``sqlite:///FILE``, ``sqlite://`` (in memory) or ``postgresql://...``."""
    parsed = make_url("sqlite://" if url == ":memory:" else url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        url_of_driver = parsed.set(drivername="postgresql+psycopg")
        return create_engine(url_of_driver, pool_size=POOL, max_overflow=OVERFLOW, pool_pre_ping=True)
    raise ValueError(f"no store on {parsed.get_backend_name()!r}: use sqlite or postgresql")


def _sqlite(url: URL) -> Engine:
    arguments = {"check_same_thread": False, "timeout": BUSY_MS / 1000}
    if url.database in (None, "", ":memory:"):
        engine = create_engine(url, poolclass=StaticPool, connect_args=arguments)
    else:
        engine = create_engine(url, pool_size=POOL, max_overflow=OVERFLOW, connect_args=arguments)
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver opens no transactions by itself; `_begin` does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    _use_wal(cursor)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _use_wal(cursor: Any) -> None:
    """Switch a file to write-ahead logging; SQLite does not wait by itself where several processes do so at once."""
    deadline = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except Exception as e:
            if "locked" not in str(e) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
