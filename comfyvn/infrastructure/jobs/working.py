"""What a job that runs is given, and how it ends: the same for every runner."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from comfyvn.application.jobs.job import Job, JobStatus
from comfyvn.application.jobs.kinds import Cancelled, Kind
from comfyvn.application.studio import Request, plain
from comfyvn.domain.kernel import Json, Refused

_LOG = logging.getLogger(__name__)

Remember = Callable[[str, Callable[[], Json]], Json]
"""Does a named part of the work, or gives what it gave in an earlier attempt."""


class Measured(NamedTuple):
    """How far a job is; `rate` is how much of the stage gets done in a second."""

    stage: str = ""
    done: int = 0
    total: int = 0
    rate: float | None = None


class Working:
    """The port `JobContext`. `note` keeps a line of the log. Safe to share between threads."""

    def __init__(self, job: Job, note: Callable[[str], None], remember: Remember | None = None) -> None:
        self.job = job
        self.request = Request(actor=job.actor, command_id=job.command_id or job.id, cause=f"job:{job.id}")
        self.stopping = threading.Event()
        self.measured = Measured(job.stage, job.done, job.total)
        self._note, self._remember = note, remember
        self._began = (time.monotonic(), 0)

    def report(self, stage: str, done: int, total: int) -> None:
        """Take how far it is; raises Cancelled where the job is to stop."""
        self._go_on()
        now = time.monotonic()
        if stage != self.measured.stage:
            self.log(f"{stage}: {total}" if total else stage)
            self._began = (now, done)
        since, first = self._began
        rate = (done - first) / (now - since) if now > since and done > first else None
        self.measured = Measured(stage, done, total, rate)

    def log(self, text: str) -> None:
        """Add a line to the log; a full disk stops no job."""
        with suppress(OSError):
            self._note(text)

    def step(self, name: str, work: Callable[[], Json]) -> Json:
        """Do a part of the work once; see `JobContext`."""
        self._go_on()
        return work() if self._remember is None else self._remember(name, work)

    def _go_on(self) -> None:
        if self.stopping.is_set():
            raise Cancelled


class Ended(NamedTuple):
    """How a job ended."""

    status: JobStatus
    output: Json = None
    file: str | None = None
    error: Json = None


def carry_out(kind: Kind, context: Working) -> Ended:
    """Do the work of a job; whatever goes wrong there is how it ended."""
    job = context.job
    try:
        context.log(f"{job.type} by {job.actor}, attempt {max(1, job.attempts)}")
        output, file = kind.work(context, kind.read(job.input))
        ended = Ended("done", plain(output), file)
    except Cancelled:
        ended = Ended("cancelled")
    except Refused as refused:
        context.log(f"failed: {refused.code}: {refused}")
        return Ended("failed", error=refusal(refused))
    except Exception as fault:  # a job must end in some state; the log keeps the reason
        _LOG.exception("job %s failed", job.id)
        context.log(f"failed: {type(fault).__name__}: {fault}")
        error = {"code": "internal_error", "message": "The job failed; see its log and that of the server."}
        return Ended("failed", error=error)
    context.log(ended.status)
    return ended


def refusal(error: Refused) -> Json:
    """Return a refusal as the error of a job."""
    return {"code": error.code, "message": str(error), **plain(error.details)}
