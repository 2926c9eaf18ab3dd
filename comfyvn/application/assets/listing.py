"""The list of assets: filtered, in the order of their paths, page by page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from comfyvn.application.assets.registry import Registry, rows
from comfyvn.application.paging import cursor_of, place_in
from comfyvn.application.ports import LATEST
from comfyvn.domain.assets import ASSET
from comfyvn.domain.kernel import WHOLE, Json

MAX_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """Which assets are wanted; what is None does not matter. `text` stands in path, tags or texts of meta."""

    type: str | None = None
    tag: str | None = None
    licence: str | None = None
    rating: str | None = None
    text: str | None = None
    unused: bool | None = None
    missing: bool | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows; `next` is the cursor of the page after it, None on the last."""

    items: list[dict[str, Json]]
    total: int
    next: str | None
    position: int


Used = Callable[[str, int], frozenset[str]]
"""Returns the ids of the assets that something of a branch refers to, as of a position."""


def page(
    registry: Registry,
    branch: str,
    wanted: Filter,
    used: Used,
    at: int = LATEST,
    cursor: str | None = None,
    limit: int = 100,
) -> Page:
    """Return one page of the assets of a branch. Raises Refused("cursor_malformed")."""
    heads = registry.studio.store.heads(branch, "asset", at)
    found = {ref.id: body for ref, body in heads.items() if _fits(body, wanted)}
    if wanted.unused is not None:
        names = used(branch, at)
        found = {i: body for i, body in found.items() if (i not in names) == wanted.unused}
    if wanted.missing is not None:
        found = {i: body for i, body in found.items() if registry.blobs.has(body["hash"]) != wanted.missing}
    order = sorted((body["path"], asset_id) for asset_id, body in found.items())
    after = place_in(cursor, 2)
    rest = order if after is None else [key for key in order if key > after]
    shown = rest[:limit]
    position = registry.studio.store.head(branch, at)
    more = cursor_of(shown[-1]) if len(rest) > limit else None
    states = [(asset_id, ASSET.assemble({WHOLE: found[asset_id]})) for _, asset_id in shown]
    return Page(rows(registry.studio, branch, states, at), len(order), more, position)


def _fits(body: Mapping[str, Json], wanted: Filter) -> bool:
    meta = body.get("meta", {})
    if wanted.type is not None and body["type"] != wanted.type:
        return False
    if wanted.tag is not None and wanted.tag not in body.get("tags", {}):
        return False
    if wanted.licence is not None and meta.get("license", "") != wanted.licence:
        return False
    if wanted.rating is not None and meta.get("rating", "") != wanted.rating:
        return False
    return wanted.text is None or _says(body, meta, wanted.text.casefold())


def _says(body: Mapping[str, Json], meta: Mapping[str, Json], text: str) -> bool:
    said = [body["path"], *body.get("tags", {}), *(value for value in meta.values() if isinstance(value, str))]
    return any(text in word.casefold() for word in said)
