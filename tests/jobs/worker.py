"""A worker of its own process with the kinds that tests use: FOLDER URL NAME SLOTS VERSION [DEVICE ...].

It says ``ready`` once it takes jobs, and ends with its standard input.
"""

import os
import sys
from pathlib import Path

from comfyvn.infrastructure.jobs.database import open_database
from comfyvn.infrastructure.jobs.journal import Journal
from comfyvn.infrastructure.jobs.worker import Post, Worker
from comfyvn.infrastructure.system import RandomIds, SystemClock
from tests.jobs.trying import kinds

PATIENCE = 2.0


def main() -> None:
    folder, url, name, slots, version, *devices = sys.argv[1:]
    post = Post(name, tuple(devices), int(slots), patience=PATIENCE, version=version)
    journal = Journal(Path(folder) / "logs")
    token = f"{name}:{RandomIds().new()}"
    made = kinds(Path(folder))
    worker = Worker(open_database(url), made, SystemClock(), journal, post, token, lambda: os._exit(3))
    worker.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    worker.leave()
    os._exit(0)


if __name__ == "__main__":
    main()
