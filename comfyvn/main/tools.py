"""What the command line works with. Each part is imported when a command first asks for it."""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from comfyvn import settings as settings_file
from comfyvn.application.assets.exported import InExport
from comfyvn.application.assets.registry import Registry, Source
from comfyvn.application.exports import Seal
from comfyvn.application.extractors import Extractors
from comfyvn.application.imports import Progress
from comfyvn.application.intake import Incoming
from comfyvn.application.jobs.runner import JobRunner
from comfyvn.application.ports import BlobStore
from comfyvn.application.provenance.credentials import Signing
from comfyvn.application.provenance.flaws import ExportCheck
from comfyvn.application.reading import Reading
from comfyvn.application.studio import Request, Studio
from comfyvn.domain.kernel import Json
from comfyvn.interfaces.cli.tools import Exporter, ServeOptions, StoreTools, Tools, WorkOptions
from comfyvn.settings import Settings


def tools(environ: Mapping[str, str]) -> Tools:
    """Return the collaborators of the command line."""
    settings = settings_file.load(environ)
    return Tools(
        settings=settings,
        open_studio=partial(open_studio, settings),
        open_blobs=partial(open_blobs, settings),
        open_registry=partial(open_registry, settings),
        open_source=open_source,
        store_tools=partial(store_tools, settings),
        read_story=partial(read_story, settings),
        extractors=partial(extractors, settings),
        exporters=exporters,
        seal=partial(seal, settings),
        signing=partial(signing, settings),
        holding=partial(holding, settings),
        check_export=partial(check_export, settings),
        fill_with_sample=fill_with_sample,
        serve=partial(serve, settings),
        work=partial(work, settings),
        open_jobs=partial(open_jobs, settings),
        scratch=lambda folder: tools({"COMFYVN_HOME": str(folder)}),
    )


def open_studio(settings: Settings) -> Studio:
    """Open the database that the settings name, and bring its tables up to date."""
    from comfyvn.domain.kinds import KINDS  # noqa: PLC0415
    from comfyvn.infrastructure.storage.store import open_store  # noqa: PLC0415
    from comfyvn.infrastructure.system import RandomIds, SystemClock  # noqa: PLC0415

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Studio(open_store(settings.database_url, KINDS), SystemClock(), RandomIds())


def open_blobs(settings: Settings) -> BlobStore:
    """Return the contents of assets, in the data folder or where the settings say."""
    if settings.blobs_url:
        from comfyvn.infrastructure.storage import blobs_s3  # noqa: PLC0415

        return blobs_s3.open_blobs(settings.blobs_url, settings.cache_dir / "incoming")
    from comfyvn.infrastructure.storage.blobs import FileBlobs  # noqa: PLC0415

    return FileBlobs(settings.data_dir / "blobs")


def open_registry(settings: Settings, studio: Studio) -> Registry:
    """Return the registry of assets."""
    from comfyvn.main.assets import registry  # noqa: PLC0415

    return registry(settings, studio)


def open_source(path: Path) -> Source:
    """Open a file or folder of this machine; raise Missing("path_unknown")."""
    from comfyvn.infrastructure.assets.source import DiskSource  # noqa: PLC0415

    return DiskSource(path)


def store_tools(settings: Settings, studio: Studio) -> StoreTools:
    """Return what is done to a store as a whole."""
    from comfyvn.main.storekeeper import StoreKeeper, store_of  # noqa: PLC0415

    return StoreKeeper(store_of(studio), settings.config_dir / "keys")


def extractors(settings: Settings) -> Extractors:
    """Return the external programs of this installation."""
    from comfyvn.main.extractors import toolbox  # noqa: PLC0415

    return toolbox(settings)


def read_story(settings: Settings, path: Path, engine: str | None, reading: Reading, progress: Progress) -> Incoming:
    """Read a foreign game by the reader that knows it."""
    from comfyvn.main.readers import read  # noqa: PLC0415

    return read(path, engine, reading, progress, extractors(settings))


def holding(settings: Settings, project: str, asset: str) -> Iterable[InExport]:
    """Return the exports in the exports folder that hold an asset."""
    from comfyvn.infrastructure.exports.kept import KeptExports  # noqa: PLC0415

    return KeptExports(settings.exports_dir)(project, asset)


def exporters() -> Mapping[str, Exporter]:
    """Return the exporters by target."""
    from comfyvn.main.exporters import EXPORTERS  # noqa: PLC0415

    return EXPORTERS


def seal(settings: Settings, evidence: Mapping[str, Json]) -> Seal:
    """Return what seals exports with the key of this installation."""
    from comfyvn.infrastructure.exports.sealing import seal_with  # noqa: PLC0415
    from comfyvn.infrastructure.signing import signing_key  # noqa: PLC0415

    return seal_with(signing_key(settings.config_dir / "keys"), evidence)


def signing(settings: Settings) -> Signing:
    """Return what signs media with the certificates of this installation; see `C2paSigning`."""
    from comfyvn.infrastructure.credentials.signing import C2paSigning  # noqa: PLC0415

    return C2paSigning(settings.config_dir / "keys")


def check_export(settings: Settings, path: Path, key: str | None) -> ExportCheck:
    """Check an export without the database; with a `key` only its signature counts."""
    from comfyvn.infrastructure.credentials.certificates import root_of  # noqa: PLC0415
    from comfyvn.infrastructure.exports import verification  # noqa: PLC0415
    from comfyvn.main.exporters import spared  # noqa: PLC0415

    return verification.check(path, spared, key, root_of(settings.config_dir / "keys"))


def fill_with_sample(studio: Studio, branch: str, request: Request) -> object:
    """Bring the bundled sample story into a branch."""
    from comfyvn.application.sample import bring_in_sample  # noqa: PLC0415

    return bring_in_sample(studio, branch, request)


def serve(settings: Settings, options: ServeOptions) -> int:
    """Serve until stopped."""
    from comfyvn.main import server  # noqa: PLC0415

    return server.serve(settings, options)


def work(settings: Settings, options: WorkOptions) -> int:
    """Work on jobs until stopped."""
    from comfyvn.main.jobs.working import work as work_on  # noqa: PLC0415

    return work_on(settings, options)


def open_jobs(settings: Settings, studio: Studio) -> JobRunner:
    """Return the jobs of the database; workers run them."""
    from comfyvn.main.jobs import all_kinds, workshop  # noqa: PLC0415
    from comfyvn.main.jobs.queue import queue  # noqa: PLC0415

    return queue(settings, studio, all_kinds(workshop(settings, open_registry(settings, studio), alone=True)))
