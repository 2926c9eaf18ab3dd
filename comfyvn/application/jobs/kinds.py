"""Kinds of jobs: a name, what they take, and the work that is done with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from comfyvn.application.jobs.job import CPU, Job, JobResult
from comfyvn.application.studio import Request
from comfyvn.domain.kernel import Json, Missing

Report = Callable[[str, int, int], None]
"""Called by work with its stage, how much is done and how much there is; raises where the job was cancelled."""


class Cancelled(BaseException):
    """The job is to stop. No error: work that handles errors does not keep it back."""


class JobContext(Protocol):
    """What work is given beside its input."""

    @property
    def job(self) -> Job:
        """The job as it was when it began."""

    @property
    def request(self) -> Request:
        """Who asked. Its command id is the same in each attempt, so that what was committed is not done twice."""

    def report(self, stage: str, done: int, total: int) -> None:
        """Tell how far it is; raises Cancelled where the job is to stop. Cheap: call it often."""

    def log(self, text: str) -> None:
        """Add a line to the log of the job."""

    def step(self, name: str, work: Callable[[], Json]) -> Json:
        """Do a part of the work once: a later attempt gets what it gave, as JSON.

        A part that was cut off is done again, so it must be harmless twice. Steps keep their order and names.
        """


def _anything(order: Any) -> None:
    """Take every order."""


def _anywhere(order: Any) -> str:
    """Return the device of jobs that any worker can do."""
    return CPU


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job.

    `read` makes an order of JSON, or raises Refused("job_input_malformed"). `check` is
    asked where a job is handed in, and raises Refused where that machine does not take the order. `device` tells where
    an order is carried out, unless its asker says so. `over` is called when no attempt will follow any more.
    """

    name: str
    read: Callable[[Json], Any]
    work: Callable[[JobContext, Any], JobResult]
    check: Callable[[Any], None] = _anything
    device: Callable[[Any], str] = _anywhere
    logs: str = "jobs"
    over: Callable[[str], None] = _anything


class Kinds:
    """All kinds of jobs by name."""

    def __init__(self, *kinds: Kind) -> None:
        self._kinds: Mapping[str, Kind] = {kind.name: kind for kind in kinds}

    def named(self, name: str) -> Kind:
        """Return a kind; raise Missing("job_type_unknown")."""
        if name not in self._kinds:
            known = sorted(self._kinds)
            raise Missing("job_type_unknown", f"There is no kind of job {name[:50]!r}.", known=known)
        return self._kinds[name]

    def taken(self, job: Job, device: str | None = None) -> Job:
        """Return a job as it is handed in: its order is checked, and it has its device and the place of its log.

        Raises Missing("job_type_unknown"), Refused("job_input_malformed") and as the kind's check does.
        """
        kind = self.named(job.type)
        order = kind.read(job.input)
        kind.check(order)
        return replace(job, device=device or kind.device(order), logs_path=f"{kind.logs}/{job.id}.log")
