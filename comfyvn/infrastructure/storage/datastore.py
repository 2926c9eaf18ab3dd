"""The `eventsourcing` library's datastores on the one engine, so that its recorders share our transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from eventsourcing import persistence
from eventsourcing.sqlite import SQLiteCursor, SQLiteDatastore
from sqlalchemy.exc import DBAPIError

from comfyvn.infrastructure.storage.engine import Database


@contextmanager
def library_errors() -> Iterator[None]:
    """Turn errors of drivers into the library's errors of the same (PEP 249) name."""
    try:
        yield
    except DBAPIError as e:
        raise _translated(e.orig or e) from e
    except Exception as e:
        if type(e).__module__.partition(".")[0] not in ("sqlite3", "psycopg"):
            raise
        raise _translated(e) from e


def _translated(error: BaseException) -> persistence.PersistenceError:
    for cls in type(error).__mro__:
        known = getattr(persistence, cls.__name__, None)
        if isinstance(known, type) and issubclass(known, persistence.PersistenceError):
            return known(str(error))
    return persistence.PersistenceError(str(error))


class SharedSQLiteDatastore(SQLiteDatastore):
    """Leases connections from our engine instead of a pool of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.single_row_tracking = True
        self.originator_id_type = "text"

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        """Open a transaction and yield a cursor with rows by name."""
        with library_errors(), self.database.write() if commit else self.database.read() as conn:
            driver: Any = conn.connection.driver_connection
            with closing(driver.cursor()) as cursor:
                cursor.row_factory = sqlite3.Row
                yield SQLiteCursor(cursor)

    def close(self) -> None:
        """Do nothing: the engine outlives its recorders."""
