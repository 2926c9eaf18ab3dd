"""SQLite answers every question of the read model by its indexes, and none by walking the history."""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection, event

from comfyvn.infrastructure.storage.store import Store
from comfyvn.projections.parts import _shown


def plan(conn: Connection, statement: object) -> list[str]:
    sql = str(statement.compile(conn.engine))  # type: ignore[attr-defined]
    rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", ("x",) * sql.count("?"))
    return [row[3] for row in rows if "comfyvn_part" in row[3] or "SCAN" in row[3]]


@pytest.mark.parametrize("store_url", ["memory"], indirect=True)
def test_no_question_walks_the_history(store: Store) -> None:
    wanted = [frozenset[str](), frozenset({"kind"}), frozenset({"kind", "entity"})]
    with store.database.read() as conn:
        statements = [_shown(store.parts.table, *case) for case in product(wanted, (False, True), (False, True))]
        steps = [step for statement in [*statements, store.parts._history] for step in plan(conn, statement)]
    assert len(steps) > 20
    assert all(step.startswith("SEARCH") for step in steps)
    assert all("to_position=?" in step for step in steps if step.startswith("SEARCH old"))
    used = {step.split("INDEX ")[1].split(" ")[0] for step in steps}
    assert used == {"comfyvn_part_latest", "comfyvn_part_past", "comfyvn_part_whole"}


@pytest.mark.parametrize("store_url", ["memory"], indirect=True)
def test_names_are_found_by_seeks(store: Store) -> None:
    asked: list[tuple[str, Any]] = []
    read, lineage = store.mentions.reads, [("c", 2**62), ("b", 20), ("a", 10)]
    with store.database.read() as conn:
        event.listen(conn, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
        read.known(conn, lineage, ["x", "y"])
        read.known(conn, lineage, ["x"], "declaring")
        read.begun(conn, lineage, ["x"])
        read.uses(conn, lineage, [("x", None), ("y", "z")], None, 5)
        read.of(conn, lineage, "scene", "s")
        read.of(conn, lineage, "scene", "s", "n")
        read.bodies(conn, lineage, [("scene", "s", "n")])
        read.everything(conn, lineage)
        steps = [
            row[3] for sql, given in list(asked) for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given)
        ]
    walks = [step for step in steps if step.startswith(("SCAN m", "SCAN p", "SCAN comfyvn"))]
    assert not walks
    used = {step.split("INDEX ")[1].split(" ")[0] for step in steps if step.startswith("SEARCH") and "INDEX " in step}
    names = {f"comfyvn_mention_{name}" for name in ("name", "part")}
    assert used == names | {f"comfyvn_part_{name}" for name in ("latest", "past")}
    assert len(steps) > 60
