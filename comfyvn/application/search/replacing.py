"""Put other words for what is found: shown before it is done, and done as one change."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from comfyvn.application.ports import Change, Ref
from comfyvn.application.search.fields import Path, with_text
from comfyvn.application.search.finding import Hit, Search, search, spots_of
from comfyvn.application.search.patterns import MAX_TEXT, pattern_of, replacement_of
from comfyvn.application.studio import Outcome, Request, Studio, earlier, envelope, open_branch, plain
from comfyvn.domain.kernel import Conflict, Json, Missing, Refused

COMMAND = "project.replace-words"


@dataclass(frozen=True, slots=True)
class Replaced:
    """A hit, and the text that would stand in its place."""

    hit: Hit
    after: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a replacement would do, a page of it; `total` counts the hits."""

    position: int
    total: int
    places: int
    items: list[Replaced]


def preview(
    studio: Studio, branch: str, wanted: Search, replacement: str, *, offset: int = 0, size: int = 100
) -> Preview:
    """Return what a replacement would do, and write nothing. Raises what `replace_words` raises."""
    put, pattern = _replacement(wanted, replacement), pattern_of(wanted.wording)
    found = search(studio, branch, wanted, offset=offset, size=size)
    items = [Replaced(hit, pattern.replaced(hit.text, put)) for hit in found.items]
    return Preview(found.position, found.total, found.places, items)


def replace_words(
    studio: Studio,
    branch: str,
    wanted: Search,
    replacement: str,
    request: Request,
    only: Collection[str] | None = None,
) -> Outcome:
    """Replace everything that is found, or the hits in `only` (their ids), in one commit.

    Raises Refused: ``search_empty``, ``search_too_long``, ``regex_malformed``, ``replacement_malformed``;
    Missing("hit_unknown") where a chosen text does not hold the words any more; Conflict("stale").
    """
    chosen = None if only is None else sorted(set(only))
    body: Json = {
        "branch": branch,
        "find": {**plain(wanted), "where": sorted(wanted.where)},
        "replacement": replacement,
        "only": None if chosen is None else sha256("\n".join(chosen).encode(errors="replace")).hexdigest(),
    }
    if done := earlier(studio, request, COMMAND, body):
        return Outcome(done, done.position)
    open_branch(studio, branch)
    put, pattern = _replacement(wanted, replacement), pattern_of(wanted.wording)
    with studio.turns.of(branch):
        hits = {hit.id: hit for hit in spots_of(studio, branch, wanted, pattern)}
        if chosen is not None:
            if gone := [hit for hit in chosen if hit not in hits]:
                message = f"{len(gone)} of the chosen texts do not hold these words now; look again before you replace."
                raise Missing("hit_unknown", message, hits=gone[:20])
            hits = {hit: hits[hit] for hit in chosen}
        texts: dict[Ref, list[tuple[str, Path, str]]] = {}
        for place in hits.values():
            texts.setdefault(place.ref, []).append((place.part, place.path, pattern.replaced(place.text, put)))
        changes = _changes(studio, branch, texts)
        if not changes:
            return Outcome(None, studio.store.head(branch))
        message = f"replace {_short(wanted.wording.text)} with {_short(replacement)}"
        try:
            commit = studio.store.append(
                branch, envelope(studio, request, message, command=COMMAND, body=body), changes
            )
        except Conflict as e:
            if e.code != "stale":
                raise
            message = "Others wrote to the same entities at the same moment; nothing was written, try again."
            raise Conflict("stale", message, **e.details) from e
    return Outcome(commit, commit.position, versions={str(c.ref): c.version + len(c.events) for c in changes})


def _replacement(wanted: Search, text: str) -> Callable[[Any], str]:
    if len(text) > MAX_TEXT:
        raise Refused("replacement_malformed", f"A replacement has at most {MAX_TEXT} characters.")
    return replacement_of(wanted.wording, text)


def _changes(studio: Studio, branch: str, texts: dict[Ref, list[tuple[str, Path, str]]]) -> list[Change]:
    found: list[Change] = []
    for ref, (now, version) in studio.store.load_many(branch, texts).items():
        decider = studio.store.kinds[ref.kind]
        parts = decider.parts(now)
        for part, path, text in texts[ref]:
            parts[part] = with_text(parts[part], path, text)
        after = decider.assemble(parts)
        if events := decider.reconcile(now, after):
            found.append(Change(ref, version, now, events, after))
    return found


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line[:40]}…”" if len(line) > 40 else f"“{line}”"
