"""What the queue of jobs keeps, hands over and forgets, without a worker."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from comfyvn.application.jobs.job import Job
from comfyvn.domain.kernel import Conflict, Missing, Refused
from comfyvn.infrastructure.jobs import queue as queue_module
from comfyvn.infrastructure.jobs.crew import Crew
from comfyvn.infrastructure.jobs.database import address_beside, in_memory, open_database
from comfyvn.infrastructure.jobs.journal import Journal
from comfyvn.infrastructure.jobs.queue import QueuedJobs
from comfyvn.infrastructure.jobs.worker import Post, Worker, names
from comfyvn.infrastructure.storage.engine import Database
from comfyvn.infrastructure.system import RandomIds, SystemClock
from tests.jobs.trying import kinds


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'jobs.db'}")
    yield opened
    opened.close()


@pytest.fixture
def jobs(database: Database, tmp_path: Path) -> QueuedJobs:
    return QueuedJobs(database, kinds(tmp_path), RandomIds(), SystemClock(), Journal(tmp_path / "logs"))


def runs(database: Database) -> list[str]:
    with database.read() as conn:
        return sorted(conn.execute(text("SELECT workflow_uuid FROM workflow_status")).scalars())


def cancelled(jobs: QueuedJobs) -> Job:
    return jobs.cancel(jobs.submit("fast", {}).id)


def test_jobs_that_are_over_are_forgotten_by_number_and_age(
    jobs: QueuedJobs, database: Database, tmp_path: Path
) -> None:
    first, second, third = (cancelled(jobs) for _ in range(3))
    jobs.cancel(jobs.retry(first.id).id)
    waiting = jobs.submit("fast", {})
    assert len(runs(database)) == 5

    def tidied(**post: float) -> list[str]:
        options = Post("keeper", **post)  # type: ignore[arg-type]
        journal = Journal(tmp_path / "logs")
        worker = Worker(database, kinds(tmp_path), SystemClock(), journal, options, "keeper:1", lambda: None)
        worker._tidy()
        return [job.id for job in jobs.jobs()]

    assert tidied() == [waiting.id, third.id, second.id, first.id]
    assert tidied(keep_count=2) == [waiting.id, third.id, second.id]
    assert runs(database) == sorted([waiting.id, third.id, second.id])
    assert tidied(keep_days=-1) == [waiting.id]
    assert runs(database) == [waiting.id]


def test_only_so_many_wait(jobs: QueuedJobs, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "MAX_WAITING", 1)
    jobs.submit("fast", {})
    with pytest.raises(Conflict, match="waiting"):
        jobs.submit("fast", {})
    assert len(runs(database)) == len(jobs.jobs()) == 1


def test_a_log_that_is_on_another_machine_is_read_from_the_database(jobs: QueuedJobs) -> None:
    job = jobs.submit("fast", {})
    assert jobs.log(job.id) == ""
    jobs.rows.write({job.id: ["one", "two"]})
    jobs.rows.write({job.id: ["three"]})
    assert jobs.log(job.id) == "one\ntwo\nthree\n"


def test_a_worker_that_is_silent_is_dead_and_one_that_beats_is_not(jobs: QueuedJobs) -> None:
    one, two = Crew(jobs.rows, "one", "one:1", 0.0), Crew(jobs.rows, "two", "two:1", 0.0)
    for crew in (one, two):
        crew.join(["cpu"], "now")
    recovered: list[str] = []
    assert one.bury(recovered.append) == []  # seen for the first time
    assert two.beat()
    assert one.bury(recovered.append) == []  # it beat
    assert one.bury(recovered.append) == recovered == ["two:1"]
    assert not two.beat()
    again = Crew(jobs.rows, "one", "one:2", 100.0)
    again.join(["cpu"], "now")
    assert not one.beat()
    assert again.bury(recovered.append) == ["one:1"]
    again.leave()
    assert not again.beat()


def test_jobs_of_a_dead_worker_wait_again_and_only_the_present_one_writes(jobs: QueuedJobs) -> None:
    job = jobs.submit("fast", {})
    begun = jobs.rows.begin(job.id, job.id, "one:1", "now")
    assert begun is not None
    assert (begun.status, begun.attempts) == ("running", 1)
    assert jobs.rows.begin(job.id, "another run", "two:1", "now") is None
    with jobs.rows.database.write() as conn:
        jobs.rows.give_back(conn, "one:1")
    assert jobs.status(job.id).status == "queued"
    jobs.cancel(job.id)
    assert jobs.rows.begin(job.id, job.id, "two:1", "now") is None


def test_addresses_beside_a_store() -> None:
    assert address_beside("sqlite:////a/novel.db") == "sqlite:////a/novel.jobs.db"
    assert address_beside("postgresql://ann:secret@host/novels") == "postgresql://ann:secret@host/novels"
    assert in_memory("sqlite://")
    assert in_memory(":memory:")
    assert not in_memory("sqlite:///novel.db")


def test_names_of_devices() -> None:
    assert names(["gpu0", "gpu1", "gpu0"]) == ("gpu0", "gpu1")
    for name in ("", "cpu", "host:here", "_dbos_internal", "x" * 101):
        with pytest.raises(Refused) as refused:
            names([name])
        assert refused.value.code == "device_malformed"


def test_logs_make_room_and_stay_in_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comfyvn.infrastructure.jobs.journal.MAX_LOGS", 2)
    monkeypatch.setattr("comfyvn.infrastructure.jobs.journal.ROUND", 1)
    journal = Journal(tmp_path)
    for n in range(4):
        journal.write(f"jobs/a{n}.log", "line\nforged")
        os.utime(tmp_path / "jobs" / f"a{n}.log", (n, n))
    assert sorted(path.name for path in (tmp_path / "jobs").iterdir()) == ["a1.log", "a2.log", "a3.log"]
    assert journal.read("jobs/a3.log").endswith(" line\\x0aforged\n")
    for path in ("../a.log", "jobs/../../a.log", "jobs/a0.log"):
        with pytest.raises(Missing):
            journal.read(path)
