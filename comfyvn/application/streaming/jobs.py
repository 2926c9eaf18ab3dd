"""What listeners are told of a job: how far it is, not what it gave."""

from comfyvn.application.jobs.job import Job
from comfyvn.application.streaming.topics import topic
from comfyvn.domain.kernel import Json

_TOLD = ("id", "type", "status", "progress", "stage", "done", "total", "rate", "eta_seconds", "device", "attempts")


def told_of(job: Job) -> tuple[str, Json]:
    """Return the topic of a job and what is so now."""
    return topic("jobs", job.id), {**{name: getattr(job, name) for name in _TOLD}, "error": job.error}
