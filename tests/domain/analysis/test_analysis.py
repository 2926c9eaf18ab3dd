"""What the analysis says of small stories that are understood by looking at them."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Any

import pytest

from comfyvn.domain.analysis import Analysis, Cause, Limits, NotReached, analyse, report, survey
from comfyvn.domain.playthrough import compile_story
from comfyvn.domain.story import Scene
from tests.domain.stories import act, menu, scene, text, way


def known(*nodes: Mapping[str, Any], variables: Mapping[str, Any] | None = None, **scenes: Scene) -> Analysis:
    story = {"begin": scene(*nodes, label="start"), **scenes}
    return analyse(compile_story(story, variables or {}, {}), story)


def causes(analysis: Analysis) -> dict[str, Cause | None]:
    return {fact.node: fact.cause for fact in analysis.not_reached}


def test_a_loop_that_is_left_by_chance_is_gone_round_as_often_as_the_geometric_series_says() -> None:
    again = way(act("jump", "", way(scene="begin")), weight=3)
    found = known(text("once"), act("random", "", again, way(text("out"), weight=1)))
    assert found.heat["begin", "n1"] == pytest.approx(4)
    assert [ending.share.value for ending in found.endings] == pytest.approx([1])
    assert not found.loops


def test_a_large_loop_is_solved_by_sweeps_as_exactly_as_a_small_one() -> None:
    lines = [text(f"line {n}") for n in range(100)]
    found = known(*lines, act("random", "", way(act("jump", "", way(scene="begin")), weight=9), way(weight=1)))
    assert found.heat["begin", "n1"] == pytest.approx(10, rel=1e-9)


def test_a_loop_without_a_way_out_is_named_and_its_probability_told() -> None:
    stuck = way(act("jump", "", way(scene="round")), text="stay")
    round_ = scene(text("again"), act("jump", "", way(scene="round")))
    found = known(menu(stuck, way(text("away"), text="leave")), round=round_)
    assert found.endless.value == pytest.approx(0.5)
    assert found.loops == ((("round", "n1"), ("round", "n2")),)
    assert found.heat["round", "n1"] == inf


def test_counting_for_show_keeps_no_moments_apart() -> None:
    again = way(act("set", "score += 1"), act("jump", "", way(scene="begin")), text="again")
    found = known(text("You have [score]."), menu(again, way(text="stop")), variables={"score": 0})
    assert found.exact
    assert found.moments < 10


def test_counting_that_decides_is_followed_up_to_the_limit() -> None:
    again = way(act("set", "score += 1"), act("jump", "", way(scene="begin")), text="again")
    story = {"begin": scene(menu(again, way(text("rich"), text="buy", condition="score > 3")), label="start")}
    found = analyse(compile_story(story, {"score": 0}, {}), story, limits=Limits(moments=50, plays=100))
    assert not found.exact
    assert found.plays == 100
    assert found.routes["begin", "n4"].picks == (0, 0, 0, 0, 1)


def test_the_values_of_deciding_variables_are_known_at_each_node() -> None:
    found = known(
        menu(way(act("set", "mood = 1"), text="a"), way(act("set", "mood = 5"), text="b")),
        text("now"),
        act("branch", "", way(text("high"), condition="mood > 3")),
        variables={"mood": 0},
    )
    assert found.ranges["begin", "n4"]["mood"].values == (1, 5)
    assert found.ranges["begin", "n6"]["mood"].values == (5,)


def test_a_condition_that_never_holds_is_named() -> None:
    found = known(
        act("set", "gold = 1"),
        act("branch", "", way(text("rich"), condition="gold > 9")),
        text("after"),
        variables={"gold": 0},
    )
    assert found.not_reached == (
        NotReached(
            "begin", "n3", "unreachable", Cause("condition_never_true", "begin", "n2", "n2.0", "gold > 9", ("gold",))
        ),
    )


def test_a_variable_that_nothing_sets_is_named() -> None:
    found = known(act("branch", "", way(text("rich"), condition="gold > 9")), variables={"gold": 0})
    cause = causes(found)["n2"]
    assert cause is not None
    assert (cause.reason, cause.variables) == ("variable_never_set", ("gold",))


def test_a_scene_that_nothing_leads_to_is_blamed_for_all_that_follows_it() -> None:
    island = scene(text("alone"), act("jump", "", way(scene="beyond")))
    found = known(text("here"), island=island, beyond=scene(text("far")))
    told = {(fact.scene, fact.node): fact.cause for fact in found.not_reached}
    assert told["island", "n1"] == Cause("no_way", "island", "n1")
    assert told["beyond", "n1"] == Cause("after_unreachable", "island", "n1")


def test_what_stands_after_a_jump_has_no_way_to_it() -> None:
    found = known(act("jump", "", way(scene="next")), text("never"), next=scene(text("there")))
    assert causes(found) == {"n2": Cause("no_way", "begin", "n2")}


def test_an_option_of_weight_zero_is_named() -> None:
    found = known(act("random", "", way(text("never"), weight=0), way(text("always"), weight=1)))
    assert causes(found) == {"n2": Cause("weight_zero", "begin", "n1", "n1.0")}


def test_code_that_is_not_run_makes_every_verdict_unknown() -> None:
    found = known(
        act("raw", "renpy.jump_somewhere()"),
        act("branch", "", way(text("rich"), condition="gold > 9")),
        variables={"gold": 0},
    )
    assert [fact.verdict for fact in found.not_reached] == ["unknown_raw"]
    assert found.raw == (("begin", "n1"),)


def test_code_around_the_story_that_names_a_variable_makes_verdicts_unknown() -> None:
    nodes = [act("branch", "", way(text("rich"), condition="gold > 9"))]
    code = replace(scene(act("raw", "screen shop():\n    textbutton 'x' action SetVariable('gold', 99)")), role="code")
    assert {fact.verdict for fact in known(*nodes, variables={"gold": 0}, code=code).not_reached} == {"unknown_raw"}
    assert {fact.verdict for fact in known(*nodes, variables={"gold": 0}).not_reached} == {"unreachable"}


def test_an_error_is_an_ending_of_its_own() -> None:
    found = known(act("set", "x = 1 / gold"), text("fine"), variables={"gold": 0, "x": 0})
    assert [(ending.reason, ending.node) for ending in found.endings] == [("error", "n1")]


def test_options_that_all_do_the_same_are_found() -> None:
    same = menu(way(text="yes"), way(text="no"))
    counted = menu(way(act("set", "n += 1"), text="yes"), way(text="no"))
    decided = [menu(way(act("set", "n = 1"), text="yes"), way(text="no")), text("x", conditions=["n > 0"])]
    assert [fact.same for fact in known(same, text("then")).choices] == [True]
    assert [fact.same for fact in known(counted, text("then"), variables={"n": 0}).choices] == [True]
    assert not known(*decided, variables={"n": 0}).choices


def test_options_that_are_never_offered_are_found() -> None:
    found = known(menu(way(text="a"), way(text("b"), text="b", condition="gold > 1")), variables={"gold": 0})
    assert [fact.never_offered for fact in found.choices] == [("n1.1",)]


def test_words_are_counted_without_tags_and_in_scripts_without_blanks() -> None:
    found = known(text("{b}Two{/b} words", "ann"), text("日本語"), menu(way(text="Don't go"), prompt="Well?"))
    assert found.words.by_character == {"ann": 2, "": 4}
    assert found.words.total == 8


def edited(story: dict[str, Scene], name: str, *nodes: Mapping[str, Any]) -> dict[str, Scene]:
    return {**story, name: scene(*nodes, label=name)}


def long_story() -> dict[str, Scene]:
    chain = {
        f"s{n}": scene(
            text("a"), menu(way(text="x"), way(text("y"), text="y")), act("jump", "", way(scene=f"s{n + 1}"))
        )
        for n in range(30)
    }
    return {"begin": scene(act("jump", "", way(scene="s0")), label="start"), **chain, "s30": scene(text("end"))}


def test_other_words_need_no_other_survey() -> None:
    story = long_story()
    first = survey(compile_story(story, {}, {}), story)
    other = edited(
        story,
        "s3",
        text("quite other words"),
        menu(way(text="x"), way(text("y"), text="y")),
        act("jump", "", way(scene="s4")),
    )
    other["s3"] = replace(other["s3"], label=story["s3"].label)
    second = survey(compile_story(other, {}, {}), other, earlier=first)
    assert second.found is first.found
    assert report(second, other).words.total == report(first, story).words.total + 2


def test_an_edit_is_followed_only_where_it_counts() -> None:
    story = long_story()
    first = survey(compile_story(story, {}, {}), story)
    other = dict(story)
    other["s20"] = scene(text("a"), text("new"), act("jump", "", way(scene="s25")))
    program = compile_story(other, {}, {})
    second, anew = survey(program, other, earlier=first), survey(program, other)
    assert report(second, other) == report(anew, other)
    assert second.found.fresh < 10 < anew.found.fresh
    assert second.found.moves == anew.found.moves


def test_a_variable_that_begins_to_matter_is_not_forgotten() -> None:
    story = {"begin": scene(act("set", "n += 1"), text("x"), label="start")}
    first = survey(compile_story(story, {"n": 0}, {}), story)
    other = {"begin": scene(act("set", "n += 1"), text("x"), text("y", conditions=["n > 1"]), label="start")}
    second = survey(compile_story(other, {"n": 0}, {}), other, earlier=first)
    assert [fact.node for fact in report(second, other).not_reached] == ["n3"]


def test_progress_is_told_and_can_stop_the_search() -> None:
    class Stopped(Exception):
        pass

    def stop(stage: str, done: int, total: int) -> None:
        assert (stage, total) == ("explore", 10_000)
        raise Stopped

    again = way(act("set", "n += 1"), act("jump", "", way(scene="begin")), text="again")
    story = {"begin": scene(menu(again, way(text("z"), text="z", condition="n > 3")), label="start")}
    with pytest.raises(Stopped):
        analyse(compile_story(story, {"n": 0}, {}), story, limits=Limits(moments=10_000), progress=stop)
