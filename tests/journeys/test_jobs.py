"""Workers that are killed at any moment: each job ends once, no device has two, the next release goes on."""

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request as Asked
from urllib.request import urlopen

import pytest
from sqlalchemy import text

from comfyvn.application.jobs.job import OPEN, Job
from comfyvn.infrastructure.jobs.database import open_database
from comfyvn.infrastructure.jobs.journal import Journal
from comfyvn.infrastructure.jobs.queue import QueuedJobs
from comfyvn.infrastructure.system import RandomIds, SystemClock
from tests.jobs.processes import kill, ready, start
from tests.jobs.trying import did, kinds
from tests.journeys.processes import served
from tests.patience import PATIENCE, until


class Shop(NamedTuple):
    """Jobs on a database, and the folder in which they tell what they do."""

    jobs: QueuedJobs
    folder: Path
    url: str

    def over(self, jobs: list[Job]) -> list[Job]:
        """Wait for jobs."""
        end = time.monotonic() + PATIENCE
        while open_ones := [job for job in map(self.now, jobs) if job.status in OPEN]:
            assert time.monotonic() < end, open_ones
            time.sleep(0.05)
        return [self.now(job) for job in jobs]

    def now(self, job: Job) -> Job:
        return self.jobs.status(job.id)

    def doings(self, job: Job) -> list[tuple[str, str, int, float]]:
        """Return what a job did: begun or done, step, attempt, time."""
        lines = (line.split() for line in did(self.folder, job.id))
        return [(what, step, int(attempt), float(at)) for what, step, attempt, at in lines]


@pytest.fixture
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    on_postgres = getattr(request, "param", "sqlite") == "postgres"
    url = request.getfixturevalue("postgres_database")() if on_postgres else f"sqlite:///{tmp_path / 'jobs.db'}"
    made = QueuedJobs(open_database(url), kinds(tmp_path), RandomIds(), SystemClock(), Journal(tmp_path / "logs"))
    yield Shop(made, tmp_path, url)
    made.close()


@pytest.mark.parametrize("shop", ["sqlite", "postgres"], indirect=True)
def test_workers_are_killed_and_upgraded_and_each_job_ends_once_and_alone_on_its_device(shop: Shop) -> None:
    chance = random.Random()
    order = {"count": 4, "seconds": 0.08}
    jobs = [shop.jobs.submit("steps", order, device=device) for _ in range(4) for device in ("gpu0", "cpu")]
    workers = {name: start(shop.folder, shop.url, name, "gpu0", version="0") for name in ("one", "two")}
    ready(*workers.values())
    first, last = sorted(chance.sample(range(2, 24), 2))
    until(lambda: _steps(shop, jobs) >= first)
    kill(workers["one"])
    workers["one"] = start(shop.folder, shop.url, "one", "gpu0")  # the next release, beside one of the last
    until(lambda: _steps(shop, jobs) >= last)
    kill(workers["two"])  # which stays dead: the other takes over by itself
    try:
        over = shop.over(jobs)
    finally:
        kill(workers["one"])
    assert [(job.status, job.output) for job in over] == [("done", {"done": [0, 1, 2, 3]})] * len(jobs)
    for job in over:
        begun = Counter(step for what, step, _, _ in shop.doings(job) if what == "step")
        assert set(begun) == {"0", "1", "2", "3"}
        assert sum(begun.values()) - 4 <= job.attempts - 1, "a try does at most one step again"
    moments = sorted(
        (at, job.id, step, attempt, what)
        for job in over
        if job.device == "gpu0"
        for what, step, attempt, at in shop.doings(job)
    )
    for before, after in pairwise(moments):
        if after[4] == "did":
            assert before[:4][1:] == after[:4][1:], "another job had the device meanwhile"
    _no_pickles(shop)


def _steps(shop: Shop, jobs: list[Job]) -> int:
    return sum(what == "step" for job in jobs for what, *_ in shop.doings(job))


def _no_pickles(shop: Shop) -> None:
    database = open_database(shop.url)
    prefix = "" if database.is_sqlite else "comfyvn_jobs."
    with database.read() as conn:
        for table in ("workflow_status", "operation_outputs"):
            found = conn.execute(text(f"SELECT DISTINCT serialization FROM {prefix}{table}")).scalars()
            assert set(found) <= {"portable_json", None}
        for table, column in (("workflow_input", "inputs"), ("operation_outputs", "output")):
            for value in conn.execute(text(f"SELECT {column} FROM {prefix}{table}")).scalars():
                json.loads(value or "null")
    database.close()


def test_a_worker_whose_place_was_taken_ends_and_each_has_its_own_slots(shop: Shop) -> None:
    def wait() -> Job:
        return shop.jobs.submit("wait", {"file": str(shop.folder / "go-on")})

    first = start(shop.folder, shop.url, "same")
    ready(first)
    running = wait()
    until(lambda: did(shop.folder, running.id))
    second = start(shop.folder, shop.url, "same", slots=3)
    try:
        assert first.wait(PATIENCE) == 3
        more = [wait(), wait()]
        until(lambda: all(did(shop.folder, job.id) for job in more))
        (shop.folder / "go-on").touch()
        over = shop.over([running, *more])
    finally:
        kill(second)
        kill(first)
    assert [(job.status, job.attempts) for job in over] == [("done", 2), ("done", 1), ("done", 1)]


def test_an_import_whose_server_is_killed_is_done_once(home: Path) -> None:
    chat = "".join(f"{'Ann' if n % 2 else 'Bo'}: Line number {n}.\n" for n in range(3_000))
    body = json.dumps({"text": chat, "project": "Chat"}).encode()
    with served(home) as (_, port):
        ask = Asked(f"http://localhost:{port}/roleplay/import", body, {"Content-Type": "application/json"})
        job = json.load(urlopen(ask))["id"]
        end = time.monotonic() + PATIENCE
        while _get(port, f"/jobs/{job}")["status"] == "queued":
            assert time.monotonic() < end
            time.sleep(0.02)
    with served(home) as (_, port):
        while (now := _get(port, f"/jobs/status/{job}"))["status"] in OPEN:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert (now["status"], now["output_json"]["lines"]) == ("done", 3_000)
        commits = _get(port, "/api/projects/chat/branches/main/history")["items"]
        assert [commit["kind"] for commit in commits].count("import") == 1
    assert not [path for path in (home / "data" / "jobs").rglob("*") if path.is_file()]


def _get(port: int, path: str) -> Any:
    return json.load(urlopen(f"http://localhost:{port}{path}"))
