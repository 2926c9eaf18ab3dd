"""Files become assets: measured, then named in one commit, then put on the shelf."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Any, Final, NamedTuple

import orjson

from comfyvn.application.assets.origins import origins, record_of, stamped
from comfyvn.application.assets.recording import record
from comfyvn.application.assets.registry import Draft, Registry
from comfyvn.application.assets.shelving import settle
from comfyvn.application.assets.storing import store
from comfyvn.application.ports import Loaded, MediaFacts, Ref
from comfyvn.application.provenance.spdx import with_licence
from comfyvn.application.studio import Outcome, Request, plain
from comfyvn.application.versions import asset_id as id_of
from comfyvn.domain.assets import ASSET, Asset, ImportAsset
from comfyvn.domain.kernel import Conflict, Json, Missing, Refused

COMMAND: Final = "assets.register"
REPLACE: Final = "assets.replace"
BATCH: Final = 1000
"""Files in one commit."""
LOOKERS: Final = 2
"""Files that are measured at a time."""
MEASURED: Final = frozenset({"mime", "width", "height", "seconds", "facts"})
"""Keys of `meta` that say what the content is."""

_HEARD: Final = frozenset({"music", "sound", "voice"})

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Turned:
    """A file that was not taken, and why."""

    path: str
    code: str
    message: str


class Looked(NamedTuple):
    """A file as it is taken, and what it is."""

    draft: Draft
    facts: MediaFacts


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of files: the ids of those that are assets now, in order, and those that were refused."""

    outcome: Outcome
    ids: tuple[str, ...]
    refused: tuple[Turned, ...] = ()


def register(
    registry: Registry,
    branch: str,
    drafts: Sequence[Draft],
    request: Request,
    *,
    replaces: bool = False,
    lenient: bool = False,
    progress: Progress | None = None,
) -> Registered:
    """Make files assets, in one commit. A file with the path and the content of an asset changes nothing.

    A path names one asset: `replaces` gives it the new content, without it another content is refused. `lenient`
    leaves out files that are refused and names them. Raises Conflict("asset_exists"), Refused("licence_unknown"), and
    what `Media` refuses.
    """
    drafts = [replace(draft, meta=with_licence(draft.meta)) for draft in drafts]
    looked = _looked(registry, drafts, lenient, progress)
    refused = [found for found in looked if isinstance(found, Turned)]
    pairs = [found for found in looked if not isinstance(found, Turned)]
    refs = [Ref("asset", id_of(draft.path)) for draft, _ in pairs]
    taken: list[Draft] = []

    def wish(present: Mapping[Ref, Loaded]) -> Iterator[tuple[Ref, Any]]:
        taken.clear()
        for ref, (draft, facts) in zip(refs, pairs, strict=True):
            now = present[ref].state
            if now is None or (now.hash != draft.hash and replaces):
                yield from _named(ref, draft, facts, now)
            elif now.hash != draft.hash:
                if not lenient:
                    raise _taken(draft)
                taken.append(draft)

    message = f"register {drafts[0].path}" if len(drafts) == 1 else f"register {len(drafts)} files"
    body = {"branch": branch, "files": len(drafts), "replaces": replaces, "content": _fingerprint(drafts)}
    outcome = record(registry.studio, branch, refs, wish, request, message, COMMAND, body)
    refused += [Turned(draft.path, "asset_exists", str(_taken(draft))) for draft in taken]
    left_out = {turned.path for turned in refused}
    ids = tuple(ref.id for ref, (draft, _) in zip(refs, pairs, strict=True) if draft.path not in left_out)
    settle(registry, branch, ids)
    return Registered(outcome, ids, tuple(refused))


