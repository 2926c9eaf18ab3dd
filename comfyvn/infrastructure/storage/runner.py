"""Keeps a read model up with the log: pages of commits, each applied in one transaction with how far it has come."""

import threading
import time
from typing import TYPE_CHECKING, Final

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, String, Table, bindparam, select

from comfyvn.projections.batches import BatchProjection

if TYPE_CHECKING:
    from comfyvn.infrastructure.storage.store import Store

PAGE: Final = 500
WAIT_SECONDS: Final = 1.0


class BatchProjectionRunner:
    """Runs one projection. Several processes may run the same one: they take turns and no commit is taken twice."""

    def __init__(self, store: "Store", projection: BatchProjection, page: int = PAGE) -> None:
        self._store, self._projection, self._page = store, projection, page
        self._tracking = Table(
            f"{store.database.application}_tracking",
            MetaData(),
            Column("name", String, primary_key=True),
            Column("version", Integer),
            Column("position", BigInteger),
        )

    def position(self) -> int:
        """Return the position up to which the read model is filled (0: not at all, or of another version)."""
        with self._store.database.read() as conn:
            return self._at(conn) or 0

    def run_until_caught_up(self) -> int:
        """Take in all commits that there are now and return the position of the last one."""
        while self._step():
            pass
        return self.position()

    def run(self, stop: threading.Event) -> None:
        """Take in commits as they come until `stop` is set."""
        while not stop.is_set():
            self._store.wait(self.run_until_caught_up(), WAIT_SECONDS)

    def wait_for(self, position: int, seconds: float) -> bool:
        """Wait until the read model, which another thread or process fills, has come to `position`."""
        deadline = time.monotonic() + seconds
        while self.position() < position:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        return True

    def _step(self) -> bool:
        """Apply one page; tell whether there may be another."""
        with self._store.database.read() as conn:
            at = self._at(conn)
            if at is not None and not self._store.log.since(conn, at, 1):
                return False
        with self._store.database.write() as conn:
            at = self._claim(conn)
            commits = self._store.log.since(conn, at, self._page)
            if commits:
                self._projection.apply(conn, commits)
                moved = self._tracking.update().where(self._tracking.c.name == self._projection.name)
                conn.execute(moved.values(position=commits[-1].position))
        return len(commits) == self._page

    def _at(self, conn: Connection) -> int | None:
        t = self._tracking.c
        wanted = select(t.position).where(t.name == self._projection.name, t.version == self._projection.version)
        return conn.execute(wanted).scalar()

    def _claim(self, conn: Connection) -> int:
        """Lock the tracking row against other runners and return its position; begin anew for another version."""
        t, projection = self._tracking, self._projection
        self._store.database.lock(conn, f"{t.name}.{projection.name}")
        row = conn.execute(select(t).where(t.c.name == bindparam("of")), {"of": projection.name}).first()
        if row is not None and row.version == projection.version:
            return int(row.position)
        projection.drop(conn)
        projection.create(conn)
        conn.execute(t.delete().where(t.c.name == projection.name))
        conn.execute(t.insert(), {"name": projection.name, "version": projection.version, "position": 0})
        return 0
