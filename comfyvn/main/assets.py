"""The registry of assets put together."""

from functools import partial

from comfyvn.application.assets.registry import Named, Registry
from comfyvn.application.ports import BlobStore
from comfyvn.application.studio import Studio
from comfyvn.infrastructure.assets.shelf import FileShelf
from comfyvn.infrastructure.assets.thumbs import FileThumbs
from comfyvn.infrastructure.media.guarded import GuardedMedia
from comfyvn.infrastructure.media.stamps.stamping import FileStamps
from comfyvn.infrastructure.storage import named
from comfyvn.main.storekeeper import store_of
from comfyvn.main.tools import open_blobs
from comfyvn.settings import Settings


def registry(settings: Settings, studio: Studio) -> Registry:
    """Return the registry on the folders that the settings name."""
    blobs = open_blobs(settings)
    store = store_of(studio)
    return Registry(
        studio=studio,
        blobs=blobs,
        media=GuardedMedia(),
        stamps=FileStamps(),
        shelf=shelf(settings, blobs),
        thumbs=FileThumbs(settings.cache_dir),
        named=Named(partial(named.contents, store), partial(named.hashes, store)),
        limit=settings.max_asset_bytes,
    )


def shelf(settings: Settings, blobs: BlobStore) -> FileShelf:
    """Return the folder of views of assets."""
    return FileShelf(settings.data_dir / "assets", blobs)
