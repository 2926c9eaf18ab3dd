"""The inline read model filled again from the events alone, compared with the present one, and put in its place."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import Connection, bindparam, insert, select, tuple_, update

from comfyvn.application.ports import LATEST, Ref
from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.storage.derived import derived_names
from comfyvn.infrastructure.storage.mentioning import refill
from comfyvn.infrastructure.storage.part_writer import PartRow
from comfyvn.migrations.first import PART_COLUMNS
from comfyvn.projections.parts import COLUMNS, part_changes, part_table

if TYPE_CHECKING:
    from comfyvn.infrastructure.storage.store import Store

PAGE: Final = 5000
Progress = Callable[[int, int], None]
"""Called with (events done, events in all)."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many rows the read model has, and whether it was equal before; if not, where it first differed."""

    rows: int
    events: int
    equal: bool
    first_difference: str | None = None


def rebuild(store: "Store", progress: Progress = lambda done, total: None) -> Rebuilt:
    """Fill the table of parts and the names of branches and projects anew, in one transaction.

    Writers wait meanwhile; readers see the old rows until the end. Where all is equal nothing is changed.
    """
    shadow = f"{store.database.application}_part_shadow"
    with store.database.write() as conn:
        store.backend.take_turn(conn)
        _make(conn, shadow)
        rows, events = _fill(store, conn, shadow, progress)
        difference = _difference(conn, store.parts.table.name, shadow)
        if difference is not None:
            conn.execute(store.parts.table.delete())
            conn.execute(insert(store.parts.table).from_select(COLUMNS, select(part_table(shadow))))
        conn.exec_driver_sql(f"DROP TABLE {shadow}")
        named = refill(store.database, conn, store.parts.table)
        difference = difference or named or _rename(store, conn)
    return Rebuilt(rows, events, difference is None, difference)


def _make(conn: Connection, shadow: str) -> None:
    words = "text" if conn.dialect.name == "sqlite" else 'text COLLATE "C"'
    conn.exec_driver_sql(f"DROP TABLE IF EXISTS {shadow}")
    conn.exec_driver_sql(f"CREATE TEMPORARY TABLE {shadow} ({PART_COLUMNS.format(text=words)})")


def _fill(store: "Store", conn: Connection, shadow: str, progress: Progress) -> tuple[int, int]:
    replay = _Replay(store, conn)
    write = store.backend.bulk_parts(shadow)
    pending: list[PartRow] = []
    rows = 0
    for done, found in replay.streams():
        pending += found
        if len(pending) >= PAGE:
            write(conn, pending)
            rows += len(pending)
            pending = []
            progress(done, replay.total)
    write(conn, pending)
    progress(replay.total, replay.total)
    return rows + len(pending), replay.total


class _Replay:
    """Yields the rows of the read model stream by stream, each entity of each branch for itself."""

    def __init__(self, store: "Store", conn: Connection) -> None:
        self._store, self._conn = store, conn
        c = store.tables.commit.c
        self._ends = array("q", conn.execute(select(c.position).order_by(c.position)).scalars())
        self.total = sum(conn.execute(select(c.events)).scalars())

    def streams(self) -> Iterator[tuple[int, list[PartRow]]]:
        """Yield (events read so far, all rows of one stream)."""
        done = 0
        for stream, events in groupby(self._events(), key=lambda row: row[1]):
            branch, _, entity = stream.partition("/")
            found = list(events)
            done += len(found)
            yield done, self._rows(branch, Ref.of(entity), found)

    def _events(self) -> Iterator[Any]:
        c = self._store.tables.event.c
        key = tuple_(c.originator_id, c.originator_version)
        page = (
            select(c.position, c.originator_id, c.originator_version, c.topic, c.state)
            .where(key > tuple_(bindparam("stream"), bindparam("version")))
            .order_by(c.originator_id, c.originator_version)
            .limit(PAGE)
        )
        after = {"stream": "", "version": 0}
        while rows := self._conn.execute(page, after).all():
            yield from rows
            after = {"stream": rows[-1].originator_id, "version": rows[-1].originator_version}

    def _rows(self, branch: str, ref: Ref, events: Sequence[Any]) -> list[PartRow]:
        decider, decode = self._store.kinds[ref.kind], self._store.mapper.decode
        state = self._base(branch, ref)
        closed: list[PartRow] = []
        present: dict[str, PartRow] = {}
        for position, of_commit in groupby(events, key=self._end):
            facts = [decode(row.topic, bytes(row.state)) for row in of_commit]
            after = decider.fold(facts, state)
            for part, body in part_changes(decider, state, facts, after):
                if before := present.get(part):
                    closed.append((*before[:5], position, before[6]))
                present[part] = (branch, ref.kind, ref.id, part, position, LATEST, body)
            state = after
        return [*closed, *present.values()]

    def _end(self, event: Any) -> int:
        """Return the position of the commit that an event belongs to."""
        at = bisect_left(self._ends, event.position)
        if at == len(self._ends):
            raise Refused("history_damaged", f"The event at {event.position} belongs to no commit; verify names more.")
        return int(self._ends[at])

    def _base(self, branch: str, ref: Ref) -> Any:
        """Return the state that the ancestors of a branch leave to it."""
        above = self._store.lineage_in(self._conn, branch)[1:]
        if not above:
            return None
        segments = tuple((f"{b}/{ref}", cap) for b, cap in above)
        found = self._store.backend.reads.select(self._conn, segments)
        return self._store.kinds[ref.kind].fold(
            self._store.mapper.decode(topic, bytes(body)) for _, topic, body in found
        )


def _difference(conn: Connection, inline: str, shadow: str) -> str | None:
    """Return where two tables of parts first differ."""
    with closing(_ordered(conn, inline)) as olds, closing(_ordered(conn, shadow)) as news:
        for old, new in zip_longest(olds, news):
            if old != new:
                row = new if old is None or (new is not None and new[:5] < old[:5]) else old
                what = "is missing" if row is not old else "is too much" if row is not new else "is different"
                branch, kind, entity, part, position = row[:5]
                return f"part {part!r} of {kind}:{entity} on branch {branch} from position {position} {what}"
    return None


def _ordered(conn: Connection, name: str) -> Generator[tuple[Any, ...], None, None]:
    table = part_table(name)
    keys = [table.c[column] for column in COLUMNS[:5]]
    with conn.execute(select(table).order_by(*keys).execution_options(yield_per=PAGE)) as rows:
        for row in rows:
            yield tuple(row)


def _rename(store: "Store", conn: Connection) -> str | None:
    """Let the rows of branches and projects say what their events say; return what was wrong first."""
    c = store.tables.commit.c
    opened: list[Mapping[str, Any]] = [
        orjson.loads(found) for found in conn.execute(select(c.opens).where(c.opens.is_not(None))).scalars()
    ]
    branches = {o["branch"]["id"]: o["branch"] for o in opened if "branch" in o}
    projects = {o["project"]["id"]: o["project"] for o in opened if "project" in o}
    first: str | None = None
    for (what, key), wanted in sorted(derived_names(store, conn, branches, projects).items()):
        table = store.tables.branch if what == "branch" else store.tables.project
        row = conn.execute(select(table).where(table.c.id == key)).first()
        if row is not None and any(getattr(row, name) != value for name, value in wanted.items()):
            first = first or f"{what} {key} had another name or state"
            conn.execute(update(table).where(table.c.id == key).values(**wanted))
    return first
