"""Reading copy-on-write streams: a branch continues the streams that it was forked from."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Protocol

from eventsourcing.persistence import StoredEvent
from sqlalchemy import Connection, Select, Table, bindparam, select, union_all

from comfyvn.projections.commits import LATEST, AnyRow, Lineage, capped

Lineages = Callable[[Connection, str], Lineage]


class Recorder(Protocol):
    """What the store needs of a recorder, inside a transaction that is open already."""

    def insert(self, conn: Connection, rows: Sequence[tuple[str, int, str, bytes]]) -> int:
        """Insert (originator id, version, topic, state); return the last position, the others come just before it."""

    def tips(self, conn: Connection, originator_ids: Sequence[str], cap: int = LATEST) -> dict[str, int]:
        """Return the last version of each stream with events at or before `cap`, of that stream alone."""


class BranchingReads:
    """The reads that both recorders share. Ids are ``branch/entity``; others are streams of their own."""

    def __init__(self, event: Table, lineages: Lineages) -> None:
        self.event = event
        self.lineages = lineages

    def segments(self, conn: Connection, originator_id: str, upto: int = LATEST) -> Lineage:
        """Return (stream, last position) for each branch that a stream reads, its own first."""
        branch, slash, entity = originator_id.partition("/")
        lineage = self.lineages(conn, branch) if slash else ()
        if not lineage:
            return ((originator_id, upto),)
        return tuple((f"{segment}/{entity}", cap) for segment, cap in capped(lineage, upto))

    def select(
        self,
        conn: Connection,
        segments: Lineage,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[AnyRow]:
        """Return (version, topic, state) of the events of a stream in order."""
        statement = _statement(self.event, len(segments), desc, limit is not None)
        values: dict[str, Any] = {"gt": -1 if gt is None else gt, "lte": LATEST if lte is None else lte, "limit": limit}
        for n, (stream, cap) in enumerate(segments):
            values[f"stream{n}"], values[f"cap{n}"] = stream, cap
        return conn.execute(statement, values).all()

    def stored(self, conn: Connection, originator_id: str, upto: int = LATEST, **wanted: Any) -> list[StoredEvent]:
        """Return the events of a stream as the library's stored events."""
        rows = self.select(conn, self.segments(conn, originator_id, upto), **wanted)
        return [StoredEvent(originator_id, version, topic, bytes(state)) for version, topic, state in rows]


@lru_cache(maxsize=256)
def _statement(event: Table, depth: int, desc: bool, limited: bool) -> Any:
    c = event.c
    each: list[Select[Any]] = [
        select(c.originator_version, c.topic, c.state).where(
            c.originator_id == bindparam(f"stream{n}"),
            c.position <= bindparam(f"cap{n}"),
            c.originator_version > bindparam("gt"),
            c.originator_version <= bindparam("lte"),
        )
        for n in range(depth)
    ]
    whole: Any = each[0]
    if depth == 1:
        order = c.originator_version
    else:
        whole = union_all(*each)
        order = whole.selected_columns[0]
    whole = whole.order_by(order.desc() if desc else order.asc())
    return whole.limit(bindparam("limit")) if limited else whole
