"""What the use cases need from outside, as protocols, and the values that cross."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from comfyvn.domain.kernel import Decider, Json

CommitKind = Literal["do", "undo", "redo", "revert", "restore", "merge", "import", "system"]

LATEST = 2**62
"""A position after every other."""


class Ref(NamedTuple):
    """Names an entity: its kind and its id, for life and on every branch."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @staticmethod
    def of(text: str) -> "Ref":
        """Read ``kind:id``."""
        kind, _, entity_id = text.partition(":")
        return Ref(kind, entity_id)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project of this database. `main` is the id of its first branch."""

    id: str
    name: str
    main: str
    created_at: str


@dataclass(frozen=True, slots=True)
class BranchRow:
    """A branch. `fork_position` is the position of its parent that it grew from; both None for the first branch."""

    id: str
    project: str
    name: str
    parent: str | None = None
    fork_position: int | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who asked, why and when; travels beside the changes, never inside them.

    `at` is UTC, ISO 8601. `command` is the wire name and `body` the JSON of what was asked; both are kept with the
    commit and their fingerprint guards `command_id`: the same id with another command is refused.
    """

    command_id: str
    actor: str
    at: str
    message: str
    kind: CommitKind = "do"
    command: str = ""
    body: Json = None
    cause: str | None = None
    session: str | None = None
    reverts: str | None = None
    merge_parent: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit does to one entity: `events` lead from `before` at `version` to `after`.

    `version` counts the events of the entity's stream, its ancestors' included, before this change (0: none).
    """

    ref: Ref
    version: int
    before: Any
    events: tuple[Any, ...]
    after: Any


@dataclass(frozen=True, slots=True)
class Commit:
    """One atomic set of events on one branch. `id` is the hex hash; `position` the place of its last event."""

    id: str
    project: str
    branch: str
    seq: int
    position: int
    first_position: int
    events: int
    kind: CommitKind
    actor: str
    at: str
    message: str
    command_id: str
    command: str = ""
    body: Json = None
    cause: str | None = None
    session: str | None = None
    reverts: str | None = None
    parent: str | None = None
    merge_parent: str | None = None


class Step(NamedTuple):
    """What undo and redo need to know of a commit."""

    id: str
    kind: CommitKind
    reverts: str | None


class Loaded(NamedTuple):
    """A state and the version of the stream that it is the fold of."""

    state: Any
    version: int


class PartVersion(NamedTuple):
    """What a part was from `position` on; None: it did not exist."""

    position: int
    body: Json | None


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that `verify` found wrong. `event` is a position, where one event is to blame."""

    code: str
    message: str
    branch: str | None = None
    commit: str | None = None
    event: int | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` walked over, and the first thing that is wrong (None: the history is whole)."""

    commits: int
    events: int
    first_bad: Finding | None = None


class EventStore(Protocol):
    """Append-only streams, one per entity per branch, in commits. A branch reads its ancestors up to its fork."""

    @property
    def kinds(self) -> Mapping[str, Decider[Any, Any, Any]]:
        """The kinds of entities that this store holds, by name."""

    def projects(self) -> Sequence[ProjectRow]: ...

    def branches(self, project: str) -> Sequence[BranchRow]: ...

    def branch(self, branch: str) -> BranchRow:
        """Return one branch by id; raise Missing("branch_unknown")."""

    def lineage(self, branch: str, at: int = LATEST) -> Sequence[tuple[str, int]]:
        """Return (branch, last position that is visible there), own branch first, as of `at`."""

    def load(self, branch: str, ref: Ref, at: int = LATEST, version: int | None = None) -> Loaded:
        """Fold an entity's events (the first `version` of them); the state is None where it does not exist."""

    def load_many(self, branch: str, refs: Iterable[Ref], at: int = LATEST) -> Mapping[Ref, Loaded]:
        """Fold the events of many entities, all as of the same moment."""

    def load_all(self, branch: str, kind: str | None = None, at: int = LATEST) -> Mapping[Ref, Any]:
        """Return the states of all existing entities (of one kind) from the read model."""

    def heads(self, branch: str, kind: str, at: int = LATEST) -> Mapping[Ref, Json]:
        """Return the own fields (part ``WHOLE``) of all existing entities of a kind as JSON, without other parts."""

    def part_positions(self, branch: str, ref: Ref, at: int = LATEST) -> Mapping[str, int]:
        """Return for each present part of an entity the position of the commit that last changed it."""

    def versions(self, branch: str, ref: Ref, part: str, at: int = LATEST) -> Sequence[PartVersion]:
        """Return every version of one part that is visible on a branch, oldest first."""

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
        Raises Conflict: ``stale`` (an entity has moved on from a change's version), ``command_id_reused``.
        """

    def done(self, command_id: str, command: str, body: Json) -> Commit | None:
        """Return the commit of an earlier command with this id; raise Conflict("command_id_reused")."""

    def commit(self, commit_id: str) -> Commit:
        """Return one commit by id or unique prefix (4 or more characters); raise Missing("commit_unknown")."""

    def commits(self, branch: str, *, at: int = LATEST, after: int = 0, newest_first: bool = True) -> Iterator[Commit]:
        """Yield the commits visible on a branch with `after` < position <= `at`, ancestors included."""

    def trail(self, branch: str, actor: str) -> Iterator[Step]:
        """Yield the commits of one actor that are visible on a branch, the newest first."""

    def merged(self, branch: str, after: int, upto: int) -> Sequence[tuple[str, int]]:
        """Return (branch, position) of what the merges made on `branch` with `after` < position <= `upto` took in."""

    def commits_at(self, positions: Iterable[int]) -> Mapping[int, Commit]:
        """Return the commits whose last event has one of these positions."""

    def head(self, branch: str, at: int = LATEST) -> int:
        """Return the position of the last commit visible on a branch at `at` (0: none)."""

    def touched(self, branch: str, after: int, upto: int = LATEST) -> Mapping[Ref, frozenset[str]]:
        """Return the entities, and their parts, that the commits with `after` < position <= `upto` changed here."""

    def verify(self, project: str | None = None) -> Verification: ...

    def close(self) -> None:
        """Let go of the database."""


class Clock(Protocol):
    def now(self) -> str:
        """Return the time, UTC, ISO 8601 with microseconds and ``Z``."""


class Ids(Protocol):
    def new(self) -> str:
        """Return a new id: 12 characters, letters and digits."""


class Blobs(Protocol):
    """Content-addressed bytes: the name is the SHA-256 of the content, hex."""

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Keep the bytes, durably; return (hash, size)."""

    def open(self, digest: str) -> Iterator[bytes]:
        """Yield the bytes in chunks; raise Missing("blob_unknown")."""

    def has(self, digest: str) -> bool: ...


JobState = Literal["queued", "running", "done", "failed", "cancelled"]

Report = Callable[[str, int, int], None]
"""Called by work with its stage, how much is done and how much there is; raises where the job was cancelled."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that goes on after its request. `result` is JSON once done, `error` ``{code, message}`` once failed.

    `file` is the path of a file that can be downloaded as the result, for the server only.
    """

    id: str
    kind: str
    state: JobState = "queued"
    stage: str = ""
    done: int = 0
    total: int = 0
    result: Json = None
    error: Json = None
    file: str | None = None


class JobResult(NamedTuple):
    """What work answers: JSON, and the path of a file if it made one."""

    value: Json
    file: str | None = None


class JobRunner(Protocol):
    """Runs work in the background, in the order of asking."""

    def submit(self, kind: str, work: Callable[[Report], JobResult]) -> Job:
        """Queue work; raise Conflict("jobs_full") where too much waits already."""

    def status(self, job_id: str) -> Job:
        """Return a job as it is now; raise Missing("job_unknown")."""

    def jobs(self) -> Sequence[Job]:
        """Return all jobs that are known, the latest first."""

    def cancel(self, job_id: str) -> Job:
        """Ask a job to stop, which it does at its next report; one that is over stays as it is."""
