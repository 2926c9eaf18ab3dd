"""Timelines: an order of scenes, such as a chapter, a route or the order of a first reading."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from comfyvn.domain.documents import NAME, NAME_SET, OBJECT, Field
from comfyvn.domain.kernel import Conflict, Decider, Json, Missing, command, event
from comfyvn.domain.ordering import between, settled, sort_key
from comfyvn.domain.records import Record, Requests, decider


@dataclass(frozen=True, slots=True)
class Timeline:
    """An order of scenes: `scene_order` maps the ids of scenes to fractional keys."""

    name: str
    scene_order: Mapping[str, str] = field(default_factory=dict)
    meta: Mapping[str, Json] = field(default_factory=dict)


def scenes(order: Mapping[str, str]) -> list[str]:
    """Return the ids of the scenes in order."""
    return sorted(order, key=lambda scene: sort_key(order[scene], scene))


@event("timeline.timeline_opened")
@dataclass(frozen=True, slots=True)
class TimelineOpened:
    name: str
    scene_order: Mapping[str, str] = field(default_factory=dict)
    meta: Mapping[str, Json] = field(default_factory=dict)


@event("timeline.timeline_renamed")
@dataclass(frozen=True, slots=True)
class TimelineRenamed:
    name: str


@event("timeline.scene_sequenced")
@dataclass(frozen=True, slots=True)
class SceneSequenced:
    """Scene `key` took the place of the order key `value` (or, with `present` false, left the timeline)."""

    key: str
    value: str | None
    present: bool = True


@event("timeline.timeline_annotated")
@dataclass(frozen=True, slots=True)
class TimelineAnnotated:
    """A meta entry was given (or, with `present` false, taken away)."""

    key: str
    value: Json
    present: bool = True


@event("timeline.timeline_discarded")
@dataclass(frozen=True, slots=True)
class TimelineDiscarded:
    pass


@command("timeline.open-timeline")
@dataclass(frozen=True, slots=True)
class OpenTimeline:
    name: str
    scene_order: tuple[str, ...] = ()
    meta: Mapping[str, Json] = field(default_factory=dict)


@command("timeline.rename-timeline")
@dataclass(frozen=True, slots=True)
class RenameTimeline:
    name: str


@command("timeline.enter-scene")
@dataclass(frozen=True, slots=True)
class EnterScene:
    """Add a scene behind scene `after`, or at the end."""

    scene_id: str
    after: str | None = None


@command("timeline.move-scene")
@dataclass(frozen=True, slots=True)
class MoveScene:
    """Move a scene behind scene `after`, or to the start."""

    scene_id: str
    after: str | None = None


@command("timeline.withdraw-scene")
@dataclass(frozen=True, slots=True)
class WithdrawScene:
    scene_id: str


@command("timeline.annotate-timeline")
@dataclass(frozen=True, slots=True)
class AnnotateTimeline:
    key: str
    value: Json = None
    present: bool = True


@command("timeline.discard-timeline")
@dataclass(frozen=True, slots=True)
class DiscardTimeline:
    pass


@command("timeline.save-timeline")
@dataclass(frozen=True, slots=True)
class SaveTimeline:
    """Make the timeline equal to a document; what is equal already, or left out, is not recorded."""

    document: Mapping[str, Json]


def _entered(timeline: Timeline, request: EnterScene) -> Timeline:
    if request.scene_id in timeline.scene_order:
        message = f"Scene {request.scene_id} is in the timeline already."
        raise Conflict("scene_sequenced", message, scene=request.scene_id)
    others = scenes(timeline.scene_order)
    return _placed(timeline, request.scene_id, others, len(others) if request.after is None else None, request.after)


def _moved(timeline: Timeline, request: MoveScene) -> Timeline:
    _known(timeline, request.scene_id)
    order = scenes(timeline.scene_order)
    others = [scene for scene in order if scene != request.scene_id]
    at = 0 if request.after is None else None
    moved = _placed(timeline, request.scene_id, others, at, request.after)
    return timeline if scenes(moved.scene_order) == order else moved


def _placed(timeline: Timeline, scene: str, others: list[str], at: int | None, after: str | None) -> Timeline:
    if at is None:
        at = others.index(_known(timeline, after or "", others)) + 1
    keys = [timeline.scene_order[other] for other in others]
    low = keys[at - 1] if at else None
    high = next((key for key in keys[at:] if low is None or key > low), None)
    return replace(timeline, scene_order={**timeline.scene_order, scene: between(low, high)})


def _withdrawn(timeline: Timeline, request: WithdrawScene) -> Timeline:
    _known(timeline, request.scene_id)
    kept = {scene: key for scene, key in timeline.scene_order.items() if scene != request.scene_id}
    return replace(timeline, scene_order=kept)


def _known(timeline: Timeline, scene: str, among: list[str] | None = None) -> str:
    if scene not in (timeline.scene_order if among is None else among):
        raise Missing("scene_not_sequenced", f"Scene {scene!r} is not in the timeline.", scene=scene)
    return scene


def _sequenced(given: Json, present: Mapping[str, str] | None) -> dict[str, str]:
    return dict(zip(given, settled([((present or {}).get(scene, ""), scene) for scene in given]), strict=True))


TIMELINE: Final[Decider[Any, Timeline, Any]] = decider(
    Requests(
        kind="timeline",
        record=Record(
            state=Timeline,
            begun=TimelineOpened,
            ended=TimelineDiscarded,
            scalars={("name",): TimelineRenamed},
            maps={"scene_order": SceneSequenced, "meta": TimelineAnnotated},
        ),
        opens=OpenTimeline,
        saves=SaveTimeline,
        ends=DiscardTimeline,
        sets={RenameTimeline: TimelineRenamed, AnnotateTimeline: TimelineAnnotated},
        works={EnterScene: _entered, MoveScene: _moved, WithdrawScene: _withdrawn},
        fields={
            "name": NAME,
            "scene_order": Field(NAME_SET.fits, NAME_SET.says, read=_sequenced, write=scenes),
            "meta": OBJECT,
        },
    )
)
