"""What the command line works with. Each part is imported when a command first asks for it."""

from collections.abc import Mapping, Sequence
from functools import partial

from comfyvn import settings as settings_file
from comfyvn.application.ports import Blobs
from comfyvn.application.studio import Request, Studio
from comfyvn.interfaces.cli.tools import Exporter, Reader, ServeOptions, StoreTools, Tools
from comfyvn.settings import Settings


def tools(environ: Mapping[str, str]) -> Tools:
    """Return the collaborators of the command line."""
    settings = settings_file.load(environ)
    return Tools(
        settings=settings,
        open_studio=partial(open_studio, settings),
        open_blobs=partial(open_blobs, settings),
        store_tools=partial(store_tools, settings),
        readers=readers,
        exporters=exporters,
        fill_with_sample=fill_with_sample,
        serve=partial(serve, settings),
        scratch=lambda folder: tools({"COMFYVN_HOME": str(folder)}),
    )


def open_studio(settings: Settings) -> Studio:
    """Open the database that the settings name, and bring its tables up to date."""
    from comfyvn.domain.kinds import KINDS  # noqa: PLC0415
    from comfyvn.infrastructure.storage.store import open_store  # noqa: PLC0415
    from comfyvn.infrastructure.system import RandomIds, SystemClock  # noqa: PLC0415

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Studio(open_store(settings.database_url, KINDS), SystemClock(), RandomIds())


def open_blobs(settings: Settings) -> Blobs:
    """Return the files of imported games."""
    from comfyvn.infrastructure.storage.blobs import FileBlobs  # noqa: PLC0415

    return FileBlobs(settings.data_dir / "blobs")


def store_tools(settings: Settings, studio: Studio) -> StoreTools:
    """Return what is done to a store as a whole."""
    from comfyvn.main.storekeeper import StoreKeeper, store_of  # noqa: PLC0415

    return StoreKeeper(store_of(studio), settings.config_dir / "keys")


def readers() -> Sequence[Reader]:
    """Return the readers of foreign games."""
    from comfyvn.infrastructure.imports.renpy.reader import RenpyReader  # noqa: PLC0415

    return (RenpyReader(),)


def exporters() -> Mapping[str, Exporter]:
    """Return the exporters by target."""
    from comfyvn.main.exporters import EXPORTERS  # noqa: PLC0415

    return EXPORTERS


def fill_with_sample(studio: Studio, branch: str, request: Request) -> object:
    """Bring the bundled sample story into a branch."""
    from comfyvn.application.sample import bring_in_sample  # noqa: PLC0415

    return bring_in_sample(studio, branch, request)


def serve(settings: Settings, options: ServeOptions) -> int:
    """Serve until stopped."""
    from comfyvn.main import server  # noqa: PLC0415

    return server.serve(settings, options)
