"""The jobs of a database, and the worker that a server brings along."""

import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from anyio import to_thread

from comfyvn.application.jobs.kinds import Kinds
from comfyvn.application.ports import Notices
from comfyvn.application.studio import Studio
from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.jobs.database import address_beside, in_memory, open_database
from comfyvn.infrastructure.jobs.following import JobFollower
from comfyvn.infrastructure.jobs.journal import Journal
from comfyvn.infrastructure.jobs.queue import QueuedJobs
from comfyvn.main.streams_over_http import Beside
from comfyvn.settings import Settings

AGAIN_SECONDS: Final = 1.0
"""How long the server waits before it starts a worker again that ended by itself."""
LEAVE_SECONDS: Final = 10.0
LOOK_SECONDS: Final = 0.2
HEAD_START: Final = 3.0
"""How long the server has the machine for itself before its worker starts, unless there is a job for it."""
_LOG = logging.getLogger(__name__)


def queue(settings: Settings, studio: Studio, kinds: Kinds) -> QueuedJobs:
    """Return the jobs of the database that the settings name. Raises Refused("jobs_in_memory")."""
    if in_memory(settings.database_url):
        raise Refused("jobs_in_memory", "A database in memory has no jobs that other processes could see.")
    database = open_database(address_beside(settings.database_url))
    return QueuedJobs(database, kinds, studio.ids, studio.clock, Journal(settings.log_dir))


def working(settings: Settings, jobs: QueuedJobs, notices: Notices) -> Beside:
    """Return what runs beside the web application: a worker of its own, and what tells of all jobs."""

    @asynccontextmanager
    async def run(_: Any) -> AsyncIterator[None]:
        follower = JobFollower(jobs.rows, notices)
        worker = _Worker(f"server-{socket.gethostname()}-{settings.port}", jobs.asked)
        await to_thread.run_sync(follower.start)
        worker.start()
        threading.Thread(target=jobs.warm, name="jobs-warm", daemon=True).start()
        try:
            yield
        finally:
            await to_thread.run_sync(worker.close)
            await to_thread.run_sync(follower.close)
            jobs.close()

    return run


class _Worker:
    """A child that works as long as this process lives: it ends with its standard input."""

    def __init__(self, name: str, asked: threading.Event) -> None:
        self._asked = asked
        self._command = [sys.executable, "-m", "comfyvn", "worker", "--attached", "--name", name]
        self._child: subprocess.Popen[bytes] | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="jobs-worker", daemon=True)

    def start(self) -> None:
        """Start the child, and start it again whenever it ends by itself."""
        self._thread.start()

    def close(self) -> None:
        """Let the child end, and wait for it."""
        self._stopped.set()
        self._asked.set()
        end = time.monotonic() + LEAVE_SECONDS
        while self._thread.is_alive() and time.monotonic() < end:  # a child may be about to start
            if self._child is not None and self._child.stdin is not None:
                self._child.stdin.close()
            self._thread.join(LOOK_SECONDS)
        if self._child is not None and self._child.poll() is None:
            self._child.kill()

    def _watch(self) -> None:
        self._asked.wait(HEAD_START)
        while not self._stopped.is_set():
            self._child = subprocess.Popen(  # noqa: S603 - our own program
                self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
            )
            code = self._child.wait()
            if not self._stopped.is_set():
                _LOG.warning("the worker of this server ended with code %s; it is started again", code)
                self._stopped.wait(AGAIN_SECONDS)
