"""The port for jobs, and what every runner refuses."""

from collections.abc import Sequence
from typing import Protocol

from comfyvn.application.jobs.job import OPEN, Job
from comfyvn.domain.kernel import Conflict, Json, Missing


class JobRunner(Protocol):
    """Takes jobs, has them done one after the other on each device, and tells how far they are."""

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
        """Hand in a job, under a new id or a given one.

        Raises Missing("job_type_unknown"), Refused("job_input_malformed") and as the kind's check does,
        Conflict("jobs_full") where too much waits already.
        """

    def status(self, job_id: str) -> Job:
        """Return a job as it is now; raise Missing("job_unknown")."""

    def jobs(
        self, kind: str | None = None, status: str | None = None, after: str | None = None, limit: int = 100
    ) -> Sequence[Job]:
        """Return jobs, the latest first: of a kind, in a state, those that come behind the job `after`."""

    def cancel(self, job_id: str) -> Job:
        """Ask a job to stop, which it does at its next report; one that is over stays as it is."""

    def retry(self, job_id: str) -> Job:
        """Have a job that failed or was cancelled done again; steps that were done stay done.

        Raises Missing("job_unknown"), Conflict("job_not_over") and Conflict("job_done").
        """

    def log(self, job_id: str) -> str:
        """Return the lines of the log of a job; raise Missing("job_unknown")."""

    def close(self) -> None:
        """Let go of what is held; jobs that run elsewhere go on."""


def unknown(job_id: str) -> Missing:
    """Return the refusal of an id that no job has."""
    return Missing("job_unknown", f"There is no job {job_id[:50]!r}.")


def refuse_retry(job: Job) -> None:
    """Raise Conflict where a job cannot be done again: ``job_not_over``, ``job_done``."""
    if job.status in OPEN:
        raise Conflict("job_not_over", f"The job is {job.status}; only one that is over can be tried again.")
    if job.status == "done":
        raise Conflict("job_done", "The job is done; hand in a new one.")
