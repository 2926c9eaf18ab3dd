"""What was made from what: walks along the facts of origin, a seek by names for each step from where they begin."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, select

from comfyvn.domain.mentions import Link, Named
from comfyvn.projections.commits import Lineage
from comfyvn.projections.mentions import Mentions
from comfyvn.projections.parts import latest

MAX_STEPS: Final = 20_000
"""Edges of one answer."""
_INPUT: Final = "input "


class Descent:
    """Walks from a subject to what it was made from, and to what was made from it. Circles end where they close."""

    def __init__(self, mentions: Mentions) -> None:
        self._mentions = mentions
        p = mentions.parts.c
        of = [p.branch == bindparam("branch"), p.kind == "scene", p.part == bindparam("part"), latest(mentions.parts)]
        scenes = select(p.entity).where(
            p.branch == bindparam("branch"), p.kind == "scene", p.part == "", latest(mentions.parts)
        )
        self._closures = [_closure(mentions.table, sense) for sense in ("origin", "use")]
        self._home = select(p.entity).where(*of, p.entity.in_(scenes))

    def walk(
        self, conn: Connection, lineage: Lineage, subject: str, *, up: bool, down: bool, depth: int | None, limit: int
    ) -> tuple[list[Link], bool]:
        """Return the steps, the nearest first, and whether there are more than `limit` of them or of `depth`."""
        limit = min(limit, MAX_STEPS)
        near: _Near = {}
        found: dict[Link, None] = {}
        ways = [direction for direction, wanted in ((-1, up), (1, down)) if wanted]
        frontier: dict[int, set[str]] = {way: {subject} for way in ways}
        seen: dict[int, set[str]] = {way: {subject} for way in ways}
        distance = 0
        while any(frontier.values()):
            distance += 1
            if depth is not None and distance > depth:
                return list(found), any(self._next(conn, lineage, near, frontier, distance))
            more: dict[int, set[str]] = {way: set() for way in ways}
            for way, step in self._next(conn, lineage, near, frontier, distance):
                if step in found:
                    continue
                if len(found) >= limit:
                    return list(found), True
                found[step] = None
                met = step.source if way < 0 else step.target
                if met not in seen[way]:
                    seen[way].add(met)
                    more[way].add(met)
            frontier = more
        return list(found), False

    def home(self, conn: Connection, lineage: Lineage, node: str) -> str | None:
        """Return the scene that a line is in, or was in; None for one that never was."""
        left = None
        for branch, _ in lineage:
            for scene in conn.execute(self._home, {"branch": branch, "part": node}).scalars():
                if self._mentions.bodies(conn, lineage, [("scene", scene, node)]):
                    return str(scene)
                left = left or str(scene)
        return left

    def _next(
        self, conn: Connection, lineage: Lineage, near: "_Near", frontier: dict[int, set[str]], distance: int
    ) -> Iterator[tuple[int, Link]]:
        names = {name for subjects in frontier.values() for name in subjects}
        lines = {_node(name): name for name in names if _node(name)}
        self._look(conn, lineage, near, names)
        for row in sorted(row for name in (*names, *lines) for row in near[name]):
            for way, subjects in frontier.items():
                step = _step(row, lines, way, distance)
                if step is not None and (step.target if way < 0 else step.source) in subjects:
                    yield way, step
        for name in sorted(frontier.get(-1, ())):
            yield from ((-1, step) for step in self._translated(conn, lineage, name, distance))

    def _look(self, conn: Connection, lineage: Lineage, near: "_Near", names: set[str]) -> None:
        """Read what stands under names, and with it what stands under all that can be come to from there."""
        branches = [branch for branch, _ in lineage]
        left = names - near.keys()
        reached: set[str] = set()
        for start in sorted(left):
            if start not in reached:
                for statement in self._closures:
                    asked = {"start": start, "branches": branches, "limit": MAX_STEPS}
                    reached.update(conn.execute(statement, asked).scalars())
        wanted = (reached | left) - near.keys()
        wanted |= {node for node in map(_node, wanted) if node}
        near.update((name, []) for name in wanted)
        for row in self._mentions.known(conn, lineage, wanted, "descent"):
            near[row.name].append(row)

    def _translated(self, conn: Connection, lineage: Lineage, name: str, distance: int) -> Iterator[Link]:
        kind, _, entity = name.partition(":")
        if kind != "translation":
            return
        for row in self._mentions.of(conn, lineage, kind, entity):
            node = row.name.removeprefix("node:")
            if row.role == "translates" and (scene := self.home(conn, lineage, node)) is not None:
                yield Link(f"scene:{scene}/{node}", name, "text", "", -distance)


_Near = dict[str, list[Named]]
"""What stands under names, as far as it was read."""


@lru_cache(maxsize=8)
def _closure(table: Table, sense: str) -> Any:
    """Return the question for all that can be come to from a name in one direction, whatever is in force."""
    first, more = table.alias("first"), table.alias("more")

    def of(m: Any) -> list[Any]:
        steps = [m.c.sense == sense, m.c.role.like(f"{_INPUT}%")]
        return [m.c.branch.in_(bindparam("branches", expanding=True)), *steps]

    walk = select(first.c.about.label("name")).where(*of(first), first.c.name == bindparam("start"))
    found = walk.cte("walk", recursive=True)
    found = found.union(select(more.c.about).where(*of(more), more.c.name == found.c.name))
    return select(found.c.name).limit(bindparam("limit"))


def _step(row: Named, lines: dict[str, str], way: int, distance: int) -> Link | None:
    if row.role == "translates":
        if way < 0:
            return None
        return Link(lines[row.name], f"translation:{row.entity}", "text", "", distance)
    role = row.role.removeprefix(_INPUT)
    if row.sense == "origin" and way < 0:
        return Link(row.about, row.name, role, row.entity, -distance)
    return Link(row.name, row.about, role, row.entity, distance) if row.sense == "use" and way > 0 else None


def _node(name: str) -> str:
    """Return the name under which translations ask for a line; empty for what is none."""
    kind, _, rest = name.partition(":")
    return f"node:{rest.partition('/')[2]}" if kind == "scene" and "/" in rest else ""
