"""What differs between two states of a story, as prose: lines by scene with words marked, who says them, and counts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from comfyvn.application.changes.phrases import titled
from comfyvn.application.ports import Ref
from comfyvn.domain.kernel import WHOLE, Decider, Json
from comfyvn.domain.story import Scene, walk
from comfyvn.domain.wording import Mark, marks

What = Literal["added", "changed", "removed", "moved"]
Pair = tuple[Ref, Any, Any]
"""An entity, its state before and after; None: it is not there."""

_PLACE: Final = frozenset({"block", "order"})
_TOLD: Final = _PLACE | {"content"}
"""Fields of a node that are not listed one by one."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field (path with slashes) that is another one now; `marks` where both are texts."""

    path: str
    before: Json
    after: Json
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line, choice or action. `what` is ``moved`` where nothing but its place changed.

    `before` and `after` are its words (None: it was not there), `order` its place in reading order, and `fields` all
    other fields that changed, options of a choice among them. `who` is the name of the speaker.
    """

    node: str
    what: What
    type: str
    verb: str | None
    speaker: str | None
    who: str | None
    order: int
    before: str | None
    after: str | None
    marks: tuple[Mark, ...]
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class SceneChange:
    """A scene that differs: how many of its lines were added, changed, removed and moved, and the lines in order."""

    scene: str
    title: str
    what: What
    added: int
    changed: int
    removed: int
    moved: int
    fields: tuple[FieldChange, ...]
    lines: tuple[LineChange, ...]


@dataclass(frozen=True, slots=True)
class EntityChange:
    """Anything else that differs."""

    entity: str
    kind: str
    name: str
    what: What
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class SpeakerCount:
    """How many lines of a speaker (None: the narrator) differ."""

    speaker: str | None
    who: str | None
    added: int
    changed: int
    removed: int
    moved: int


@dataclass(frozen=True, slots=True)
class Prose:
    """Everything that differs. `total` counts the scenes and `speakers` the lines of all pages."""

    total: int
    scenes: tuple[SceneChange, ...]
    others: tuple[EntityChange, ...]
    speakers: tuple[SpeakerCount, ...]


Kinds = Mapping[str, Decider[Any, Any, Any]]
Cast = Mapping[Ref, Json]
"""The own fields of the characters, for their names."""


def prose(
    pairs: Iterable[Pair], kinds: Kinds, cast: Cast, *, words: bool = True, offset: int = 0, size: int | None = None
) -> Prose:
    """Return what differs as prose, the scenes in the order of the story; without `words` the counts alone.

    `offset` and `size` choose a page of the scenes; everything else comes with the first page.
    """
    differ = [(ref, before, after) for ref, before, after in pairs if ref.kind != "branch" and before != after]
    scenes = sorted((pair for pair in differ if pair[0].kind == "scene"), key=_place)
    page = range(offset, len(scenes) if size is None else min(offset + size, len(scenes)))
    shown: list[SceneChange] = []
    counts: dict[str | None, Counter[What]] = {}
    for n, (ref, before, after) in enumerate(scenes):
        told = words and n in page
        lines = list(_lines(before, after, kinds["scene"], cast, words=told))
        for line in lines:
            counts.setdefault(line.speaker, Counter())[line.what] += 1
        if n in page:
            many = Counter(line.what for line in lines)
            of = _entity(ref, before, after, kinds, words=words)
            shown.append(
                SceneChange(
                    *(ref.id, of.name, of.what, many["added"], many["changed"], many["removed"], many["moved"]),
                    fields=of.fields,
                    lines=tuple(lines) if words else (),
                )
            )
    others = [_entity(*pair, kinds, words=words) for pair in differ if pair[0].kind != "scene" and offset == 0]
    speakers = [
        SpeakerCount(speaker, _name(speaker, None, cast), n["added"], n["changed"], n["removed"], n["moved"])
        for speaker, n in sorted(counts.items(), key=lambda item: item[0] or "")
    ]
    return Prose(len(scenes), tuple(shown), tuple(others), tuple(speakers))


def _place(pair: Pair) -> tuple[str, str, str]:
    ref, before, after = pair
    scene: Scene = before if after is None else after
    return scene.group, scene.order, ref.id


def _entity(ref: Ref, before: Any, after: Any, kinds: Kinds, *, words: bool) -> EntityChange:
    part = kinds[ref.kind].part
    old, new = ({} if state is None else part(state, WHOLE) or {} for state in (before, after))
    what: What = "added" if before is None else "removed" if after is None else "changed"
    fields = tuple(_fields(old, new)) if words and what == "changed" else ()
    return EntityChange(str(ref), ref.kind, titled(ref, new or old), what, fields)


def _lines(
    before: Scene | None, after: Scene | None, decider: Decider[Any, Any, Any], cast: Cast, *, words: bool
) -> Iterator[LineChange]:
    """Yield the lines that differ in reading order; removed ones where they stood."""
    old, new = decider.parts(before), decider.parts(after)
    differ = {part for part in old.keys() | new.keys() if part != WHOLE and old.get(part) != new.get(part)}
    order: dict[str, int] = {}
    if differ:
        for scene in (after, before):
            for n, (node_id, _) in enumerate(walk(scene) if scene is not None else ()):
                order.setdefault(node_id, n)
    for node_id in sorted(differ, key=lambda node: (order[node], node)):
        was, now = old.get(node_id), new.get(node_id)
        yield _line(node_id, was, now, order[node_id], cast, words=words)


def _line(node_id: str, was: Json | None, now: Json | None, order: int, cast: Cast, *, words: bool) -> LineChange:
    old, new = was or {}, now or {}
    shown = new or old
    differ = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    what: What = "added" if was is None else "removed" if now is None else "moved" if differ <= _PLACE else "changed"
    before, after = (None if side is None else str(side.get("content", "")) for side in (was, now))
    marked = marks(before or "", after or "") if words else ()
    fields = tuple(f for f in _fields(old, new) if f.path not in _TOLD) if words and what == "changed" else ()
    speaker = shown.get("speaker")
    who = _name(speaker, shown.get("directives", {}).get("name"), cast)
    told = (node_id, what, shown["type"], shown.get("verb"), speaker, who, order, before, after)
    return LineChange(*told, marked, fields)


def _name(speaker: str | None, said: Json, cast: Cast) -> str | None:
    if speaker is None:
        return said if isinstance(said, str) else None
    return titled(Ref("character", speaker), cast.get(Ref("character", speaker)))


def _fields(old: Json, new: Json, path: str = "") -> Iterator[FieldChange]:
    """Yield the fields that differ, the innermost that hold no object."""
    for key in sorted(old.keys() | new.keys(), key=str):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _fields(was, now, f"{path}{key}/")
        else:
            both = isinstance(was, str) and isinstance(now, str)
            yield FieldChange(f"{path}{key}", was, now, marks(was, now) if both else ())
