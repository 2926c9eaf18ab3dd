"""Projects, branches and commits as tables, and the questions asked of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    bindparam,
    func,
    select,
)

LATEST: Final = 2**62
PAGE: Final = 500

AnyRow = Row[*tuple[Any, ...]]

Lineage = Sequence[tuple[str, int]]
"""(branch, last position visible there), own branch first."""


class Tables(NamedTuple):
    """The tables of one application that hold its history."""

    event: Table
    project: Table
    branch: Table
    commit: Table


def tables(application: str, dialect: str) -> Tables:
    """Return the tables of `application`; the position of an event has the name that the recorder's library uses."""
    meta = MetaData()
    position = "rowid" if dialect == "sqlite" else "notification_id"
    event = Table(
        f"{application}_event",
        meta,
        Column(position, BigInteger, key="position", primary_key=True),
        Column("originator_id", String),
        Column("originator_version", BigInteger),
        Column("topic", String),
        Column("state", LargeBinary),
    )
    project = Table(
        f"{application}_project",
        meta,
        Column("id", String, primary_key=True),
        Column("name", String),
        Column("main", String),
        Column("created_at", String),
    )
    branch = Table(
        f"{application}_branch",
        meta,
        Column("id", String, primary_key=True),
        Column("project", String),
        Column("name", String),
        Column("parent", String),
        Column("fork_position", BigInteger),
        Column("closed", Boolean),
    )
    texts = ("kind", "actor", "session", "at", "message", "command_id", "command", "body", "fingerprint", "cause")
    commit = Table(
        f"{application}_commit_log",
        meta,
        Column("id", String, primary_key=True),
        Column("project", String),
        Column("branch", String),
        *(Column(name, BigInteger) for name in ("seq", "first_position", "position", "events")),
        *(Column(name, String) for name in texts),
        *(Column(name, String) for name in ("reverts", "parent", "merge_parent", "events_root", "opens")),
        Column("algo", Integer),
        Column("leaves", LargeBinary),
    )
    return Tables(event, project, branch, commit)


