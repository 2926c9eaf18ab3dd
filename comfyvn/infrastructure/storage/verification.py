"""Proof that the history is what was written: every hash recomputed, every row accounted for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, Row, bindparam, select

from comfyvn.application.ports import Finding, Verification
from comfyvn.domain.merkle import merkle_root
from comfyvn.infrastructure.storage.derived import derived_names
from comfyvn.infrastructure.storage.hashing import commit_id, event_leaf, fingerprint
from comfyvn.projections.commits import LATEST

if TYPE_CHECKING:
    from comfyvn.infrastructure.storage.store import Store

PAGE = 500
LEAF = 32


def verify(store: "Store", project: str | None = None) -> Verification:
    """Walk the commits in the order of their positions (of one project) and name the first thing that is wrong.

    Found are changed, deleted, inserted and exchanged rows of events, commits, branches and projects. Not found is a
    history that ends earlier than it did or that was written anew as a whole: compare with a checkpoint.
    """
    with store.database.read() as conn:
        walk = _Walk(store, conn, project)
        bad = walk.history() or walk.rows()
    return Verification(walk.commits, walk.events, bad)


@dataclass(slots=True)
class _Tip:
    """Where a branch stands during the walk."""

    commit: str | None
    seq: int


@dataclass(slots=True)
class _Walk:
    store: "Store"
    conn: Connection
    project: str | None
    commits: int = 0
    events: int = 0
    end: int = 0
    tips: dict[str, _Tip] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    branches: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    projects: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def history(self) -> Finding | None:
        """Return the first thing that is wrong with commits and events."""
        for row in self._log():
            if bad := self._stray(row.first_position) or self._commit(row):
                return bad
            self.end = row.position
        return self._stray(LATEST)

    def _log(self) -> Iterator[Row[*tuple[Any, ...]]]:
        table = self.store.tables.commit
        page = select(table).where(table.c.position > bindparam("after")).order_by(table.c.position).limit(PAGE)
        after = -1
        while rows := self.conn.execute(page, {"after": after}).all():
            yield from rows
            after = rows[-1].position

    def _stray(self, before: int) -> Finding | None:
        """Find events between the commit before and position `before`: they belong to no commit."""
        if self.end + 1 >= before:
            return None
        c = self.store.tables.event.c
        found = self.conn.execute(
            select(c.position, c.originator_id)
            .where(c.position > self.end, c.position < before)
            .order_by(c.position)
            .limit(1 if self.project is None else None)
        )
        for row in found:
            branch = row.originator_id.partition("/")[0]
            home = self.store.log.branch(self.conn, branch)
            if home is None or self.project in (None, home.project):
                message = f"The event at {row.position} belongs to no commit: it was inserted, or its commit is gone."
                return Finding("event_stray", message, branch=branch, event=row.position)
        return None

    def _commit(self, row: Any) -> Finding | None:
        if self.project not in (None, row.project):
            return None
        self.commits += 1
        if commit_id(row._mapping) != row.id:
            return _bad("commit_changed", row, "does not have the hash that is its id")
        if row.fingerprint != fingerprint(row.command, row.body):
            return _bad("commit_changed", row, "does not fit its command")
        if row.first_position <= self.end or row.position - row.first_position + 1 != row.events or row.events < 1:
            return _bad("commit_misplaced", row, "does not cover the positions that it names")
        if bad := self._chain(row):
            return bad
        return self._events(row)

    def _chain(self, row: Any) -> Finding | None:
        opens = orjson.loads(row.opens) if row.opens else {}
        if found := opens.get("project"):
            self.projects[found["id"]] = found
        if found := opens.get("branch"):
            self.branches[found["id"]] = found
            self.tips[found["id"]] = self._fork(found)
        tip = self.tips.get(row.branch)
        if tip is None:
            return _bad("chain_broken", row, "is on a branch that no commit before it opens")
        if row.parent != tip.commit or row.seq != tip.seq + 1:
            return _bad("chain_broken", row, f"does not follow the commit before it ({(tip.commit or 'none')[:12]})")
        self.tips[row.branch] = _Tip(row.id, row.seq)
        return None

    def _fork(self, branch: Mapping[str, Any]) -> _Tip:
        """Return the commit that a new branch grows from."""
        for ancestor, cap in self._ancestors(branch["id"]):
            if found := self.store.log.tip(self.conn, [(ancestor, cap)]):
                return _Tip(found.id, found.seq)
        return _Tip(None, 0)

    def _ancestors(self, branch: str) -> Iterator[tuple[str, int]]:
        cap, at = LATEST, self.branches.get(branch, {})
        while (parent := at.get("parent")) is not None:
            cap = min(cap, at["fork_position"])
            yield parent, cap
            at = self.branches.get(parent, {})

    def _events(self, row: Any) -> Finding | None:
        expected = [bytes(row.leaves[n : n + LEAF]) for n in range(0, len(row.leaves), LEAF)]
        if len(expected) != row.events:
            expected = []
        leaves: list[bytes] = []
        suspect: Finding | None = None
        for position, stream, version, topic, state in self._between(row.first_position, row.position):
            if position != row.first_position + len(leaves):
                message = f"The event at {row.first_position + len(leaves)} is gone."
                return _event("event_missing", row, row.first_position + len(leaves), message)
            leaf = event_leaf(topic, stream, version, state if isinstance(state, bytes) else repr(state).encode())
            if suspect is None and expected and leaf != expected[len(leaves)]:
                suspect = _event("event_changed", row, position, f"The event at {position} is not what was written.")
            leaves.append(leaf)
            if suspect is None and (gap := self._version(row, position, stream, version)):
                suspect = gap
        if len(leaves) != row.events:
            position = row.first_position + len(leaves)
            return _event("event_missing", row, position, f"The event at {position} is gone.")
        self.events += len(leaves)
        if merkle_root(leaves).hex() != row.events_root:
            return suspect or _bad("events_changed", row, "does not have the events that it was made of")
        if leaves != expected:
            return _bad("leaves_changed", row, "has other leaf hashes than its events")
        return suspect

    def _between(self, first: int, last: int) -> Iterator[Any]:
        c = self.store.tables.event.c
        columns = (c.position, c.originator_id, c.originator_version, c.topic, c.state)
        statement = select(*columns).where(c.position >= bindparam("first"), c.position <= bindparam("last"))
        statement = statement.order_by(c.position)
        for low in range(first, last + 1, 10 * PAGE):
            yield from self.conn.execute(statement, {"first": low, "last": min(last, low + 10 * PAGE - 1)}).all()

    def _version(self, row: Any, position: int, stream: str, version: int) -> Finding | None:
        branch, _, entity = stream.partition("/")
        if branch != row.branch:
            return _event("event_misplaced", row, position, f"The event at {position} is on another branch.")
        before = self.versions.get(stream)
        if before is None:
            before = 0
            for ancestor, cap in self._ancestors(branch):
                if tips := self.store.backend.recorder.tips(self.conn, [f"{ancestor}/{entity}"], cap):
                    before = next(iter(tips.values()))
                    break
        self.versions[stream] = version
        if version != before + 1:
            return _event("version_gap", row, position, f"{entity} has version {version} after {before}.")
        return None

    def rows(self) -> Finding | None:
        """Return the first row of a project or branch that is not what the commits say."""
        with_names = derived_names(self.store, self.conn, self.branches, self.projects)
        tables = (
            ("project", self.store.tables.project, self.projects),
            ("branch", self.store.tables.branch, self.branches),
        )
        for what, table, opened in tables:
            present = {row.id: row._mapping for row in self.conn.execute(select(table)) if self._mine(what, row)}
            for key in sorted(present.keys() | opened.keys()):
                branch = key if what == "branch" else None
                if key not in present:
                    return Finding(f"{what}_missing", f"The row of {what} {key} is gone.", branch=branch)
                if key not in opened:
                    return Finding(f"{what}_stray", f"No commit opened {what} {key}.", branch=branch)
                wanted = {**opened[key], **with_names[what, key]}
                if wrong := sorted(k for k, v in wanted.items() if present[key][k] != v):
                    message = f"{', '.join(wrong)} of {what} {key} are not what the commits say."
                    return Finding(f"{what}_changed", message, branch=branch)
        return None

    def _mine(self, what: str, row: Any) -> bool:
        return self.project in (None, row.id if what == "project" else row.project)


def _bad(code: str, row: Any, what: str) -> Finding:
    return Finding(code, f"Commit {row.id[:12]} {what}.", branch=row.branch, commit=row.id)


def _event(code: str, row: Any, position: int, message: str) -> Finding:
    return Finding(code, message, branch=row.branch, commit=row.id, event=position)
