"""Kinds of jobs that tests try runners with. What they do beside their result stands in files of their folder."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from comfyvn.application.jobs.job import JobResult
from comfyvn.application.jobs.kinds import JobContext, Kinds
from comfyvn.domain.kernel import Json, Refused
from comfyvn.main.jobs.typed import kind_of


@dataclass(frozen=True, slots=True)
class Sum:
    """Add numbers up."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """Go on until a file is there, with reports all the time."""

    file: str


@dataclass(frozen=True, slots=True)
class Steps:
    """Do some steps, each of which takes a while; the last one fails as long as the file is missing."""

    count: int
    seconds: float = 0.0
    needs: str | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing."""


class _Trying:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, context: JobContext, text: str) -> None:
        with (self._folder / f"{context.job.id}.log").open("a") as file:
            file.write(text + "\n")

    def wait(self, context: JobContext, order: Wait) -> JobResult:
        self.note(context, "began")
        done = 0
        while not Path(order.file).exists():
            done += 1
            context.report("waiting", done, 0)
            time.sleep(0.01)
        return JobResult({"command": context.request.command_id})

    def steps(self, context: JobContext, order: Steps) -> JobResult:
        done = [context.step(f"step {n}", self._step(context, order, n)) for n in range(order.count)]
        return JobResult({"done": done})

    def _step(self, context: JobContext, order: Steps, n: int) -> Callable[[], Json]:
        def work() -> Json:
            self.note(context, f"step {n} {context.job.attempts} {time.time()}")
            time.sleep(order.seconds)
            self.note(context, f"did {n} {context.job.attempts} {time.time()}")
            if order.needs is not None and n == order.count - 1 and not Path(order.needs).exists():
                raise Refused("file_lacking", "The file is not there yet.")
            return n

        return work


def _add(context: JobContext, order: Sum) -> JobResult:
    context.report("numbers", len(order.numbers), len(order.numbers) + 1)
    if any(number < 0 for number in order.numbers):
        raise Refused("number_negative", "Numbers are not negative.", numbers=list(order.numbers))
    return JobResult({"sum": sum(order.numbers), "actor": context.request.actor}, "file.zip")


def _fault(context: JobContext, order: Nothing) -> JobResult:
    raise ValueError("broken")


def _fast(context: JobContext, order: Nothing) -> JobResult:
    return JobResult({})


def _refuse(order: Nothing) -> None:
    raise Refused("unwelcome", "Not here.")


def kinds(folder: Path) -> Kinds:
    """Return the kinds that tests use; a job writes to ``<id>.log`` in a folder what it does."""
    trying = _Trying(folder)
    return Kinds(
        kind_of("sum", Sum, _add),
        kind_of("wait", Wait, trying.wait),
        kind_of("steps", Steps, trying.steps),
        kind_of("fault", Nothing, _fault),
        kind_of("fast", Nothing, _fast),
        kind_of("unwelcome", Nothing, _fast, check=_refuse),
    )


def did(folder: Path, job_id: str) -> list[str]:
    """Return what a job did, line by line."""
    file = folder / f"{job_id}.log"
    return file.read_text().splitlines() if file.exists() else []
