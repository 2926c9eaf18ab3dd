"""What the use cases need from outside, as protocols, and the values that cross."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple, Protocol

from comfyvn.domain.assets import AssetType
from comfyvn.domain.kernel import Decider, Json
from comfyvn.domain.mentions import Key, Link, Named, Word

if TYPE_CHECKING:
    from comfyvn.application.changes.chronicle import Chronicle
    from comfyvn.application.maps.places import Places

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


class Placed(NamedTuple):
    """A part that is in force, and the position of the commit that last changed it."""

    entity: str
    part: str
    position: int
    body: Json


PartKey = tuple[str, str]
"""An entity of a known kind and one of its parts."""


class Bulk(Protocol):
    """Questions about many parts of one kind at once; none walks along the whole history."""

    def placed(
        self, branch: str, kind: str, at: int = LATEST, *, may: Callable[[str], bool] | None = None
    ) -> Iterator[Placed]:
        """Yield all parts that are in force, in no order; with `may` those whose JSON text passes."""

    def born(self, branch: str, kind: str, at: int = LATEST) -> Mapping[str, int]:
        """Return for each entity, those that are gone included, the position where its history begins."""

    def deeds(self, branch: str, at: int = LATEST) -> Sequence[Commit]:
        """Return the commits that are not plainly a person's own work: imports, merges, and those of models."""

    def made(self, branch: str, kind: str, positions: Iterable[int], at: int = LATEST) -> Iterator[tuple[PartKey, int]]:
        """Yield the parts of which the commits at some positions made a version, with the position."""

    def histories(
        self, branch: str, kind: str, keys: Iterable[PartKey], at: int = LATEST
    ) -> Mapping[PartKey, Sequence[PartVersion]]:
        """Return every version of some parts that is visible on a branch, oldest first."""


class Mentions(Protocol):
    """Questions about what names what: read from the parts of entities, kept with each commit."""

    def reading(self) -> AbstractContextManager["Mentions"]:
        """Open one snapshot for several questions."""

    def known(self, branch: str, names: Iterable[str], at: int = LATEST) -> Sequence[Named]:
        """Return everything that stands under some names, in no order."""

    def words(self, branch: str, names: Iterable[str], at: int = LATEST) -> Set[Word]:
        """Return what gives a meaning to some names, and in which ways they are used, or were some time."""

    def begun(self, branch: str, starts: Iterable[str], at: int = LATEST) -> Set[Word]:
        """Return the same of some names and of all that begin with their words."""

    def declaring(self, branch: str, names: Iterable[str], at: int = LATEST) -> Sequence[Named]:
        """Return the uses of some names, in no order, that give the thing another name."""

    def everything(self, branch: str, at: int = LATEST) -> Sequence[Word]:
        """Return all names that are used, and all that give names a meaning."""

    def uses(
        self, branch: str, pairs: Iterable[tuple[str, str | None]], at: int, after: Key | None, limit: int
    ) -> tuple[int, Sequence[Named]]:
        """Return how many uses there are of (name, about; None: any), and the first `limit` of them behind `after`."""

    def of(self, branch: str, ref: Ref, part: str | None = None, at: int = LATEST) -> Sequence[Named]:
        """Return all that an entity, or one part of it, names."""

    def descent(
        self, branch: str, subject: str, at: int, *, up: bool, down: bool, depth: int | None, limit: int
    ) -> tuple[Sequence[Link], bool]:
        """Return what a subject was made from and what was made from it, the nearest first.

        The second value tells whether there is more than `limit` or `depth` allow.
        """

    def home(self, branch: str, node: str, at: int = LATEST) -> str | None:
        """Return the scene of a line, None where there is no such line."""

    def bodies(self, branch: str, keys: Iterable[tuple[str, str, str]], at: int = LATEST) -> Mapping[Any, Json]:
        """Return some parts (kind, entity, part) that are there."""


