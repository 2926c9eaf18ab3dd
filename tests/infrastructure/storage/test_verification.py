"""Any damage to a row of the history is found, and named."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from comfyvn.application.ports import Ref
from comfyvn.infrastructure.storage.store import Store
from tests.contracts.stores import LINE, OTHER, SCENE, Desk, durable_databases, scene, timeline

pytestmark = durable_databases


@pytest.fixture
def history(desk: Desk) -> Desk:
    """Return a desk whose store has two branches, a rename and seven commits."""
    main = desk.project().main
    desk.put(main, (SCENE, scene("One", "a", "b", "c")))
    desk.put(main, (LINE, timeline("T")), (OTHER, scene("Two")))
    child = desk.fork(main, "child").id
    desk.put(child, (SCENE, scene("Child", "a", "x", "c")))
    desk.put(main, (SCENE, scene("Main", "a", "y", "c")))
    ref = Ref("branch", child)
    desk.put(child, (ref, replace(desk.state(child, ref), name="variant")))
    assert desk.store.verify().first_bad is None
    return desk


def harm(store: Store, statement: str, **values: Any) -> None:
    """Change rows behind the store's back."""
    position = "rowid" if store.database.is_sqlite else "notification_id"
    sql = statement.replace("POSITION", position)
    for table in ("event", "commit_log", "branch", "project"):
        sql = sql.replace(f"<{table}>", f"comfyvn_{table}")
    engine = store.database.engine
    if store.database.is_sqlite:
        driver: Any = engine.raw_connection().driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute(sql, values)
        driver.execute("PRAGMA foreign_keys = ON")
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("SET session_replication_role = replica"))
        conn.execute(text(sql), values)
        conn.execute(text("RESET session_replication_role"))


def commit_at(desk: Desk, seq: int) -> Any:
    main = desk.store.projects()[0].main
    return next(c for c in desk.store.commits(main) if c.seq == seq)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE <event> SET state = :state WHERE POSITION = :at", "event_changed"),
        ("UPDATE <event> SET topic = 'story.scene_discarded.1' WHERE POSITION = :at", "event_changed"),
        ("UPDATE <event> SET originator_id = originator_id || 'x' WHERE POSITION = :at", "event_changed"),
        ("UPDATE <event> SET originator_version = originator_version + 100 WHERE POSITION = :at", "event_changed"),
        ("DELETE FROM <event> WHERE POSITION = :at", "event_missing"),
        ("UPDATE <event> SET POSITION = 100000 WHERE POSITION = :at", "event_missing"),
    ],
)
def test_a_damaged_event_is_named(history: Desk, change: str, code: str) -> None:
    commit = commit_at(history, 2)
    at = commit.first_position + 2
    harm(history.store, change, at=at, **({"state": b'{"node_id":"n1"}'} if ":state" in change else {}))
    found = history.store.verify().first_bad
    assert found is not None
    assert (found.code, found.event, found.commit, found.branch) == (code, at, commit.id, commit.branch)