class Commits:
    """Reads projects, branches and commits."""

    def __init__(self, tables: Tables) -> None:
        self._project, self._branch, self._commit = tables.project, tables.branch, tables.commit
        c = self._commit.c
        self._row = [column for column in c if column.name != "leaves"]
        self._by_branch = select(self._branch).where(self._branch.c.id == bindparam("id"))
        self._by_command = select(*self._row).where(c.command_id == bindparam("command_id"))
        within = (c.branch == bindparam("branch"), c.position > bindparam("after"), c.position <= bindparam("cap"))
        page = select(*self._row).where(*within).limit(bindparam("page"))
        self._newest = page.order_by(c.position.desc())
        self._oldest = page.order_by(c.position)
        self._since = select(*self._row).where(c.position > bindparam("after")).order_by(c.position)
        self._since = self._since.limit(bindparam("page"))
        steps = select(c.id, c.kind, c.reverts, c.position).where(*within, c.actor == bindparam("actor"))
        self._steps = steps.order_by(c.position.desc()).limit(bindparam("page"))
        source = self._commit.alias("source")
        merges = self._commit.join(source, source.c.id == c.merge_parent)
        self._merged = select(source.c.branch, source.c.position).select_from(merges).where(*within)
        self._head = select(c.id, c.seq, c.position).where(*within).order_by(c.position.desc()).limit(1)
        self._covering = select(c.first_position, c.position).where(c.position >= bindparam("at")).limit(1)
        self._covering = self._covering.order_by(c.position)

    def projects(self, conn: Connection) -> Sequence[AnyRow]:
        """Return all projects, the oldest first."""
        return conn.execute(select(self._project).order_by(self._project.c.created_at, self._project.c.id)).all()

    def branches(self, conn: Connection, project: str) -> Sequence[AnyRow]:
        """Return all branches of a project, the first one first, then by age of their fork."""
        b = self._branch.c
        first = select(self._commit.c.first_position).where(self._commit.c.branch == b.id)
        age = first.order_by(self._commit.c.position).limit(1).scalar_subquery()
        return conn.execute(select(self._branch).where(b.project == project).order_by(age, b.id)).all()

    def branch(self, conn: Connection, branch: str) -> AnyRow | None:
        """Return one branch."""
        return conn.execute(self._by_branch, {"id": branch}).first()

    def by_command(self, conn: Connection, command_id: str) -> AnyRow | None:
        """Return the commit that a command made."""
        return conn.execute(self._by_command, {"command_id": command_id}).first()

    def by_prefix(self, conn: Connection, prefix: str) -> Sequence[AnyRow]:
        """Return up to two commits whose id begins with `prefix`."""
        c = self._commit.c
        return conn.execute(select(*self._row).where(c.id >= prefix, c.id < prefix + "g").limit(2)).all()

    def at_positions(self, conn: Connection, positions: Iterable[int]) -> Iterator[AnyRow]:
        """Yield the commits whose last event has one of `positions`."""
        wanted = sorted(positions)
        for n in range(0, len(wanted), PAGE):
            yield from conn.execute(select(*self._row).where(self._commit.c.position.in_(wanted[n : n + PAGE])))

    def page(
        self, conn: Connection, branch: str, after: int, cap: int, size: int, *, newest_first: bool
    ) -> Sequence[AnyRow]:
        """Return the first `size` commits made on one branch with `after` < position <= `cap`."""
        statement = self._newest if newest_first else self._oldest
        return conn.execute(statement, {"branch": branch, "after": after, "cap": cap, "page": size}).all()

    def since(self, conn: Connection, after: int, size: int) -> Sequence[AnyRow]:
        """Return the first `size` commits of all branches beyond a position, in order."""
        return conn.execute(self._since, {"after": after, "page": size}).all()

    def steps(self, conn: Connection, branch: str, cap: int, actor: str, size: int = PAGE) -> Sequence[AnyRow]:
        """Return (id, kind, reverts, position) of the last `size` commits of an actor made on a branch up to `cap`."""
        return conn.execute(
            self._steps, {"branch": branch, "after": -1, "cap": cap, "actor": actor, "page": size}
        ).all()

    def merged(self, conn: Connection, branch: str, after: int, cap: int) -> Sequence[AnyRow]:
        """Return (branch, position) of the commits that merges on a branch took in."""
        return conn.execute(self._merged, {"branch": branch, "after": after, "cap": cap}).all()

    def tip(self, conn: Connection, lineage: Lineage) -> AnyRow | None:
        """Return (id, seq, position) of the last commit that a lineage shows."""
        for branch, cap in lineage:
            if found := conn.execute(self._head, {"branch": branch, "after": -1, "cap": cap}).first():
                return found
        return None

    def last(self, conn: Connection) -> int:
        """Return the position of the last commit of all (0: none)."""
        return int(conn.execute(select(func.max(self._commit.c.position))).scalar() or 0)

    def floor(self, conn: Connection, at: int) -> int:
        """Return `at`, or the end of the commit before it where it falls between two events of one commit."""
        if at >= LATEST:
            return at
        found = conn.execute(self._covering, {"at": at}).first()
        return found.first_position - 1 if found and found.first_position <= at < found.position else at

    def lineage(self, conn: Connection, branch: str) -> Lineage:
        """Return where a branch reads; nothing for an unknown one."""
        found: list[tuple[str, int]] = []
        at: str | None = branch
        cap = LATEST
        while at is not None and (row := self.branch(conn, at)):
            found.append((at, cap))
            cap = cap if row.fork_position is None else min(cap, row.fork_position)
            at = row.parent
        return tuple(found)


def capped(lineage: Lineage, at: int) -> Lineage:
    """Return a lineage as of `at`."""
    return lineage if at >= LATEST else tuple((branch, min(cap, at)) for branch, cap in lineage)
