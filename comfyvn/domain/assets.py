"""Assets: images, sounds and other files of a project, by the hash of their content."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, get_args

from comfyvn.domain.documents import COUNT, NAME_SET, OBJECT, Field, one_of
from comfyvn.domain.kernel import Decider, Json, command, event
from comfyvn.domain.records import Record, Requests, decider

AssetType = Literal["image", "music", "sound", "voice", "video", "font", "text", "other"]

MAX_PATH = 1024
"""Characters in a path."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the project.

    `path` is the name it came with, relative and posix; `hash` the SHA-256 of its content in hex and `bytes` the
    length of it. `meta` holds license, nsfw, origin and the like; `tags` maps each tag to true.
    """

    type: AssetType
    path: str
    hash: str
    bytes: int
    meta: Mapping[str, Json] = field(default_factory=dict)
    tags: Mapping[str, bool] = field(default_factory=dict)


@event("assets.asset_imported")
@dataclass(frozen=True, slots=True)
class AssetImported:
    type: AssetType
    path: str
    hash: str
    bytes: int
    meta: Mapping[str, Json] = field(default_factory=dict)
    tags: Mapping[str, bool] = field(default_factory=dict)


@event("assets.asset_classified")
@dataclass(frozen=True, slots=True)
class AssetClassified:
    type: AssetType


@event("assets.asset_relocated")
@dataclass(frozen=True, slots=True)
class AssetRelocated:
    path: str


@event("assets.asset_replaced")
@dataclass(frozen=True, slots=True)
class AssetReplaced:
    """The file has other content."""

    hash: str
    bytes: int


@event("assets.asset_tagged")
@dataclass(frozen=True, slots=True)
class AssetTagged:
    """Tag `key` was put on (or, with `present` false, taken off)."""

    key: str
    value: bool | None
    present: bool = True


@event("assets.asset_annotated")
@dataclass(frozen=True, slots=True)
class AssetAnnotated:
    """A meta entry was given (or, with `present` false, taken away)."""

    key: str
    value: Json
    present: bool = True


@event("assets.asset_retired")
@dataclass(frozen=True, slots=True)
class AssetRetired:
    pass


@command("assets.import-asset")
@dataclass(frozen=True, slots=True)
class ImportAsset:
    type: AssetType
    path: str
    hash: str
    bytes: int
    meta: Mapping[str, Json] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


@command("assets.classify-asset")
@dataclass(frozen=True, slots=True)
class ClassifyAsset:
    type: AssetType


@command("assets.relocate-asset")
@dataclass(frozen=True, slots=True)
class RelocateAsset:
    path: str


@command("assets.replace-asset")
@dataclass(frozen=True, slots=True)
class ReplaceAsset:
    hash: str
    bytes: int


@command("assets.tag-asset")
@dataclass(frozen=True, slots=True)
class TagAsset:
    tag: str


@command("assets.untag-asset")
@dataclass(frozen=True, slots=True)
class UntagAsset:
    tag: str


@command("assets.annotate-asset")
@dataclass(frozen=True, slots=True)
class AnnotateAsset:
    key: str
    value: Json = None
    present: bool = True


@command("assets.discard-asset")
@dataclass(frozen=True, slots=True)
class DiscardAsset:
    """Retire an asset; its content stays as long as the history names it."""


@command("assets.save-asset")
@dataclass(frozen=True, slots=True)
class SaveAsset:
    """Make the asset equal to a document; what is equal already, or left out, is not recorded."""

    document: Mapping[str, Json]


def _relative(path: Any) -> bool:
    if not isinstance(path, str) or not 0 < len(path) <= MAX_PATH or "\\" in path or "\0" in path:
        return False
    return path[1:2] != ":" and all(part not in ("", ".", "..") for part in path.split("/"))


def _digest(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


def _tagged(asset: Asset, request: TagAsset) -> Asset:
    return replace(asset, tags={**asset.tags, request.tag: True})


def _untagged(asset: Asset, request: UntagAsset) -> Asset:
    return replace(asset, tags={tag: True for tag in asset.tags if tag != request.tag})


ASSET: Final[Decider[Any, Asset, Any]] = decider(
    Requests(
        kind="asset",
        record=Record(
            state=Asset,
            begun=AssetImported,
            ended=AssetRetired,
            scalars={
                ("type",): AssetClassified,
                ("path",): AssetRelocated,
                ("hash", "bytes"): AssetReplaced,
            },
            maps={"tags": AssetTagged, "meta": AssetAnnotated},
        ),
        opens=ImportAsset,
        saves=SaveAsset,
        ends=DiscardAsset,
        sets={
            ClassifyAsset: AssetClassified,
            RelocateAsset: AssetRelocated,
            ReplaceAsset: AssetReplaced,
            AnnotateAsset: AssetAnnotated,
        },
        works={TagAsset: _tagged, UntagAsset: _untagged},
        fields={
            "type": one_of(*get_args(AssetType)),
            "path": Field(_relative, "a relative path with / and without ..", key="path_full"),
            "hash": Field(_digest, "a SHA-256 as 64 small hex digits"),
            "bytes": COUNT,
            "meta": OBJECT,
            "tags": NAME_SET,
        },
        shown={"uid": lambda entity_id, _: entity_id, "path_thumb": lambda *_: None, "created_at": lambda *_: None},
    )
)
