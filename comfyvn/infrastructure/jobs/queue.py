"""Jobs in a database, run by workers: other processes on this machine or any that reaches the database."""

import threading
from collections.abc import Sequence
from typing import Final

from comfyvn.application.jobs.job import Job
from comfyvn.application.jobs.kinds import Kinds
from comfyvn.application.jobs.runner import refuse_retry
from comfyvn.application.ports import Clock, Ids
from comfyvn.domain.kernel import Conflict, Json, Missing
from comfyvn.infrastructure.jobs.engine import Engine
from comfyvn.infrastructure.jobs.journal import Journal
from comfyvn.infrastructure.jobs.rows import JobRows, job_of
from comfyvn.infrastructure.storage.engine import Database

MAX_WAITING: Final = 100_000
"""Jobs that may wait or run at a time."""


class QueuedJobs:
    """The port `JobRunner` on a database. It runs no job itself. Safe for many threads and processes."""

    def __init__(self, database: Database, kinds: Kinds, ids: Ids, clock: Clock, journal: Journal) -> None:
        self.rows = JobRows(database)
        self.asked = threading.Event()
        """Set once this process has handed in a job."""
        self._engine = Engine(database)
        self._database, self._kinds, self._ids, self._clock, self._journal = database, kinds, ids, clock, journal

    def submit(
        self,
        kind: str,
        order: Json,
        *,
        actor: str = "local",
        command_id: str | None = None,
        priority: int = 0,
        device: str | None = None,
        job_id: str | None = None,
    ) -> Job:
        """Hand in a job; its row and its place in the queue come to be together. See `JobRunner`."""
        job_id = job_id or self._ids.new()
        asked = Job(job_id, kind, order, actor, command_id, priority=priority, created_at=self._clock.now())
        job = self._kinds.taken(asked, device)
        self._engine.client  # noqa: B018 - its tables are made before the transaction begins
        with self._database.write() as conn:
            if self.rows.waiting(conn, MAX_WAITING) >= MAX_WAITING:
                raise Conflict("jobs_full", f"{MAX_WAITING} jobs are waiting already.")
            self._engine.enqueue(conn, job, self.rows.insert(conn, job), job.id)
        self.asked.set()
        return job

    def status(self, job_id: str) -> Job:
        """Return a job as it is now; raise Missing("job_unknown")."""
        return self.rows.job(job_id)

    def jobs(
        self, kind: str | None = None, status: str | None = None, after: str | None = None, limit: int = 100
    ) -> Sequence[Job]:
        """Return jobs, the latest first; see `JobRunner`."""
        return self.rows.jobs(kind, status, after, limit)

    def cancel(self, job_id: str) -> Job:
        """Ask a job to stop; raise Missing("job_unknown").

        One that runs keeps its device until its worker has stopped it: `dbos` would let the next one begin at once.
        """
        with self._database.write() as conn:
            row = self.rows.row(conn, job_id, locked=True)
            if row["status"] == "queued":
                self.rows.put(conn, job_id, status="cancelled", ended_at=self._clock.now())
            elif row["status"] == "running":
                self.rows.put(conn, job_id, stopping=True)
        if row["status"] == "queued":
            self._engine.cancel(row["run"])
        return self.status(job_id)

    def retry(self, job_id: str) -> Job:
        """Have a job done again; see `JobRunner`."""
        run = f"{job_id}.{self._ids.new()}"
        self._engine.client  # noqa: B018 - its tables are made before the transaction begins
        with self._database.write() as conn:
            row = self.rows.row(conn, job_id, locked=True)
            job = job_of(row)
            refuse_retry(job)
            fresh = {"status": "queued", "stopping": False, "error_json": None, "ended_at": None}
            self.rows.put(conn, job_id, **fresh, run=run)
            self._engine.take_over(conn, row["run"], run)
            self._engine.enqueue(conn, job, row["number"], run)
        return self.status(job_id)

    def log(self, job_id: str) -> str:
        """Return the log of a job: its file if it is on this machine, else the lines in the database.

        Raises Missing("job_unknown").
        """
        job = self.status(job_id)
        try:
            return self._journal.read(job.logs_path)
        except Missing:
            return "".join(f"{line}\n" for line in self.rows.lines(job_id))

    def warm(self) -> None:
        """Get ready for the first job, so that whoever hands it in need not wait for it."""
        self._engine.client  # noqa: B018

    def close(self) -> None:
        """Close the connections; workers go on."""
        self._database.close()
