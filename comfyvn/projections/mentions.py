"""The read model of what names what: a row for each name in each version of each part.

Rows begin and end with those of the parts that they were read from, and follow from these alone. A name on a branch is
found by one seek in each branch that it reads; a part that a younger branch changed hides what it named before.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    String,
    Table,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    text,
    tuple_,
    union_all,
)

from comfyvn.domain.kernel import WHOLE
from comfyvn.domain.mentions import Key, Named, Word, mentions, place_of
from comfyvn.domain.mentions.finding import HINT
from comfyvn.projections.commits import LATEST, Lineage
from comfyvn.projections.parts import Key as PartKey
from comfyvn.projections.parts import begin, latest, past

COLUMNS: Final = (
    "branch",
    "kind",
    "entity",
    "part",
    "from_position",
    "to_position",
    "name",
    "sense",
    "role",
    "about",
)
PAGE: Final = 400
"""Names in one statement."""

MentionRow = tuple[str, str, str, str, int, int, str, str, str, str]
"""The columns of the table, in order."""


_SHOWN: Final = ("kind", "entity", "part", "from_position", "name", "sense", "role", "about")
_ORDER: Final = ("kind", "entity", "part", "name", "role", "about")


def mention_table(name: str) -> Table:
    """Return the table under `name`."""
    positions = ("from_position", "to_position")
    columns = (Column(column, BigInteger if column in positions else String) for column in COLUMNS)
    return Table(name, MetaData(), *columns)


def mention_rows(
    branch: str, kind: str, entity: str, part: str, begins: int, ends: int, body: str | None
) -> Iterator[MentionRow]:
    """Yield the rows of one version of a part, given as JSON text."""
    if body is None or (kind == "scene" and part != WHOLE and not HINT.search(body)):
        return
    for mention in mentions(kind, entity, part, orjson.loads(body)):
        yield (branch, kind, entity, part, begins, ends, *mention)


class Mentions:
    """Reads the table; every question is seeks by name or by part, at any past position."""

    def __init__(self, table: Table, parts: Table) -> None:
        self.table, self.parts = table, parts

    def known(self, conn: Connection, lineage: Lineage, names: Iterable[str], by: str = "names") -> list[Named]:
        """Return everything that stands under some names: what uses them, gives them a meaning, or tells an origin.

        By "declaring" only the uses that give the thing another name; by "descent" only what tells what was made
        from what.
        """
        found: list[Named] = []
        wanted = sorted(set(names))
        for n in range(0, len(wanted), PAGE):
            found += self._read(conn, lineage, by, {"names": wanted[n : n + PAGE]})
        return found

    def begun(self, conn: Connection, lineage: Lineage, starts: Iterable[str]) -> set[Word]:
        """Return what gives a meaning to some names and to all that begin with their words, and what uses them.

        There may be uses that are over.
        """
        found: set[Word] = set()
        for start in sorted(set(starts)):
            for low, high in ((start, start), (f"{start} ", f"{start}!")):
                found |= self._words(conn, lineage, low, high)
        return found

    def words(self, conn: Connection, lineage: Lineage, names: Iterable[str]) -> set[Word]:
        """Return what gives a meaning to some names, and in which ways they are used, or were some time."""
        return {word for name in sorted(set(names)) for word in self._words(conn, lineage, name, name)}

    def _words(self, conn: Connection, lineage: Lineage, low: str, high: str) -> set[Word]:
        asked = {"low": low, "high": high}
        given = self._all(conn, lineage, _rows(self.table, self.parts, len(lineage), "range"), asked)
        found = {Word(row.name, row.sense, row.role, row.about, row.entity) for row in given}
        for branch, _ in lineage:
            rows = conn.execute(_hops(self.table), {"branch": branch, **asked})
            found |= {Word(name, "use", "", about, "") for name, about in rows}
        return found

    def everything(self, conn: Connection, lineage: Lineage) -> list[Word]:
        """Return all names that are used, and all that give names a meaning."""
        rows = self._all(conn, lineage, _distinct(self.table, self.parts, len(lineage)), {})
        return sorted({Word(*row) for row in rows})

    def uses(
        self,
        conn: Connection,
        lineage: Lineage,
        pairs: Iterable[tuple[str, str | None]],
        after: Key | None,
        limit: int,
    ) -> tuple[int, list[Named]]:
        """Return how many uses there are of (name, about; None: any), and the first `limit` of them behind `after`."""
        given = sorted(set(pairs), key=str)
        total, found = 0, list[Named]()
        for n in range(0, len(given), PAGE):
            page = given[n : n + PAGE]
            exact = [pair for pair in page if pair[1] is not None]
            asked = {"names": [name for name, _ in page], "free": [name for name, about in page if about is None]}
            values = {**asked, "exact": exact or [("", "")]}
            total += int(self._all(conn, lineage, _count(self.table, self.parts, len(lineage)), values)[0][0])
            place = {f"after_{name}": word for name, word in zip(_ORDER, after or ("",) * len(_ORDER), strict=True)}
            statement = _uses(self.table, self.parts, len(lineage))
            found += (Named(*row) for row in self._all(conn, lineage, statement, {**values, **place, "limit": limit}))
        return total, sorted(found, key=place_of)[:limit]

    def of(self, conn: Connection, lineage: Lineage, kind: str, entity: str, part: str | None = None) -> list[Named]:
        """Return all that an entity, or one part of it, names."""
        asked = {"kind": kind, "entity": entity, **({} if part is None else {"part": part})}
        return self._read(conn, lineage, "entity" if part is None else "part", asked)

    def bodies(self, conn: Connection, lineage: Lineage, keys: Iterable[PartKey]) -> dict[PartKey, str]:
        """Return the JSON texts of some parts as a lineage shows them, of those that are there."""
        found: dict[PartKey, str] = {}
        left = list(dict.fromkeys(keys))
        for branch, cap in lineage:
            for time in ("=",) if cap >= LATEST else ("=", "<"):
                statement = _bodies(self.parts.name, conn.dialect.name, time)
                asked = {"branch": branch, "cap": cap, "over": min(cap + 1, LATEST)}
                rows = conn.execute(statement, {**asked, **_columns(conn.dialect.name, left)}).all() if left else ()
                found.update(((row.kind, row.entity, row.part), row.body) for row in rows if row.body is not None)
                seen = {(row.kind, row.entity, row.part) for row in rows}
                left = [key for key in left if key not in seen]
        return found

    def _read(self, conn: Connection, lineage: Lineage, by: str, asked: dict[str, Any]) -> list[Named]:
        statement = _rows(self.table, self.parts, len(lineage), by)
        return [Named(*row) for row in self._all(conn, lineage, statement, asked)]

    def _all(self, conn: Connection, lineage: Lineage, statement: Any, asked: dict[str, Any]) -> Sequence[Any]:
        places: dict[str, Any] = {}
        for n, (branch, cap) in enumerate(lineage):
            places |= {f"branch{n}": branch, f"cap{n}": cap, f"over{n}": min(cap + 1, LATEST)}
        return conn.execute(statement, {**places, **asked}).all()


def _seen(table: Table, parts: Table, depth: int, *wanted: Any) -> list[Select[Any]]:
    """Return for each branch of a lineage the question for its visible rows, all columns of an answer."""
    found = []
    for n in range(depth):
        m = table.alias(f"m{n}")
        shown: list[ColumnElement[bool]] = [
            m.c.branch == bindparam(f"branch{n}"),
            m.c.to_position >= bindparam(f"over{n}"),
            begin(m) <= bindparam(f"cap{n}"),
            *(condition(m) for condition in wanted),
        ]
        for younger in range(n):
            for time in (latest, past):
                p = parts.alias(f"p{n}_{younger}_{time.__name__}")
                same = [p.c[name] == m.c[name] for name in ("kind", "entity", "part")]
                of = [p.c.branch == bindparam(f"branch{younger}"), begin(p) <= bindparam(f"cap{younger}"), time(p)]
                shown.append(~exists(select(literal_column("1")).select_from(p).where(*of, *same)))
        found.append(select(*(m.c[name] for name in _SHOWN)).where(*shown))
    return found


def _use(m: Any) -> ColumnElement[bool]:
    return m.c.sense == "use"  # type: ignore[no-any-return]


def _gives(m: Any) -> ColumnElement[bool]:
    return m.c.sense == "gives"  # type: ignore[no-any-return]


_BY: Final[dict[str, Any]] = {
    "range": [_gives, lambda m: m.c.name >= bindparam("low"), lambda m: m.c.name <= bindparam("high")],
    "names": [
        lambda m: m.c.sense.in_(("gives", "origin", "use")),
        lambda m: m.c.name.in_(bindparam("names", expanding=True)),
    ],
    "descent": [
        lambda m: m.c.sense.in_(("origin", "use")),
        lambda m: m.c.name.in_(bindparam("names", expanding=True)),
        lambda m: m.c.role.like("input %") | (m.c.role == "translates"),
        lambda m: m.c.kind.in_(("provenance", "translation")),
    ],
    "declaring": [
        _use,
        lambda m: m.c.name.in_(bindparam("names", expanding=True)),
        lambda m: m.c.role.in_(("declares", "expression", "layers")),
    ],
    "entity": [lambda m: m.c.kind == bindparam("kind"), lambda m: m.c.entity == bindparam("entity")],
    "part": [
        lambda m: m.c.kind == bindparam("kind"),
        lambda m: m.c.entity == bindparam("entity"),
        lambda m: m.c.part == bindparam("part"),
    ],
}


@lru_cache(maxsize=64)
def _rows(table: Table, parts: Table, depth: int, by: str) -> Any:
    return union_all(*_seen(table, parts, depth, *_BY[by]))


@lru_cache(maxsize=64)
def _distinct(table: Table, parts: Table, depth: int) -> Any:
    """Return the question for everything that is used or gives a meaning, the uses of one name as one row."""
    questions = []
    for used in _seen(table, parts, depth, _use):
        c = used.subquery().c
        questions.append(select(c.name, c.sense, literal_column("''"), c.about, literal_column("''")).distinct())
    for given in _seen(table, parts, depth, _gives):
        c = given.subquery().c
        questions.append(select(c.name, c.sense, c.role, c.about, c.entity))
    return union_all(*questions)


@lru_cache(maxsize=8)
def _hops(table: Table) -> Any:
    """Return the question for the ways in which names of a range are used, going from each to the next."""
    m, more = table.alias("m"), table.alias("more")
    of = [m.c.branch == bindparam("branch"), m.c.sense == "use"]
    start = select(m.c.name, m.c.about).where(*of, m.c.name >= bindparam("low"), m.c.name <= bindparam("high"))
    first = start.order_by(m.c.name, m.c.about).limit(1).subquery()
    found = select(first.c.name, first.c.about).cte("found", recursive=True)
    of = [more.c.branch == bindparam("branch"), more.c.sense == "use"]
    same = [*of, more.c.name == found.c.name, more.c.about > found.c.about]
    other = [*of, more.c.name > found.c.name]

    def next_(column: str) -> Any:
        """Return a column of the next way: of the same name, else of the next name."""
        ways = (
            select(more.c[column]).where(*where).order_by(more.c.name, more.c.about).limit(1).correlate(found)
            for where in (same, other)
        )
        return func.coalesce(*(way.scalar_subquery() for way in ways))

    found = found.union_all(select(next_("name"), next_("about")).where(found.c.name <= bindparam("high")))
    return select(found.c.name, found.c.about).where(found.c.name <= bindparam("high"))


def _asked(table: Table, parts: Table, depth: int) -> Any:
    """Return the uses of names, those of files where they are written in one of some ways."""

    def in_names(m: Any) -> ColumnElement[bool]:
        return m.c.name.in_(bindparam("names", expanding=True))  # type: ignore[no-any-return]

    def written(m: Any) -> ColumnElement[bool]:
        free = m.c.name.in_(bindparam("free", expanding=True))
        return free | tuple_(m.c.name, m.c.about).in_(bindparam("exact", expanding=True))  # type: ignore[no-any-return]

    used = _seen(table, parts, depth, _use, in_names, written)
    return union_all(*used).subquery()


@lru_cache(maxsize=64)
def _count(table: Table, parts: Table, depth: int) -> Any:
    return select(func.count()).select_from(_asked(table, parts, depth))


@lru_cache(maxsize=64)
def _uses(table: Table, parts: Table, depth: int) -> Any:
    rows = _asked(table, parts, depth)
    order = tuple_(*(rows.c[name] for name in _ORDER))
    behind = order > tuple_(*(bindparam(f"after_{name}") for name in _ORDER))
    return select(rows).where(behind).order_by(*(rows.c[name] for name in _ORDER)).limit(bindparam("limit"))


@lru_cache(maxsize=8)
def _bodies(parts: str, dialect: str, time: str) -> Any:
    """Return the question for the bodies of many parts, which are given as columns; each is one seek."""
    if dialect == "sqlite":
        given = "json_each(:keys) AS j CROSS JOIN"
        key = [f"p.{name} = json_extract(j.value, '$[{n}]')" for n, name in enumerate(("kind", "entity", "part"))]
    else:
        given = """unnest(CAST(:kinds AS text[]), CAST(:entities AS text[]), CAST(:parts AS text[]))
            AS k (kind, entity, part) JOIN"""
        key = [f"p.{name} = k.{name}" for name in ("kind", "entity", "part")]
    return text(
        f"""SELECT p.kind, p.entity, p.part, p.body FROM {given} {parts} AS p ON p.branch = :branch
            AND {" AND ".join(key)} AND p.to_position {time} {LATEST} AND p.to_position >= :over
            AND p.from_position + 0 <= :cap"""  # noqa: S608
    )


def _columns(dialect: str, keys: Sequence[PartKey]) -> dict[str, Any]:
    if dialect == "sqlite":
        return {"keys": orjson.dumps(keys).decode()}
    kinds, entities, parts = (list(column) for column in zip(*keys, strict=True))
    return {"kinds": kinds, "entities": entities, "parts": parts}
