"""The port for jobs."""

from collections.abc import Sequence
from typing import Protocol

from comfyvn.application.jobs.job import Job
from comfyvn.domain.kernel import Json


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