class EventStore(Protocol):
    """Append-only streams, one per entity per branch, in commits. A branch reads its ancestors up to its fork."""

    @property
    def kinds(self) -> Mapping[str, Decider[Any, Any, Any]]:
        """The kinds of entities that this store holds, by name."""

    @property
    def bulk(self) -> Bulk:
        """The questions about many parts at once."""

    @property
    def mentions(self) -> Mentions:
        """The questions about what names what."""

    @property
    def places(self) -> "Places":
        """Where things stand on maps, beside the history."""

    @property
    def chronicle(self) -> "Chronicle":
        """The questions about many commits at once."""

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

    def prove(self, branch: str, at: int, refs: Sequence[Ref]) -> Json:
        """Return the tree head of a branch as of `at`, and Merkle proofs of the last event of each entity, as JSON.

        Raises Missing("branch_unknown") and Conflict("history_damaged").
        """

    def close(self) -> None:
        """Let go of the database."""


class News(Protocol):
    """Tells what was committed, by whichever process, in the order of positions."""

    def position(self) -> int:
        """Return the position of the last commit of all projects (0: none)."""

    def wait(self, after: int, seconds: float) -> int:
        """Wait until there is a commit beyond `after`, at most some seconds; return the last position."""

    def since(self, after: int, size: int) -> Sequence[Commit]:
        """Return the first `size` commits of all projects beyond a position, in order."""


class Clock(Protocol):
    def now(self) -> str:
        """Return the time, UTC, ISO 8601 with microseconds and ``Z``."""


class Notices(Protocol):
    """Tells whoever listens of what is no history; nobody need listen, and nothing waits for them."""

    def publish(self, topic: str, data: Json) -> None:
        """Tell `data` to the listeners of a topic, such as ``jobs/JOB``; never raises, never waits."""


class Unheard:
    """Notices that nobody listens to."""

    def publish(self, topic: str, data: Json) -> None:
        """Tell nobody."""


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


class BlobStore(Blobs, Protocol):
    """All that can be asked of content-addressed bytes: parts, files, the whole list."""

    def part(self, digest: str, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from `start` up to `stop` (not included); raise Missing("blob_unknown")."""

    def file(self, digest: str) -> BinaryIO:
        """Open the bytes to be read and sought in; raise Missing("blob_unknown")."""

    def size(self, digest: str) -> int | None:
        """Return how many bytes there are, None where there is no such blob."""

    def names(self) -> Iterator[tuple[str, float]]:
        """Yield each blob with the seconds since it was written, in no order."""

    def remove(self, digest: str) -> None:
        """Take a blob away; one that is not there is no error."""

    def clear(self, seconds: float) -> int:
        """Take away what was left half written longer ago than that; return how much."""


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What the content of a file says of itself. `width` and `height` are as shown, in pixels; `facts` is JSON.

    `facts` may hold palette, dhash, frames, alpha, lufs, sample_rate, channels, codec, family, characters, lines,
    and `notes`: a list of plain sentences about what is odd or could not be measured. `claims` is what the file says of
    its own origin: each one fields of `domain.provenance.Origin`, as JSON.
    """

    mime: str
    type: AssetType
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)
    claims: tuple[Mapping[str, Json], ...] = ()


class Media(Protocol):
    """Looks into files that nobody vouches for. `content` opens the bytes anew, seekable, each time it is called."""

    def inspect(self, name: str, content: Callable[[], BinaryIO]) -> MediaFacts:
        """Measure a file, unknown formats included.

        Raises Refused: ``media_bomb`` (it would unpack to more than the limits), ``media_broken`` (it cannot be
        read as what it says it is), ``media_mismatch`` (name and content belong to different families, or there is
        a second file of another kind inside), ``media_slow`` (it could not be read within the time limit).
        """

    def thumbnail(self, content: Callable[[], BinaryIO], facts: MediaFacts, edge: int = 320) -> bytes | None:
        """Return a small picture as WebP, no side longer than `edge`; None where there is nothing to show.

        The same content gives the same bytes. Raises Refused as `inspect` does.
        """
