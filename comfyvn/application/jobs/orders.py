"""What jobs are asked to do: the input of each kind that comes with the studio."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from comfyvn.application.intake import Policy
from comfyvn.application.reading import Reading
from comfyvn.domain.analysis import Limits
from comfyvn.domain.assets import AssetType
from comfyvn.domain.kernel import Json

_STRICT: Mapping[str, str] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that waits in the files of its job under the hash of its content."""

    name: str
    hash: str


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """Bring in what lies at a `path` of the machine that runs the job, or the `files` that were sent with the job.

    `reading` says how the files are read.
    """

    path: str | None = None
    files: tuple[SentFile, ...] = ()
    engine: str | None = None
    project: str | None = None
    branch: str | None = None
    policy: Policy = "merge"
    reading: Reading = field(default_factory=Reading)
    dry_run: bool = False
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """Export a branch (its id) as of a position; `dry_run` writes nothing, `lint` lets the engine check the result."""

    branch: str
    at: int | None = None
    strict: bool = False
    dry_run: bool = False
    stamps: bool = True
    sign: bool = False
    lint: bool = False
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class BundleOrder:
    """Bundle a branch (its id) as of a position into one file."""

    branch: str
    at: int | None = None
    strict: bool = False
    stamps: bool = True
    sign: bool = False
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class FolderOrder:
    """Register a folder of the machine that runs the job as assets of a branch (its id)."""

    branch: str
    path: str
    under: str = ""
    type: AssetType | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    replaces: bool = False
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class RebuildOrder:
    """Make views, sidecars and thumbnails again; `collect` takes away contents that nothing names."""

    collect: bool = False
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class EnforceOrder:
    """Report what is missing or changed; `deep` reads every byte."""

    deep: bool = False
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class AnalysisOrder:
    """Analyse a branch (its id) as of a position, from a scene or label: `moments` to visit, `plays` to sample."""

    branch: str
    at: int | None = None
    start: str | None = None
    moments: int = Limits().moments
    plays: int = Limits().plays
    __pydantic_config__: ClassVar = _STRICT