def replace_content(registry: Registry, branch: str, asset: str, draft: Draft, request: Request) -> Outcome:
    """Give an asset another content, in one commit; its id, path and tags stay, and its past stays readable."""
    draft = replace(draft, meta=with_licence(draft.meta))
    asked, (draft, facts) = draft, _look(registry, draft)
    ref = Ref("asset", asset)

    def wish(present: Mapping[Ref, Loaded]) -> Iterator[tuple[Ref, Any]]:
        now = present[ref].state
        if now is None:
            raise Missing("asset_unknown", f"There is no asset {asset!r} here.", asset=asset)
        if now.hash != draft.hash:
            yield from _named(ref, replace(draft, path=now.path), facts, now)

    body = {"branch": branch, "entity": str(ref), "content": _fingerprint([asked])}
    message = f"replace the content of asset {asset}"
    outcome = record(registry.studio, branch, [ref], wish, request, message, REPLACE, body)
    settle(registry, branch, [asset])
    return outcome


def _looked(
    registry: Registry, drafts: Sequence[Draft], lenient: bool, progress: Progress | None
) -> list[Looked | Turned]:
    found: list[Looked | Turned] = []
    with ThreadPoolExecutor(LOOKERS, "looking") as pool:
        for looked in pool.map(partial(_tried, registry), drafts):
            if isinstance(looked, Refused):
                if not lenient:
                    pool.shutdown(cancel_futures=True)
                    raise looked
                found.append(Turned(drafts[len(found)].path, looked.code, str(looked)))
            else:
                found.append(looked)
            if progress:
                progress("measured", len(found), len(drafts))
    return found


def _tried(registry: Registry, draft: Draft) -> Looked | Refused:
    try:
        return _look(registry, draft)
    except Refused as error:
        return error


def _look(registry: Registry, draft: Draft) -> Looked:
    """Measure a file. One with our stamp becomes what it was before it was stamped: no content carries a stamp."""
    ASSET.intend(None, ImportAsset("other", draft.path, draft.hash, draft.bytes, draft.meta, draft.tags))
    facts = registry.media.inspect(draft.path, partial(registry.blobs.file, draft.hash))
    if not stamped(facts.claims):
        return Looked(draft, facts)
    with registry.blobs.file(draft.hash) as file:
        bare = registry.stamps.stripped(file)
    if bare is None:
        return Looked(draft, facts)
    chunks = bare.part(partial(registry.blobs.part, draft.hash), 0, bare.size)
    digest, size = store(registry.blobs, chunks, registry.limit)
    return Looked(replace(draft, hash=digest, bytes=size), facts)


def _named(ref: Ref, draft: Draft, facts: MediaFacts, now: Asset | None) -> Iterator[tuple[Ref, Any]]:
    """Yield what an asset shall be, and where its content came from."""
    yield ref, _asset(draft, facts, now)
    for origin in origins(ref.id, draft, facts.claims, replaced=now.hash if now else None):
        yield record_of(origin)


def _asset(draft: Draft, facts: MediaFacts, now: Asset | None) -> Asset:
    """Return what an asset shall be with a content of these facts."""
    kind = draft.type or (now.type if now is not None and _fits(now.type, facts.type) else facts.type)
    measured: dict[str, Json] = {
        "mime": facts.mime,
        "width": facts.width,
        "height": facts.height,
        "seconds": facts.seconds,
        "facts": plain(facts.facts) or None,
    }
    kept = {} if now is None else {key: value for key, value in now.meta.items() if key not in MEASURED}
    meta = {**kept, **draft.meta, **{key: value for key, value in measured.items() if value is not None}}
    tags = {**(now.tags if now else {}), **dict.fromkeys(draft.tags, True)}
    return Asset(kind, draft.path, draft.hash, draft.bytes, meta, tags)


def _fits(kind: str, found: str) -> bool:
    return kind == found or {kind, found} <= _HEARD


def _taken(draft: Draft) -> Conflict:
    message = f"There is an asset {draft.path!r} with another content; replace it, or give the file another path."
    return Conflict("asset_exists", message, path=draft.path, asset=id_of(draft.path))


def _fingerprint(drafts: Iterable[Draft]) -> str:
    """Return a hash of what is asked, so that the id of a command cannot stand for other files."""
    found = sha256()
    for draft in drafts:
        found.update(orjson.dumps(plain(draft), option=orjson.OPT_SORT_KEYS) + b"\n")
    return found.hexdigest()
