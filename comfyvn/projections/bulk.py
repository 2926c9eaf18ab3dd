"""Questions about many parts at once: what is in force, since when, and which versions there were."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, func, or_, select

from comfyvn.projections.commits import LATEST, AnyRow, Lineage, Tables
from comfyvn.projections.parts import Parts, begin, latest, past

PAGE: Final = 400
"""Keys in one statement."""

Key = tuple[str, str]
"""(entity, part)"""


class Bulk:
    """Reads the parts of one kind of entity, without a walk along the history of any of them."""

    def __init__(self, tables: Tables, parts: Parts) -> None:
        self._parts = parts
        p, c = parts.table.c, tables.commit.c
        self._columns = (p.entity, p.part, p.from_position, p.body)
        self._of_kind = (
            p.branch == bindparam("branch"),
            p.kind == bindparam("kind"),
            begin(parts.table) <= bindparam("cap"),
        )
        first = select(p.entity, p.from_position).where(*self._of_kind, p.part == "")
        self._born = [first.where(time) for time in _times(parts.table)]
        written = (c.branch == bindparam("branch"), c.position <= bindparam("cap"))
        others = or_(c.kind.in_(("import", "merge")), func.lower(c.actor).like("model:%"))
        row = [column for column in c if column.name != "leaves"]
        self._deeds = select(*row).where(*written, others).order_by(c.position)

    def placed(self, conn: Connection, lineage: Lineage, kind: str) -> Iterator[tuple[str, str, int, str]]:
        """Yield (entity, part, position, JSON text) of what is in force; the position is that of its last change."""
        for (_, entity, part), body, position in self._parts.shown(conn, lineage, kind):
            yield entity, part, position, body

    def born(self, conn: Connection, lineage: Lineage, kind: str) -> dict[str, int]:
        """Return for each entity of a kind, those that are gone included, where its history begins."""
        found: dict[str, int] = {}
        for branch, cap in lineage:
            for statement in self._born:
                for entity, position in conn.execute(statement, {"branch": branch, "kind": kind, "cap": cap}):
                    found[entity] = min(position, found.get(entity, LATEST))
        return found

    def deeds(self, conn: Connection, lineage: Lineage) -> Iterator[AnyRow]:
        """Yield the commits that are not plainly a person's own work: imports, merges and those of models."""
        for branch, cap in lineage:
            yield from conn.execute(self._deeds, {"branch": branch, "cap": cap})

    def made(
        self, conn: Connection, lineage: Lineage, kind: str, positions: Iterable[int]
    ) -> Iterator[tuple[str, str, int]]:
        """Yield (entity, part, position) of the versions that the commits at these positions made."""
        p = self._parts.table.c
        wanted = sorted(set(positions))
        for branch, cap in lineage:
            for n in range(0, len(wanted), PAGE):
                page = p.from_position.in_(wanted[n : n + PAGE])
                statement = select(p.entity, p.part, p.from_position).where(page, *self._of_kind)
                for row in conn.execute(statement, {"branch": branch, "kind": kind, "cap": cap}):
                    yield row.entity, row.part, row.from_position

    def histories(
        self, conn: Connection, lineage: Lineage, kind: str, keys: Iterable[Key]
    ) -> dict[Key, list[tuple[int, str | None]]]:
        """Return every version of some parts, oldest first: where it began and its JSON text (None: it was removed)."""
        p = self._parts.table.c
        found: dict[Key, list[tuple[int, str | None]]] = {key: [] for key in keys}
        entities, parts = {entity for entity, _ in found}, {part for _, part in found}
        few, many = (p.entity, p.part) if len(entities) <= len(parts) else (p.part, p.entity)
        groups: dict[str, list[str]] = {}
        for entity, part in sorted(found):
            name, member = (entity, part) if few is p.entity else (part, entity)
            groups.setdefault(name, []).append(member)
        for name, members in groups.items():
            for n in range(0, len(members), PAGE):
                asked = (few == name, many.in_(members[n : n + PAGE]))
                for branch, cap in lineage:
                    for time in _times(self._parts.table):
                        statement = select(*self._columns).where(*self._of_kind, *asked, time)
                        for row in conn.execute(statement, {"branch": branch, "kind": kind, "cap": cap}):
                            found[row.entity, row.part].append((row.from_position, row.body))
        for versions in found.values():
            versions.sort(key=lambda version: version[0])
        return found


def _times(table: Table) -> Sequence[Any]:
    """Return the conditions of the present and of the closed rows, each of which fits an index."""
    return (latest(table), past(table))
