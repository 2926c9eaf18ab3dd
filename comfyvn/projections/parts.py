"""The inline read model: every version of every part of every entity, by branch.

A commit gives each part that it touches one row, valid from the commit's position, and closes the row before it on
the same branch. Where an entity or a part ceases to exist the row is a tombstone: it has no body.
A fork copies nothing: a branch shows its own latest rows, then those of its ancestors as of the fork.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    MetaData,
    Select,
    String,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
)

from comfyvn.domain.kernel import WHOLE, Decider, Json
from comfyvn.projections.commits import LATEST, Lineage

Key = tuple[str, str, str]
"""(kind, entity, part)"""

COLUMNS: Final = ("branch", "kind", "entity", "part", "from_position", "to_position", "body")


def part_table(name: str) -> Table:
    """Return the table of parts under `name`."""
    return Table(
        name,
        MetaData(),
        *(Column(column, String) for column in COLUMNS[:4]),
        Column("from_position", BigInteger),
        Column("to_position", BigInteger),
        Column("body", String),
    )


PartChange = tuple[str, str | None]
"""What became of one part: its name and its JSON text, None where it ceased to exist."""


def part_changes(decider: Decider[Any, Any, Any], before: Any, events: Sequence[Any], after: Any) -> list[PartChange]:
    """Return the parts that `events` touched, in the order of their names."""
    names = set(map(decider.part_of, events))
    if before is not None:
        left = set(decider.part_names(before))
        names |= left if after is None else left.difference(decider.part_names(after))
    if after is None:
        return [(name, None) for name in sorted(names)]
    return [(name, _text(decider.part(after, name))) for name in sorted(names)]


def _text(body: Json | None) -> str | None:
    return None if body is None else orjson.dumps(body, _plain, orjson.OPT_SORT_KEYS).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


class Parts:
    """Reads the table of parts. Every question is index seeks, at any past position, whatever the history's length."""

    def __init__(self, table: Table) -> None:
        self.table = table
        c = table.c
        key = [c[name] == bindparam(name) for name in COLUMNS[:4]]
        self._history = union_all(
            *(
                select(c.from_position, c.body).where(*key, begin(table) <= bindparam("cap"), time)
                for time in (past(table), latest(table))
            )
        ).order_by("from_position")
        self._touched = select(c.kind, c.entity, c.part).where(
            c.branch == bindparam("branch"),
            c.from_position > bindparam("after"),
            c.from_position <= bindparam("cap"),
        )

    def parts_of(self, conn: Connection, lineage: Lineage, kind: str, entity: str) -> dict[str, str]:
        """Return the parts of one entity as JSON text by name; none where it does not exist."""
        rows = self._visible(conn, lineage, {"kind": kind, "entity": entity})
        return {part: body for (_, _, part), body, _ in rows}

    def positions_of(self, conn: Connection, lineage: Lineage, kind: str, entity: str) -> dict[str, int]:
        """Return for each part of one entity the position of the commit that last changed it."""
        rows = self._visible(conn, lineage, {"kind": kind, "entity": entity})
        return {part: position for (_, _, part), _, position in rows}

    def heads(
        self, conn: Connection, lineage: Lineage, kind: str | None = None, *, whole: bool = False
    ) -> Iterator[tuple[Key, str]]:
        """Yield the JSON text of all existing parts by key, unordered; `whole`: only each entity's own fields."""
        rows = self._visible(conn, lineage, {} if kind is None else {"kind": kind}, whole=whole)
        return ((key, body) for key, body, _ in rows)

    def shown(self, conn: Connection, lineage: Lineage, kind: str) -> Iterator[tuple[Key, str, int]]:
        """Yield all existing parts of a kind, unordered: key, JSON text, and the position of the last change."""
        return self._visible(conn, lineage, {"kind": kind})

    def versions_of(
        self, conn: Connection, lineage: Lineage, kind: str, entity: str, part: str
    ) -> list[tuple[int, str | None]]:
        """Return every version of one part, oldest first: where it began and its JSON text (None: it was removed)."""
        key = {"kind": kind, "entity": entity, "part": part}
        found: list[tuple[int, str | None]] = []
        for branch, cap in reversed(lineage):
            rows = conn.execute(self._history, {"branch": branch, "cap": cap, **key})
            found += [(row.from_position, row.body) for row in rows]
        return found

    def touched(self, conn: Connection, lineage: Lineage, after: int) -> set[Key]:
        """Return the parts that a lineage shows to have changed after a position."""
        found: set[Key] = set()
        for branch, cap in lineage:
            if cap > after:
                rows = conn.execute(self._touched, {"branch": branch, "after": after, "cap": cap})
                found.update((row.kind, row.entity, row.part) for row in rows)
        return found

    def _visible(
        self, conn: Connection, lineage: Lineage, wanted: Mapping[str, str], *, whole: bool = False
    ) -> Iterator[tuple[Key, str, int]]:
        seen: set[Key] = set()
        for branch, cap in lineage:
            statement = _shown(self.table, frozenset(wanted), whole, cap < LATEST)
            last = branch == lineage[-1][0]
            for kind, entity, part, body, position in conn.execute(statement, {"branch": branch, "cap": cap, **wanted}):
                key = (kind, entity, part)
                if key in seen:
                    continue
                if not last:
                    seen.add(key)
                if body is not None:
                    yield key, body, position


@lru_cache(maxsize=64)
def _shown(table: Table, wanted: frozenset[str], whole: bool, capped: bool) -> Select[Any] | CompoundSelect[Any]:
    """Return the statement for the rows of one branch as of ``cap``: its latest rows, or seeks for what they were."""
    head, old, last = table.alias("head"), table.alias("old"), table.alias("last")
    shown = [head.c.branch == bindparam("branch"), latest(head)]
    shown += [head.c[name] == bindparam(name) for name in sorted(wanted)]
    if whole:
        shown.append(head.c.part == literal_column(f"'{WHOLE}'"))
    columns = ("kind", "entity", "part", "body", "from_position")
    now = select(*(head.c[name] for name in columns)).where(*shown)
    if not capped:
        return now
    cap: BindParameter[int] = bindparam("cap")
    same = COLUMNS[:4]
    end = (
        select(func.min(last.c.to_position))
        .where(*(last.c[name] == head.c[name] for name in same), last.c.to_position > cap, past(last))
        .scalar_subquery()
    )
    match = and_(*(old.c[name] == _given(head.c[name]) for name in same), old.c.to_position == end, past(old))
    before = (
        select(*(old.c[name] for name in columns))
        .select_from(head.join(old, match))
        .where(*shown, begin(head) > cap, begin(old) <= cap)
    )
    return union_all(now.where(begin(head) <= cap), before)


def latest(table: FromClause) -> ColumnElement[bool]:
    """Return the condition of the present rows, written so that the databases see it fits an index."""
    return table.c.to_position == literal_column(str(LATEST))


def begin(table: FromClause) -> ColumnElement[int]:
    """Return where a row begins, written so that no database walks the history of a branch by it."""
    return table.c.from_position + literal_column("0")


def _given(column: ColumnElement[str]) -> ColumnElement[str]:
    """Return a text of a row already found, written so that the databases find that row first."""
    return column + literal_column("''")


def past(table: FromClause) -> ColumnElement[bool]:
    """Return the condition of the rows that later ones have closed, written so that it fits an index."""
    return table.c.to_position < literal_column(str(LATEST))
