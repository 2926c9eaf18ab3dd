"""What every use case works with, and the words it answers in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from comfyvn.application.ports import (
    BranchRow,
    Change,
    Clock,
    Commit,
    CommitKind,
    Envelope,
    EventStore,
    Ids,
    ProjectRow,
    Ref,
)
from comfyvn.application.programs import Programs
from comfyvn.application.turns import Turns
from comfyvn.domain.kernel import Conflict, Json, Missing


@dataclass(frozen=True, slots=True)
class Studio:
    """The collaborators of the use cases."""

    store: EventStore
    clock: Clock
    ids: Ids
    programs: Programs = field(default_factory=Programs, compare=False)
    turns: Turns = field(default_factory=Turns, compare=False)


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, and under which condition.

    `command_id` makes a retry harmless; without one each call is a new command. `expected` is the version of the
    entity that the asker has seen. `cause` names what led to the request (a commit, a job).
    """

    actor: str = "local"
    command_id: str | None = None
    expected: int | None = None
    message: str | None = None
    session: str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class ConflictItem:
    """One collision, as data. `id` names it when choosing a side; `code` says what collides."""

    id: str
    code: str
    entity: str
    path: tuple[str, ...]
    base: Json
    ours: Json
    theirs: Json


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a use case did: the commit (None: nothing had to change), where the branch stands, and what collided.

    With conflicts nothing was written.
    """

    commit: Commit | None
    position: int
    conflicts: tuple[ConflictItem, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)
    would: tuple[Change, ...] = ()
    """What a preview would write, what collides left out."""

    @property
    def events(self) -> int:
        """How many events were recorded."""
        return self.commit.events if self.commit else 0


def envelope(studio: Studio, request: Request, message: str, kind: CommitKind = "do", **more: Any) -> Envelope:
    """Return the envelope of one commit."""
    return Envelope(
        command_id=request.command_id or studio.ids.new(),
        actor=request.actor,
        at=studio.clock.now(),
        message=request.message or message,
        kind=kind,
        session=request.session,
        cause=request.cause,
        **more,
    )


def earlier(studio: Studio, request: Request, command: str, body: Json) -> Commit | None:
    """Return the commit of an earlier request with the same command id, if there is one."""
    return studio.store.done(request.command_id, command, body) if request.command_id else None


def open_branch(studio: Studio, branch: str) -> BranchRow:
    """Return a branch that takes changes; raise Conflict("branch_closed")."""
    row = studio.store.branch(branch)
    if row.closed:
        raise Conflict("branch_closed", f"Branch {row.name!r} is closed; reopen it to change it.")
    return row


def find_project(studio: Studio, name: str) -> ProjectRow:
    """Return a project by id or name; raise Missing("project_unknown")."""
    rows = studio.store.projects()
    found = [p for p in rows if p.id == name] or [p for p in rows if p.name == name]
    if not found:
        known = [p.id for p in rows]
        raise Missing("project_unknown", f"There is no project {name!r}.", project=name, known=known)
    return found[0]


def plays_branch(project: str) -> str:
    """Return the id of the branch on which a project's playthroughs are recorded, apart from its story."""
    return f"{project}.plays"


def story_branches(studio: Studio, project: str) -> list[BranchRow]:
    """Return the branches of a project that hold its story, the oldest first."""
    return [row for row in studio.store.branches(project) if row.id != plays_branch(project)]


def find_branch(studio: Studio, project: str, name: str | None = None) -> BranchRow:
    """Return a branch of a project by name or id (None: the main one); raise Missing("branch_unknown")."""
    row = find_project(studio, project)
    branches = story_branches(studio, row.id)
    wanted = row.main if name is None else name
    found = [b for b in branches if b.name == wanted and not b.closed] or [
        b for b in branches if wanted in (b.id, b.name)
    ]
    if not found:
        known = [b.name for b in branches]
        raise Missing("branch_unknown", f"Project {row.name!r} has no branch {name!r}.", branch=name, known=known)
    return found[0]


def plain(value: Any) -> Json:
    """Return a value of the domain as plain JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def wire_body(command: Any, branch: str, ref: Ref) -> Json:
    """Return a command as the JSON that is kept with its commit."""
    return {"branch": branch, "entity": str(ref), **plain(command)}
