"""A store to measure, stories to put into it, and the plain tables that it is compared with."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from immutables import Map

from comfyvn.application.ports import Change, Commit, Envelope, ProjectRow, Ref
from comfyvn.application.projects import found_project
from comfyvn.application.studio import Request, Studio
from comfyvn.domain.cast import Character
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.story.state import Node, Place, Scene
from comfyvn.infrastructure.storage.store import Store, open_store

Stored = tuple[str, int, str, bytes]
"""Originator id, version, topic and state of one event."""


class Fixed:
    """A clock that stands still, and ids by number."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def now(self) -> str:
        return "2026-01-01T00:00:00.000000Z"

    def new(self) -> str:
        return f"id{next(self._numbers):010}"


class Desk:
    """A store with one project, and the few acts that the rows are made of."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._fixed = Fixed()
        self.store: Store = open_store(url, KINDS)
        self.studio = Studio(self.store, self._fixed, self._fixed)
        self.project: ProjectRow = found_project(self.studio, "Measured", Request())
        self.main = self.project.main

    def reopen(self) -> None:
        """Open the store anew: nothing is left in its caches."""
        self.store.close()
        self.store = open_store(self.url, KINDS)
        self.studio = Studio(self.store, self._fixed, self._fixed)

    def envelope(self) -> Envelope:
        return Envelope(command_id=self._fixed.new(), actor="bench", at=self._fixed.now(), message="measured")

    def append(self, branch: str, changes: Sequence[Change]) -> Commit:
        return self.store.append(branch, self.envelope(), changes)

    def stored(self, branch: str, changes: Sequence[Change]) -> list[Stored]:
        """Return the events of changes as they are stored."""
        return [
            (f"{branch}/{change.ref}", version, *self.store.mapper.encode(fact))
            for change in changes
            for version, fact in enumerate(change.events, change.version + 1)
        ]


@contextmanager
def desk(folder: Path, name: str) -> Iterator[Desk]:
    """Open a desk on a SQLite file of its own."""
    opened = Desk(f"sqlite:///{folder / f'{name}.db'}")
    try:
        yield opened
    finally:
        opened.store.close()


def scenes(events: int, tag: str, per_scene: int = 100) -> list[Change]:
    """Return changes that write new scenes, `events` events in all."""
    found = []
    for number, first in enumerate(range(0, events, per_scene)):
        lines = min(per_scene, events - first) - 1
        nodes = {
            f"n{i}": Node("text", Place("", f"V{i:06}"), f"Line {i} of scene {number}: she looks up, and says nothing.")
            for i in range(lines)
        }
        found.append(created(Ref("scene", f"{tag}s{number:05}"), Scene(f"Scene {number}", nodes=Map(nodes))))
    return found


def created(ref: Ref, state: Any) -> Change:
    return Change(ref, 0, None, KINDS[ref.kind].reconcile(None, state), state)


def character(number: int, generation: int) -> Character:
    """Return a character as it is after so many changes; each generation changes one field."""
    return Character(name=f"Character {number} of generation {generation}", colour="#c8ffc8", variable=f"c{number}")


def cast(entities: range, generation: int) -> list[Change]:
    """Return the changes that lead the characters from one generation to this one, one event each."""
    if generation == 0:
        return [created(Ref("character", f"c{n:05}"), character(n, 0)) for n in entities]
    found = []
    for n in entities:
        before, after = character(n, generation - 1), character(n, generation)
        events = KINDS["character"].reconcile(before, after)
        found.append(Change(Ref("character", f"c{n:05}"), generation, before, events, after))
    return found


def raw_table(path: Path) -> sqlite3.Connection:
    """Open a bare table of events with the store's pragmas and the store's columns and indexes."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute(
        """CREATE TABLE event (rowid INTEGER PRIMARY KEY AUTOINCREMENT, originator_id text NOT NULL,
        originator_version bigint NOT NULL, topic text NOT NULL, state blob NOT NULL,
        UNIQUE (originator_id, originator_version))"""
    )
    return raw


def raw_insert(raw: sqlite3.Connection, rows: Sequence[Stored]) -> None:
    """Insert events in one durable transaction."""
    raw.execute("BEGIN IMMEDIATE")
    statement = "INSERT INTO event (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)"
    raw.executemany(statement, rows)
    raw.execute("COMMIT")
