"""Workers in processes of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from comfyvn.infrastructure.jobs.engine import VERSION

CHECKOUT = Path(__file__).parent.parent.parent


def start(
    folder: Path, url: str, name: str = "one", *devices: str, slots: int = 1, version: str = VERSION
) -> "subprocess.Popen[str]":
    """Start a worker; it takes jobs once `ready` returns."""
    command = [sys.executable, "-m", "tests.jobs.worker", str(folder), url, name, str(slots), version, *devices]
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    return subprocess.Popen(command, cwd=CHECKOUT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def ready(*workers: "subprocess.Popen[str]") -> None:
    """Wait until workers take jobs."""
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"


def kill(worker: "subprocess.Popen[str]") -> None:
    """Kill a worker in the midst of its work."""
    worker.kill()
    worker.communicate()


@contextmanager
def working(folder: Path, url: str) -> Iterator[None]:
    """Have one worker take jobs, one at a time."""
    worker = start(folder, url)
    try:
        ready(worker)
        yield
    finally:
        kill(worker)
