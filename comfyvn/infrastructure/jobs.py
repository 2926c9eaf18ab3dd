"""Jobs in this process: one thread, rows in memory only, so a restart forgets them."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from comfyvn.application.ports import Ids, Job, JobResult, Notices, Report, Unheard
from comfyvn.application.streaming.jobs import told_of
from comfyvn.domain.kernel import Conflict, Missing, Refused

MAX_WAITING = 50
"""Jobs that may wait or run at a time."""
MAX_KEPT = 200
"""Jobs that are remembered after they are over."""

_OPEN = frozenset({"queued", "running"})
_LOG = logging.getLogger(__name__)


class _Cancelled(Exception):
    """The job is to stop."""


class ThreadJobs:
    """Runs jobs one after the other in a thread of its own, and tells how far they are."""

    def __init__(self, ids: Ids, notices: Notices | None = None) -> None:
        self._ids = ids
        self._notices = notices or Unheard()
        self._lock = threading.Lock()
        self._rows: dict[str, Job] = {}
        self._stopping: set[str] = set()
        self._pool = ThreadPoolExecutor(1, "jobs")

    def submit(self, kind: str, work: Callable[[Report], JobResult], job_id: str | None = None) -> Job:
        """Queue work under a new id, or a given one; raise Conflict("jobs_full")."""
        with self._lock:
            if sum(row.state in _OPEN for row in self._rows.values()) >= MAX_WAITING:
                raise Conflict("jobs_full", f"{MAX_WAITING} jobs are waiting already.")
            over = [row.id for row in self._rows.values() if row.state not in _OPEN]
            for gone in over[: max(0, len(over) - MAX_KEPT + 1)]:
                del self._rows[gone]
            job = Job(job_id or self._ids.new(), kind)
            self._keep(job)
        self._pool.submit(self._run, job.id, work)
        return job

    def status(self, job_id: str) -> Job:
        """Return a job as it is now; raise Missing("job_unknown")."""
        with self._lock:
            return self._row(job_id)

    def jobs(self) -> Sequence[Job]:
        """Return all jobs that are known, the latest first."""
        with self._lock:
            return tuple(reversed(self._rows.values()))

    def cancel(self, job_id: str) -> Job:
        """Ask a job to stop; raise Missing("job_unknown")."""
        with self._lock:
            job = self._row(job_id)
            if job.state == "queued":
                job = replace(job, state="cancelled")
                self._keep(job)
            elif job.state == "running":
                self._stopping.add(job_id)
            return job

    def close(self) -> None:
        """Wait for the job that runs, and drop those that wait."""
        self._pool.shutdown(cancel_futures=True)

    def _row(self, job_id: str) -> Job:
        if job_id not in self._rows:
            raise Missing("job_unknown", f"There is no job {job_id!r}.")
        return self._rows[job_id]

    def _set(self, job_id: str, **fields: Any) -> None:
        with self._lock:
            self._keep(replace(self._rows[job_id], **fields))

    def _keep(self, job: Job) -> None:
        """Keep a job as it is now and tell of it; the caller holds the lock, so nothing older is told later."""
        self._rows[job.id] = job
        self._notices.publish(*told_of(job))

    def _run(self, job_id: str, work: Callable[[Report], JobResult]) -> None:
        with self._lock:
            if self._rows[job_id].state == "cancelled":
                return
            self._keep(replace(self._rows[job_id], state="running"))

        def report(stage: str, done: int, total: int) -> None:
            if job_id in self._stopping:
                raise _Cancelled
            self._set(job_id, stage=stage, done=done, total=total)

        try:
            value, file = work(report)
            self._set(job_id, state="done", result=value, file=file)
        except _Cancelled:
            self._set(job_id, state="cancelled")
        except Refused as error:
            self._set(job_id, state="failed", error={"code": error.code, "message": str(error), **error.details})
        except Exception:  # a job must end in some state; the log keeps the reason
            _LOG.exception("job %s failed", job_id)
            self._set(
                job_id, state="failed", error={"code": "internal_error", "message": "The job failed; see the log."}
            )
        finally:
            self._stopping.discard(job_id)
