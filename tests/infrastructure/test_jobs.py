"""Jobs: one after the other, with progress, failures as codes, and a stop at the next report."""

import threading
import time
from collections.abc import Iterator

import pytest

from comfyvn.application.ports import Job, JobResult, Report
from comfyvn.domain.kernel import Conflict, Missing, Refused
from comfyvn.infrastructure import jobs as jobs_module
from comfyvn.infrastructure.jobs import ThreadJobs
from comfyvn.infrastructure.system import RandomIds


@pytest.fixture
def jobs() -> Iterator[ThreadJobs]:
    runner = ThreadJobs(RandomIds())
    yield runner
    runner.close()


def over(jobs: ThreadJobs, job: Job) -> Job:
    end = time.monotonic() + 10
    while (now := jobs.status(job.id)).state in ("queued", "running"):
        assert time.monotonic() < end
        time.sleep(0.005)
    return now


def test_a_job_tells_how_far_it_is_and_what_it_gave(jobs: ThreadJobs) -> None:
    def work(report: Report) -> JobResult:
        report("scenes", 2, 3)
        return JobResult({"a": 1}, "file.zip")

    job = over(jobs, jobs.submit("test", work))
    assert (job.state, job.stage, job.done, job.total) == ("done", "scenes", 2, 3)
    assert (job.result, job.file, job.error) == ({"a": 1}, "file.zip", None)


def test_a_refusal_is_an_error_with_its_code(jobs: ThreadJobs) -> None:
    def work(report: Report) -> JobResult:
        raise Refused("story_empty", "Nothing.", more=1)

    job = over(jobs, jobs.submit("test", work))
    assert (job.state, job.error) == ("failed", {"code": "story_empty", "message": "Nothing.", "more": 1})


def test_a_fault_ends_the_job_and_not_the_runner(jobs: ThreadJobs) -> None:
    def work(report: Report) -> JobResult:
        raise ValueError

    job = over(jobs, jobs.submit("test", work))
    assert job.error == {"code": "internal_error", "message": "The job failed; see the log."}
    assert over(jobs, jobs.submit("test", lambda report: JobResult(None))).state == "done"


def test_jobs_stop_when_they_are_asked_to(jobs: ThreadJobs) -> None:
    began, go_on = threading.Event(), threading.Event()

    def work(report: Report) -> JobResult:
        began.set()
        go_on.wait(10)
        report("late", 1, 1)
        raise AssertionError

    running, waiting = jobs.submit("test", work), jobs.submit("test", work)
    assert began.wait(10)
    assert jobs.cancel(waiting.id).state == "cancelled"
    assert jobs.cancel(running.id).state == "running"
    go_on.set()
    assert over(jobs, running).state == "cancelled"
    assert jobs.cancel(running.id).state == "cancelled"
    assert [job.id for job in jobs.jobs()] == [waiting.id, running.id]


def test_only_so_many_wait_and_only_so_many_are_kept(jobs: ThreadJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "MAX_WAITING", 1)
    monkeypatch.setattr(jobs_module, "MAX_KEPT", 2)
    go_on = threading.Event()

    def work(report: Report) -> JobResult:
        go_on.wait(10)
        return JobResult(None)

    first = jobs.submit("test", work)
    with pytest.raises(Conflict, match="waiting"):
        jobs.submit("test", work)
    go_on.set()
    over(jobs, first)
    for _ in range(3):
        over(jobs, jobs.submit("test", work))
    assert len(jobs.jobs()) == 2
    with pytest.raises(Missing):
        jobs.status(first.id)
