"""SQLite answers every question of the read model by its indexes, and none by walking the history."""

from itertools import product

import pytest
from sqlalchemy import Connection

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
