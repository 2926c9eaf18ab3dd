"""Several processes on one database, and processes that are killed."""

import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from comfyvn.application.ports import Ref
from comfyvn.domain.kinds import KINDS
from comfyvn.infrastructure.storage.rebuild import rebuild
from comfyvn.infrastructure.storage.store import Store, open_store
from tests.contracts.stores import LINE, SCENE, Desk, durable_databases, every_database, scene, timeline
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[3]


def start(job: str, *arguments: str, **more: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.infrastructure.storage.workers", job, *arguments]
    return subprocess.Popen(command, cwd=ROOT, **more)


@durable_databases
def test_processes_that_make_the_tables_together(store_url: str) -> None:
    started = [start("create", store_url) for _ in range(4)]
    assert [process.wait(PATIENCE) for process in started] == [0] * 4
    store = open_store(store_url, KINDS)
    Desk(store).project()
    assert store.verify().first_bad is None
    store.close()


class Tail(threading.Thread):
    """Reads the log as it grows, as a subscriber does."""

    def __init__(self, store: Store) -> None:
        super().__init__(daemon=True)
        self.store, self.stop = store, threading.Event()
        self.seen: list[int] = []
        self.events: list[int] = []

    def run(self) -> None:
        while self._read() or not self.stop.is_set():
            pass
        while self._read():
            pass

    def _read(self) -> bool:
        recorder: Any = self.store.backend.recorder
        with self.store.database.read() as conn:
            commits = [row.position for row in self.store.log.since(conn, self.seen[-1] if self.seen else 0, 50)]
        found = recorder.select_notifications(self.events[-1] if self.events else 0, 100, inclusive_of_start=False)
        self.seen += commits
        self.events += [notification.id for notification in found]
        return bool(commits or found)


@durable_databases
def test_four_writers_and_a_reader(store_url: str, desk: Desk, store: Store) -> None:
    main = desk.project().main
    commits = 25
    tail = Tail(store)
    tail.start()
    writers = [start("write", store_url, main, f"w{n}", str(commits)) for n in range(4)]
    try:
        codes = [process.wait(PATIENCE) for process in writers]
    finally:
        tail.stop.set()
        for process in writers:
            process.kill()
    tail.join(PATIENCE)
    assert codes == [0] * 4, "writers of different entities never collide"
    with store.database.read() as conn:
        present = [row.position for row in store.log.since(conn, 0, 1000)]
        events = list(conn.execute(select(store.tables.event.c.position).order_by(text("1"))).scalars())
    assert len(present) == 4 * commits + 1
    assert tail.seen == present
    assert tail.events == events
    assert len(events) == store.verify().events
    assert store.verify().first_bad is None
    assert rebuild(store).equal
    assert list(store.load_all(main, "timeline").values()) == [timeline(f"{commits - 1}")] * 4


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_killed_append_leaves_all_or_nothing(store_url: str) -> None:
    store = open_store(store_url, KINDS)
    main = Desk(store).project().main
    store.close()
    chance = random.Random(4)
    killed_inside, written = 0, 1
    for n in range(6):
        process = start("bulk", store_url, main, "20000", f"round{n}", stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 1.5))
        process.kill()
        said = 1 + process.stdout.read().count(b"appending")
        before = written
        process.stdout.close()
        process.wait()
        store = open_store(store_url, KINDS)
        assert {c.events for c in store.commits(main) if c.seq > 1} <= {20_000}
        proof = store.verify()
        assert proof.first_bad is None
        assert proof.events == 2 + 20_000 * (proof.commits - 1)
        written = proof.commits
        killed_inside += written - before < said
        store.close()
    assert killed_inside


@durable_databases
def test_a_hundred_thousand_events_in_one_commit(desk: Desk) -> None:
    main = desk.project().main
    lines = [f"Line {n} of a long scene." for n in range(999)]
    changes = [desk.change(main, Ref("scene", f"s{n}"), scene(f"Scene {n}", *lines)) for n in range(100)]
    began = time.monotonic()
    commit = desk.store.append(main, desk.envelope(), changes)
    seconds = time.monotonic() - began
    assert commit.events == 100_000
    assert seconds < 60, "far beyond what a loaded machine takes; alone it is a few seconds"
    assert desk.store.verify().events == 100_002
    assert desk.state(main, Ref("scene", "s99")) == scene("Scene 99", *lines)


@durable_databases
def test_two_applications_in_one_database_do_not_mix(store_url: str, store: Store, desk: Desk) -> None:
    other = open_store(store_url, KINDS, application="second")
    try:
        there = Desk(other, prefix="xx")
        desk.put(desk.project().main, (SCENE, scene("One")))
        assert (other.position(), other.projects()) == (0, [])
        there.put(there.project().main, (LINE, timeline("T")))
        assert store.position() == other.position() == 3
        assert store.load_all(desk.store.projects()[0].main, "timeline") == {}
        assert other.verify().events == store.verify().events == 3
    finally:
        other.close()


@every_database
def test_waiting_for_news(store: Store, desk: Desk) -> None:
    main = desk.project().main
    before = store.position()
    assert store.wait(before, 0.05) == before
    timer = threading.Timer(0.1, lambda: desk.put(main, (SCENE, scene("One"))))
    timer.start()
    assert store.wait(before, PATIENCE) > before
    timer.join()


@durable_databases
def test_news_of_another_process(store_url: str, store: Store, desk: Desk) -> None:
    main = desk.project().main
    before = store.position()
    process = start("write", store_url, main, "w", "1")
    assert store.wait(before, PATIENCE) > before
    assert process.wait(PATIENCE) == 0
