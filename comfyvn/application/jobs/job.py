"""A job: what was asked for, how far it is, and what came of it."""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from comfyvn.domain.kernel import Json

JobStatus = Literal["queued", "running", "done", "failed", "cancelled"]
OPEN: Final = frozenset({"queued", "running"})
"""The states of a job that is not over."""
CPU: Final = "cpu"
"""The device of jobs that need none: any worker runs them."""


class JobResult(NamedTuple):
    """What work answers: JSON, and the path of a file if it made one."""

    value: Json
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Work of a kind (`type`) on an input. `output` is JSON once done, `error` ``{code, message}`` once failed.

    Times are UTC, ISO 8601. Of those that wait for a `device` the one with the highest `priority` begins first.
    `rate` is how much of the present stage gets done in a second. `file` is the path of a file that can be downloaded
    as the result, for the server only; `logs_path` is below the folder for logs.
    """

    id: str
    type: str
    input: Json
    actor: str = "local"
    command_id: str | None = None
    status: JobStatus = "queued"
    device: str = CPU
    priority: int = 0
    attempts: int = 0
    stage: str = ""
    done: int = 0
    total: int = 0
    rate: float | None = None
    created_at: str = ""
    started_at: str | None = None
    ended_at: str | None = None
    logs_path: str = ""
    output: Json = None
    error: Json = None
    file: str | None = None

    @property
    def progress(self) -> float | None:
        """How much of the present stage is done, 0 to 1; None where nobody knows."""
        if self.status == "done":
            return 1.0
        return min(1.0, self.done / self.total) if self.total > 0 else None

    @property
    def eta_seconds(self) -> float | None:
        """How long the present stage will go on at its present rate; None where nobody knows."""
        if self.status != "running" or not self.rate or self.total <= 0:
            return None
        return max(0.0, (self.total - self.done) / self.rate)


def device_of(host: str) -> str:
    """Return the device of jobs that only one machine can do, such as those on its files."""
    return f"host:{host}"
