"""Branches of a long history: fork, head, any past position, merge."""

import sqlite3
from collections.abc import Iterator, Sized
from contextlib import closing, contextmanager
from pathlib import Path

import orjson

from benchmarks.desk import Desk, cast, desk
from benchmarks.measuring import Act, Prepare, Row, Sizes, by_turns
from comfyvn.application.branching import fork, merge
from comfyvn.application.ports import LATEST
from comfyvn.application.studio import Request

SHORT = 1_000
"""Events of the short history that the long one is compared with."""

TOUCHED = 50
"""One of so many entities is changed on each fork of the deep line."""


def history(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """Fork, head and past on a store with a million events, one change of each entity per commit."""
    few = min(SHORT, sizes.history // 4)
    with _grown(folder, "short", few, sizes) as short, _grown(folder, "long", sizes.history, sizes) as long:
        yield _fork(short, long, sizes)
        yield from _heads(folder, long, sizes)


@contextmanager
def _grown(folder: Path, name: str, events: int, sizes: Sizes) -> Iterator[Desk]:
    """Open a desk whose main branch has so many events."""
    entities = min(sizes.entities, events)
    with desk(folder, name) as grown:
        for generation in range(events // entities):
            grown.append(grown.main, cast(range(entities), generation))
        yield grown


def _fork(short: Desk, long: Desk, sizes: Sizes) -> Row:
    def forked(of: Desk, tag: str) -> Prepare:
        return lambda n: lambda: fork(of.studio, of.main, f"{tag}{n}", Request())

    taken, baseline = by_turns(sizes.rounds * 5, forked(long, "f"), forked(short, "f"))
    what = f"fork at {sizes.history:,} events"
    baseline_what = f"fork at {min(SHORT, sizes.history // 4):,} events"
    return Row("fork", what, taken, baseline_what, baseline, "the same time", taken < 1.5 * baseline + 0.002)


def _heads(folder: Path, long: Desk, sizes: Sizes) -> Iterator[Row]:
    middle = long.store.head(long.main) // 2
    generation = sizes.history // sizes.entities
    branch, every = long.main, max(sizes.entities // TOUCHED, 1)
    for depth in range(sizes.forks):
        branch = fork(long.studio, branch, f"deep{depth}", Request()).id
        long.append(branch, cast(range(depth * every % sizes.entities, sizes.entities)[:every], generation))
    with closing(_plain_table(folder, long, sizes)) as plain:

        def bare(_: int) -> Act:
            return lambda: [orjson.loads(body) for _, body in plain.execute("SELECT key, body FROM entity")]

        def states(name: str, at: int) -> Prepare:
            return lambda _: lambda: _all_there(long.store.load_all(name, "character", at), sizes)

        baseline = "plain table, one row per entity"
        for name, what, of, at, limit in (
            ("head", "at the head", long.main, LATEST, 0.05),
            ("head-deep", f"at the head, {sizes.forks} forks deep", branch, LATEST, 0.05),
            ("past", "in the middle of the past", long.main, middle, 0.1),
            ("past-deep", f"in the middle of the past, {sizes.forks} forks deep", branch, middle, 0.1),
        ):
            taken, theirs = by_turns(sizes.rounds, states(of, at), bare)
            words = f"all {sizes.entities:,} states {what} of {sizes.history:,} events"
            yield Row(name, words, taken, baseline, theirs, f"less than {limit * 1000:.0f} ms", taken < limit)


def _all_there(found: Sized, sizes: Sizes) -> None:
    if len(found) != sizes.entities:
        raise AssertionError("the read model does not hold every entity")


def _plain_table(folder: Path, long: Desk, sizes: Sizes) -> sqlite3.Connection:
    raw = sqlite3.connect(folder / "plain.db")
    raw.execute("CREATE TABLE entity (key text PRIMARY KEY, body text NOT NULL)")
    heads = long.store.heads(long.main, "character")
    raw.executemany(
        "INSERT INTO entity VALUES (?, ?)", [(ref.id, orjson.dumps(body).decode()) for ref, body in heads.items()]
    )
    raw.commit()
    return raw


def merging(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """A merge of 1,000 changed entities on each side, half of them the same entities; caches are empty."""
    changes = sizes.changes
    with desk(folder, "merge") as ours:
        ours.append(ours.main, cast(range(2 * changes), 0))

        def merged(number: int) -> Act:
            one = fork(ours.studio, ours.main, f"one{number}", Request()).id
            other = fork(ours.studio, ours.main, f"other{number}", Request()).id
            ours.append(one, cast(range(changes), 1))
            half = changes // 2
            ours.append(other, [*cast(range(half), 1), *cast(range(changes, 2 * changes - half), 1)])
            ours.reopen()
            return lambda: _written(merge(ours.studio, one, other, Request()).events, half)

        def appended(number: int) -> Act:
            branch = fork(ours.studio, ours.main, f"plain{number}", Request()).id
            later = cast(range(changes), 1)
            return lambda: ours.append(branch, later)

        taken, baseline = by_turns(sizes.rounds, merged, appended)
    what = f"merge of {changes:,} changes on each side"
    yield Row("merge", what, taken, "commit of as many", baseline, "less than 500 ms", taken < 0.5)


def _written(events: int, expected: int) -> None:
    if events != expected:
        raise AssertionError(f"the merge wrote {events} events instead of {expected}")
