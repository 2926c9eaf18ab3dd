"""Find words in a project."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from comfyvn.application.changes.phrases import titled
from comfyvn.application.conflicts import conflict_id
from comfyvn.application.ports import LATEST, Ref
from comfyvn.application.search.fields import EVERYWHERE, KINDS, Path, Where, texts
from comfyvn.application.search.patterns import Pattern, Span, Wording, pattern_of
from comfyvn.application.studio import Studio
from comfyvn.domain.kernel import Json
from comfyvn.domain.ordering import sort_key
from comfyvn.domain.story import walk


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for and where: sorts of texts, one speaker (a character's id), one scene."""

    wording: Wording
    where: frozenset[Where] = EVERYWHERE
    speaker: str | None = None
    scene: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that holds what is looked for, once or more; `id` names it when choosing what to replace.

    `name` is what people call the entity; `who` is the name of the speaker (the id, or what the line says itself).
    """

    id: str
    entity: str
    part: str
    path: Path
    where: Where
    name: str
    speaker: str | None
    who: str | None
    text: str
    spans: tuple[Span, ...]


class Spot(NamedTuple):
    """A text that holds what is looked for, as it was found."""

    ref: Ref
    part: str
    path: Path
    where: Where
    text: str
    spans: tuple[Span, ...]
    body: Mapping[str, Json]

    @property
    def id(self) -> str:
        """The id of the hit."""
        return conflict_id(self.ref, (self.part, *self.path))


@dataclass(frozen=True, slots=True)
class Found:
    """Hits in the order of the story, a page of them; `total` counts all, `places` all that is found in them."""

    position: int
    total: int
    places: int
    items: list[Hit]


def search(studio: Studio, branch: str, wanted: Search, *, at: int = LATEST, offset: int = 0, size: int = 100) -> Found:
    """Find words in a branch as it is, or was at a position. Raises what `pattern_of` raises."""
    places = spots_of(studio, branch, wanted, pattern_of(wanted.wording), at)
    page = _in_order(studio, branch, places, at, offset, offset + size)
    cast = studio.store.heads(branch, "character", at)
    items = [_hit(place, name, cast) for place, name in page]
    return Found(studio.store.head(branch, at), len(places), sum(len(place.spans) for place in places), items)


def spots_of(studio: Studio, branch: str, wanted: Search, pattern: Pattern, at: int = LATEST) -> list[Spot]:
    """Return all texts that hold what is looked for, in no order."""
    alone = wanted.speaker is not None or wanted.scene is not None
    found: list[Spot] = []
    for kind in KINDS[:1] if alone else KINDS:
        for entity, part, _, body in studio.store.bulk.placed(branch, kind, at, may=pattern.may_hold):
            if wanted.scene is not None and entity != wanted.scene:
                continue
            if wanted.speaker is not None and body.get("speaker") != wanted.speaker:
                continue
            for where, path, text in texts(kind, part, body):
                if where in wanted.where and (spans := pattern.spans(text)):
                    found.append(Spot(Ref(kind, entity), part, path, where, text, spans, body))
    return found


def _hit(place: Spot, name: str, cast: Mapping[Ref, Any]) -> Hit:
    speaker = place.body.get("speaker")
    said = (place.body.get("directives") or {}).get("name")
    character = Ref("character", speaker or "")
    who = titled(character, cast[character]) if character in cast else said if isinstance(said, str) else speaker
    ref, part, path, where, text, spans, _ = place
    return Hit(place.id, str(ref), part, path, where, name, speaker, who, text, spans)


def _in_order(
    studio: Studio, branch: str, places: list[Spot], at: int, first: int, last: int
) -> Iterator[tuple[Spot, str]]:
    """Yield a page of what was found in the order of the story, with the names; only its scenes are read."""
    by_ref: dict[Ref, list[Spot]] = {}
    for place in places:
        by_ref.setdefault(place.ref, []).append(place)
    heads = {
        ref: body for kind in {ref.kind for ref in by_ref} for ref, body in studio.store.heads(branch, kind, at).items()
    }

    def order(ref: Ref) -> tuple[Any, ...]:
        body = heads.get(ref) or {}
        told = (body.get("group", ""), *sort_key(body.get("order", ""), ref.id)) if ref.kind == "scene" else ()
        return (KINDS.index(ref.kind), told, titled(ref, body), ref.id)

    passed = 0
    for ref in sorted(by_ref, key=order):
        members = by_ref[ref]
        start, end = max(first - passed, 0), last - passed
        passed += len(members)
        if start < len(members) and end > 0:
            name = titled(ref, heads.get(ref))
            yield from ((place, name) for place in _inside(studio, branch, ref, members, at)[start:end])


def _inside(studio: Studio, branch: str, ref: Ref, places: list[Spot], at: int) -> list[Spot]:
    scene = studio.store.load(branch, ref, at).state if ref.kind == "scene" else None
    order = {"": 0} | ({} if scene is None else {node: n for n, (node, _) in enumerate(walk(scene), 1)})
    return sorted(places, key=lambda place: (order.get(place.part, len(order)), place.path))
