"""The cases that the `eventsourcing` library has for recorders, run on ours."""

import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import ApplicationRecorder
from eventsourcing.tests import persistence as library

from comfyvn.infrastructure.storage.store import open_store
from tests.contracts.stores import DATABASES
from tests.patience import PATIENCE

_numbers = count()


class OnEveryDatabase:
    """Gives the library's cases a recorder of ours on an empty database."""

    database: str

    @pytest.fixture(autouse=True)
    def _open(self, request: pytest.FixtureRequest, tmp_path: Path) -> Any:
        before = set(threading.enumerate())
        create: Callable[[], str]
        if self.database == "postgres":
            create = request.getfixturevalue("postgres_database")
            url = create()
        else:
            url = "sqlite://" if self.database == "memory" else f"sqlite:///{tmp_path / 'recorder.db'}"
        self.store = open_store(url, {})
        yield
        for thread in set(threading.enumerate()) - before:  # the cases tell their readers to stop and do not wait
            thread.join(PATIENCE)
        self.store.close()

    def new_originator_id(self) -> str:
        return f"stream-{next(_numbers)}"

    def create_recorder(self) -> Any:
        recorder = self.store.backend.recorder
        assert isinstance(recorder, ApplicationRecorder)
        return recorder


class Recording(OnEveryDatabase, library.ApplicationRecorderTestCase[Any]):
    test_performance = None


class NotInterleaving(OnEveryDatabase, library.NonInterleavingNotificationIDsBaseCase):
    pass


for _database in DATABASES:
    for _case in (Recording, NotInterleaving):
        _name = f"Test{_case.__name__}On{_database.title()}"
        globals()[_name] = type(_name, (_case,), {"database": _database, "__test__": True})
Recording.__test__ = NotInterleaving.__test__ = False  # type: ignore[attr-defined]


class TestSubscriptionOnPostgres(OnEveryDatabase, library.ApplicationRecorderTestCase[Any]):
    """The library's subscriptions listen on ours too."""

    database = "postgres"
    test_insert_select = test_performance = None
    test_concurrent_no_conflicts = test_concurrent_throughput = None

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()
