import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection

from comfyvn.infrastructure.storage.runner import BatchProjectionRunner
from comfyvn.infrastructure.storage.store import Store
from comfyvn.projections.activity import Activity, ActivityProjection
from comfyvn.projections.batches import CommitRow
from tests.contracts.stores import LINE, SCENE, Desk, every_database, scene, timeline
from tests.patience import PATIENCE

pytestmark = every_database


class Stumbling(ActivityProjection):
    """Breaks off after a page was applied, once."""

    def __init__(self) -> None:
        super().__init__("comfyvn")
        self.pages, self.stumble_at = 0, 2

    def apply(self, conn: Connection, commits: Sequence[CommitRow]) -> None:
        super().apply(conn, commits)
        self.pages += 1
        if self.pages == self.stumble_at:
            raise OSError("power cut")


def fill(desk: Desk, commits: int) -> str:
    main = desk.project().main
    for n in range(commits):
        desk.put(main, (LINE, timeline(f"t{n}")), actor="bo" if n % 2 else "ann")
    return main


def test_activity_counts_commits_and_events(desk: Desk, store: Store) -> None:
    main = fill(desk, 5)
    desk.put(main, (SCENE, scene("One", "a", "b")))
    projection = ActivityProjection("comfyvn")
    runner = BatchProjectionRunner(store, projection, page=2)
    assert runner.position() == 0
    assert runner.run_until_caught_up() == store.position() == runner.run_until_caught_up()
    with store.database.read() as conn:
        found = projection.of_project(conn, "novel")
    day = "2026-01-01"
    assert found == [
        Activity(main, "ann", day, 4, 6),
        Activity(main, "bo", day, 2, 2),
        Activity(main, "local", day, 1, 2),
    ]


def test_a_broken_run_goes_on_where_it_was(desk: Desk, store: Store) -> None:
    fill(desk, 7)
    projection = Stumbling()
    runner = BatchProjectionRunner(store, projection, page=3)
    with pytest.raises(OSError, match="power cut"):
        runner.run_until_caught_up()
    assert 0 < runner.position() < store.position()
    again = BatchProjectionRunner(store, projection, page=3)
    assert again.run_until_caught_up() == store.position()
    events = store.verify().events
    with store.database.read() as conn:
        assert projection.total(conn) == (8, events)


def test_another_version_is_filled_anew(desk: Desk, store: Store) -> None:
    fill(desk, 4)
    BatchProjectionRunner(store, ActivityProjection("comfyvn")).run_until_caught_up()
    newer = ActivityProjection("comfyvn")
    newer.version = 2  # type: ignore[misc]
    runner = BatchProjectionRunner(store, newer)
    assert runner.position() == 0
    assert runner.run_until_caught_up() == store.position()
    events = store.verify().events
    with store.database.read() as conn:
        assert newer.total(conn) == (5, events)


def test_a_running_one_keeps_up(desk: Desk, store: Store) -> None:
    main = fill(desk, 1)
    runner = BatchProjectionRunner(store, ActivityProjection("comfyvn"))
    stop = threading.Event()
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()
    try:
        for n in range(3):
            position = desk.put(main, (SCENE, scene(f"v{n}"))).position
            assert runner.wait_for(position, PATIENCE)
        assert not runner.wait_for(position + 1, 0.05)
    finally:
        stop.set()
        thread.join()
