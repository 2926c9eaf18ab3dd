"""A worker: a process that runs jobs, some at a time, and takes over from workers that died."""

import json
import logging
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from dbos import DBOS
from dbos._serialization import DBOSPortableJSONSerializer

from comfyvn.application.jobs.job import CPU, Job, device_of
from comfyvn.application.jobs.kinds import Kinds
from comfyvn.application.ports import Clock
from comfyvn.application.studio import plain
from comfyvn.domain.kernel import Json, Refused
from comfyvn.infrastructure.jobs import engine
from comfyvn.infrastructure.jobs.crew import PATIENCE, Crew
from comfyvn.infrastructure.jobs.database import engine_of_dbos
from comfyvn.infrastructure.jobs.journal import Journal
from comfyvn.infrastructure.jobs.rows import JobRows
from comfyvn.infrastructure.jobs.working import Ended, Measured, Working, carry_out, refusal
from comfyvn.infrastructure.storage.engine import Database

PULSE: Final = 0.25
"""Seconds between two looks at what is to stop, and two words on how far jobs are."""
POLL: Final = 0.2
"""Seconds between two looks for a job that waits."""
SOON: Final = 0.01
"""The same within a second after a job ended."""
BEAT: Final = 1.0
TIDY: Final = 10.0
GONE_AT_ONCE: Final = 200
"""Jobs that are forgotten in one go."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Post:
    """How a worker works: under which name, for which devices beside the processor, how many jobs at a time.

    Jobs are kept for `keep_days` after they ended, and `keep_count` of them at most.
    """

    name: str
    devices: tuple[str, ...] = ()
    slots: int = 2
    keep_days: float = 30.0
    keep_count: int = 10_000
    patience: float = PATIENCE
    version: str = engine.VERSION


class _Failed(BaseException):
    """Carries an error past `dbos`, which would keep it as what the step gave, also for the next attempt."""

    def __init__(self, error: Exception) -> None:
        self.error = error


@dataclass
class _Running:
    """The jobs that run, and lines of their logs that wait to be kept."""

    jobs: dict[str, Working] = field(default_factory=dict)
    told: dict[str, Measured] = field(default_factory=dict)
    lines: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)


class Worker:
    """Runs jobs until it is stopped. A process has one, as `dbos` is one per process.

    `ended` is called where it has to stop at once: others took it for dead, so what it runs is theirs.
    """

    def __init__(
        self,
        database: Database,
        kinds: Kinds,
        clock: Clock,
        journal: Journal,
        post: Post,
        token: str,
        ended: Callable[[], None],
    ) -> None:
        self._database, self._kinds, self._clock, self._journal, self._post = database, kinds, clock, journal, post
        self._rows = JobRows(database)
        self._crew = Crew(self._rows, post.name, token, post.patience)
        self._engine = engine.Engine(database, post.version)
        self._ended = ended
        self._running = _Running()
        self._busy_until = 0.0
        self._stopped = threading.Event()
        self._pulse = threading.Thread(target=self._beat, name="jobs-pulse", daemon=True)

    def start(self) -> None:
        """Begin to take jobs."""
        post = self._post
        shared = (CPU, device_of(socket.gethostname()))
        queues = [*shared, *post.devices]
        self._engine.client  # noqa: B018 - makes its tables
        with self._database.write() as conn:
            engine.adopt(conn, self._database, post.version)
        self._crew.join(queues, self._clock.now())
        dbos = DBOS(config=self._config())

        @DBOS.workflow(name=engine.WORKFLOW)
        def run(job_id: str) -> None:
            self._run(job_id)

        DBOS.listen_queues(queues)
        for name in shared:
            self._engine.client.register_queue(name, worker_concurrency=1, polling_interval_sec=POLL)
        for name in post.devices:
            self._engine.client.register_queue(name, global_concurrency=1, polling_interval_sec=POLL)
        DBOS.launch()
        self._tune(dbos, shared)
        self._take_over()
        self._pulse.start()
        _LOG.info("worker %s takes jobs for %s", post.name, ", ".join(queues))

    def _tune(self, dbos: DBOS, shared: Sequence[str]) -> None:
        """Give this worker its own number of slots, and let it look at once for the next job where one ended just now.

        `dbos` keeps both in its table for all workers alike, and reads it before each look.
        """
        stored = dbos._sys_db.get_queue

        def get_queue(name: str, **more: Any) -> Any:
            found = stored(name, **more)
            if found is not None:
                found._polling_interval_sec = SOON if time.monotonic() < self._busy_until else POLL
                if name in shared:
                    found._worker_concurrency = self._post.slots
            return found

        dbos._sys_db.get_queue = get_queue  # type: ignore[method-assign]

    def leave(self) -> None:
        """Stop at once; what runs here waits for others. The process is to end right after."""
        self._stopped.set()
        self._crew.leave()

    def _config(self) -> Any:
        return {
            "name": engine.APPLICATION,
            "system_database_url": self._database.engine.url.render_as_string(hide_password=False),
            "system_database_engine": engine_of_dbos(self._database),
            "dbos_system_schema": engine.schema(self._database),
            "application_version": self._post.version,
            "executor_id": self._crew.token,
            "serializer": DBOSPortableJSONSerializer(),
            "use_listen_notify": False,
            "run_migrations": False,
            "max_executor_threads": 4 + self._post.slots * 2 + len(self._post.devices),
            "log_level": "WARNING",
        }

    def _run(self, job_id: str) -> None:
        """Run one job; the workflow of `dbos`. It always succeeds: how the job ended stands in its row."""
        job = self._rows.begin(job_id, str(DBOS.workflow_id), self._crew.token, self._clock.now())
        if job is None:
            return
        working = Working(job, lambda line: self._note(job, line), self._remember)
        with self._running.lock:
            self._running.jobs[job_id] = working
        try:
            ended = self._carry_out(job, working)
        finally:
            with self._running.lock:
                del self._running.jobs[job_id]
                self._running.told.pop(job_id, None)
        self._end(job_id, working.measured, ended)
        if ended.status == "done":
            self._kinds.named(job.type).over(job_id)

    def _end(self, job_id: str, measured: Measured, ended: Ended) -> None:
        """Keep how a job ended, as often as it takes: a worker that cannot reach its database ends soon."""
        with self._running.lock:
            lines = self._running.lines.pop(job_id, [])
        while not self._stopped.is_set():
            try:
                self._rows.end(job_id, self._crew.token, measured, ended, self._clock.now(), lines)
            except Exception:  # the database may come back; the log keeps the reason
                _LOG.exception("the end of job %s cannot be kept at the moment", job_id)
                time.sleep(BEAT)
            else:
                self._busy_until = time.monotonic() + 1.0
                return

    def _carry_out(self, job: Job, working: Working) -> Ended:
        try:
            kind = self._kinds.named(job.type)
        except Refused as error:
            return Ended("failed", error=refusal(error))
        return carry_out(kind, working)

    def _remember(self, name: str, work: Callable[[], Json]) -> Json:
        def step() -> Any:
            try:
                return json.loads(json.dumps(plain(work())))
            except Exception as error:
                raise _Failed(error) from error

        try:
            given: Json = DBOS.run_step({"name": name}, step)
            return given
        except _Failed as failed:
            raise failed.error from None

    def _note(self, job: Job, line: str) -> None:
        self._journal.write(job.logs_path, line)
        with self._running.lock:
            self._running.lines[job.id].append(f"{self._clock.now()[:19]}Z {line}")

    def _beat(self) -> None:
        beaten = tidied = float("-inf")
        while not self._stopped.wait(PULSE):
            try:
                self._flush()
                self._stop_some()
                now = time.monotonic()
                if now - beaten >= BEAT:
                    beaten = now
                    if not self._crew.beat():
                        self._die("others took this worker for dead")
                    self._take_over()
                if now - tidied >= TIDY:
                    tidied = now
                    self._tidy()
            except Exception:  # the database may come back; the log keeps the reason
                _LOG.exception("the pulse of this worker missed a beat")
                if self._crew.silent:
                    self._die("the database cannot be reached, so others take over")

    def _die(self, why: str) -> None:
        _LOG.error("worker %s stops: %s", self._post.name, why)
        self._stopped.set()
        self._ended()

    def _flush(self) -> None:
        """Keep how far jobs are, and the lines of their logs."""
        running = self._running
        with running.lock:
            now = {job_id: working.measured for job_id, working in running.jobs.items()}
            found = {job_id: measured for job_id, measured in now.items() if running.told.get(job_id) != measured}
            running.told |= found
            lines, running.lines = running.lines, defaultdict[str, list[str]](list)
        if found:
            self._rows.measure(self._crew.token, found)
        if lines:
            self._rows.write(lines)

    def _stop_some(self) -> None:
        if self._running.jobs:
            stopping = self._rows.stopping(self._crew.token)
            with self._running.lock:
                for job_id, working in self._running.jobs.items():
                    if job_id in stopping:
                        working.stopping.set()

    def _take_over(self) -> None:
        for token in self._crew.bury(lambda token: DBOS._recover_pending_workflows([token])):
            _LOG.warning("worker %s is dead; its jobs wait again", token)

    def _tidy(self) -> None:
        """Let this version have what another one left, and forget what is old."""
        with self._database.write() as conn:
            engine.adopt(conn, self._database, self._post.version)
        before = datetime.now(UTC) - timedelta(days=self._post.keep_days)
        while old := self._rows.outdated(before.isoformat(), self._post.keep_count, GONE_AT_ONCE):
            self._engine.forget(job.id for job in old)
            for job in old:
                self._over(job)
            self._rows.remove([job.id for job in old])

    def _over(self, job: Job) -> None:
        try:
            self._kinds.named(job.type).over(job.id)
        except Refused:  # a kind that this release has no more
            return


def names(devices: Sequence[str]) -> tuple[str, ...]:
    """Return names of devices as given. Raises Refused("device_malformed") for one that stands for something else."""
    for name in devices:
        if name == CPU or name.startswith(("host:", "_")) or not 0 < len(name) <= 100:
            raise Refused("device_malformed", f"No device can be called {name[:50]!r}.")
    return tuple(dict.fromkeys(devices))
