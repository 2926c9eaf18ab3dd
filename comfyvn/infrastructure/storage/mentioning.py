"""Writing the read model of what names what: with each commit, and anew from the parts where its rules changed."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from itertools import zip_longest
from typing import Any, Final

from sqlalchemy import Connection, Table, insert, select, text

from comfyvn.domain.mentions.finding import VERSION
from comfyvn.infrastructure.storage.engine import Database
from comfyvn.infrastructure.storage.part_writer import Touched, closed_keys, new_rows
from comfyvn.migrations.second import MENTION_COLUMNS
from comfyvn.projections.commits import LATEST
from comfyvn.projections.mentions import COLUMNS, MentionRow, mention_rows, mention_table

NAME: Final = "mention"
"""Under which the version of the rules is kept."""
PAGE: Final = 5000

Insert = Callable[[Connection, Sequence[MentionRow]], None]


class MentionWriter:
    """Writes rows of one application's table of mentions."""

    def __init__(self, database: Database) -> None:
        self.table = f"{database.application}_mention"
        self._insert = inserting(database, self.table)
        self._close = text(
            f"""UPDATE {self.table} SET to_position = :position WHERE branch = :branch AND kind = :kind
                AND entity = :entity AND part = :part AND to_position = {LATEST}"""  # noqa: S608
        )

    def write(self, conn: Connection, branch: str, position: int, touched: Touched) -> None:
        """End what the touched parts named on a branch and begin what they name now, all at `position`."""
        named = [row for part in new_rows(branch, position, touched) for row in mention_rows(*part)]
        if keys := closed_keys(touched):
            words = ("kind", "entity", "part")
            at = {"branch": branch, "position": position}
            conn.execute(self._close, [{**at, **dict(zip(words, key, strict=True))} for key in keys])
        self._insert(conn, named)


def inserting(database: Database, table: str) -> Insert:
    """Return what inserts whole rows into a table of mentions."""
    if not database.is_sqlite:
        from comfyvn.infrastructure.storage.postgres_bulk import BulkInsert  # noqa: PLC0415 (psycopg is optional)

        positions = ("from_position", "to_position")
        return BulkInsert(table, [(name, "int8" if name in positions else "text") for name in COLUMNS])
    marks = ", ".join("?" * len(COLUMNS))
    statement = f"INSERT INTO {table} ({', '.join(COLUMNS)}) VALUES ({marks})"  # noqa: S608

    def write(conn: Connection, rows: Sequence[MentionRow]) -> None:
        if rows:
            conn.exec_driver_sql(statement, list(rows))

    return write


def outdated(conn: Connection, application: str) -> bool:
    """Tell whether the table was filled by other rules than those of this program, or not at all."""
    found = conn.execute(
        text(f"SELECT version FROM {application}_tracking WHERE name = :name"),  # noqa: S608
        {"name": NAME},
    ).scalar()
    return found != VERSION


def refill(database: Database, conn: Connection, parts: Table) -> str | None:
    """Fill the table anew from the parts, where it is not what they say; return where it first differed.

    The caller's transaction writes and keeps other writers waiting.
    """
    application = database.application
    table, shadow = mention_table(f"{application}_mention"), f"{application}_mention_shadow"
    words = "text" if database.is_sqlite else 'text COLLATE "C"'
    conn.exec_driver_sql(f"DROP TABLE IF EXISTS {shadow}")
    conn.exec_driver_sql(f"CREATE TEMPORARY TABLE {shadow} ({MENTION_COLUMNS.format(text=words)})")
    write = inserting(database, shadow)
    pending: list[MentionRow] = []
    for row in conn.execute(select(parts).execution_options(yield_per=PAGE)):
        pending += mention_rows(*row)
        if len(pending) >= PAGE:
            write(conn, pending)
            pending = []
    write(conn, pending)
    difference = _difference(conn, table, mention_table(shadow))
    if difference is not None:
        conn.execute(table.delete())
        conn.execute(insert(table).from_select(COLUMNS, select(mention_table(shadow))))
    conn.exec_driver_sql(f"DROP TABLE {shadow}")
    tracking = f"{application}_tracking"
    conn.execute(text(f"DELETE FROM {tracking} WHERE name = :name"), {"name": NAME})  # noqa: S608
    kept = {"name": NAME, "version": VERSION}
    conn.execute(text(f"INSERT INTO {tracking} (name, version, position) VALUES (:name, :version, 0)"), kept)  # noqa: S608
    return difference


def _difference(conn: Connection, inline: Table, shadow: Table) -> str | None:
    with closing(_ordered(conn, inline)) as olds, closing(_ordered(conn, shadow)) as news:
        for old, new in zip_longest(olds, news):
            if old != new:
                row = new if old is None or (new is not None and new < old) else old
                branch, kind, entity, part, position = row[:5]
                return f"what {part!r} of {kind}:{entity} names on branch {branch} from position {position} is wrong"
    return None


def _ordered(conn: Connection, table: Table) -> Generator[tuple[Any, ...], None, None]:
    asked = select(table).order_by(*(table.c[column] for column in COLUMNS))
    with conn.execute(asked.execution_options(yield_per=PAGE)) as rows:
        for row in rows:
            yield tuple(row)
