"""What every runner of jobs does: progress, failures as codes, a stop at the next report, another try."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from comfyvn.application.jobs.job import OPEN, Job
from comfyvn.application.jobs.runner import JobRunner
from comfyvn.domain.kernel import Conflict, Json, Missing, Refused
from comfyvn.infrastructure.jobs.database import open_database
from comfyvn.infrastructure.jobs.following import JobFollower
from comfyvn.infrastructure.jobs.journal import Journal
from comfyvn.infrastructure.jobs.queue import QueuedJobs
from comfyvn.infrastructure.jobs.threads import ThreadJobs
from comfyvn.infrastructure.system import RandomIds, SystemClock
from tests.jobs.processes import working
from tests.jobs.trying import did, kinds
from tests.patience import PATIENCE, until


class Heard:
    """Notices that are kept."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Json]] = []
        self._lock = threading.Lock()

    def publish(self, topic: str, data: Json) -> None:
        with self._lock:
            self.told.append((topic, data))


class Desk(NamedTuple):
    """A runner, the folder in which its jobs tell what they do, a folder of the test, and what is heard of jobs."""

    jobs: JobRunner
    folder: Path
    here: Path
    heard: Heard

    def over(self, job: Job) -> Job:
        """Wait for a job, and return it."""
        end = time.monotonic() + PATIENCE
        while (now := self.jobs.status(job.id)).status in OPEN:
            assert time.monotonic() < end, now
            time.sleep(0.02)
        return now

    def began(self, job: Job) -> None:
        """Wait until a job has begun."""
        until(lambda: did(self.folder, job.id))

    def blocked(self) -> tuple[Job, Path]:
        """Hand in a job that goes on until a file is there, and wait until it has begun."""
        file = self.here / "go-on"
        job = self.jobs.submit("wait", {"file": str(file)})
        self.began(job)
        return job, file


