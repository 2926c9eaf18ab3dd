"""The database of jobs: rows of ours beside the tables of `dbos`, so that one transaction reaches both."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event, make_url

from comfyvn.infrastructure.storage.engine import Database, open_engine
from comfyvn.migrations import JOB_STEPS, migrate

TABLES: Final = "comfyvn_jobs"
"""What the names of our tables begin with; the schema of those of `dbos` on Postgres; the channel of news there."""


def address_beside(database_url: str) -> str:
    """Return the address of the jobs of a store: the same Postgres, or a file of their own beside a SQLite file."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return database_url
    path = (url.database or "").removesuffix(".db")
    return url.set(database=f"{path}.jobs.db").render_as_string(hide_password=False)


def in_memory(database_url: str) -> bool:
    """Tell whether a store is one that no other process can reach."""
    url = make_url("sqlite://" if database_url == ":memory:" else database_url)
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def open_database(url: str) -> Database:
    """Open the database of jobs and bring our tables up to date. Every transaction on SQLite holds the write lock.

    `dbos` counts the jobs of a device before it claims one: without the lock two workers could both find it free.
    """
    engine = open_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _relaxed)
    database = Database(engine, TABLES)
    with database.write() as conn:
        migrate(conn, TABLES, JOB_STEPS)
    return database


def engine_of_dbos(database: Database) -> sa.Engine:
    """Return the engine that `dbos` works with."""
    return database.engine.execution_options(writes=True) if database.is_sqlite else database.engine


def _relaxed(connection: Any, _: object) -> None:
    """Do not wait for the disk: where the power goes, the last jobs handed in may be lost; none is half there."""
    connection.execute("PRAGMA synchronous = NORMAL")
