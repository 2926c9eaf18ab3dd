"""Questions about commits, many at once: those that pass a filter, what they recorded, when an entity changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select

from comfyvn.projections.commits import AnyRow, Lineage, Tables
from comfyvn.projections.parts import Parts, begin, latest, past

PAGE: Final = 400
"""Positions in one statement."""


class Chronicle:
    """Reads the commit log and the names of events."""

    def __init__(self, tables: Tables, parts: Parts) -> None:
        self._commit, self._event = tables.commit, tables.event
        self._row = [column for column in self._commit.c if column.name != "leaves"]
        p = parts.table
        key = [p.c[name] == bindparam(name) for name in ("branch", "kind", "entity")]
        self._moments = [
            select(p.c.from_position).where(*key, begin(p) <= bindparam("cap"), time) for time in (latest(p), past(p))
        ]

    def commits(
        self, conn: Connection, lineage: Lineage, wanted: Mapping[str, Any], places: Iterable[int] | None, size: int
    ) -> Iterator[AnyRow]:
        """Yield the first `size` commits of a lineage that pass a filter, the newest first.

        `wanted` may have `actor`, `kinds`, `since` and `until`; `places` are the positions that may be listed.
        """
        c = self._commit.c
        asked = []
        if (actor := wanted.get("actor")) is not None:
            asked.append(c.actor == actor)
        if (kinds := wanted.get("kinds")) is not None:
            asked.append(c.kind.in_(sorted(kinds)))
        if (since := wanted.get("since")) is not None:
            asked.append(c.at >= since)
        if (until := wanted.get("until")) is not None:
            asked.append(c.at < until)
        left = size
        for branch, cap in lineage:
            if left <= 0:
                return
            within = [c.branch == branch, c.position <= cap, *asked]
            for page in [None] if places is None else _pages(sorted(places, reverse=True)):
                listed = [] if page is None else [c.position.in_(page)]
                statement = select(*self._row).where(*within, *listed).order_by(c.position.desc()).limit(left)
                found = conn.execute(statement).all()
                yield from found
                left -= len(found)
                if left <= 0:
                    return

    def deeds(self, conn: Connection, positions: Iterable[int], most: int) -> Iterator[tuple[int, str, str, int]]:
        """Yield (position of the commit, stream, topic, count of events), in the order of the first event of each."""
        c, e = self._commit.c, self._event.c
        for page in _pages(sorted(set(positions))):
            of = self._commit.join(self._event, e.position.between(c.first_position, c.position))
            statement = (
                select(c.position, e.originator_id, e.topic, func.count())
                .select_from(of)
                .where(c.position.in_(page), c.events <= most)
                .group_by(c.position, e.originator_id, e.topic)
                .order_by(c.position, func.min(e.position))
            )
            yield from (tuple(row) for row in conn.execute(statement))

    def moments(self, conn: Connection, lineage: Lineage, kind: str, entity: str) -> set[int]:
        """Return the positions of all commits of a lineage that changed an entity."""
        found: set[int] = set()
        for branch, cap in lineage:
            for statement in self._moments:
                key = {"branch": branch, "kind": kind, "entity": entity, "cap": cap}
                found.update(conn.execute(statement, key).scalars())
        return found


def _pages(positions: Sequence[int]) -> list[Sequence[int]]:
    return [positions[n : n + PAGE] for n in range(0, len(positions), PAGE)]
