"""The event store: the port `EventStore` on one database."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection

from comfyvn.application.ports import (
    LATEST,
    BranchRow,
    Change,
    Commit,
    Envelope,
    Loaded,
    PartVersion,
    ProjectRow,
    Ref,
    Step,
    Verification,
)
from comfyvn.domain.kernel import Decider, Json, Missing
from comfyvn.infrastructure.storage import rows
from comfyvn.infrastructure.storage.appending import Appender
from comfyvn.infrastructure.storage.backend import Backend, backend_of
from comfyvn.infrastructure.storage.bulk import BulkReads
from comfyvn.infrastructure.storage.chronicle import ChronicleReads
from comfyvn.infrastructure.storage.engine import Database, open_engine
from comfyvn.infrastructure.storage.mapper import EventMapper
from comfyvn.infrastructure.storage.mentioning import MentionWriter, outdated, refill
from comfyvn.infrastructure.storage.mentions import MentionReads
from comfyvn.infrastructure.storage.places import StoredPlaces
from comfyvn.infrastructure.storage.proving import prove
from comfyvn.infrastructure.storage.states import EVERY, States
from comfyvn.infrastructure.storage.verification import verify
from comfyvn.migrations import migrate, pending
from comfyvn.projections.bulk import Bulk
from comfyvn.projections.chronicle import Chronicle
from comfyvn.projections.commits import PAGE, Commits, Lineage, capped, tables
from comfyvn.projections.mentions import Mentions, mention_table
from comfyvn.projections.parts import Parts, part_table

Kinds = Mapping[str, Decider[Any, Any, Any]]


def open_store(url: str, kinds: Kinds, application: str = "comfyvn") -> "Store":
    """Open the store at ``sqlite:///FILE``, ``sqlite://`` (in memory) or ``postgresql://...``; make it where needed.

    Stores of different `application` names in one database do not see each other.
    """
    database = Database(open_engine(url), application)
    with database.read() as conn:
        behind = pending(conn, application)
    if behind:
        with database.write() as conn:
            migrate(conn, application)
    store = Store(database, kinds)
    with database.read() as conn:
        behind = outdated(conn, application)
    if behind:
        with database.write() as conn:
            store.backend.take_turn(conn)
            refill(database, conn, store.parts.table)
    return store


class Store:
    """Append-only streams, one per entity per branch, in commits. Safe for many threads and processes."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        self.database = database
        self.tables = tables(database.application, database.engine.dialect.name)
        self.parts = Parts(part_table(f"{database.application}_part"))
        self.log = Commits(self.tables)
        self.mapper = EventMapper()
        self._kinds = kinds
        self.bulk = BulkReads(database, self.visible, Bulk(self.tables, self.parts))
        mentioned = mention_table(f"{database.application}_mention")
        self.mentions = MentionReads(database, self.visible, Mentions(mentioned, self.parts.table))
        self.places = StoredPlaces(database)
        self.chronicle = ChronicleReads(database, self.visible, Chronicle(self.tables, self.parts))
        self._lineages: dict[str, Lineage] = {}
        self._states = States()
        self.backend: Backend = backend_of(database, self.lineage_in)
        self._appender = Appender(
            kinds,
            self.tables,
            self.log,
            self.backend.recorder,
            self.mapper,
            self.backend.part_writer,
            MentionWriter(database),
        )

    @property
    def kinds(self) -> Kinds:
        """The kinds of entities that this store holds, by name."""
        return self._kinds

    def close(self) -> None:
        """Close all connections."""
        self.backend.close()
        self.database.close()

    def position(self) -> int:
        """Return the position of the last commit of all projects (0: none)."""
        with self.database.read() as conn:
            return self.log.last(conn)

    def wait(self, after: int, seconds: float) -> int:
        """Wait until there is a commit beyond `after`, of this process or another; return the last position."""
        self.backend.listen()
        deadline = time.monotonic() + seconds
        while (position := self.position()) <= after and (left := deadline - time.monotonic()) > 0:
            self.backend.signal.wait(after, min(left, self.backend.poll_seconds))
        return position

    def since(self, after: int, size: int) -> Sequence[Commit]:
        """Return the first `size` commits of all projects beyond a position, in order."""
        with self.database.read() as conn:
            return [rows.to_commit(row) for row in self.log.since(conn, after, size)]

    def lineage_in(self, conn: Connection, branch: str) -> Lineage:
        """Return where a branch reads, nothing for an unknown one; forks never move, so it is read once."""
        if branch not in self._lineages:
            found = self.log.lineage(conn, branch)
            if not found:
                return ()
            self._lineages[branch] = found
        return self._lineages[branch]

    def visible(self, conn: Connection, branch: str, at: int = LATEST) -> Lineage:
        """Return where a branch reads as of `at`, on the borders of commits; raise Missing("branch_unknown")."""
        lineage = self.lineage_in(conn, branch)
        if not lineage:
            raise Missing("branch_unknown", f"There is no branch {branch!r}.", branch=branch)
        return capped(lineage, self.log.floor(conn, at))

    def projects(self) -> Sequence[ProjectRow]:
        """Return all projects, the oldest first."""
        with self.database.read() as conn:
            return [rows.to_project(row) for row in self.log.projects(conn)]

    def branches(self, project: str) -> Sequence[BranchRow]:
        """Return all branches of a project, the oldest first."""
        with self.database.read() as conn:
            return [rows.to_branch(row) for row in self.log.branches(conn, project)]

    def branch(self, branch: str) -> BranchRow:
        """Return one branch by id; raise Missing("branch_unknown")."""
        with self.database.read() as conn:
            row = self.log.branch(conn, branch)
        if row is None:
            raise Missing("branch_unknown", f"There is no branch {branch!r}.", branch=branch)
        return rows.to_branch(row)

    def lineage(self, branch: str, at: int = LATEST) -> Lineage:
        """Return (branch, last position that is visible there), own branch first, as of `at`."""
        with self.database.read() as conn:
            return self.visible(conn, branch, at)

    def load(self, branch: str, ref: Ref, at: int = LATEST, version: int | None = None) -> Loaded:
        """Fold an entity's events (the first `version` of them); the state is None where it does not exist."""
        with self.database.read() as conn:
            lineage = self.visible(conn, branch, at)
            limit = LATEST if version is None else version
            if at < LATEST:
                limit = min(limit, self._versions(conn, lineage, [ref])[ref])
            return self._load(conn, branch, lineage, ref, limit)

    def load_many(self, branch: str, refs: Iterable[Ref], at: int = LATEST) -> Mapping[Ref, Loaded]:
        """Fold the events of many entities, all as of the same moment."""
        with self.database.read() as conn:
            lineage = self.visible(conn, branch, at)
            versions = self._versions(conn, lineage, refs)
            return {ref: self._load(conn, branch, lineage, ref, version) for ref, version in versions.items()}

    def _versions(self, conn: Connection, lineage: Lineage, refs: Iterable[Ref]) -> dict[Ref, int]:
        """Return how many events of each entity a lineage shows."""
        found = dict.fromkeys(refs, 0)
        left = {str(ref): ref for ref in found}
        for branch, cap in lineage:
            tips = self.backend.recorder.tips(conn, [f"{branch}/{name}" for name in left], cap) if left else {}
            for stream, version in tips.items():
                found[left.pop(stream.partition("/")[2])] = version
        return found

    def _load(self, conn: Connection, branch: str, lineage: Lineage, ref: Ref, limit: int) -> Loaded:
        known, state = self._states.nearest(branch, str(ref), limit)
        if known == limit:
            return Loaded(state, known)
        segments = tuple((f"{b}/{ref}", cap) for b, cap in lineage)
        found = self.backend.reads.select(conn, segments, gt=known, lte=limit)
        evolve, decode = self._kinds[ref.kind].evolve, self.mapper.decode
        version = known
        for version, topic, body in found:
            state = evolve(state, decode(topic, body))
            if version % EVERY == 0:
                self._states.put(branch, str(ref), version, state)
        if version != known:
            self._states.put(branch, str(ref), version, state)
        return Loaded(state, version)

    def load_all(self, branch: str, kind: str | None = None, at: int = LATEST) -> Mapping[Ref, Any]:
        """Return the states of all existing entities (of one kind) from the read model."""
        found: dict[Ref, dict[str, Json]] = {}
        with self.database.read() as conn:
            for (of, entity, part), body in self.parts.heads(conn, self.visible(conn, branch, at), kind):
                found.setdefault(Ref(of, entity), {})[part] = orjson.loads(body)
        return {ref: self._kinds[ref.kind].assemble(found[ref]) for ref in sorted(found)}

    def heads(self, branch: str, kind: str, at: int = LATEST) -> Mapping[Ref, Json]:
        """Return the own fields (part ``WHOLE``) of all existing entities of a kind as JSON, without other parts."""
        with self.database.read() as conn:
            shown = self.parts.heads(conn, self.visible(conn, branch, at), kind, whole=True)
            found = {Ref(of, entity): orjson.loads(body) for (of, entity, _), body in shown}
        return {ref: found[ref] for ref in sorted(found)}

    def part_positions(self, branch: str, ref: Ref, at: int = LATEST) -> Mapping[str, int]:
        """Return for each present part of an entity the position of the commit that last changed it."""
        with self.database.read() as conn:
            return self.parts.positions_of(conn, self.visible(conn, branch, at), ref.kind, ref.id)

    def versions(self, branch: str, ref: Ref, part: str, at: int = LATEST) -> Sequence[PartVersion]:
        """Return every version of one part that is visible on a branch, oldest first."""
        with self.database.read() as conn:
            found = self.parts.versions_of(conn, self.visible(conn, branch, at), ref.kind, ref.id, part)
        return [PartVersion(position, None if body is None else orjson.loads(body)) for position, body in found]

    def append(
        self,
        branch: str,
        envelope: Envelope,
        changes: Sequence[Change],
        *,
        opens: BranchRow | None = None,
        founds: ProjectRow | None = None,
    ) -> Commit:
        """Write events, commit and read models in one transaction; `opens` and `founds` come into being with it.

        The same `command_id` with the same command returns the earlier commit and writes nothing.
        Raises Conflict: ``stale`` (an entity has moved on from a change's version), ``command_id_reused``,
        ``branch_exists``, ``project_exists``; Refused("not_storable").
        """
        encoded = self._encoded(branch, changes)
        body = rows.json_text(envelope.body)
        with self.database.write() as conn:
            self.backend.take_turn(conn)
            if done := self.log.by_command(conn, envelope.command_id):
                rows.same_command(done, envelope.command, body)
                return rows.to_commit(done)
            row = self._appender.append(conn, branch, envelope, changes, encoded, opens, founds)
            self.backend.announce(conn, row["position"])
        self.backend.signal.set(row["position"])
        return Commit(**{name: row[name] for name in Commit.__slots__ if name != "body"}, body=orjson.loads(body))

    def _encoded(self, branch: str, changes: Sequence[Change]) -> list[tuple[str, int, str, bytes]]:
        if len({c.ref for c in changes}) != len(changes) or not any(c.events for c in changes):
            raise ValueError("a commit has events, and at most one change of each entity")
        encode = self.mapper.encode
        encoded = []
        for change in changes:
            stream = f"{branch}/{change.ref}"
            rows.storable("id", stream)
            for version, fact in enumerate(change.events, change.version + 1):
                encoded.append((stream, version, *encode(fact)))
        return encoded

    def done(self, command_id: str, command: str, body: Json) -> Commit | None:
        """Return the commit of an earlier command with this id; raise Conflict("command_id_reused")."""
        with self.database.read() as conn:
            row = self.log.by_command(conn, command_id)
        if row is None:
            return None
        rows.same_command(row, command, rows.json_text(body))
        return rows.to_commit(row)

    def commit(self, commit_id: str) -> Commit:
        """Return one commit by id or unique prefix (4 or more characters); raise Missing("commit_unknown")."""
        found: Sequence[Any] = ()
        if len(commit_id) >= 4 and set(commit_id) <= set("0123456789abcdef"):
            with self.database.read() as conn:
                found = self.log.by_prefix(conn, commit_id)
        if len(found) != 1:
            message = f"{commit_id!r} names {'more than one' if found else 'no'} commit."
            raise Missing("commit_unknown", message, commit=commit_id)
        return rows.to_commit(found[0])

    def commits(self, branch: str, *, at: int = LATEST, after: int = 0, newest_first: bool = True) -> Iterator[Commit]:
        """Yield the commits visible on a branch with `after` < position <= `at`, ancestors included."""
        lineage = self.lineage(branch, at)
        for segment, cap in lineage if newest_first else reversed(lineage):
            low, high = after, cap
            while low < high:
                with self.database.read() as conn:
                    page = self.log.page(conn, segment, low, high, PAGE, newest_first=newest_first)
                if not page:
                    break
                yield from map(rows.to_commit, page)
                low, high = (low, page[-1].position - 1) if newest_first else (page[-1].position, high)

    def trail(self, branch: str, actor: str) -> Iterator[Step]:
        """Yield the commits of one actor that are visible on a branch, the newest first."""
        for segment, cap in self.lineage(branch):
            below = cap
            while below > 0:
                with self.database.read() as conn:
                    page = self.log.steps(conn, segment, below, actor)
                yield from (Step(row.id, row.kind, row.reverts) for row in page)
                below = page[-1].position - 1 if page else 0

    def merged(self, branch: str, after: int, upto: int) -> Sequence[tuple[str, int]]:
        """Return (branch, position) of what the merges made on `branch` with `after` < position <= `upto` took in."""
        with self.database.read() as conn:
            return [(row.branch, row.position) for row in self.log.merged(conn, branch, after, upto)]

    def commits_at(self, positions: Iterable[int]) -> Mapping[int, Commit]:
        """Return the commits whose last event has one of these positions."""
        with self.database.read() as conn:
            return {row.position: rows.to_commit(row) for row in self.log.at_positions(conn, positions)}

    def head(self, branch: str, at: int = LATEST) -> int:
        """Return the position of the last commit visible on a branch at `at` (0: none)."""
        with self.database.read() as conn:
            tip = self.log.tip(conn, self.visible(conn, branch, at))
        return tip.position if tip else 0

    def touched(self, branch: str, after: int, upto: int = LATEST) -> Mapping[Ref, frozenset[str]]:
        """Return the entities, and their parts, that commits visible with `after` < position <= `upto` changed."""
        with self.database.read() as conn:
            found = sorted(self.parts.touched(conn, self.visible(conn, branch, upto), after))
        by_ref = groupby(found, key=lambda key: Ref(key[0], key[1]))
        return {ref: frozenset(part for _, _, part in keys) for ref, keys in by_ref}

    def verify(self, project: str | None = None) -> Verification:
        """Recompute every hash and compare every row; name the first thing that is wrong."""
        return verify(self, project)

    def prove(self, branch: str, at: int, refs: Sequence[Ref]) -> Json:
        """Return the tree head of a branch as of `at`, and Merkle proofs of the last event of each entity."""
        return prove(self, branch, at, refs)
