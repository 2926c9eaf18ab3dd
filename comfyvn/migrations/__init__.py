"""Changes to the tables of the event store and of jobs, in order, each made once whoever starts at the same time."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, text

from comfyvn.migrations import first, jobs, second, third

Steps = tuple[Callable[[str, str], list[str]], ...]
"""Step n + 1: (application, dialect) -> statements. Never changed once released; a new step is added at the end."""
STEPS: Final[Steps] = (first.statements, second.statements, third.statements)
JOB_STEPS: Final[Steps] = (jobs.statements,)


def pending(conn: Connection, application: str) -> bool:
    """Tell whether `migrate` has something to do."""
    return not conn.dialect.has_table(conn, f"{application}_migration") or _done(conn, application) < len(STEPS)


def migrate(conn: Connection, application: str, steps: Steps = STEPS) -> None:
    """Bring the tables of `application` up to date, inside the caller's transaction that writes.

    Raises RuntimeError where the tables are newer than this program.
    """
    dialect = conn.dialect.name
    if dialect == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"{application}_migration"})
    conn.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {application}_migration (number integer PRIMARY KEY)")
    done = _done(conn, application)
    if done > len(steps):
        raise RuntimeError(f"the database is at step {done}; this program knows {len(steps)}")
    for number, step in enumerate(steps[done:], done + 1):
        for statement in step(application, dialect):
            conn.exec_driver_sql(statement)
        conn.exec_driver_sql(f"INSERT INTO {application}_migration (number) VALUES ({number})")  # noqa: S608


def _done(conn: Connection, application: str) -> int:
    found = conn.exec_driver_sql(f"SELECT max(number) FROM {application}_migration").scalar()  # noqa: S608
    return int(found or 0)
