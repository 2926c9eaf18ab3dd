"""The kinds of jobs that there are, in one place."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from comfyvn.application.analysis import Analyses
from comfyvn.application.assets.registry import Registry
from comfyvn.application.extractors import Extractors
from comfyvn.application.jobs.kinds import Kinds
from comfyvn.application.ports import BlobStore
from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.analyses import AnalysisShelf
from comfyvn.infrastructure.jobs.files import JobFiles
from comfyvn.infrastructure.storage.blobs import FileBlobs
from comfyvn.main.extractors import toolbox
from comfyvn.main.jobs import analysing, exporting, importing, registering
from comfyvn.settings import Settings


@dataclass(frozen=True, slots=True)
class Workshop:
    """What jobs work with. `local` checks a path that a client names; keys that seal and sign lie in `keys`.

    `alone`: only people of this machine hand in jobs. `tools` are external programs that unpack archives.
    """

    registry: Registry
    analyses: Analyses
    files: JobFiles
    local: Callable[[str], Path]
    exports: Path
    keys: Path
    tools: Extractors
    alone: bool = True


def workshop(settings: Settings, registry: Registry, *, alone: bool) -> Workshop:
    """Return what jobs work with, as the settings say; `alone`: only people of this machine hand in jobs."""
    return Workshop(
        registry,
        Analyses(registry.studio, AnalysisShelf(settings.cache_dir / "analyses")),
        job_files(settings),
        partial(local, settings, alone=alone),
        settings.exports_dir,
        settings.config_dir / "keys",
        toolbox(settings),
        alone,
    )


def all_kinds(shop: Workshop) -> Kinds:
    """Return every kind of job that there is."""
    studio, blobs = shop.registry.studio, shop.registry.blobs
    return Kinds(
        importing.kind(studio, blobs, shop.files, shop.local, shop.tools),
        *exporting.kinds(studio, blobs, shop.exports, shop.keys, alone=shop.alone),
        *registering.kinds(shop.registry, shop.local),
        analysing.kind(shop.analyses),
    )


def job_files(settings: Settings) -> JobFiles:
    """Return where files wait that are sent with jobs: beside the blobs, in a place of each job's own."""
    limit, scratch = settings.max_asset_bytes, settings.cache_dir / "imports"
    if settings.blobs_url:
        from comfyvn.infrastructure.storage import blobs_s3  # noqa: PLC0415 - an optional package

        def place(job_id: str) -> BlobStore:
            return blobs_s3.open_blobs(
                f"{settings.blobs_url.rstrip('/')}/jobs/{job_id}", settings.cache_dir / "incoming"
            )

        def clear(job_id: str) -> None:
            kept = place(job_id)
            for digest, _ in list(kept.names()):
                kept.remove(digest)

        return JobFiles(place, clear, scratch, limit)
    folder = settings.data_dir / "jobs"
    return JobFiles(
        lambda job_id: FileBlobs(folder / job_id),
        lambda job_id: shutil.rmtree(folder / job_id, ignore_errors=True),
        scratch,
        limit,
    )


def local(settings: Settings, path: str, *, alone: bool) -> Path:
    """Return what a path names: never from where the keys lie, and for other machines from the inbox only.

    Raises Refused("path_forbidden").
    """
    file = Path(path)
    if "\0" not in path and file.is_absolute():
        real = file.resolve()
        hidden = real.is_relative_to(settings.config_dir.resolve())
        if not hidden and (alone or real.is_relative_to((settings.data_dir / "inbox").resolve())):
            return real
    raise Refused("path_forbidden", "This server does not take files from there.", path=path)
