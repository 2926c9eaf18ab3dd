"""An export beside the database that it came from: each entry of its manifest led back to events and contents."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final

from comfyvn.application.exports import story_view
from comfyvn.application.ports import Blobs
from comfyvn.application.provenance.evidence import gather
from comfyvn.application.provenance.flaws import ExportFlaw
from comfyvn.application.studio import Studio, plain
from comfyvn.domain.kernel import Json, Missing

_PLAIN: Final = ("title", "commit", "committed_at", "start", "others")
_LISTS: Final = {"scenes": "scene", "variables": "variable", "assets": "asset"}
_OF_EXPORT: Final = frozenset({"path", "written"})
"""What an entry of an asset says of the export and the history cannot know."""


def known(studio: Studio, manifest: Mapping[str, Json]) -> bool:
    """Tell whether the database holds the branch that an export came from, up to its position."""
    try:
        row = studio.store.branch(manifest["branch"])
    except Missing:
        return False
    return bool(row.project == manifest["project"] and studio.store.head(row.id) >= manifest["position"])


def resolve(studio: Studio, blobs: Blobs, manifest: Mapping[str, Json]) -> Iterator[ExportFlaw]:
    """Yield where the history as of the position, or the contents of assets, are not what a manifest says."""
    view = story_view(studio, manifest["branch"], manifest["position"])
    said = plain(gather(studio, view, manifest["target"], ()))
    for name in _PLAIN:
        if said[name] != manifest[name]:
            yield ExportFlaw("entry_differs", f"The history has another value of {name!r} at this position.")
    for name in ("size", "root", "commits"):
        if said["history"][name] != manifest["history"][name]:
            yield ExportFlaw("history_differs", f"The history has another {name} at this position.")
    for name, kind in _LISTS.items():
        yield from _entries(kind, manifest[name], said[name])
    yield from _entries("playthrough", manifest["seeds"]["plays"], said["seeds"]["plays"])
    for asset in manifest["assets"]:
        yield from _content(blobs, asset)


def _entries(
    kind: str, listed: Sequence[Mapping[str, Json]], said: Sequence[Mapping[str, Json]]
) -> Iterator[ExportFlaw]:
    mine = {entry["id"]: {key: entry[key] for key in entry if key not in _OF_EXPORT} for entry in listed}
    theirs = {entry["id"]: entry for entry in said}
    for entity in sorted(mine.keys() | theirs.keys()):
        if entity not in theirs:
            yield ExportFlaw("entity_stray", "The history does not have this at the position.", "", f"{kind}:{entity}")
        elif entity not in mine:
            yield ExportFlaw("entity_left_out", "The history has this, the manifest not.", "", f"{kind}:{entity}")
        elif mine[entity] != theirs[entity]:
            yield ExportFlaw("entity_differs", "The history says something else of this.", "", f"{kind}:{entity}")


def _content(blobs: Blobs, asset: Mapping[str, Json]) -> Iterator[ExportFlaw]:
    found, path, entity = sha256(), asset["path"] or "", f"asset:{asset['id']}"
    try:
        for chunk in blobs.open(asset["hash"]):
            found.update(chunk)
    except Missing:
        yield ExportFlaw(
            "blob_missing", "The content of the asset is gone.", asset["path"] or "", f"asset:{asset['id']}"
        )
        return
    if found.hexdigest() != asset["hash"]:
        message = "The content of the asset in the store is not what it was."
        yield ExportFlaw("blob_changed", message, path, entity)
