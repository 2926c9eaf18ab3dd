from typing import Any

import pytest

from comfyvn.domain import timeline
from comfyvn.domain.timeline import TIMELINE, OpenTimeline, SaveTimeline, SceneSequenced, TimelineOpened
from tests.given import Given

ROUTE = Given(TIMELINE).given(TimelineOpened("Route", {"s1": "F", "s2": "V", "s3": "k"}))

CHANGES: list[tuple[Any, Any]] = [
    (timeline.RenameTimeline("Green route"), timeline.TimelineRenamed("Green route")),
    (timeline.AnnotateTimeline("season", 2), timeline.TimelineAnnotated("season", 2)),
    (timeline.MoveScene("s3"), SceneSequenced("s3", "E")),
    (timeline.MoveScene("s3", after="s1"), SceneSequenced("s3", "N")),
    (timeline.MoveScene("s1", after="s3"), SceneSequenced("s1", "l")),
]


@pytest.mark.parametrize(("command", "fact"), CHANGES, ids=str)
def test_a_command_records_one_fact_and_only_once(command: Any, fact: Any) -> None:
    ROUTE.when(command).then_settled(fact)
    Given(TIMELINE).when(command).refused("timeline_unknown")


def test_every_command_is_tested() -> None:
    tested = {type(command) for command, _ in CHANGES} | {
        OpenTimeline,
        timeline.EnterScene,
        timeline.WithdrawScene,
        timeline.DiscardTimeline,
        SaveTimeline,
    }
    assert tested == set(TIMELINE.commands)


def test_a_timeline_is_opened_once() -> None:
    ask = OpenTimeline("Route", ("s2", "s1"))
    Given(TIMELINE).when(ask).then(TimelineOpened("Route", {"s2": "K", "s1": "e"}))
    ROUTE.when(ask).refused("timeline_exists")
    Given(TIMELINE).when(OpenTimeline("Route", ("s1", "s1"))).refused("timeline_malformed")


def test_scenes_enter_at_the_end_or_behind_another() -> None:
    ROUTE.when(timeline.EnterScene("s4")).then(SceneSequenced("s4", "l"))
    ROUTE.when(timeline.EnterScene("s4", after="s1")).then(SceneSequenced("s4", "N"))
    ROUTE.when(timeline.EnterScene("s4", after="s9")).refused("scene_not_sequenced")
    ROUTE.when(timeline.EnterScene("s1")).refused("scene_sequenced")


def test_scenes_leave() -> None:
    ROUTE.when(timeline.WithdrawScene("s2")).then(SceneSequenced("s2", None, False))
    ROUTE.when(timeline.WithdrawScene("s9")).refused("scene_not_sequenced")
    ROUTE.when(timeline.DiscardTimeline()).then(timeline.TimelineDiscarded())


@pytest.mark.parametrize("command", [timeline.MoveScene("s1"), timeline.MoveScene("s2", after="s1")], ids=str)
def test_a_scene_that_stands_there_already_stays(command: timeline.MoveScene) -> None:
    ROUTE.when(command).then()


def test_a_scene_cannot_follow_itself_or_one_that_is_not_there() -> None:
    ROUTE.when(timeline.MoveScene("s1", after="s1")).refused("scene_not_sequenced")
    ROUTE.when(timeline.MoveScene("s1", after="")).refused("scene_not_sequenced")
    ROUTE.when(timeline.MoveScene("s9")).refused("scene_not_sequenced")


def test_a_saved_list_moves_as_few_scenes_as_can_be() -> None:
    ROUTE.when(SaveTimeline({"scene_order": ["s3", "s1", "s2"]})).then_settled(SceneSequenced("s3", "E"))
    ROUTE.when(SaveTimeline({"scene_order": ["s1", "s9", "s2"]})).then_settled(
        SceneSequenced("s3", None, False), SceneSequenced("s9", "N")
    )


def test_the_document_lists_the_scenes_in_order() -> None:
    state = TIMELINE.fold(ROUTE.given(SceneSequenced("s3", "1")).facts)
    assert state is not None
    assert TIMELINE.to_document("t", state) == {
        "id": "t",
        "name": "Route",
        "scene_order": ["s3", "s1", "s2"],
        "meta": {},
    }
