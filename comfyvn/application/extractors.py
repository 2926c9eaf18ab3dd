"""External programs that unpack what no reader of ours unpacks: which there are, and what one of them did."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, Protocol

from comfyvn.application.imports import Progress
from comfyvn.domain.pack import Extraction

Confined = Literal["bubblewrap", "namespaces", "limits"]
"""What holds a program: bubblewrap, namespaces and Landlock of the kernel, or nothing but limits."""

INPUT: Final = "{input}"
OUTPUT: Final = "{output}"


@dataclass(frozen=True, slots=True)
class Confinement:
    """What holds a program while it runs, and no more than that.

    `network`: it reaches none. `files`: it writes nowhere but into its own folder, and reads programs of the system,
    itself and its input alone. `processes`: all that it starts ends with it. `limits`: time, memory and the size of
    files are bounded. `missing` says why there is no more.
    """

    kind: Confined
    network: bool
    files: bool
    processes: bool
    limits: bool
    missing: str = ""

    @property
    def whole(self) -> bool:
        """Whether a program can do no harm beyond its folder."""
        return self.network and self.files and self.processes and self.limits


@dataclass(frozen=True, slots=True)
class Download:
    """Where a program comes from: an address, and the SHA-256 that what comes must have."""

    url: str
    hash: str


@dataclass(frozen=True, slots=True)
class KnownExtractor:
    """A program that the studio knows of. It is not part of the studio; its licence is between you and its authors.

    `argv` are its arguments, with ``{input}`` and ``{output}``; `version_argv` those that make it say its version.
    `containers` are what it unpacks. `licence_id` stands for `licence_text`: who acknowledges names it.
    """

    name: str
    title: str
    licence: str
    source: str
    containers: tuple[str, ...]
    argv: tuple[str, ...]
    version_argv: tuple[str, ...] = ("--version",)
    warnings: tuple[str, ...] = ()
    download: Download | None = None
    licence_text: str = ""
    licence_id: str = ""


@dataclass(frozen=True, slots=True)
class Extractor:
    """A program that is registered on this installation. `hash` is the SHA-256 that it had then.

    `version` is what the program says itself. An `unconfined` one runs even where nothing keeps it from the network and
    from your files. `state` is "changed" where the program is another one now, "missing" where there is none.
    """

    name: str
    path: str
    hash: str
    version: str
    licence: str
    source: str
    containers: tuple[str, ...]
    argv: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    unconfined: bool = False
    acknowledged: str = ""
    added_at: str = ""
    state: Literal["ready", "changed", "missing"] = "ready"


@dataclass(frozen=True, slots=True)
class Registration:
    """A program to register: where it lies and how it is called, its licence, and where it is from."""

    name: str
    path: str
    argv: tuple[str, ...]
    licence: str
    source: str
    version_argv: tuple[str, ...] = ("--version",)
    containers: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unconfined: bool = False


@dataclass(frozen=True, slots=True)
class Installation:
    """A program of the catalogue to register: the one at `path`, or without one the download that is pinned there.

    Nothing happens unless its licence is `acknowledged`, named by the id of its text.
    """

    name: str
    path: str | None = None
    acknowledged: bool = False
    licence_id: str = ""
    unconfined: bool = False


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a program unpacked: a folder that its finder clears away, and facts of how it came about.

    Hashes are SHA-256. `said` is the end of what the program printed.
    """

    folder: Any
    tool: str
    version: str
    licence: str
    program_hash: str
    source: str
    source_hash: str
    confinement: Confinement
    exit_code: int
    files: int
    size: int
    seconds: float
    said: str = field(default="", repr=False)


def extraction_of(unpacked: Unpacked) -> Extraction:
    """Return what a pack keeps of how its files were unpacked."""
    return Extraction(
        tool=unpacked.tool,
        version=unpacked.version,
        licence=unpacked.licence,
        program_hash=unpacked.program_hash,
        source=unpacked.source,
        source_hash=unpacked.source_hash,
        confinement={**asdict(unpacked.confinement), "whole": unpacked.confinement.whole},
    )


class Extractors(Protocol):
    """The programs of this installation."""

    def known(self) -> tuple[KnownExtractor, ...]:
        """Return the catalogue."""

    def registered(self) -> tuple[Extractor, ...]:
        """Return all that are registered, by name."""

    def find(self, name: str) -> Extractor:
        """Return one; raise Missing("tool_unknown")."""

    def register(self, asked: Registration) -> Extractor:
        """Register a program. Raises Refused: ``tool_malformed``, ``tool_unusable``, ``tool_runs_games``."""

    def install(self, asked: Installation) -> Extractor:
        """Register a program of the catalogue. Raises Refused("licence_not_acknowledged") with what to acknowledge."""

    def remove(self, name: str) -> None:
        """Forget a program; raise Missing("tool_unknown")."""

    def confinement(self) -> Confinement:
        """Return what would hold a program on this machine."""

    def unpack(self, name: str, file: Any, progress: Progress) -> Unpacked:
        """Let a program unpack the file at a path."""
