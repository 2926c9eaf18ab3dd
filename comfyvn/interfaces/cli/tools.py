"""What the command line works with; the composition root fills it in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from comfyvn.application.assets.exported import Holding
from comfyvn.application.assets.registry import Registry, Source
from comfyvn.application.echoes import EchoOf
from comfyvn.application.exports import Exported, Seal, StoryView
from comfyvn.application.extractors import Extractors
from comfyvn.application.imports import Progress
from comfyvn.application.intake import Incoming
from comfyvn.application.jobs.runner import JobRunner
from comfyvn.application.ports import Blobs, BranchRow, Verification
from comfyvn.application.provenance.credentials import Signing
from comfyvn.application.provenance.flaws import ExportCheck
from comfyvn.application.reading import Reading
from comfyvn.application.studio import Request, Studio, find_branch, find_project
from comfyvn.domain.kernel import Json, Missing
from comfyvn.settings import Settings

OpenBlob = Callable[[str], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Exporter:
    """Brings a story to one engine: into a folder, into a bundle file, or (`plan`) only the account of it.

    `lint` and `play` let the installed engine check the folder of a story; both answer ``{"ok": bool, ...}``.
    `play` takes the seeds of plays from the start, and whether to play once from every label too. `echo` tells what an
    import makes of an export that nobody edited.
    """

    write: Callable[[StoryView, Path, OpenBlob, Progress, Seal, Signing | None], Exported]
    plan: Callable[[StoryView], Exported]
    bundle: Callable[[StoryView, Path, OpenBlob, Seal, Signing | None], Exported]
    lint: Callable[[Path], Json]
    play: Callable[[StoryView, Path, Sequence[int], bool], Json]
    echo: EchoOf


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How to serve: None leaves the choice to the settings."""

    host: str | None = None
    port: int | None = None
    server_only: bool = False
    server_url: str | None = None
    reload: bool = False
    browser: bool = True
    window: bool = False
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class WorkOptions:
    """How to work on jobs: under which `name`, for which devices, how many at a time (None: as the settings say).

    With `attached` the worker ends when its standard input does.
    """

    name: str | None = None
    devices: tuple[str, ...] = ()
    slots: int | None = None
    attached: bool = False


class StoreTools(Protocol):
    """What is done to a store as a whole."""

    def verify(self, project: str | None) -> Verification: ...

    def checkpoint(self, path: Path) -> Json: ...

    def check(self, path: Path) -> Json:
        """Compare the store with a checkpoint file: ``{"ok": bool, "first_bad": ..., ...}``."""

    def rebuild(self, progress: Progress) -> Json:
        """Refill the read models: ``{"rows", "events", "equal", "first_difference"}``."""


@dataclass
class Tools:
    """The collaborators of all commands. The studio is opened when first used."""

    settings: Settings
    open_studio: Callable[[], Studio]
    open_blobs: Callable[[], Blobs]
    open_registry: Callable[[Studio], Registry]
    open_source: Callable[[Path], Source]
    store_tools: Callable[[Studio], StoreTools]
    read_story: Callable[[Path, str | None, Reading, Progress], Incoming]
    extractors: Callable[[], Extractors]
    exporters: Callable[[], Mapping[str, Exporter]]
    seal: Callable[[Mapping[str, Json]], Seal]
    signing: Callable[[], Signing]
    holding: Holding
    check_export: Callable[[Path, str | None], ExportCheck]
    fill_with_sample: Callable[[Studio, str, Request], object]
    serve: Callable[[ServeOptions], int]
    work: Callable[[WorkOptions], int]
    open_jobs: Callable[[Studio], JobRunner]
    scratch: "Callable[[Path], Tools]"

    @cached_property
    def studio(self) -> Studio:
        """The opened studio."""
        return self.open_studio()

    @cached_property
    def blobs(self) -> Blobs:
        """The opened blob store."""
        return self.open_blobs()

    @cached_property
    def registry(self) -> Registry:
        """The opened registry of assets."""
        return self.open_registry(self.studio)

    @cached_property
    def jobs(self) -> JobRunner:
        """The jobs of the database."""
        return self.open_jobs(self.studio)

    def close(self) -> None:
        """Let go of the database, if it was opened."""
        if "jobs" in self.__dict__:
            self.jobs.close()
        if "studio" in self.__dict__:
            self.studio.store.close()

    def branch(self, project: str | None, branch: str | None) -> BranchRow:
        """Return the branch that a command works on; without a project the only or the latest one."""
        return find_branch(self.studio, project or self.current_project(), branch)

    def current_project(self) -> str:
        """Return the id of the latest project. Raises Missing("project_unknown") where there is none."""
        rows = self.studio.store.projects()
        if not rows:
            raise Missing("project_unknown", "There is no project yet; make one with 'new' or 'import'.")
        return find_project(self.studio, max(rows, key=lambda row: (row.created_at, row.id)).id).id
