"""Read models filled again from the events alone."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson

from benchmarks.desk import desk, scenes
from benchmarks.measuring import Row, Sizes, by_turns
from comfyvn.infrastructure.storage.rebuild import rebuild

QUESTION = "SELECT originator_id, originator_version, topic, state FROM comfyvn_event ORDER BY 1, 2"


def refill(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """Drop, refill and compare the read model."""
    with desk(folder, "refill") as ours, closing(sqlite3.connect(folder / "refill.db")) as raw:
        per_commit = max(sizes.refilled // 100, 1)
        for number in range(sizes.refilled // per_commit):
            ours.append(ours.main, scenes(per_commit, f"c{number}"))

        def read() -> None:
            for row in raw.execute(QUESTION):
                orjson.loads(row[3])

        taken, baseline = by_turns(
            min(sizes.rounds, 3), lambda _: lambda: _equal(rebuild(ours.store).equal), lambda _: read
        )
        events = ours.store.head(ours.main)
    rate = events / taken
    what = f"read models refilled from {events:,} events and compared"
    target = "at least 20,000 events/s"
    yield Row("refill", what, taken, "reading the events", baseline, target, rate >= 20_000, f"{rate:,.0f} events/s")


def _equal(equal: bool) -> None:
    if not equal:
        raise AssertionError("the refilled read model is another one")
