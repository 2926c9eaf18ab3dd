"""What a call binds and a return gives back, how long variables of a scene live, and what stands in for code."""

import json
from typing import Any

import pytest

from comfyvn.domain.kernel import Refused
from comfyvn.domain.playthrough import RawSkipped, compile_story, play, start, state_from_json, state_to_json, step
from comfyvn.domain.playthrough.stubs import read_stubs
from tests.domain.stories import CAST, act, menu, said, scene, story, text, trace, way


def told(scenes: dict[str, Any], variables: dict[str, Any], **how: Any) -> list[Any]:
    return said(compile_story(scenes, variables, CAST, **how))


def room(*nodes: Any, parameters: str | None = None, **header: Any) -> Any:
    return scene(*nodes, meta={} if parameters is None else {"parameters": parameters}, **header)


def call(target: str, arguments: str | None = None, **more: Any) -> Any:
    return act("call", "", way(scene=target), directives={} if arguments is None else {"arguments": arguments}, **more)


def test_a_call_binds_arguments_and_the_return_gives_back_what_was() -> None:
    scenes = {
        "begin": scene(call("room", "x + 1, c=x"), text("[_return]: [x] [a]"), text("[b]"), label="start"),
        "room": room(
            text("[a] [b] [c]"), act("set", "a = 9"), act("return", "a * b"), parameters="a, b=x * 10, c=None"
        ),
    }
    assert told(scenes, {"x": 2, "a": "before"}) == ["3 20 2", "180: 2 before", "error"]


def test_arguments_are_those_of_before_the_call_and_calls_within_calls_keep_theirs() -> None:
    scenes = {
        "begin": scene(call("down", "3, 0"), text("[n] [m]"), label="start"),
        "down": room(
            act("branch", "", way(act("return"), condition="n == 0")),
            call("down", "n - 1, n"),
            text("[n] [m]"),
            act("return"),
            parameters="n, m",
        ),
    }
    assert told(scenes, {"n": "n", "m": "m"}) == ["1 2", "2 3", "3 0", "n m", "end"]


@pytest.mark.parametrize("arguments", ["", "1, 2, 3", "1, a=1", "1, z=2", "b=1", "nothing"])
def test_arguments_that_do_not_fit_end_the_play(arguments: str) -> None:
    scenes = {
        "begin": scene(call("room", arguments), label="start"),
        "room": room(text("in"), parameters="a, b=1"),
    }
    assert told(scenes, {}) == ["error"]


def test_arguments_outside_the_language_are_reported_and_bind_nothing() -> None:
    scenes = {"begin": scene(call("room", "*rest"), label="start"), "room": room(text("in"), parameters="a")}
    first, *_ = trace(compile_story(scenes, {}, CAST))
    assert first == RawSkipped("n1", "*rest", "begin")
    assert told(scenes, {}) == ["in", "end"]
    odd = {"begin": scene(call("room", "1"), label="start"), "room": room(text("in"), parameters="*a, **b")}
    assert told(odd, {}) == ["in", "end"]


def test_a_computed_call_binds_too_and_a_label_inside_a_scene_has_parameters() -> None:
    spot = act("label", "spot", directives={"parameters": "p"})
    nodes = (
        act("call", directives={"expression": "'sp' + 'ot'", "arguments": "7"}),
        text("[p]"),
        act("return"),
        spot,
        text("[p]"),
        act("return"),
    )
    assert told({"begin": scene(*nodes, label="start")}, {"p": "was"}) == ["7", "was", "end"]


def test_a_scene_variable_begins_anew_on_entering_and_lives_on_the_call_stack() -> None:
    scenes = {
        "begin": scene(
            act("set", "here = 1"),
            act("set", "far = 1"),
            call("other"),
            text("[here] [far]"),
            act("jump", "", way(scene="last")),
            label="start",
        ),
        "other": scene(text("[here]"), act("set", "here = 5"), act("set", "far += 1"), act("return")),
        "last": scene(
            text("[here] [far]"),
            act("set", "here += 1"),
            act("label", "again"),
            act("branch", "", way(act("jump", "", way(scene="last")), condition="far < 4 and here")),
            falls_to="other",
        ),
    }
    variables = {"here": 0, "far": 0}
    assert told(scenes, variables, scene_variables=["here"])[:4] == ["0", "1 2", "0 2", "0 2"]
    assert told(scenes, variables)[:3] == ["1", "5 2", "5 2"]


def test_a_jump_inside_a_scene_and_its_loops_keep_its_variables() -> None:
    loop = act("loop", "", way(act("set", "i += 1"), condition="i < 3"))
    program = compile_story(
        {"begin": scene(loop, text("[i]"), act("jump", "", way(node="over")), text("no"), text("[i]", id="over"))},
        {"i": 0},
        CAST,
        scene_variables=["i", "unknown"],
    )
    assert said(program) == ["3", "3", "end"]


