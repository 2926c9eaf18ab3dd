"""The derived files of assets: views, sidecars and thumbnails. They follow the history and can be made again."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from comfyvn.application.assets.placing import place, shelf
from comfyvn.application.assets.registry import Registry, find, row, sidecar
from comfyvn.application.ports import LATEST, MediaFacts, Ref
from comfyvn.domain.assets import ASSET, AssetType
from comfyvn.domain.kernel import WHOLE, Json, Refused


class Standing(NamedTuple):
    """What should lie on the shelf for one asset; None for one that is retired. `old` are places it had before."""

    asset: str
    place: str | None
    hash: str
    sidecar: bytes
    old: frozenset[str]


def settle(registry: Registry, branch: str, ids: Iterable[str]) -> None:
    """Bring the views and sidecars of some assets into line with the present state of a branch."""
    with registry.turn:
        for standing in standings(registry, branch, ids):
            for where in standing.old:
                registry.shelf.remove(where)
            if standing.place is not None and registry.blobs.has(standing.hash):
                registry.shelf.put(standing.place, standing.hash, standing.sidecar)


def standings(registry: Registry, branch: str, ids: Iterable[str]) -> Iterator[Standing]:
    """Yield what should lie on the shelf of a branch for some assets."""
    store, name = registry.studio.store, shelf_of(registry, branch)
    versions = {asset_id: store.versions(branch, Ref("asset", asset_id), WHOLE) for asset_id in ids}
    born = store.commits_at({found[0].position for found in versions.values() if found})
    for asset_id, found in versions.items():
        states = [ASSET.assemble({WHOLE: body}) for _, body in found if body is not None]
        places = {place(name, asset_id, state) for state in states}
        if not found or found[-1].body is None:
            yield Standing(asset_id, None, "", b"", frozenset(places))
        else:
            shown = row(asset_id, states[-1], born[found[0].position].at)
            where = place(name, asset_id, states[-1])
            yield Standing(asset_id, where, states[-1].hash, sidecar(shown), frozenset(places - {where}))


def shelf_of(registry: Registry, branch: str) -> str:
    """Return the name of the shelf of a branch."""
    found = registry.studio.store.branch(branch)
    return shelf(found.project, None if found.parent is None else found.id)


def shelved(registry: Registry, branch: str) -> list[str]:
    """Return the ids of the assets that have views on the shelf of a branch.

    The first branch of a project has views of all its assets, another one of those that were changed there.
    """
    found = registry.studio.store.branch(branch)
    present = registry.studio.store.heads(branch, "asset")
    if found.parent is not None:
        own = registry.studio.store.touched(branch, found.fork_position or 0, LATEST)
        return [ref.id for ref in present if ref in own]
    return [ref.id for ref in present]


def view_of(registry: Registry, branch: str, asset_id: str) -> str:
    """Return the place of the view that shows an asset as it is on a branch; raise Missing("asset_unknown").

    Where the asset was not changed on the branch, that is a view of the branch that it comes from.
    """
    store, ref = registry.studio.store, Ref("asset", asset_id)
    _, state, _ = find(registry.studio, branch, asset_id)
    found = store.branch(branch)
    while found.parent is not None and ref not in store.touched(found.id, found.fork_position or 0, LATEST):
        found = store.branch(found.parent)
    return place(shelf_of(registry, found.id), asset_id, state)


def make_thumbnail(registry: Registry, body: Mapping[str, Json]) -> bool:
    """Make the thumbnail of an asset's content if it was not tried yet; tell whether there was something to do."""
    digest = body["hash"]
    if registry.thumbs.known(digest) or not registry.blobs.has(digest):
        return False
    registry.thumbs.put(digest, _picture(registry, digest, body["type"], body.get("meta", {})))
    return True


def _picture(registry: Registry, digest: str, kind: AssetType, meta: Mapping[str, Json]) -> bytes | None:
    content = partial(registry.blobs.file, digest)
    try:
        facts = _facts(kind, meta) or registry.media.inspect("", content)
        return registry.media.thumbnail(content, facts)
    except Refused:
        return None


def _facts(kind: AssetType, meta: Mapping[str, Json]) -> MediaFacts | None:
    """Return what is known of a content; None for an asset that came without being measured."""
    mime = meta.get("mime")
    return MediaFacts(mime, kind) if isinstance(mime, str) else None
