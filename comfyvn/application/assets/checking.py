"""Whether everything that the history names is there and whole, and making again what can be made again."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from typing import Final

from comfyvn.application.assets.registering import Progress
from comfyvn.application.assets.registry import Content, Registry
from comfyvn.application.assets.shelving import Standing, make_thumbnail, settle, shelved, standings

DAY: Final = 86_400.0
"""Seconds that a blob is left alone though nothing names it yet: what is being registered is named last."""
PAGE: Final = 500

_MESSAGES: Final = {
    "blob_missing": "The content is gone.",
    "blob_resized": "The content has another length than it had.",
    "blob_changed": "The content is not what it was: its hash is another one.",
    "view_missing": "The view is not there; a rebuild makes it.",
    "view_changed": "The view does not show the content.",
    "sidecar_missing": "The sidecar is not there; a rebuild makes it.",
    "sidecar_changed": "The sidecar does not say what the registry says.",
    "thumb_missing": "The thumbnail is not made yet.",
    "place_stray": "No asset has its view here.",
    "blob_unnamed": "Nothing names this content.",
}
_NOTES: Final = frozenset({"view_missing", "sidecar_missing", "thumb_missing", "place_stray", "blob_unnamed"})
"""What is no damage: it can be made again, or is merely left over."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong: in which asset of which branch, with which content, at which place on the shelf."""

    code: str
    severity: str
    message: str
    project: str = ""
    branch: str = ""
    asset: str = ""
    position: int = 0
    hash: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and all flaws; `ok` where none of them is an error. `deep`: every byte was read."""

    ok: bool
    deep: bool
    versions: int
    blobs: int
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was made again or cleared away. `kept` are the hashes of changed views, whose bytes are blobs now."""

    views: int
    thumbs: int
    strays: int
    kept: tuple[str, ...]
    collected: int


def check(registry: Registry, progress: Progress, deep: bool = False) -> Checked:
    """Compare contents, views, sidecars and thumbnails with the history; `deep` reads every byte of every content."""
    flaws: list[Flaw] = []
    named = list(registry.named.contents())
    sizes = {found.body["hash"]: found for found in named}
    for n, found in enumerate(sizes.values(), 1):
        flaws += _content_flaws(registry, found, deep)
        progress("contents", n, len(sizes))
    bad = {flaw.hash for flaw in flaws}
    wanted: set[str] = set()
    for branch, page in _pages(registry):
        for standing in page:
            flaws += _standing_flaws(registry, branch, standing, bad)
            wanted.add(standing.place or "")
    flaws += [_flaw("place_stray", place=place) for place in registry.shelf.places() if place not in wanted]
    blobs = [digest for digest, _ in registry.blobs.names()]
    hashes = registry.named.hashes()
    flaws += [_flaw("blob_unnamed", hash=digest) for digest in sorted(blobs) if digest not in hashes]
    return Checked(all(flaw.severity != "error" for flaw in flaws), deep, len(named), len(blobs), tuple(flaws))


def rebuild(registry: Registry, progress: Progress, collect: bool = False) -> Rebuilt:
    """Make all derived files what they should be; `collect` takes away contents that nothing names since a day.

    The bytes of a view that somebody changed are kept as a blob before the view is made again.
    """
    views = thumbs = 0
    kept: list[str] = []
    wanted: set[str] = set()
    for branch, page in _pages(registry):
        wanted |= {standing.place for standing in page if standing.place}
        for standing in page:
            flaws = _shelf_flaws(registry, standing)
            if "view_changed" in flaws:
                kept += _rescued(registry, standing.place or "")
            views += bool(flaws)
            progress("views", len(wanted), 0)
        settle(registry, branch, [standing.asset for standing in page])
    strays = [place for place in registry.shelf.places() if place not in wanted]
    hashes = registry.named.hashes()
    for place in strays:
        kept += [digest for digest in _rescued(registry, place) if digest not in hashes]
        registry.shelf.remove(place)
    bodies = {found.body["hash"]: found.body for found in registry.named.contents()}
    for n, body in enumerate(bodies.values(), 1):
        thumbs += make_thumbnail(registry, body)
        progress("thumbnails", n, len(bodies))
    return Rebuilt(views, thumbs, len(strays), tuple(kept), _collect(registry) if collect else 0)


def _rescued(registry: Registry, place: str) -> list[str]:
    """Keep what a view shows as a blob and return the hash, none where it shows nothing."""
    chunks = registry.shelf.open(place)
    first = next(chunks, b"")
    return [registry.blobs.put(chain([first], chunks))[0]] if first else []


def _collect(registry: Registry) -> int:
    """Take away what nothing names and nobody has put there for a day; return how many."""
    old = [digest for digest, age in registry.blobs.names() if age > DAY]
    hashes = registry.named.hashes()
    gone = [digest for digest in old if digest not in hashes]
    for digest in gone:
        registry.blobs.remove(digest)
    return len(gone) + registry.blobs.clear(DAY) + registry.shelf.clear(DAY)


def _pages(registry: Registry) -> Iterator[tuple[str, list[Standing]]]:
    """Yield (branch, what should stand there) for all shelves, some assets at a time."""
    store = registry.studio.store
    for project in store.projects():
        for branch in store.branches(project.id):
            ids = shelved(registry, branch.id)
            for start in range(0, len(ids), PAGE):
                yield branch.id, list(standings(registry, branch.id, ids[start : start + PAGE]))


def _content_flaws(registry: Registry, found: Content, deep: bool) -> Iterator[Flaw]:
    digest = found.body["hash"]
    size = registry.blobs.size(digest)
    code = ""
    if size is None:
        code = "blob_missing"
    elif size != found.body["bytes"]:
        code = "blob_resized"
    elif deep and _hash(registry, digest) != digest:
        code = "blob_changed"
    if code:
        yield _flaw(code, found.project, found.branch, found.id, found.position, digest)


def _standing_flaws(registry: Registry, branch: str, standing: Standing, bad: set[str]) -> Iterator[Flaw]:
    codes = [] if standing.hash in bad else _shelf_flaws(registry, standing)
    if standing.place is not None and not registry.thumbs.known(standing.hash):
        codes.append("thumb_missing")
    project = registry.studio.store.branch(branch).project
    for code in codes:
        yield _flaw(code, project, branch, standing.asset, hash=standing.hash, place=standing.place or "")


def _shelf_flaws(registry: Registry, standing: Standing) -> list[str]:
    if standing.place is None or not registry.blobs.has(standing.hash):
        return []
    return registry.shelf.flaws(standing.place, standing.hash, standing.sidecar)


def _hash(registry: Registry, digest: str) -> str:
    found = sha256()
    for chunk in registry.blobs.open(digest):
        found.update(chunk)
    return found.hexdigest()


def _flaw(
    code: str, project: str = "", branch: str = "", asset: str = "", position: int = 0, hash: str = "", place: str = ""
) -> Flaw:
    severity = "note" if code in _NOTES else "error"
    return Flaw(code, severity, _MESSAGES[code], project, branch, asset, position, hash, place)