def test_what_a_call_keeps_is_part_of_the_state() -> None:
    scenes = {
        "begin": scene(call("room", "[1, (2,)]"), text("[a] [bag]"), label="start"),
        "room": room(text("in [a]"), act("set", "bag.append(1)"), act("return"), parameters="a"),
    }
    program = compile_story(scenes, {"bag": [{"k": {1, 2}}]}, CAST, scene_variables=["bag"])
    state, _ = step(program, start(program, 0))
    again = state_from_json(json.loads(json.dumps(state_to_json(state))))
    assert again == state
    assert hash(again.calls[0].kept) == hash(state.calls[0].kept)
    assert "gone" not in repr(again.calls[0].kept)
    first, second = (list(play(program, seed=0, start_at=s)) for s in (state, again))
    assert first == second
    assert said(program) == ["in [1, (2,)]", "error"]


def test_weights_decide_what_the_seed_picks_and_never_close_an_option() -> None:
    question = menu(way(text("a"), text="a", weight=0), way(text("b"), text="b", weight=9), way(text("c"), text="c"))
    program = story(question)
    picks = [said(program, seed=seed)[1] for seed in range(300)]
    assert (picks.count("a"), picks.count("b") > 240, picks.count("c") > 15) == (0, True, True)
    assert said(program, 0)[1] == "a"
    even = story(menu(way(text="a", weight=0), way(text="b", weight=0)))
    assert {said(even, seed=seed)[0][1] for seed in range(20)} == {0, 1}


def test_what_is_picked_does_not_disturb_what_is_drawn_later() -> None:
    ask = menu(way(text="a"), way(text="b"), way(text="c"), id="ask")
    program = story(act("loop", "", way(ask, condition="len(seen) < 6"), id="l"), variables={"seen": []})
    free, _ = step(program, start(program, 5))
    fixed = free
    for _ in range(30):
        free, outputs = step(program, free)
        fixed, _ = step(program, fixed, outputs[0].picked if outputs else None)
        other, _ = step(program, fixed, 0)
        assert free == fixed
        assert other.luck == step(program, fixed)[0].luck


def test_lines_and_draws_in_one_scene_do_not_shift_the_draws_of_others() -> None:
    def drawn(*more: Any) -> list[Any]:
        dice = act("random", "", *(way(text(str(n))) for n in range(99)), id="dice")
        scenes = {"begin": scene(*more, act("jump", "", way(scene="end")), label="start"), "end": scene(dice)}
        return said(compile_story(scenes, {}, CAST), seed=3)[-2:]

    extra = act("random", "", *(way(text(f"x{n}")) for n in range(9)))
    assert drawn() == drawn(text("new"), extra) == drawn(extra, menu(way(text="a"), way(text="b")), extra)


STUBS = {
    "renpy.pause(*": {"set": []},
    "$ gift = ask()": {"set": ["gift = 'rose'", "n += 1"]},
    "renpy.seen(*": {"value": True},
    "renpy.seen('not')": {"value": False},
    "where()": {"value": "spot"},
}


def test_stubs_answer_for_code() -> None:
    nodes = (
        act("raw", " renpy.pause(2) "),
        act("raw", "$ gift = ask()", directives={"flow": True}),
        text("[gift] [n]"),
        text("seen", conditions=["renpy.seen('x')"]),
        text("not seen", conditions=["renpy.seen('not')"]),
        act("jump", directives={"expression": "where()"}),
        text("passed over"),
        act("label", "spot"),
        act("raw", "other()"),
        act("return", "renpy.seen('y')"),
    )
    program = compile_story({"begin": scene(*nodes, label="start")}, {"n": 0}, CAST, stubs=read_stubs(STUBS))
    assert said(program) == ["rose 1", "seen", "end"]
    assert [output.code for output in trace(program) if isinstance(output, RawSkipped)] == ["other()"]


@pytest.mark.parametrize(
    "table",
    [
        None,
        [],
        {"a": 1},
        {"": {"value": 1}},
        {"*": {"value": 1}},
        {"a": {}},
        {"a": {"set": [], "value": 1}},
        {"a": {"set": "x = 1"}},
        {"a": {"set": ["x ="]}},
        {"a": {"set": ["f(x)"]}},
        {"a": {"set": ["x = lambda: 1"]}},
        {"a": {"value": "x" * 200_000}},
    ],
)
def test_malformed_stubs_are_refused(table: Any) -> None:
    with pytest.raises(Refused) as refusal:
        read_stubs(table)
    assert refusal.value.code == "stubs_malformed"


def test_an_unchanged_scene_is_not_laid_out_again_and_the_program_is_the_same() -> None:
    scenes = {"begin": scene(text("a"), act("jump", "", way(scene="b")), label="start"), "b": scene(text("b"))}
    before = compile_story(scenes, {}, CAST)
    edited = {**scenes, "b": scene(text("more"), text("b"))}
    after = compile_story(edited, {}, CAST, earlier=before)
    assert after.units["begin"] is before.units["begin"]
    assert after.units["b"] is not before.units["b"]
    fresh = compile_story(edited, {}, CAST)
    assert (after.positions, after.after, after.names) == (fresh.positions, fresh.after, fresh.names)
    assert said(after) == said(fresh) == ["a", "more", "b", "end"]
    assert said(before) == ["a", "b", "end"]
