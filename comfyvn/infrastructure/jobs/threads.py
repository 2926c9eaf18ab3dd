"""Jobs in this process: one thread, rows in memory only, so a restart forgets them.

For databases in memory, which no other process can reach, and for quick tests. Everything else runs `queue`.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from comfyvn.application.jobs.job import OPEN, Job
from comfyvn.application.jobs.kinds import Kinds
from comfyvn.application.jobs.runner import refuse_retry, unknown
from comfyvn.application.ports import Clock, Ids, Notices, Unheard
from comfyvn.application.streaming.jobs import told_of
from comfyvn.domain.kernel import Conflict, Json, Missing
from comfyvn.infrastructure.jobs.journal import Journal
from comfyvn.infrastructure.jobs.working import Measured, Working, carry_out

MAX_WAITING = 50
"""Jobs that may wait or run at a time."""
MAX_KEPT = 200
"""Jobs that are remembered after they are over."""


class ThreadJobs:
    """The port `JobRunner`: jobs one after the other in a thread of its own, whatever their device."""

    def __init__(self, kinds: Kinds, ids: Ids, clock: Clock, journal: Journal, notices: Notices | None = None) -> None:
        self._kinds, self._ids, self._clock, self._journal = kinds, ids, clock, journal
        self._notices = notices or Unheard()
        self._lock = threading.Lock()
        self._rows: dict[str, Job] = {}
        self._running: dict[str, Working] = {}
        self._pool = ThreadPoolExecutor(1, "jobs")

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
        """Hand in a job; see `JobRunner`."""
        job_id = job_id or self._ids.new()
        asked = Job(job_id, kind, order, actor, command_id, priority=priority, created_at=self._clock.now())
        job = self._kinds.taken(asked, device)
        with self._lock:
            if sum(row.status in OPEN for row in self._rows.values()) >= MAX_WAITING:
                raise Conflict("jobs_full", f"{MAX_WAITING} jobs are waiting already.")
            gone = [row for row in self._rows.values() if row.status not in OPEN]
            for row in gone[: max(0, len(gone) - MAX_KEPT + 1)]:
                del self._rows[row.id]
                self._kinds.named(row.type).over(row.id)
            self._keep(job)
        self._pool.submit(self._run_next)
        return job

    def status(self, job_id: str) -> Job:
        """Return a job as it is now; raise Missing("job_unknown")."""
        with self._lock:
            return self._row(job_id)

    def jobs(
        self, kind: str | None = None, status: str | None = None, after: str | None = None, limit: int = 100
    ) -> Sequence[Job]:
        """Return jobs, the latest first; see `JobRunner`."""
        with self._lock:
            rows = [self._now(row) for row in reversed(self._rows.values())]
        if after is not None:
            places = [place for place, row in enumerate(rows) if row.id == after]
            rows = rows[places[0] + 1 :] if places else []
        return [row for row in rows if kind in (None, row.type) and status in (None, row.status)][:limit]

    def cancel(self, job_id: str) -> Job:
        """Ask a job to stop; raise Missing("job_unknown")."""
        with self._lock:
            job = self._row(job_id)
            if job.status == "queued":
                job = replace(job, status="cancelled", ended_at=self._clock.now())
                self._keep(job)
            elif job.status == "running":
                self._running[job_id].stopping.set()
            return job

    def retry(self, job_id: str) -> Job:
        """Have a job done again; see `JobRunner`."""
        with self._lock:
            job = self._row(job_id)
            refuse_retry(job)
            job = replace(job, status="queued", error=None, ended_at=None)
            self._keep(job)
        self._pool.submit(self._run_next)
        return job

    def log(self, job_id: str) -> str:
        """Return the lines of the log of a job; raise Missing("job_unknown")."""
        job = self.status(job_id)
        try:
            return self._journal.read(job.logs_path)
        except Missing:
            return ""

    def close(self) -> None:
        """Wait for the job that runs, and drop those that wait."""
        self._pool.shutdown(cancel_futures=True)

    def _row(self, job_id: str) -> Job:
        if job_id not in self._rows:
            raise unknown(job_id)
        return self._now(self._rows[job_id])

    def _now(self, job: Job) -> Job:
        working = self._running.get(job.id)
        return job if working is None else replace(job, **working.measured._asdict())

    def _keep(self, job: Job) -> None:
        """Keep a job as it is now and tell of it; the caller holds the lock, so nothing older is told later."""
        self._rows[job.id] = job
        self._notices.publish(*told_of(job))

    def _run_next(self) -> None:
        """Run the most urgent of the jobs that wait; there is a call for each that was handed in."""
        with self._lock:
            waiting = [row for row in self._rows.values() if row.status == "queued"]
            if not waiting:
                return
            job = max(waiting, key=lambda row: row.priority)
            job = replace(job, status="running", started_at=self._clock.now(), attempts=job.attempts + 1)
            working = _Telling(self, job)
            self._running[job.id] = working
            self._keep(job)
        kind = self._kinds.named(job.type)
        ended = carry_out(kind, working)
        with self._lock:
            del self._running[job.id]
            job = replace(job, **working.measured._asdict(), **ended._asdict(), ended_at=self._clock.now())
            self._keep(job)
        if job.status == "done":
            kind.over(job.id)

    def note(self, job: Job, text: str) -> None:
        """Keep a line of the log of a job."""
        self._journal.write(job.logs_path, text)

    def tell(self, job: Job, measured: Measured) -> None:
        """Tell how far a job is."""
        self._notices.publish(*told_of(replace(job, **measured._asdict())))


class _Telling(Working):
    """Tells each report at once."""

    def __init__(self, runner: ThreadJobs, job: Job) -> None:
        super().__init__(job, lambda text: runner.note(job, text))
        self._runner = runner

    def report(self, stage: str, done: int, total: int) -> None:
        super().report(stage, done, total)
        self._runner.tell(self.job, self.measured)
