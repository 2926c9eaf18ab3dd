"""Stores of every kind that the contract holds for, and short words to write to them."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from immutables import Map

from comfyvn.application.branching import fork
from comfyvn.application.ports import LATEST, BranchRow, Change, Commit, Envelope, ProjectRow, Ref
from comfyvn.application.projects import found_project
from comfyvn.application.studio import Request, Studio
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.story.state import Node, Place, Scene
from comfyvn.domain.timeline import Timeline
from comfyvn.infrastructure.storage.store import Store, open_store

DATABASES = ("memory", "sqlite", "postgres")


class Ticking:
    """A clock that goes on by a second each time it is looked at."""

    def __init__(self) -> None:
        self._seconds = count()

    def now(self) -> str:
        n = next(self._seconds)
        return f"2026-01-{1 + n // 86400:02}T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}.000000Z"


class Counting:
    """Ids by number."""

    def __init__(self, prefix: str = "id") -> None:
        self._prefix, self._numbers = prefix, count(1)

    def new(self) -> str:
        return f"{self._prefix}{next(self._numbers):010}"


class Desk:
    """A store with a clock and ids, and the few acts that the tests are made of."""

    def __init__(self, store: Store, prefix: str = "id") -> None:
        self.store = store
        self.studio = Studio(store, Ticking(), Counting(prefix))

    def project(self, name: str = "Novel") -> ProjectRow:
        return found_project(self.studio, name, Request())

    def fork(self, parent: str, name: str, at: int | None = None) -> BranchRow:
        return fork(self.studio, parent, name, Request(), at)

    def change(self, branch: str, ref: Ref, state: Any) -> Change:
        """Return the change that makes an entity what `state` is."""
        now, version = self.store.load(branch, ref)
        return Change(ref, version, now, KINDS[ref.kind].reconcile(now, state), state)

    def envelope(self, **more: Any) -> Envelope:
        given = {"command_id": self.studio.ids.new(), "actor": "ann", "at": self.studio.clock.now(), "message": "work"}
        return Envelope(**{**given, **more})

    def put(self, branch: str, *wanted: tuple[Ref, Any], **more: Any) -> Commit:
        """Make entities what their wanted states are, in one commit."""
        changes = [self.change(branch, ref, state) for ref, state in wanted]
        return self.store.append(branch, self.envelope(**more), changes)

    def state(self, branch: str, ref: Ref, at: int = LATEST) -> Any:
        return self.store.load(branch, ref, at).state


def scene(title: str, *lines: str) -> Scene:
    """Return a scene with one text node per line, named n0, n1, ..."""
    nodes = {f"n{n}": Node("text", Place("", f"V{n:06}"), line) for n, line in enumerate(lines)}
    return Scene(title, nodes=Map(nodes))


def timeline(name: str) -> Timeline:
    return Timeline(name=name)


SCENE, OTHER, LINE = Ref("scene", "s1"), Ref("scene", "s2"), Ref("timeline", "t1")


@pytest.fixture
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database of the kind that the test is run with."""
    if request.param == "postgres":
        create: Callable[[], str] = request.getfixturevalue("postgres_database")
        return create()
    return "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url, KINDS)
    yield opened
    opened.close()


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


every_database = pytest.mark.parametrize("store_url", DATABASES, indirect=True)
durable_databases = pytest.mark.parametrize("store_url", DATABASES[1:], indirect=True)
