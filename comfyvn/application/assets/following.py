"""Derived files follow the history: whatever changes an asset, by whatever way, its view and thumbnail come after."""

from collections.abc import Callable

from comfyvn.application.assets.registry import Registry
from comfyvn.application.assets.shelving import make_thumbnail, settle, shelved
from comfyvn.application.ports import Ref

Stop = Callable[[], bool]
"""Tells whether to leave off."""

PAGE = 200


def catch_up(registry: Registry, stop: Stop) -> None:
    """Make what is missing of all assets: after a crash, or where others wrote while nobody followed."""
    for branch in _branches(registry):
        ids = shelved(registry, branch)
        for start in range(0, len(ids), PAGE):
            if stop():
                return
            settle(registry, branch, ids[start : start + PAGE])
    for content in registry.named.contents():
        if stop():
            return
        make_thumbnail(registry, content.body)


def follow(registry: Registry, after: int, upto: int, stop: Stop) -> None:
    """Bring the derived files of the assets into line that commits with `after` < position <= `upto` changed."""
    store = registry.studio.store
    for branch in _branches(registry):
        ids = [ref.id for ref in store.touched(branch, after, upto) if ref.kind == "asset"]
        if not ids:
            continue
        settle(registry, branch, ids)
        heads = store.heads(branch, "asset")
        for asset_id in ids:
            if stop():
                return
            if body := heads.get(Ref("asset", asset_id)):
                make_thumbnail(registry, body)


def _branches(registry: Registry) -> list[str]:
    store = registry.studio.store
    return [branch.id for project in store.projects() for branch in store.branches(project.id)]
