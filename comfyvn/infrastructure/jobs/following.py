"""Tells what becomes of jobs, whichever process runs them."""

import contextlib
import logging
import threading
from collections.abc import Iterable
from typing import Final

import psycopg
from psycopg.sql import SQL, Identifier

from comfyvn.application.jobs.job import Job
from comfyvn.application.ports import Notices
from comfyvn.application.streaming.jobs import told_of
from comfyvn.infrastructure.jobs.database import TABLES
from comfyvn.infrastructure.jobs.rows import JobRows

LOOK: Final = 0.25
"""Seconds between two looks where no channel announces a change."""
PAGE: Final = 500
RECONNECT: Final = 1.0
_LOG = logging.getLogger(__name__)


class JobFollower:
    """Tells `notices` each job that changed, from now on: SQLite is looked at, Postgres announces."""

    def __init__(self, rows: JobRows, notices: Notices) -> None:
        self._rows, self._notices = rows, notices
        self._stopped, self._ready = threading.Event(), threading.Event()
        follow = self._look if rows.database.is_sqlite else self._hear
        self._thread = threading.Thread(target=follow, name="jobs-follower", daemon=True)

    def start(self) -> None:
        """Begin; what happens from now on is told."""
        self._thread.start()
        self._ready.wait(RECONNECT)

    def close(self) -> None:
        """Stop, and wait until it has."""
        self._stopped.set()
        self._thread.join()

    def _tell(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            self._notices.publish(*told_of(job))

    def _look(self) -> None:
        revision = self._rows.revision()
        self._ready.set()
        while not self._stopped.wait(LOOK):
            try:
                revision, jobs = self._rows.since(revision, PAGE)
                self._tell(jobs)
            except Exception:  # the database may come back; the log keeps the reason
                _LOG.exception("jobs cannot be followed at the moment")

    def _hear(self) -> None:
        url = self._rows.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        missed = False
        while not self._stopped.is_set():
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as conn:
                conn.execute(SQL("LISTEN {}").format(Identifier(TABLES)))
                self._ready.set()
                if missed:
                    self._tell(reversed(self._rows.jobs(None, None, None, PAGE)))
                while not self._stopped.is_set():
                    ids = [notice.payload for notice in conn.notifies(timeout=LOOK, stop_after=PAGE)]
                    self._tell(self._rows.some(list(dict.fromkeys(ids))))
            missed = True
            self._stopped.wait(RECONNECT)
