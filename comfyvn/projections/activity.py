"""Who worked when: commits and events per project, branch, actor and day (UTC)."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, Column, Connection, MetaData, String, Table, bindparam, func, select, update
from sqlalchemy.schema import CreateTable, DropTable

from comfyvn.projections.batches import CommitRow


class Activity(NamedTuple):
    """The work of one actor on one branch on one day (``YYYY-MM-DD``)."""

    branch: str
    actor: str
    day: str
    commits: int
    events: int


class ActivityProjection:
    """Fills one row per project, branch, actor and day."""

    name: Final = "activity"
    version: Final = 1

    def __init__(self, application: str) -> None:
        keys = ("project", "branch", "actor", "day")
        self.table = Table(
            f"{application}_activity",
            MetaData(),
            *(Column(key, String, primary_key=True) for key in keys),
            Column("commits", BigInteger, nullable=False),
            Column("events", BigInteger, nullable=False),
        )
        c = self.table.c
        self._add = (
            update(self.table)
            .where(*(c[key] == bindparam(f"of_{key}") for key in keys))
            .values(commits=c.commits + bindparam("more_commits"), events=c.events + bindparam("more_events"))
        )

    def create(self, conn: Connection) -> None:
        """Make the table, empty."""
        conn.execute(CreateTable(self.table))

    def drop(self, conn: Connection) -> None:
        """Drop the table, where it exists."""
        conn.execute(DropTable(self.table, if_exists=True))

    def apply(self, conn: Connection, commits: Sequence[CommitRow]) -> None:
        """Take in commits, in the order of their positions, each exactly once."""
        counts: Counter[tuple[str, str, str, str]] = Counter()
        events: Counter[tuple[str, str, str, str]] = Counter()
        for row in commits:
            key = (row.project, row.branch, row.actor, row.at[:10])
            counts[key] += 1
            events[key] += row.events
        for key, number in counts.items():
            project, branch, actor, day = key
            named = {"of_project": project, "of_branch": branch, "of_actor": actor, "of_day": day}
            if not conn.execute(self._add, {**named, "more_commits": number, "more_events": events[key]}).rowcount:
                values = {"project": project, "branch": branch, "actor": actor, "day": day}
                conn.execute(self.table.insert(), {**values, "commits": number, "events": events[key]})

    def of_project(self, conn: Connection, project: str) -> Sequence[Activity]:
        """Return the activity of a project, the latest day first, summed over nothing."""
        c = self.table.c
        statement = select(c.branch, c.actor, c.day, c.commits, c.events).where(c.project == project)
        return [Activity(*row) for row in conn.execute(statement.order_by(c.day.desc(), c.branch, c.actor))]

    def total(self, conn: Connection) -> tuple[int, int]:
        """Return (commits, events) of all projects."""
        row = conn.execute(select(func.sum(self.table.c.commits), func.sum(self.table.c.events))).one()
        return int(row[0] or 0), int(row[1] or 0)
