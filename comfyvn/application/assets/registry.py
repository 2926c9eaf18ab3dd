"""What the registry works with, and what it says of an asset."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, NamedTuple, Protocol

import orjson

from comfyvn.application.assets.placing import thumb_path
from comfyvn.application.ports import LATEST, BlobStore, Media, Ref
from comfyvn.application.provenance.stamping import Stamps
from comfyvn.application.studio import Studio, plain
from comfyvn.domain.assets import ASSET, Asset, AssetType
from comfyvn.domain.kernel import WHOLE, Json, Missing, Refused


class TooLarge(Refused):
    """A file has more bytes than are taken (413)."""


class DiskFull(Refused):
    """There is no room left for a file (507)."""


class Shelf(Protocol):
    """The files by name that people may look at: for each asset its content and, beside it, its sidecar."""

    def put(self, place: str, digest: str, sidecar: bytes) -> None:
        """Let `place` show a content and its sidecar; what is right already is left alone."""

    def remove(self, place: str) -> None:
        """Take a view and its sidecar away; what is not there is no error."""

    def flaws(self, place: str, digest: str, sidecar: bytes) -> list[str]:
        """Return what is wrong: ``view_missing``, ``view_changed``, ``sidecar_missing``, ``sidecar_changed``."""

    def open(self, place: str) -> Iterator[bytes]:
        """Yield what a view shows, in chunks."""

    def places(self) -> Iterator[str]:
        """Yield the places of all views and of sidecars without one."""

    def clear(self, seconds: float) -> int:
        """Take away what was left half written longer ago than that; return how much."""


class Thumbs(Protocol):
    """Small pictures by the hash of what they show."""

    def known(self, digest: str) -> bool:
        """Tell whether it was tried to make a picture."""

    def get(self, digest: str) -> bytes | None:
        """Return the picture; None where there is none (yet)."""

    def put(self, digest: str, picture: bytes | None) -> None:
        """Keep a picture, or that there is nothing to show."""


class Source(Protocol):
    """Files that may become assets. `single` where it is one file and not a folder."""

    @property
    def single(self) -> bool: ...

    def names(self) -> Iterator[str]:
        """Yield the files by their paths below the folder, in order."""

    def open(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of one of the files in chunks."""


class Content(NamedTuple):
    """What an asset was at some time, on some branch."""

    project: str
    branch: str
    id: str
    position: int
    body: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Named:
    """What the whole history names: `contents` all versions of all assets, `hashes` everything that may be a blob."""

    contents: Callable[[], Iterator[Content]]
    hashes: Callable[[], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Registry:
    """The collaborators of the registry. `limit` is the size of a file in bytes."""

    studio: Studio
    blobs: BlobStore
    media: Media
    stamps: Stamps
    shelf: Shelf
    thumbs: Thumbs
    named: Named
    limit: int = 4 << 30
    turn: Lock = field(default_factory=Lock, compare=False)
    """Held by the one who writes to the shelf."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that is to become an asset; its bytes are in the blob store already.

    `path` is the name that it shall have. `type` None: as the content says. `source` tells where it was found,
    `method` how it came (upload, path, folder).
    """

    path: str
    hash: str
    bytes: int
    type: AssetType | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    source: str = ""
    method: str = "upload"


_SHOWN: Final = frozenset({"image", "music", "sound", "voice", "video", "font"})


def row(asset_id: str, asset: Asset, created_at: str) -> dict[str, Json]:
    """Return an asset as the registry shows it."""
    document: dict[str, Json] = plain(ASSET.to_document(asset_id, asset))
    thumb = thumb_path(asset.hash) if asset.type in _SHOWN else None
    return {**document, "path_thumb": thumb, "created_at": created_at}


def sidecar(shown: Mapping[str, Json]) -> bytes:
    """Return the sidecar of an asset: its row as JSON that people can read."""
    return orjson.dumps(shown, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def rows(studio: Studio, branch: str, assets: Iterable[tuple[str, Asset]], at: int = LATEST) -> list[dict[str, Json]]:
    """Return assets as the registry shows them, in the given order."""
    listed = list(assets)
    born = {i: studio.store.versions(branch, Ref("asset", i), WHOLE, at)[0].position for i, _ in listed}
    commits = studio.store.commits_at(set(born.values()))
    return [row(i, asset, commits[born[i]].at) for i, asset in listed]


def find(studio: Studio, branch: str, name: str, at: int = LATEST) -> tuple[str, Asset, int]:
    """Return an asset by its id (uid) or the hash of its content, with its version; raise Missing("asset_unknown").

    Of several assets with one content it is the one with the first path.
    """
    state, version = studio.store.load(branch, Ref("asset", name), at)
    if isinstance(state, Asset):
        return name, state, version
    if len(name) == 64:
        heads = studio.store.heads(branch, "asset", at)
        same = sorted((body["path"], ref.id) for ref, body in heads.items() if body["hash"] == name)
        if same:
            asset_id = same[0][1]
            state, version = studio.store.load(branch, Ref("asset", asset_id), at)
            return asset_id, state, version
    raise Missing("asset_unknown", f"There is no asset {name!r} here.", asset=name)
