"""How the server works on assets, and what runs beside it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

from anyio import to_thread

from comfyvn.application.assets.following import catch_up, follow
from comfyvn.application.assets.registry import Registry
from comfyvn.application.assets.shelving import view_of
from comfyvn.application.assets.using import used
from comfyvn.application.jobs.runner import JobRunner
from comfyvn.infrastructure import file_manager
from comfyvn.infrastructure.assets.follower import Follower
from comfyvn.infrastructure.assets.shelf import FileShelf
from comfyvn.infrastructure.assets.source import DiskSource
from comfyvn.infrastructure.exports.kept import KeptExports
from comfyvn.interfaces.rest.assets import Assets
from comfyvn.main.storekeeper import store_of


def assets(
    found: Registry, jobs: JobRunner, local: Callable[[str], Path], exports: Path, shelf: FileShelf | None
) -> Assets:
    """Return the registry of the web application; `local` checks a path that a client names.

    Files of the `shelf` are shown in the file manager; None where not only people of this machine use the server.
    """
    return Assets(
        found,
        jobs,
        partial(used, found.studio),
        lambda path: DiskSource(local(path)),
        KeptExports(exports),
        None if shelf is None else lambda branch, asset: file_manager.show(shelf.file(view_of(found, branch, asset))),
    )


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
