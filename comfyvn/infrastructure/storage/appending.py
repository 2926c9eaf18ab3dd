"""One commit, inside a transaction that is open: its events, its row, the rows of its branch, the parts it touched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, update
from sqlalchemy.exc import IntegrityError

from comfyvn.application.ports import BranchRow, Change, Envelope, ProjectRow
from comfyvn.domain.kernel import Conflict, Decider, Missing, Refused
from comfyvn.domain.merkle import merkle_root
from comfyvn.infrastructure.storage import rows
from comfyvn.infrastructure.storage.branching import Recorder
from comfyvn.infrastructure.storage.hashing import ALGORITHM, commit_id, event_leaf
from comfyvn.infrastructure.storage.mapper import EventMapper
from comfyvn.infrastructure.storage.mentioning import MentionWriter
from comfyvn.infrastructure.storage.part_writer import PartWriter
from comfyvn.projections.commits import Commits, Lineage, Tables
from comfyvn.projections.parts import part_changes


@dataclass(frozen=True, slots=True)
class Appender:
    """Writes commits."""

    kinds: Mapping[str, Decider[Any, Any, Any]]
    tables: Tables
    commits: Commits
    recorder: Recorder
    mapper: EventMapper
    parts: PartWriter
    mentions: MentionWriter

    def append(
        self,
        conn: Connection,
        branch: str,
        envelope: Envelope,
        changes: Sequence[Change],
        encoded: Sequence[tuple[str, int, str, bytes]],
        opens: BranchRow | None,
        founds: ProjectRow | None,
    ) -> dict[str, Any]:
        """Write one commit and return its row. The caller holds the write lock of the event table."""
        if founds is not None:
            self._found(conn, founds)
        if opens is not None:
            self._open(conn, opens)
        row = self.commits.branch(conn, branch)
        if row is None:
            raise Missing("branch_unknown", f"There is no branch {branch!r}.", branch=branch)
        lineage = self.commits.lineage(conn, branch)
        self._expect(conn, lineage, changes)
        tip = self.commits.tip(conn, lineage)
        last = self.recorder.insert(conn, encoded)
        body = rows.json_text(envelope.body)
        leaves = [event_leaf(topic, stream, version, state) for stream, version, topic, state in encoded]
        values = {
            **rows.of_envelope(envelope, body),
            "project": row.project,
            "branch": branch,
            "seq": tip.seq + 1 if tip else 1,
            "first_position": last - len(encoded) + 1,
            "position": last,
            "events": len(encoded),
            "parent": tip.id if tip else None,
            "events_root": merkle_root(leaves).hex(),
            "opens": rows.opened(opens, founds),
            "algo": ALGORITHM,
        }
        values["id"] = commit_id(values)
        conn.execute(insert(self.tables.commit), {**values, "leaves": b"".join(leaves)})
        self._follow(conn, row, changes)
        touched = [
            (c.ref, c.version == 0, part_changes(self.kinds[c.ref.kind], c.before, c.events, c.after)) for c in changes
        ]
        self.parts.write(conn, branch, last, touched)
        self.mentions.write(conn, branch, last, touched)
        return values

    def _found(self, conn: Connection, project: ProjectRow) -> None:
        values = {"id": project.id, "name": project.name, "main": project.main, "created_at": project.created_at}
        for name, value in values.items():
            rows.storable(name, value)
        try:
            conn.execute(insert(self.tables.project), values)
        except IntegrityError as e:
            message = f"There is a project {project.id!r} already."
            raise Conflict("project_exists", message, project=project.id) from e

    def _open(self, conn: Connection, branch: BranchRow) -> None:
        if (branch.parent is None) != (branch.fork_position is None) or "/" in branch.id or not branch.id:
            raise ValueError("a branch has an id without slash, and both parent and fork position or none of them")
        if branch.parent is not None and branch.fork_position is not None:
            self._fork_fits(conn, branch.project, branch.parent, branch.fork_position)
        values = {
            "id": branch.id, "project": branch.project, "name": branch.name, "parent": branch.parent,
            "fork_position": branch.fork_position, "closed": branch.closed,
        }  # fmt: skip
        rows.storable("name", branch.name)
        try:
            conn.execute(insert(self.tables.branch), values)
        except IntegrityError as e:
            message = f"There is an open branch {branch.name!r} already."
            raise Conflict("branch_exists", message, branch=branch.name) from e

    def _fork_fits(self, conn: Connection, project: str, parent: str, position: int) -> None:
        row = self.commits.branch(conn, parent)
        if row is None or row.project != project:
            raise Missing("branch_unknown", f"There is no branch {parent!r}.", branch=parent)
        lineage = [(b, min(cap, position)) for b, cap in self.commits.lineage(conn, parent)]
        tip = self.commits.tip(conn, lineage)
        if position != (tip.position if tip else 0):
            message = f"Position {position} is not the end of a change on this branch."
            raise Refused("position_unknown", message, at=position)

    def _expect(self, conn: Connection, lineage: Lineage, changes: Sequence[Change]) -> None:
        """Raise Conflict("stale") for the first change that was decided on another version than the present one."""
        missing = {str(c.ref) for c in changes}
        found: dict[str, int] = {}
        for branch, cap in lineage:
            tips = self.recorder.tips(conn, [f"{branch}/{entity}" for entity in sorted(missing)], cap)
            found.update((stream.partition("/")[2], version) for stream, version in tips.items())
            missing -= found.keys()
            if not missing:
                break
        for change in changes:
            version = found.get(str(change.ref), 0)
            if version != change.version:
                message = f"{change.ref} is at version {version}; the change was decided on version {change.version}."
                details = {"entity": str(change.ref), "expected": change.version, "found": version}
                raise Conflict("stale", message, **details)

    def _follow(self, conn: Connection, row: Any, changes: Sequence[Change]) -> None:
        """Let the rows of branch and project follow their entities."""
        for change in changes:
            if change.after is None or not change.events:
                continue
            if change.ref == ("branch", row.id):
                self._rename(conn, row.id, change.after)
            elif change.ref == ("project", row.project) and row.parent is None:
                table = self.tables.project
                conn.execute(update(table).where(table.c.id == row.project).values(name=change.after.name))

    def _rename(self, conn: Connection, branch: str, after: Any) -> None:
        table = self.tables.branch
        values = {"name": after.name, "closed": bool(after.closed)}
        try:
            conn.execute(update(table).where(table.c.id == branch).values(**values))
        except IntegrityError as e:
            message = f"There is an open branch {after.name!r} already."
            raise Conflict("branch_exists", message, branch=after.name) from e
