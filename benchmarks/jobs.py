"""Jobs: how fast a queue empties, and how quick the server stays while an import runs."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.measuring import Row, Sizes, seconds
from benchmarks.scripts import long_script
from benchmarks.starting import free_port, home_of, ours
from comfyvn.application.jobs.job import OPEN, JobResult
from comfyvn.application.jobs.kinds import JobContext, Kinds
from comfyvn.infrastructure.jobs.database import open_database
from comfyvn.infrastructure.jobs.journal import Journal
from comfyvn.infrastructure.jobs.queue import QueuedJobs
from comfyvn.infrastructure.system import RandomIds, SystemClock
from comfyvn.main.jobs.typed import kind_of

PATIENCE = 900.0
SLOTS = 4
SLOWEST = 50
"""Jobs that a worker gets done in a second, at least."""
IDLE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Nothing:
    """What an empty job takes."""


def _nothing(context: JobContext, order: Nothing) -> JobResult:
    return JobResult({})


KINDS = Kinds(kind_of("nothing", Nothing, _nothing))


def jobs(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """A queue of jobs that do nothing, and an import beside other requests."""
    yield _queue(folder, sizes)
    yield _beside_import(folder, sizes)


def _queue(folder: Path, sizes: Sizes) -> Row:
    count = sizes.lines // 10
    url = f"sqlite:///{folder / 'jobs.db'}"
    queue = QueuedJobs(open_database(url), KINDS, RandomIds(), SystemClock(), Journal(folder / "logs"))
    queue.warm()
    handed_in = seconds(lambda: [queue.submit("nothing", {}) for _ in range(count)])

    def emptied() -> None:
        end = time.monotonic() + PATIENCE
        while any(queue.jobs(status=status, limit=1) for status in OPEN):
            if time.monotonic() > end:
                raise AssertionError("the queue is not empty yet")
            time.sleep(0.02)

    with _worker(folder, url):
        taken = seconds(emptied)
    queue.close()
    theirs = seconds(lambda: _raw(folder / "raw.db", count))
    note = f"{count / taken:.0f} jobs/s; handed in at {count / handed_in:.0f}/s"
    what = f"{count:,} jobs that do nothing, each with its row, log and result"
    target = f"more than {SLOWEST} jobs/s"
    met = count / taken > SLOWEST
    return Row("job-queue", what, taken, "sqlite3: claim and finish in turn", theirs, target, met, note)


@contextmanager
def _worker(folder: Path, url: str) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.jobs", str(folder), url]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as worker:
        try:
            yield
        finally:
            worker.kill()


def _raw(file: Path, count: int) -> None:
    with sqlite3.connect(file, isolation_level=None) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("CREATE TABLE job (id INTEGER PRIMARY KEY, status TEXT NOT NULL)")
        db.execute("CREATE INDEX waiting ON job (id) WHERE status = 'queued'")
        db.execute("BEGIN")
        db.executemany("INSERT INTO job (status) VALUES (?)", [("queued",)] * count)
        db.execute("COMMIT")
        for _ in range(count):
            db.execute("BEGIN IMMEDIATE")
            (job,) = db.execute("SELECT id FROM job WHERE status = 'queued' ORDER BY id LIMIT 1").fetchone()
            db.execute("UPDATE job SET status = 'running' WHERE id = ?", (job,))
            db.execute("COMMIT")
            db.execute("UPDATE job SET status = 'done' WHERE id = ?", (job,))
    db.close()


def _beside_import(folder: Path, sizes: Sizes) -> Row:
    inbox = folder / "game"
    inbox.mkdir()
    (inbox / "script.rpy").write_text(long_script(sizes.lines), "utf-8")
    port = free_port()
    api = _Api(port)
    command = ours(["serve", "--server-only", "--no-browser", "--port", str(port)])
    with subprocess.Popen(command, env=home_of(folder), stderr=subprocess.DEVNULL) as server:
        try:
            api.wait()
            api.post("/api/projects", {"name": "Beside"})
            api.asked(lambda: True)  # the first of each kind takes longer
            end = time.monotonic() + IDLE_SECONDS
            idle = api.asked(lambda: time.monotonic() > end)
            job = api.post("/api/imports", {"path": str(inbox), "project": "Long"})["id"]
            over = threading.Event()
            watcher = threading.Thread(target=lambda: (api.over(job), over.set()))
            watcher.start()
            begun = time.perf_counter()
            busy = api.asked(over.is_set)
            took = time.perf_counter() - begun
            watcher.join()
            done = api.get(f"/jobs/status/{job}")
        finally:
            server.kill()
    if done["status"] != "done":
        raise AssertionError(done)
    p50, p95 = _shares(busy)
    note = f"p50 {p50 * 1000:.0f} ms, longest {max(busy) * 1000:.0f} ms of {len(busy)}; the import took {took:.0f} s"
    what = f"p95 of reads and writes over HTTP while {sizes.lines:,} lines are imported"
    return Row(
        "api-import", what, p95, "the same without an import", _shares(idle)[1], "less than 100 ms", p95 < 0.1, note
    )


def _shares(taken: list[float]) -> tuple[float, float]:
    cuts = quantiles(taken, n=20)
    return cuts[9], cuts[18]


class _Api:
    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._written = 0

    def wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                self.get("/health")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the server did not answer")

    def asked(self, enough: Any) -> list[float]:
        """Ask as a studio does, some times a second, and return how long each answer took."""
        taken: list[float] = []
        while len(taken) < 20 or not enough():
            taken += [seconds_of(act) for act in (self._lists, self._jobs, self._writes)]
            time.sleep(0.05)
        return taken

    def _lists(self) -> None:
        self.get("/api/projects/beside/branches/main/history?limit=20")

    def _jobs(self) -> None:
        self.get("/jobs?limit=20")

    def _writes(self) -> None:
        self._written += 1
        body = {"title": f"Scene {self._written}"}
        self.post(f"/api/projects/beside/branches/main/scenes/s{self._written}/open-scene", body)

    def over(self, job: str) -> None:
        end = time.monotonic() + PATIENCE
        while self.get(f"/jobs/status/{job}")["status"] in OPEN and time.monotonic() < end:
            time.sleep(0.25)

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self._url + path, timeout=PATIENCE) as answer:
            return json.load(answer)

    def post(self, path: str, body: Any) -> Any:
        asked = urllib.request.Request(
            self._url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return json.load(answer)


def seconds_of(act: Any) -> float:
    """Return how long one call takes; unlike `seconds` nothing is collected before, as calls follow each other."""
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def _work(folder: Path, url: str) -> None:
    from comfyvn.infrastructure.jobs.worker import Post, Worker  # noqa: PLC0415 - only a worker runs jobs

    post = Post("bench", slots=SLOTS)
    journal = Journal(folder / "logs")
    worker = Worker(open_database(url), KINDS, SystemClock(), journal, post, "bench:1", lambda: os._exit(3))
    worker.start()
    sys.stdin.read()


if __name__ == "__main__":
    _work(Path(sys.argv[1]), sys.argv[2])
