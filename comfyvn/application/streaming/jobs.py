"""What listeners are told of a job: how far it is, not what it gave."""

from comfyvn.application.ports import Job
from comfyvn.application.streaming.topics import topic
from comfyvn.domain.kernel import Json


def told_of(job: Job) -> tuple[str, Json]:
    """Return the topic of a job and what is so now."""
    data = {"id": job.id, "kind": job.kind, "state": job.state, "stage": job.stage, "done": job.done}
    return topic("jobs", job.id), {**data, "total": job.total, "error": job.error}
