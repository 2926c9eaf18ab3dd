"""A process that works on jobs."""

import logging
import os
import re
import signal
import socket
import sys
import threading
from typing import NoReturn

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure import logs
from comfyvn.infrastructure.jobs import worker
from comfyvn.infrastructure.jobs.database import address_beside, in_memory, open_database
from comfyvn.infrastructure.jobs.journal import Journal
from comfyvn.interfaces.cli.tools import WorkOptions
from comfyvn.main.assets import registry
from comfyvn.main.jobs import all_kinds, workshop
from comfyvn.main.tools import open_studio
from comfyvn.settings import Settings

_UNFIT = re.compile(r"[^A-Za-z0-9_.-]")
BESIDE = 5
"""How much a worker beside a server stands back, so that people who wait for an answer come first."""
FENCED = 3
"""The exit code of a worker that others took for dead."""


def work(settings: Settings, options: WorkOptions) -> int:
    """Work on jobs until a signal comes, or standard input ends where it is attached to another process.

    What runs then goes on where another worker takes it. Raises Refused: ``jobs_in_memory``, ``device_malformed``.
    """
    if in_memory(settings.database_url):
        raise Refused("jobs_in_memory", "A database in memory has no jobs that other processes could see.")
    name = options.name or f"{socket.gethostname()}-{os.getpid()}"
    devices = worker.names(options.devices)
    logs.configure(settings.log_dir, settings.log_level, file=f"worker-{_UNFIT.sub('_', name)[:100]}.log")
    studio = open_studio(settings)
    kinds = all_kinds(workshop(settings, registry(settings, studio), alone=True))
    post = worker.Post(name, devices, options.slots or settings.job_slots, settings.job_days, settings.job_count)
    database = open_database(address_beside(settings.database_url))
    token = f"{name}:{studio.ids.new()}"
    journal = Journal(settings.log_dir)
    made = worker.Worker(database, kinds, studio.clock, journal, post, token, lambda: _end(FENCED))
    leaving = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: leaving.set())
    made.start()
    if options.attached:
        if hasattr(os, "nice"):
            os.nice(BESIDE)
        threading.Thread(target=_until_alone, args=(leaving,), daemon=True).start()
    else:
        sys.stderr.write(f"Worker {name} runs jobs (log: {settings.log_dir}). Stop with Ctrl+C.\n")
    while not leaving.wait(1.0):
        continue
    made.leave()
    _end(0)


def _until_alone(leaving: threading.Event) -> None:
    sys.stdin.buffer.read()
    leaving.set()


def _end(code: int) -> NoReturn:
    """End this process at once: what runs in its threads has been left to others."""
    logging.shutdown()
    os._exit(code)
