"""How the server works on assets: paths that it may read, and what runs beside it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

from anyio import to_thread

from comfyvn.application.assets.following import catch_up, follow
from comfyvn.application.assets.registry import Registry
from comfyvn.application.assets.using import used
from comfyvn.application.ports import JobRunner
from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.assets.follower import Follower
from comfyvn.infrastructure.assets.source import DiskSource
from comfyvn.infrastructure.exports.kept import KeptExports
from comfyvn.interfaces.rest.assets import Assets
from comfyvn.main.storekeeper import store_of
from comfyvn.settings import Settings


def assets(settings: Settings, found: Registry, jobs: JobRunner, *, alone: bool) -> Assets:
    """Return the registry of the web application; `alone`: only people of this machine reach it."""
    source = partial(local, settings, alone=alone)
    kept = KeptExports(settings.exports_dir)
    return Assets(found, jobs, partial(used, found.studio), lambda path: DiskSource(source(path)), kept)


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


def following(found: Registry) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """Return what runs beside the web application: views and thumbnails follow the history."""

    @asynccontextmanager
    async def run(_: object) -> AsyncIterator[None]:
        wait = store_of(found.studio).wait
        follower = Follower(wait, partial(catch_up, found), partial(follow, found))
        follower.start()
        try:
            yield
        finally:
            await to_thread.run_sync(follower.close)

    return run
