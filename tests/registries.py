"""Registries of assets for tests: on folders, with a quick stand-in for what looks into files."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from comfyvn.application.assets.registering import Registered, register
from comfyvn.application.assets.registry import Draft, Named, Registry
from comfyvn.application.assets.storing import store
from comfyvn.application.ports import MediaFacts
from comfyvn.application.studio import Request, Studio
from comfyvn.domain.assets import AssetType
from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.assets.shelf import FileShelf
from comfyvn.infrastructure.assets.thumbs import FileThumbs
from comfyvn.infrastructure.media.stamps.stamping import FileStamps
from comfyvn.infrastructure.storage import named
from comfyvn.infrastructure.storage.blobs import FileBlobs

KINDS: Mapping[str, tuple[str, AssetType]] = {
    "png": ("image/png", "image"),
    "ogg": ("audio/ogg", "music"),
    "svg": ("image/svg+xml", "image"),
    "txt": ("text/plain", "text"),
}
BROKEN = b"broken"
"""How a file begins that is refused."""


class QuickMedia:
    """Believes the endings of names; refuses what begins with `BROKEN`; its thumbnails are the first bytes."""

    def inspect(self, name: str, content: Callable[[], BinaryIO]) -> MediaFacts:
        with content() as file:
            if file.read(len(BROKEN)) == BROKEN:
                raise Refused("media_broken", "The file cannot be read.")
        mime, kind = KINDS.get(name.rpartition(".")[2], ("application/octet-stream", "other"))
        return MediaFacts(mime, kind, facts={"measured": True})

    def thumbnail(self, content: Callable[[], BinaryIO], facts: MediaFacts, edge: int = 320) -> bytes | None:
        with content() as file:
            return None if facts.type == "text" else b"RIFF" + file.read(8)


def registry_in(folder: Path, studio: Studio, **more: Any) -> Registry:
    """Return a registry with all its files below a folder; the studio may work on a store that is exchanged."""
    blobs = FileBlobs(folder / "blobs")
    collaborators: dict[str, Any] = {
        "studio": studio,
        "blobs": blobs,
        "media": QuickMedia(),
        "stamps": FileStamps(),
        "shelf": FileShelf(folder / "assets", blobs),
        "thumbs": FileThumbs(folder / "cache"),
        "named": Named(partial(named.contents, studio.store), partial(named.hashes, studio.store)),  # type: ignore[arg-type]
    }
    return Registry(**{**collaborators, **more})


def draft(registry: Registry, path: str, content: bytes, **more: Any) -> Draft:
    """Store some bytes and return the file that they are."""
    return Draft(path, *store(registry.blobs, [content], registry.limit), **more)


def put(registry: Registry, branch: str, path: str, content: bytes, actor: str = "ada", **more: Any) -> Registered:
    """Register one file."""
    options = {key: more.pop(key) for key in ("replaces", "lenient") if key in more}
    return register(registry, branch, [draft(registry, path, content, **more)], Request(actor=actor), **options)
