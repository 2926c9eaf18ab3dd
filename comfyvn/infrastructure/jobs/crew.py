"""The workers that are alive: each beats in a table, and who stops beating is taken for dead by the others.

Clocks of machines need not agree: a watcher counts its own seconds in which another's beats stayed the same.
"""

import json
import os
import socket
import time
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import text

from comfyvn.infrastructure.jobs.database import TABLES
from comfyvn.infrastructure.jobs.rows import JobRows

WORKER: Final = f"{TABLES}_worker"
PATIENCE: Final = 10.0
"""Seconds without a beat after which a worker is dead."""


class Crew:
    """One worker's place among all.

    `token` is the executor that `dbos` knows: one start of the worker, so that nobody who takes over from an earlier
    start under its name takes from this one.
    """

    def __init__(self, rows: JobRows, name: str, token: str, patience: float = PATIENCE) -> None:
        self.name, self.token, self._patience = name, token, patience
        self._rows, self._database = rows, rows.database
        self._seen: dict[str, tuple[int, float]] = {}
        self._last_beat = time.monotonic()

    def join(self, devices: Sequence[str], now: str) -> None:
        """Take the place of this name; whoever had it is dead from now on."""
        values = {
            "name": self.name,
            "token": self.token,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "devices": json.dumps(list(devices)),
            "beats": 0,
            "started_at": now,
            "dead": False,
        }
        names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
        with self._database.write() as conn:
            conn.execute(text(f"UPDATE {WORKER} SET dead = true WHERE name = :name"), {"name": self.name})  # noqa: S608
            conn.execute(text(f"INSERT INTO {WORKER} ({names}) VALUES ({marks})"), values)  # noqa: S608

    def beat(self) -> bool:
        """Tell the others that this worker is alive; False where they took it for dead, or must by now."""
        update = text(f"UPDATE {WORKER} SET beats = beats + 1 WHERE token = :token AND NOT dead")  # noqa: S608
        with self._database.write() as conn:
            alive = conn.execute(update, {"token": self.token}).rowcount == 1
        self._last_beat = time.monotonic()
        return alive

    @property
    def silent(self) -> bool:
        """Whether so long no beat came through that others take over."""
        return time.monotonic() - self._last_beat > self._patience * 0.8

    def leave(self) -> None:
        """Let others take over what this worker has, at once."""
        with self._database.write() as conn:
            query = text(f"UPDATE {WORKER} SET dead = true WHERE token = :token")  # noqa: S608
            conn.execute(query, {"token": self.token})

    def bury(self, recover: Callable[[str], object]) -> list[str]:
        """Take over from workers that are dead, and return their tokens: their jobs wait again.

        `recover` has `dbos` do the same, by the token. What is cut off halfway is done again by the next who looks.
        """
        dead = self._dead()
        for token in dead:
            recover(token)
            with self._database.write() as conn:
                self._rows.give_back(conn, token)
                conn.execute(text(f"DELETE FROM {WORKER} WHERE token = :token"), {"token": token})  # noqa: S608
        return dead

    def _dead(self) -> list[str]:
        now = time.monotonic()
        query = text(f"SELECT token, beats, dead FROM {WORKER} WHERE token <> :token")  # noqa: S608
        with self._database.read() as conn:
            others = list(conn.execute(query, {"token": self.token}).mappings())
        dead, seen = [], {}
        for row in others:
            token, beats = row["token"], row["beats"]
            before, since = self._seen.get(token, (-1, now))
            seen[token] = (beats, since if before == beats else now)
            if row["dead"] or (now - seen[token][1] > self._patience and self._fence(token, beats)):
                dead.append(token)
        self._seen = seen
        return dead

    def _fence(self, token: str, beats: int) -> bool:
        """Declare a worker dead, unless it beat meanwhile: it stops as soon as it looks."""
        update = text(f"UPDATE {WORKER} SET dead = true WHERE token = :token AND beats = :beats")  # noqa: S608
        with self._database.write() as conn:
            return conn.execute(update, {"token": token, "beats": beats}).rowcount == 1