def test_one_flipped_bit_of_any_event_is_named(history: Desk) -> None:
    store = history.store
    table = store.tables.event
    with store.database.read() as conn:
        rows = conn.execute(table.select().order_by(table.c.position)).all()
    assert len(rows) == store.position()
    for row in rows[:: max(1, len(rows) // 8)]:
        state = bytes(row.state)
        at = len(state) // 2
        flipped = state[:at] + bytes([state[at] ^ 1]) + state[at + 1 :]
        harm(store, "UPDATE <event> SET state = :state WHERE POSITION = :at", state=flipped, at=row[0])
        found = store.verify().first_bad
        assert found is not None and (found.code, found.event) == ("event_changed", row[0])
        harm(store, "UPDATE <event> SET state = :state WHERE POSITION = :at", state=state, at=row[0])
    assert store.verify().first_bad is None


def test_exchanged_events_are_named(history: Desk) -> None:
    commit = commit_at(history, 2)
    one, two = commit.first_position + 1, commit.first_position + 2
    for source, target in ((one, -5), (two, one), (-5, two)):
        harm(
            history.store,
            "UPDATE <event> SET POSITION = :target WHERE POSITION = :source",
            source=source,
            target=target,
        )
    found = history.store.verify().first_bad
    assert found is not None and (found.code, found.event, found.commit) == ("event_changed", one, commit.id)


def test_an_inserted_event_is_named(history: Desk) -> None:
    last = history.store.position()
    insert = """INSERT INTO <event> (POSITION, originator_id, originator_version, topic, state)
        VALUES (:at, :stream, 99, 'story.scene_discarded.1', :state)"""
    main = history.store.projects()[0].main
    harm(history.store, insert, at=last + 1, stream=f"{main}/scene:s1", state=b"{}")
    found = history.store.verify().first_bad
    assert found is not None and (found.code, found.event, found.branch) == ("event_stray", last + 1, main)


@pytest.mark.parametrize(
    "column",
    ["project", "branch", "kind", "actor", "session", "at", "message", "command_id", "command", "body", "fingerprint",
     "cause", "reverts", "parent", "merge_parent", "events_root", "opens"],
)  # fmt: skip
def test_a_changed_column_of_a_commit_is_named(history: Desk, column: str) -> None:
    commit = commit_at(history, 3)
    child = next(c for c in history.store.branches("novel") if c.parent)
    value = child.id if column == "branch" else '{"x": 1}' if column == "opens" else "0" * 64
    harm(history.store, f"UPDATE <commit_log> SET {column} = :value WHERE id = :id", value=value, id=commit.id)
    project = "novel" if column != "project" else None
    found = history.store.verify(project).first_bad
    assert found is not None and (found.code, found.commit) == ("commit_changed", commit.id)


@pytest.mark.parametrize("column", ["seq", "events", "algo", "first_position"])
def test_a_changed_number_of_a_commit_is_named(history: Desk, column: str) -> None:
    commit = commit_at(history, 3)
    harm(history.store, f"UPDATE <commit_log> SET {column} = {column} + 50 WHERE id = :id", id=commit.id)
    found = history.store.verify().first_bad
    assert found is not None
    assert found.commit == commit.id if column != "first_position" else found.event == commit.first_position


def test_a_changed_leaf_is_named(history: Desk) -> None:
    commit = commit_at(history, 3)
    harm(history.store, "UPDATE <commit_log> SET leaves = :leaves WHERE id = :id", leaves=b"x" * 32, id=commit.id)
    found = history.store.verify().first_bad
    assert found is not None and (found.code, found.commit) == ("leaves_changed", commit.id)


def test_a_deleted_commit_is_named_by_its_events(history: Desk) -> None:
    commit = commit_at(history, 3)
    harm(history.store, "DELETE FROM <commit_log> WHERE id = :id", id=commit.id)
    found = history.store.verify().first_bad
    assert found is not None and (found.code, found.event) == ("event_stray", commit.first_position)


def test_a_commit_deleted_with_its_events_breaks_the_chain(history: Desk) -> None:
    commit, following = commit_at(history, 2), commit_at(history, 3)
    harm(history.store, "DELETE FROM <commit_log> WHERE id = :id", id=commit.id)
    harm(
        history.store,
        "DELETE FROM <event> WHERE POSITION BETWEEN :a AND :b",
        a=commit.first_position,
        b=commit.position,
    )
    found = history.store.verify().first_bad
    assert found is not None and (found.code, found.commit) == ("chain_broken", following.id)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE <branch> SET name = 'other' WHERE parent IS NOT NULL", "branch_changed"),
        ("UPDATE <branch> SET closed = NOT closed WHERE parent IS NOT NULL", "branch_changed"),
        ("UPDATE <branch> SET fork_position = fork_position - 1 WHERE parent IS NOT NULL", "branch_changed"),
        ("UPDATE <branch> SET parent = NULL, fork_position = NULL WHERE parent IS NOT NULL", "branch_changed"),
        ("DELETE FROM <branch> WHERE parent IS NOT NULL", "branch_missing"),
        ("INSERT INTO <branch> VALUES ('zz', 'novel', 'stray', NULL, NULL, NOT TRUE)", "branch_stray"),
        ("UPDATE <project> SET name = 'other'", "project_changed"),
        ("UPDATE <project> SET main = 'other'", "project_changed"),
        ("UPDATE <project> SET created_at = '2020'", "project_changed"),
        ("DELETE FROM <project>", "project_missing"),
        ("INSERT INTO <project> VALUES ('zz', 'Stray', 'zz', '2020')", "project_stray"),
    ],
)
def test_a_damaged_row_of_a_branch_or_project_is_named(history: Desk, change: str, code: str) -> None:
    harm(history.store, change)
    found = history.store.verify().first_bad
    assert found is not None and found.code == code
