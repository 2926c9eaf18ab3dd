"""The rows of jobs: what people see of a job, and what workers agree upon beside what `dbos` keeps."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, text

from comfyvn.application.jobs.job import OPEN, Job
from comfyvn.application.jobs.runner import unknown
from comfyvn.domain.kernel import Missing
from comfyvn.infrastructure.jobs.database import TABLES
from comfyvn.infrastructure.jobs.working import Ended, Measured
from comfyvn.infrastructure.storage.engine import Database

JOB: Final = f"{TABLES}_job"
LINE: Final = f"{TABLES}_line"
MAX_LINES: Final = 2_000
"""Lines of a log that are kept in the database, for machines that do not have its file."""
_OWN: Final = (
    *(
        "id",
        "type",
        "status",
        "device",
        "priority",
        "attempts",
        "actor",
        "command_id",
        "stage",
        "done",
        "total",
        "rate",
    ),
    *("logs_path", "file", "created_at", "started_at", "ended_at"),
)
_JSON: Final = {"input": "input_json", "output": "output_json", "error": "error_json"}


class JobRows:
    """Reads and writes rows. Methods with a connection are part of the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def insert(self, conn: Connection, job: Job) -> int:
        """Add the row of a job that waits; return its number."""
        values = {name: getattr(job, name) for name in _OWN}
        values |= {"input_json": _encoded(job.input), "run": job.id, "stopping": False, "revision": 0}
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        found = conn.execute(text(f"INSERT INTO {JOB} ({names}) VALUES ({marks}) RETURNING number"), values)  # noqa: S608
        number = int(found.scalar_one())
        self.changed(conn, [job.id])
        return number

    def waiting(self, conn: Connection, limit: int) -> int:
        """Return how many jobs are not over, `limit` at most."""
        some = f"SELECT 1 FROM {JOB} WHERE status IN ('queued', 'running') LIMIT :limit"  # noqa: S608
        return int(conn.execute(text(f"SELECT count(*) FROM ({some}) AS waiting"), {"limit": limit}).scalar_one())  # noqa: S608

    def row(self, conn: Connection, job_id: str, *, locked: bool = False) -> Mapping[str, Any]:
        """Return a row; raise Missing("job_unknown"). `locked`: nobody else changes it until the transaction ends."""
        lock = " FOR UPDATE" if locked and not self.database.is_sqlite else ""
        found = conn.execute(text(f"SELECT * FROM {JOB} WHERE id = :id{lock}"), {"id": job_id}).mappings().first()  # noqa: S608
        if found is None:
            raise unknown(job_id)
        return dict(found)

    def job(self, job_id: str) -> Job:
        """Return a job; raise Missing("job_unknown")."""
        with self.database.read() as conn:
            return job_of(self.row(conn, job_id))

    def jobs(self, kind: str | None, status: str | None, after: str | None, limit: int) -> list[Job]:
        """Return jobs, the latest first: of a kind, in a state, those behind another one."""
        asked = {"type": kind, "status": status, "after": after, "limit": limit}
        conditions = [f"{name} = :{name}" for name in ("type", "status") if asked[name] is not None]
        if after is not None:
            conditions.append(f"number < (SELECT number FROM {JOB} WHERE id = :after)")  # noqa: S608
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        with self.database.read() as conn:
            found = conn.execute(text(f"SELECT * FROM {JOB} {where} ORDER BY number DESC LIMIT :limit"), asked)  # noqa: S608
            return [job_of(dict(row)) for row in found.mappings()]

    def some(self, ids: Sequence[str]) -> list[Job]:
        """Return the jobs with some ids that are there."""
        query = text(f"SELECT * FROM {JOB} WHERE id = :id")  # noqa: S608
        with self.database.read() as conn:
            rows = [conn.execute(query, {"id": job_id}).mappings().first() for job_id in ids]
        return [job_of(dict(row)) for row in rows if row is not None]

    def since(self, revision: int, limit: int) -> tuple[int, list[Job]]:
        """Return the first jobs that changed after a revision, and the revision to ask after next. SQLite only."""
        asked = {"revision": revision, "limit": limit}
        query = f"SELECT * FROM {JOB} WHERE revision > :revision ORDER BY revision LIMIT :limit"  # noqa: S608
        with self.database.read() as conn:
            rows = list(conn.execute(text(query), asked).mappings())
        return max((int(row["revision"]) for row in rows), default=revision), [job_of(dict(row)) for row in rows]

    def revision(self) -> int:
        """Return the last revision. SQLite only."""
        with self.database.read() as conn:
            return int(conn.execute(text(f"SELECT coalesce(max(revision), 0) FROM {JOB}")).scalar_one())  # noqa: S608

    def put(self, conn: Connection, job_id: str, **values: Any) -> None:
        """Change fields of a row."""
        sets = ", ".join(f"{name} = :{name}" for name in values)
        conn.execute(text(f"UPDATE {JOB} SET {sets} WHERE id = :id"), {**values, "id": job_id})  # noqa: S608
        self.changed(conn, [job_id])

    def begin(self, job_id: str, run: str, worker: str, now: str) -> Job | None:
        """Let a worker have a job that `dbos` gave it; None where there is nothing to do any more.

        A job that was to stop is over now: its worker died before it did so.
        """
        with self.database.write() as conn:
            try:
                row = self.row(conn, job_id, locked=True)
            except Missing:
                return None
            if row["run"] != run or row["status"] not in OPEN:
                return None
            if row["stopping"]:
                self.put(conn, job_id, status="cancelled", ended_at=now)
                return None
            values = {"status": "running", "worker": worker, "attempts": row["attempts"] + 1}
            self.put(conn, job_id, **values, started_at=row["started_at"] or now)
            return job_of(self.row(conn, job_id))

    def measure(self, worker: str, found: Mapping[str, Measured]) -> None:
        """Keep how far jobs of a worker are."""
        update = text(
            f"""UPDATE {JOB} SET stage = :stage, done = :done, total = :total, rate = :rate
                WHERE id = :id AND worker = :worker AND status = 'running'"""  # noqa: S608
        )
        with self.database.write() as conn:
            for job_id, measured in found.items():
                conn.execute(update, {**measured._asdict(), "id": job_id, "worker": worker})
            self.changed(conn, list(found))

    def stopping(self, worker: str) -> set[str]:
        """Return the jobs of a worker that are to stop."""
        query = text(f"SELECT id FROM {JOB} WHERE status = 'running' AND stopping AND worker = :worker")  # noqa: S608
        with self.database.read() as conn:
            return set(conn.execute(query, {"worker": worker}).scalars())

    def end(
        self, job_id: str, worker: str, measured: Measured, ended: Ended, now: str, lines: Sequence[str] = ()
    ) -> None:
        """Keep how a job ended, and the last lines of its log, where the worker has it still."""
        values = {**measured._asdict(), "status": ended.status, "file": ended.file, "ended_at": now}
        values |= {"output_json": _encoded(ended.output), "error_json": _encoded(ended.error)}
        sets = ", ".join(f"{name} = :{name}" for name in values)
        update = text(f"UPDATE {JOB} SET {sets} WHERE id = :id AND worker = :worker AND status = 'running'")  # noqa: S608
        with self.database.write() as conn:
            self._add(conn, job_id, lines)
            conn.execute(update, {**values, "id": job_id, "worker": worker})
            self.changed(conn, [job_id])

    def give_back(self, conn: Connection, worker: str) -> None:
        """Let the jobs of a worker that is gone wait again."""
        where = f"FROM {JOB} WHERE worker = :worker AND status = 'running'"
        ids = list(conn.execute(text(f"SELECT id {where}"), {"worker": worker}).scalars())
        for job_id in ids:
            self.put(conn, job_id, status="queued", worker=None)

    def write(self, lines: Mapping[str, Sequence[str]]) -> None:
        """Add lines to the logs of jobs; what comes behind the last that is kept is left out."""
        with self.database.write() as conn:
            for job_id, texts in lines.items():
                self._add(conn, job_id, texts)

    def _add(self, conn: Connection, job_id: str, lines: Sequence[str]) -> None:
        if not lines:
            return
        last = text(f"SELECT coalesce(max(number), 0) FROM {LINE} WHERE job = :job")  # noqa: S608
        first = int(conn.execute(last, {"job": job_id}).scalar_one()) + 1
        kept = lines[: max(0, MAX_LINES - first + 1)]
        values = [{"job": job_id, "number": first + n, "line": line} for n, line in enumerate(kept)]
        if values:
            conn.execute(text(f"INSERT INTO {LINE} (job, number, line) VALUES (:job, :number, :line)"), values)  # noqa: S608

    def lines(self, job_id: str) -> list[str]:
        """Return the lines of the log of a job that are kept."""
        query = text(f"SELECT line FROM {LINE} WHERE job = :job ORDER BY number")  # noqa: S608
        with self.database.read() as conn:
            return list(conn.execute(query, {"job": job_id}).scalars())

    def outdated(self, before: str, count: int, limit: int) -> list[Job]:
        """Return jobs that ended before a time, or are more than `count` that are over."""
        over = f"FROM {JOB} WHERE status NOT IN ('queued', 'running')"
        query = text(
            f"""SELECT * {over} AND (ended_at < :before OR number <= coalesce(
                (SELECT number {over} ORDER BY number DESC LIMIT 1 OFFSET :count), -1)) ORDER BY number LIMIT :limit"""
        )
        with self.database.read() as conn:
            rows = conn.execute(query, {"before": before, "count": count, "limit": limit}).mappings()
            return [job_of(dict(row)) for row in rows]

    def remove(self, ids: Sequence[str]) -> None:
        """Forget jobs and their logs."""
        with self.database.write() as conn:
            for job_id in ids:
                conn.execute(text(f"DELETE FROM {LINE} WHERE job = :id"), {"id": job_id})  # noqa: S608
                conn.execute(text(f"DELETE FROM {JOB} WHERE id = :id"), {"id": job_id})  # noqa: S608

    def changed(self, conn: Connection, ids: Sequence[str]) -> None:
        """Let other processes know that rows changed, once the transaction is kept."""
        change = f"UPDATE {JOB} SET revision = (SELECT max(revision) FROM {JOB}) + 1 WHERE id = :id"  # noqa: S608
        tell = f"SELECT pg_notify('{TABLES}', :id)"
        for job_id in ids:
            conn.execute(text(change if self.database.is_sqlite else tell), {"id": job_id})


def job_of(row: Mapping[str, Any]) -> Job:
    """Return the job that a row holds."""
    own: dict[str, Any] = {name: row[name] for name in _OWN}
    told: dict[str, Any] = {
        name: None if row[column] is None else json.loads(row[column]) for name, column in _JSON.items()
    }
    return Job(**own, **told)


def _encoded(value: Any) -> str | None:
    return None if value is None else json.dumps(value, separators=(",", ":"))