@pytest.fixture(scope="module", params=["threads", "sqlite", "postgres"])
def runner(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Return a runner of each kind; those on databases have one worker, in a process of its own."""
    folder = tmp_path_factory.mktemp("jobs")
    made, heard, journal = kinds(folder), Heard(), Journal(folder / "logs")
    if request.param == "threads":
        threads = ThreadJobs(made, RandomIds(), SystemClock(), journal, heard)
        yield Desk(threads, folder, folder, heard)
        threads.close()
        return
    create: Callable[[], str] = request.getfixturevalue("postgres_database_of_module")
    url = create() if request.param == "postgres" else f"sqlite:///{folder / 'jobs.db'}"
    queued = QueuedJobs(open_database(url), made, RandomIds(), SystemClock(), journal)
    follower = JobFollower(queued.rows, heard)
    with working(folder, url):
        follower.start()
        yield Desk(queued, folder, folder, heard)
        follower.close()
    queued.close()


@pytest.fixture
def desk(runner: Desk, tmp_path: Path) -> Desk:
    return runner._replace(here=tmp_path)


def test_a_job_tells_how_far_it_is_and_what_it_gave(desk: Desk) -> None:
    job = desk.jobs.submit("sum", {"numbers": [1, 2]}, actor="ann", priority=3)
    assert (job.type, job.input, job.actor, job.priority, job.device) == ("sum", {"numbers": [1, 2]}, "ann", 3, "cpu")
    job = desk.over(job)
    assert (job.status, job.stage, job.done, job.total, job.progress) == ("done", "numbers", 2, 3, 1.0)
    assert (job.output, job.file, job.error, job.attempts) == ({"sum": 3, "actor": "ann"}, "file.zip", None, 1)
    assert job.created_at <= (job.started_at or "") <= (job.ended_at or "")
    assert job.logs_path == f"jobs/{job.id}.log"
    log = desk.jobs.log(job.id).splitlines()
    assert [line.partition(" ")[2] for line in log] == ["sum by ann, attempt 1", "numbers: 3", "done"]


def test_a_refusal_is_an_error_with_its_code(desk: Desk) -> None:
    job = desk.over(desk.jobs.submit("sum", {"numbers": [-1]}))
    error = {"code": "number_negative", "message": "Numbers are not negative.", "numbers": [-1]}
    assert (job.status, job.error, job.output) == ("failed", error, None)


def test_a_fault_ends_the_job_and_not_the_runner(desk: Desk) -> None:
    job = desk.over(desk.jobs.submit("fault", {}))
    assert isinstance(job.error, dict)
    assert job.error["code"] == "internal_error"
    assert "failed: ValueError: broken" in desk.jobs.log(job.id)
    assert desk.over(desk.jobs.submit("fast", {})).status == "done"


def test_what_cannot_be_done_is_refused_at_once(desk: Desk) -> None:
    for kind, order, code in (
        ("nothing", {}, "job_type_unknown"),
        ("sum", {"numbers": "many"}, "job_input_malformed"),
        ("sum", [], "job_input_malformed"),
        ("unwelcome", {}, "unwelcome"),
    ):
        with pytest.raises(Refused) as refused:
            desk.jobs.submit(kind, order)
        assert refused.value.code == code
    for ask in (desk.jobs.status, desk.jobs.cancel, desk.jobs.retry, desk.jobs.log):
        with pytest.raises(Missing) as missing:
            ask("nothing")
        assert missing.value.code == "job_unknown"


def test_jobs_stop_within_a_second_when_they_are_asked_to(desk: Desk) -> None:
    seconds = []
    for _ in range(3):  # on a busy machine one of them may have to wait for its turn
        running, _ = desk.blocked()
        began = time.monotonic()
        desk.jobs.cancel(running.id)
        seconds.append(time.monotonic() - began)
        assert desk.over(running).status == "cancelled"
        assert desk.jobs.cancel(running.id).status == "cancelled"
    assert min(seconds) < 1
    assert desk.over(desk.jobs.submit("fast", {})).status == "done"


def test_a_job_that_waits_never_begins_once_it_is_cancelled(desk: Desk) -> None:
    running, file = desk.blocked()
    waiting = desk.jobs.submit("wait", {"file": "never"})
    assert desk.jobs.cancel(waiting.id).status == "cancelled"
    file.touch()
    assert desk.over(running).output == {"command": running.id}
    assert did(desk.folder, waiting.id) == []


def test_a_failed_job_is_tried_again(desk: Desk) -> None:
    needs = desk.here / "there"
    job = desk.over(desk.jobs.submit("steps", {"count": 3, "needs": str(needs)}))
    assert isinstance(job.error, dict)
    assert job.error["code"] == "file_lacking"
    needs.touch()
    again = desk.jobs.retry(job.id)
    assert (again.id, again.error) == (job.id, None)
    job = desk.over(job)
    assert (job.status, job.output, job.attempts) == ("done", {"done": [0, 1, 2]}, 2)
    steps = [line.split()[1:3] for line in did(desk.folder, job.id) if line.startswith("step")]
    if not isinstance(desk.jobs, ThreadJobs):  # which remembers no steps
        assert steps == [["0", "1"], ["1", "1"], ["2", "1"], ["2", "2"]]
    with pytest.raises(Conflict) as done:
        desk.jobs.retry(job.id)
    assert done.value.code == "job_done"


def test_a_cancelled_job_is_tried_again_and_one_that_runs_is_not(desk: Desk) -> None:
    job, file = desk.blocked()
    with pytest.raises(Conflict) as running:
        desk.jobs.retry(job.id)
    assert running.value.code == "job_not_over"
    desk.jobs.cancel(job.id)
    assert desk.over(job).status == "cancelled"
    file.touch()
    desk.jobs.retry(job.id)
    assert desk.over(job).status == "done"


def test_the_most_urgent_begins_first_and_of_equals_the_one_that_waited_longest(desk: Desk) -> None:
    _, file = desk.blocked()
    waiting = [desk.jobs.submit("fast", {}, priority=urgency) for urgency in (0, 100, 0, -100, 7, 0)]
    file.touch()
    over = [desk.over(job) for job in waiting]
    begun = [job.priority for job in sorted(over, key=lambda job: job.started_at or "")]
    assert begun == [100, 7, 0, 0, 0, -100]
    calm = [job.id for job in sorted(over, key=lambda job: job.started_at or "") if job.priority == 0]
    assert calm == [job.id for job in waiting if job.priority == 0]


def test_jobs_are_listed_the_latest_first(desk: Desk) -> None:
    made = [desk.over(desk.jobs.submit(kind, order)) for kind, order in (("fast", {}), ("fault", {}), ("fast", {}))]
    ids = [job.id for job in reversed(made)]
    assert [job.id for job in desk.jobs.jobs(limit=3)] == ids
    assert [job.id for job in desk.jobs.jobs("fast", limit=2)] == [ids[0], ids[2]]
    assert [job.id for job in desk.jobs.jobs(status="failed", limit=1)] == [ids[1]]
    assert [job.id for job in desk.jobs.jobs(after=ids[0], limit=2)] == ids[1:]


def test_what_a_job_comes_to_is_told(desk: Desk) -> None:
    job, file = desk.blocked()
    file.touch()
    desk.over(job)
    end = time.monotonic() + PATIENCE
    while not (told := [data for topic, data in desk.heard.told if topic == f"jobs/{job.id}"]) or (
        told[-1]["status"] != "done"
    ):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert {data["status"] for data in told} <= {"queued", "running", "done"}
    assert told[-1]["type"] == "wait"
