"""What this program and `dbos` agree upon: one workflow for all jobs, one queue for each device."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection, text

from comfyvn.application.jobs.job import Job
from comfyvn.infrastructure.jobs.database import TABLES, engine_of_dbos
from comfyvn.infrastructure.storage.engine import Database

if TYPE_CHECKING:
    from dbos import DBOSClient

APPLICATION: Final = "comfyvn"
VERSION: Final = "1"
"""The version of workflows. It is no hash of the code: jobs of an earlier release go on; see `adopt`."""
WORKFLOW: Final = "comfyvn.job"
LOWEST: Final = 100
"""The lowest priority, and with the other sign the highest."""
_TURNS: Final = 10_000_000


class Engine:
    """The side of `dbos` that hands jobs in; it runs none. Its package is imported when it is first needed."""

    def __init__(self, database: Database, version: str = VERSION) -> None:
        self._database, self._version = database, version

    @cached_property
    def client(self) -> "DBOSClient":
        """The client, on tables that are up to date."""
        from dbos import DBOSClient  # noqa: PLC0415 - it takes a while
        from dbos._serialization import DBOSPortableJSONSerializer  # noqa: PLC0415

        make: Any = {"serializer": DBOSPortableJSONSerializer(), "dbos_system_schema": schema(self._database)}
        make |= {"application_name": APPLICATION, "lazy": True}
        migrate(self._database, lambda engine: DBOSClient(system_database_engine=engine, **make))
        return DBOSClient(system_database_engine=engine_of_dbos(self._database), **make)

    def enqueue(self, conn: Connection, job: Job, number: int, run: str) -> None:
        """Put a job into the queue of its device, in the transaction that changes its row."""
        options: Any = {
            "workflow_name": WORKFLOW,
            "queue_name": job.device,
            "workflow_id": run,
            "app_version": self._version,
            "priority": turn(job, number),
        }
        self.client.enqueue_in_transaction(conn, options, job.id)

    def take_over(self, conn: Connection, run: str, new: str) -> None:
        """Let a new run of a job begin with the steps that an earlier one did."""
        table = _named(self._database, "operation_outputs")
        kept = "function_id, function_name, output, serialization, application_name"
        copy = f"""INSERT INTO {table} (workflow_uuid, {kept}) SELECT :new, {kept} FROM {table}
            WHERE workflow_uuid = :run"""  # noqa: S608
        conn.execute(text(copy), {"run": run, "new": new})

    def cancel(self, run: str) -> None:
        """Take a job that waits out of its queue."""
        self.client.cancel_workflow(run)

    def forget(self, job_ids: Iterable[str]) -> None:
        """Take away all runs of some jobs."""
        table = _named(self._database, "workflow_status")
        query = text(f"SELECT workflow_uuid FROM {table} WHERE workflow_uuid = :id OR workflow_uuid LIKE :later")  # noqa: S608
        with self._database.read() as conn:
            runs = [run for i in job_ids for run in conn.execute(query, {"id": i, "later": f"{i}.%"}).scalars()]
        if runs:
            self.client.delete_workflows(runs)


def turn(job: Job, number: int) -> int:
    """Return when a job gets its turn among those of its device: the most urgent first, then in order of asking.

    `dbos` alone would not keep the order: on SQLite its times are whole seconds.
    """
    return (LOWEST - job.priority) * _TURNS + number % _TURNS + 1


def schema(database: Database) -> str | None:
    """Return the schema of the tables of `dbos`."""
    return None if database.is_sqlite else TABLES


def _named(database: Database, table: str) -> str:
    return table if database.is_sqlite else f"{TABLES}.{table}"


def migrate(database: Database, make: Callable[[sa.Engine], Any]) -> None:
    """Bring the tables of `dbos` up to date; on SQLite it begins transactions by itself there."""
    engine = sa.create_engine(database.engine.url)
    try:
        client = make(engine)
        client._sys_db.run_migrations()
        client.destroy()
    finally:
        engine.dispose()


def adopt(conn: Connection, database: Database, version: str) -> int:
    """Let this version have the jobs that another one left behind or handed in; return how many."""
    query = f"""UPDATE {_named(database, "workflow_status")} SET application_version = :version
        WHERE status IN ('ENQUEUED', 'PENDING') AND application_version <> :version"""  # noqa: S608
    return conn.execute(text(query), {"version": version}).rowcount
