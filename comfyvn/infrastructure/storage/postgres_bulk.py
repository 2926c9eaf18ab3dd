"""Many rows into one Postgres table: arrays for a few, binary COPY for many."""

from collections.abc import Sequence
from typing import Any, Final

from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection

COPY_FROM: Final = 500
"""From this many rows on COPY is faster than one INSERT of arrays."""


class BulkInsert:
    """Inserts rows of fixed columns (name, type) into one table."""

    def __init__(self, table: str, columns: Sequence[tuple[str, str]]) -> None:
        self._types = [kind for _, kind in columns]
        names = SQL(", ").join(Identifier(name) for name, _ in columns)
        arrays = SQL(", ").join(SQL("%s::{}[]").format(SQL(kind)) for kind in self._types)
        self._insert = SQL("INSERT INTO {} ({}) SELECT * FROM unnest({})").format(Identifier(table), names, arrays)
        self._copy = SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(Identifier(table), names)

    def __call__(self, conn: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Insert `rows` in order."""
        if not rows:
            return
        driver: Any = conn.connection.driver_connection
        with driver.cursor() as cursor:
            if len(rows) < COPY_FROM:
                cursor.execute(self._insert, [list(column) for column in zip(*rows, strict=True)])
                return
            with cursor.copy(self._copy) as copy:
                copy.set_types(self._types)
                for row in rows:
                    copy.write_row(row)
