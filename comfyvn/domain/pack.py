"""A pack: what a reader found in a foreign game, as pure data, before any of it becomes a command."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from comfyvn.domain.kernel import Json
from comfyvn.domain.story import Scene

Depth = Literal["archive", "assets", "text", "graph"]
"""How deep a source is understood: its files, its media, its lines and choices in order, or the story as it plays."""


@dataclass(frozen=True, slots=True)
class Warned:
    """Something a person should know about an import. `line` is 1-based; 0 where no line is to blame."""

    code: str
    message: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the source that becomes an asset: where the container holds it, its kind and size in bytes.

    `name` is only a name (posix, relative to the game's folder): it never becomes a path on the disk of the studio.
    `facts` are what the source says of it: its licence, credit or title.
    `was` is set for a file of an export of ours as it was written: the hash of the content that it had in the registry.
    """

    name: str
    type: str
    size: int
    was: str = ""
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stated:
    """A licence that a source states in a `file`, in the words `said`; nobody has proved that it is right.

    `subject` is what it is about: a member's name, ``character:NAME``, or "" for what lies beside the file and below.
    `licence` is the SPDX id that the words mean, "" where they mean none that is known. `credit` is who is to be named.
    """

    subject: str
    said: str
    licence: str = ""
    file: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """How files came out of an archive by an external `tool` (its registered name): of which `source`, held by what.

    Hashes are SHA-256, `program_hash` is that of the program; `confinement` tells what kept it from doing harm.
    """

    tool: str
    version: str
    licence: str
    program_hash: str
    source: str
    source_hash: str
    confinement: Mapping[str, Json]

    @property
    def program(self) -> str:
        """The name and version of the tool, as far as it tells one."""
        named = self.version.lower().startswith(self.tool.lower())
        return self.version if named else f"{self.tool} {self.version}".strip()


@dataclass(frozen=True, slots=True)
class Exported:
    """Where a game says that it was exported from by us: ids of project and branch, and the position."""

    project: str
    branch: str
    position: int


@dataclass(frozen=True, slots=True)
class Pack:
    """One foreign game as states of our entities, by id, with an honest account of what was understood.

    `recognised` of `total` statements became nodes that the studio models; the rest is kept as raw nodes.
    `characters`, `variables`, `translations` and `worlds` hold states of these kinds. `start` is the id of the scene
    where the play begins. `licences` are those that the source states itself. `exported` is set for an export of ours,
    edited or not; `extraction` where an external program unpacked it.
    """

    engine: str
    title: str
    scenes: Mapping[str, Scene]
    characters: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    translations: Mapping[str, Any] = field(default_factory=dict)
    worlds: Mapping[str, Any] = field(default_factory=dict)
    members: tuple[Member, ...] = ()
    start: str | None = None
    recognised: int = 0
    total: int = 0
    raw_kinds: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[Warned, ...] = ()
    licences: tuple[Stated, ...] = ()
    depth: Depth = "graph"
    extraction: Extraction | None = None
    exported: Exported | None = None
