"""Writing the inline read model, many rows at a time."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection

from comfyvn.application.ports import Ref
from comfyvn.projections.commits import LATEST
from comfyvn.projections.parts import COLUMNS, PartChange

PartRow = tuple[str, str, str, str, int, int, str | None]
"""The columns of the table of parts, in order."""

Touched = Sequence[tuple[Ref, bool, Sequence[PartChange]]]
"""For each entity of a commit: its name, whether it is new (has no rows yet), and what became of its parts."""


class PartWriter(Protocol):
    """Writes rows of one application's table of parts."""

    def write(self, conn: Connection, branch: str, position: int, touched: Touched) -> None:
        """Close the present rows of the touched parts on a branch and open new ones, all at `position`."""


def new_rows(branch: str, position: int, touched: Touched) -> list[PartRow]:
    """Return the rows that a commit opens."""
    return [
        (branch, ref.kind, ref.id, part, position, LATEST, body)
        for ref, _, changes in touched
        for part, body in changes
    ]


def closed_keys(touched: Touched) -> list[tuple[str, str, str]]:
    """Return (kind, entity, part) of the rows that a commit may have to close."""
    return [(ref.kind, ref.id, part) for ref, new, changes in touched if not new for part, _ in changes]


class SQLitePartWriter:
    """Writes by executemany."""

    def __init__(self, table: str) -> None:
        marks = ", ".join("?" * len(COLUMNS))
        self._insert = f"INSERT INTO {table} ({', '.join(COLUMNS)}) VALUES ({marks})"  # noqa: S608
        self._close = f"""UPDATE {table} SET to_position = ? WHERE branch = ? AND kind = ? AND entity = ? AND part = ?
            AND to_position = {LATEST}"""  # noqa: S608

    def write(self, conn: Connection, branch: str, position: int, touched: Touched) -> None:
        """Close the present rows of the touched parts on a branch and open new ones, all at `position`."""
        if keys := closed_keys(touched):
            conn.exec_driver_sql(self._close, [(position, branch, *key) for key in keys])
        self.insert(conn, new_rows(branch, position, touched))

    def insert(self, conn: Connection, rows: Sequence[PartRow]) -> None:
        """Insert whole rows."""
        if rows:
            conn.exec_driver_sql(self._insert, list(rows))
