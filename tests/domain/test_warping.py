"""Plays that begin at a node: they go on from there as every play does, on the stage that was set above."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.kernel import Missing
from comfyvn.domain.playthrough import LineSaid, Stage, start, step
from tests.domain.stories import act, menu, said, scene, story, text, way

DIRECTIONS = st.sampled_from(
    [
        act("scene", "bg room"),
        act("scene", "bg street"),
        act("show", "ann happy"),
        act("show", "ann sad", directives={"at": "left"}),
        act("show", "bo"),
        act("hide", "ann"),
        act("play", "music sea.ogg"),
        act("queue", "music rain.ogg"),
        act("stop", "music"),
        act("voice", "hum.ogg"),
        act("window", "hide"),
        text("a"),
        text("b"),
    ]
)


@given(st.lists(DIRECTIONS, max_size=15))
def test_a_play_from_a_line_has_the_stage_of_a_play_that_came_there(nodes: list[dict[str, object]]) -> None:
    program = story(*nodes, text("here", id="here"))
    arrived, outputs = step(program, start(program, 0))
    while not any(isinstance(output, LineSaid) and output.node == "here" for output in outputs):
        arrived, outputs = step(program, arrived)
    begun, _ = step(program, start(program, 0, "begin:here"))
    assert begun.stage == arrived.stage


def test_a_play_from_inside_a_menu_goes_on_behind_it() -> None:
    program = story(
        act("scene", "bg room"),
        menu(
            way(act("show", "ann"), text("Yes."), text("Yes!", id="deep"), text="Yes"),
            way(act("show", "bo"), text="No"),
        ),
        text("After."),
    )
    assert said(program, start_at="begin:deep") == said(program, start_at="start:deep") == ["Yes!", "After.", "end"]
    stage = start(program, 0, "begin:deep").stage
    assert stage.background is not None and stage.background.name == "bg room"
    assert list(stage.sprites) == ["ann"]


def test_directions_with_conditions_are_left_out_and_forced_values_count() -> None:
    program = story(
        act("show", "ann", conditions=["x > 0"]),
        act("set", "x = 5"),
        text("[x]", id="here"),
        variables={"x": 1},
    )
    state, outputs = step(program, start(program, 0, "begin:here", {"x": 7}))
    assert state.stage == Stage()
    assert [getattr(output, "what", None) for output in outputs] == ["7"]


def test_names_with_a_colon_are_looked_for_whole_first() -> None:
    program = story(text("a"), **{"begin:n1": scene(text("whole"))})
    assert said(program, start_at="begin:n1") == ["whole", "end"]
    assert said(program, start_at="begin:n1:n1") == ["whole", "end"]


@pytest.mark.parametrize("name", ["begin:gone", "gone:n1", ":", "begin:", ":n1"])
def test_a_node_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(Missing) as refusal:
        start(story(text("a")), 0, name)
    assert refusal.value.code == "scene_unknown"
