import pytest

from comfyvn.domain.kernel import Missing, Refused
from comfyvn.domain.playthrough import (
    Ended,
    LineSaid,
    MenuShown,
    RawSkipped,
    Stage,
    StageChanged,
    compile_story,
    play,
    start,
    state_from_json,
    state_to_json,
    step,
    to_json,
)
from comfyvn.domain.playthrough.stage import Shown
from comfyvn.domain.story import Scene
from tests.domain.stories import CAST, act, menu, said, scene, story, text, trace, way


def test_lines_have_the_name_of_who_speaks() -> None:
    program = story(
        text("Evening."),
        text("Hello.", "ann"),
        text("Psst.", directives={"name": "A voice"}),
        text("Me?", "guest"),
        text("Gone.", "discarded"),
        variables={"visitor": "Bo"},
    )
    assert said(program) == ["Evening.", "Ann: Hello.", "A voice: Psst.", "Bo: Me?", "discarded: Gone.", "end"]


def test_a_line_tells_its_node_speaker_and_scene() -> None:
    assert trace(story(text("Hello.", "ann")))[0] == LineSaid("Ann", "Hello.", "n1", "ann", "begin")


def test_values_stand_in_texts_and_tags_stay() -> None:
    program = story(text("[n] of 100%% {b}sure{/b}, [[really]"), variables={"n": 7})
    assert said(program) == ["7 of 100% {b}sure{/b}, [really]", "end"]


def test_an_extension_repeats_the_line_before_it_with_the_values_of_now() -> None:
    program = story(
        text("One [x]", "ann"),
        act("set", "x = 2"),
        text(" two", directives={"extend": True}),
        text(" three", directives={"extend": True}),
        variables={"x": 1},
    )
    assert said(program) == ["Ann: One 1", "Ann: One 2{fast} two", "Ann: One 2{fast} two{fast} three", "end"]


def test_an_extension_follows_the_prompt_of_a_speaker_but_not_that_of_the_narrator() -> None:
    more = text("!", directives={"extend": True})
    spoken = story(text("Hm.", "ann"), menu(way(text="a"), prompt="Well", speaker="ann"), more)
    narrated = story(text("Hm.", "ann"), menu(way(text="a"), prompt="Well"), more)
    assert said(spoken) == ["Ann: Hm.", "Ann: Well", (("a",), 0), "Ann: Well{fast}!", "end"]
    assert said(narrated) == ["Ann: Hm.", "Well", (("a",), 0), "Ann: Hm.{fast}!", "end"]


def test_an_extension_of_nothing_is_a_line() -> None:
    assert said(story(text("So.", directives={"extend": True}))) == ["{fast}So.", "end"]


def test_a_line_cannot_be_extended_for_ever() -> None:
    program = story(act("loop", "", way(text("x" * 50_000, directives={"extend": True}))))
    *lines, end = trace(program)
    assert len(lines) == 1
    assert isinstance(end, Ended) and end.reason == "error" and "longer" in end.message


def test_a_menu_shows_the_open_options_and_takes_the_one_picked() -> None:
    program = story(
        menu(
            way(text("left"), text="Left"),
            way(text("hidden"), text="Hidden", condition="key"),
            way(text("right"), text="Right [n]"),
            prompt="Where?",
        ),
        text("after"),
        variables={"key": False, "n": 2},
    )
    assert said(program, 1) == ["Where?", (("Left", "Right 2"), 1), "right", "after", "end"]
    assert said(program, 0)[2] == "left"
    assert trace(program, 1)[1] == MenuShown(("Left", "Right 2"), 1, "n1", "begin", "Where?")


def test_a_menu_whose_options_are_all_closed_is_passed() -> None:
    program = story(menu(way(text="No", condition="False"), prompt="Well?"), text("after"))
    assert said(program) == ["Well?", "after", "end"]


def test_an_option_may_lead_to_a_node_or_a_scene() -> None:
    program = story(
        menu(way(text="back", node="n2"), way(text="over", scene="other")),
        text("here"),
        text("not there"),
        other=scene(text("there")),
    )
    assert said(program, 0)[1:] == ["here", "not there", "end"]
    assert said(program, 1)[1:] == ["there", "end"]


def test_picks_beyond_the_choices_come_from_the_seed() -> None:
    question = menu(way(text="a"), way(text="b"), way(text="c"))
    program = story(*[question] * 12)
    picks = [[m.picked for m in trace(program, 2, seed=seed) if isinstance(m, MenuShown)] for seed in range(20)]
    assert all(p[0] == 2 for p in picks)
    assert len({tuple(p) for p in picks}) == 20
    assert {pick for p in picks for pick in p} == {0, 1, 2}


def test_a_pick_that_no_option_has_is_refused() -> None:
    program = story(menu(way(text="a"), way(text="b")))
    for pick in (2, -1):
        with pytest.raises(Refused) as refusal:
            trace(program, pick)
        assert refusal.value.code == "pick_unknown"


def test_a_pick_without_a_menu_is_refused() -> None:
    program = story(text("a"))
    with pytest.raises(Refused) as refusal:
        step(program, start(program, 0), 0)
    assert refusal.value.code == "pick_unasked"


def test_all_conditions_of_a_node_must_hold() -> None:
    program = story(
        text("both", conditions=["x > 1", "x < 3"]),
        text("one", conditions=["x > 1", "x > 3"]),
        menu(way(text="a"), conditions=["not x"]),
        text("empty conditions hold", conditions=[" "]),
        variables={"x": 2},
    )
    assert said(program) == ["both", "empty conditions hold", "end"]


@pytest.mark.parametrize(("x", "words"), [(1, "one"), (2, "two"), (3, "many")])
def test_a_branch_takes_the_first_way_that_is_open(x: int, words: str) -> None:
    ways = (
        way(text("one"), condition="x == 1"),
        way(text("two"), condition="x <= 2"),
        way(text("many")),
    )
    assert said(story(act("branch", "", *ways), text("after"), variables={"x": x})) == [words, "after", "end"]


def test_a_branch_without_an_open_way_is_passed() -> None:
    program = story(act("branch", "", way(text("one"), condition="False")), act("branch"), text("after"))
    assert said(program) == ["after", "end"]


def test_a_loop_repeats_its_block_while_its_condition_holds() -> None:
    body = way(text("[i]"), act("set", "i += 1"), condition="i < 3")
    assert said(story(act("loop", "", body), text("after"), variables={"i": 0})) == ["0", "1", "2", "after", "end"]


def test_blocks_within_blocks_lead_back_out() -> None:
    inner = act("branch", "", way(text("odd"), condition="i % 2"))
    outer = act("loop", "", way(act("set", "i += 1"), inner, condition="i < 4"))
    assert said(story(outer, text("out"), variables={"i": 0})) == ["odd", "odd", "out", "end"]


def test_deep_blocks_do_not_exhaust_the_stack() -> None:
    nodes = (text("deep"),)
    for _ in range(400):
        nodes = (act("branch", "", way(*nodes)),)
    assert said(story(*nodes, text("out"))) == ["deep", "out", "end"]


def test_a_random_node_draws_by_weight_and_never_a_closed_way() -> None:
    draw = act(
        "random",
        "",
        way(act("set", "often += 1"), weight=9),
        way(act("set", "rarely += 1"), weight=1.0),
        way(act("set", "never += 1"), weight=0),
        way(act("set", "never += 1"), weight=50, condition="False"),
    )
    begin = {"i": 0, "often": 0, "rarely": 0, "never": 0}
    loop = act("loop", "", way(act("set", "i += 1"), draw, condition="i < 1000"))
    (line,) = said(story(loop, text("[often] [rarely] [never]"), variables=begin))[:-1]
    often, rarely, never = map(int, line.split())
    assert never == 0 and often + rarely == 1000
    assert 850 < often < 950


def test_a_random_node_without_a_way_is_passed() -> None:
    assert said(story(act("random", "", way(text("x"), weight=0)), text("after"))) == ["after", "end"]


def test_picks_do_not_disturb_the_draws_of_random_nodes() -> None:
    first, second = (act("random", "", *(way(text(str(n))) for n in range(50)), id=name) for name in ("r1", "r2"))
    asked = menu(way(text="a"), way(text="b"))
    quiet = story(first, second)
    assert said(quiet)[:2] == [x for x in said(story(asked, first, asked, second)) if isinstance(x, str)][:2]


def test_a_jump_finds_a_scene_by_id_or_label_and_a_label_inside_a_scene() -> None:
    for target in ("other", "the_other"):
        program = story(act("jump", "", way(scene=target)), other=scene(text("there"), label="the_other"))
        assert said(program) == ["there", "end"]
    inside = story(
        act("jump", "", way(scene="spot")), other=scene(text("no"), act("label", "spot"), text("yes"), act("return"))
    )
    assert said(inside) == ["yes", "end"]


def test_a_jump_to_nowhere_is_an_error_only_when_it_is_taken() -> None:
    ways = way(text("fine"), text="a"), way(text="b", scene="lost")
    program = story(menu(*ways), act("jump", "", way(scene="lost"), conditions=["False"]))
    assert said(program, 0)[1:] == ["fine", "end"]
    end = trace(program, 1)[-1]
    assert isinstance(end, Ended) and (end.reason, end.node) == ("error", "n1")
    assert "'lost'" in end.message


def test_the_target_of_a_jump_may_be_computed() -> None:
    computed = {"expression": "'part_' + str(n)"}
    program = story(
        act("call", "", way(), directives=computed),
        act("set", "n = 2"),
        act("jump", "", way(), directives=computed),
        one=scene(text("one"), label="part_1"),
        two=scene(text("two"), label="part_2"),
        variables={"n": 1},
    )
    assert said(program) == ["one", "two", "end"]
    lost = trace(program, forced={"n": 7})[-1]
    assert isinstance(lost, Ended) and lost.reason == "error" and "'part_7'" in lost.message
    code = story(act("jump", "", way(), directives={"expression": "renpy.random.choice(labels)"}))
    assert said(code) == ["raw"]


@pytest.mark.parametrize("memory", [[], set()])
def test_a_choice_with_a_memory_shows_each_option_once(memory: object) -> None:
    ask = menu(way(text("a"), text="A"), way(text("b"), text="B"), directives={"set": "asked"})
    program = story(ask, ask, ask, variables={"asked": memory})
    assert said(program, 1, 0) == [(("A", "B"), 1), "b", (("A",), 0), "a", "end"]
    for odd in ({}, {"variables": {"asked": 5}}):
        assert said(story(ask, **odd))[-1] == "error"
    code = menu(way(text="A"), directives={"set": "persistent.of(me)"})
    assert said(story(code)) == ["raw"]


def test_the_name_of_a_choice_is_not_its_speaker() -> None:
    program = story(menu(way(text="a"), prompt="Well?", directives={"name": "the_question"}))
    assert said(program) == ["Well?", (("a",), 0), "end"]


def test_a_call_returns_behind_itself() -> None:
    program = story(
        act("call", "", way(scene="sub")),
        text("between"),
        act("call", "", way(scene="sub")),
        text("after"),
        sub=scene(text("sub"), act("call", "", way(scene="deeper"))),
        deeper=scene(text("deeper"), act("return"), text("never")),
    )
    assert said(program) == ["sub", "deeper", "between", "sub", "deeper", "after", "end"]


def test_a_return_hands_over_a_value() -> None:
    program = story(
        act("call", "", way(scene="sum")),
        text("[_return]"),
        act("call", "", way(scene="nothing")),
        text("[_return]"),
        sum=scene(act("return", "2 + 3")),
        nothing=scene(act("return")),
    )
    assert said(program) == ["5", "None", "end"]


def test_a_return_without_a_call_is_the_end() -> None:
    program = story(text("a"), act("return"), text("never"))
    assert trace(program)[-1] == Ended("end", "begin", "n2")
    assert said(program) == ["a", "end"]


def test_calls_without_returns_are_stopped() -> None:
    end = trace(story(act("call", "", way(scene="begin"))))[-1]
    assert isinstance(end, Ended) and end.reason == "error" and "calls" in end.message


def test_a_scene_leads_on_to_the_next() -> None:
    begin = scene(text("one"), label="start", falls_to="two")
    program = compile_story({"a": begin, "b": scene(text("two"), label="two")}, {}, {})
    assert said(program) == ["one", "two", "end"]
    lost = compile_story({"a": scene(label="start", falls_to="gone")}, {}, {})
    assert said(lost) == ["error"]


def test_assignments_change_variables() -> None:
    program = story(
        act("set", "x = 1 + 1"),
        act("set", "x *= 5"),
        act("set", "bag.append('rope')"),
        act("set", "bag += ['lamp']"),
        act("set", "best['x'] = x"),
        act("set", "name += '!'"),
        text("[x] [bag] [best] [name]"),
        variables={"bag": ["cup"], "best": {}, "name": "Ann"},
    )
    assert said(program) == ["10 ['cup', 'rope', 'lamp'] {'x': 10} Ann!", "end"]


def test_two_plays_of_one_program_share_no_variables() -> None:
    program = story(act("set", "bag.append(1)"), text("[bag]"), variables={"bag": []})
    assert said(program) == said(program) == ["[1]", "end"]


def test_stage_directions_change_the_stage() -> None:
    program = story(
        act("scene", "bg harbour"),
        act("show", "ann happy"),
        act("show", "lamp lit", directives={"as": "light"}),
        act("play", "music sea.ogg"),
        act("play", "gull.ogg", directives={"channel": "sound"}),
        text("a"),
        act("hide", "ann"),
        act("show", "lamp out", directives={"as": "light"}),
        act("stop", "music"),
        act("with", "dissolve"),
        act("window", "hide"),
        text("b"),
        act("scene", "bg night"),
        act("voice", "hum.ogg"),
        text("c"),
    )
    state, outputs = step(program, start(program, 0))
    assert outputs[0] == StageChanged("scene", "bg harbour", "n1", "begin")
    assert state.stage.background == Shown("bg", "bg", ("harbour",))
    assert _names(state.stage) == {"ann": "ann happy", "light": "lamp lit"}
    assert state.stage.sounds == {"music": "sea.ogg", "sound": "gull.ogg"}
    state, _ = step(program, state)
    assert _names(state.stage) == {"light": "lamp out"}
    assert (state.stage.sounds, state.stage.window) == ({"sound": "gull.ogg"}, "hide")
    state, _ = step(program, state)
    assert state.stage.background is not None and state.stage.background.name == "bg night"
    assert (_names(state.stage), state.stage.voice) == ({}, "hum.ogg")
    state, _ = step(program, state)
    assert state.stage.voice == ""


def _names(stage: Stage) -> dict[str, str]:
    return {tag: sprite.name for tag, sprite in stage.sprites.items()}


def test_declarations_comments_and_labels_do_nothing() -> None:
    quiet = (act("declare", "define x = 1"), act("comment", "# hm"), act("label", "here"))
    assert said(story(*quiet, text("a"))) == ["a", "end"]


def test_code_is_reported_and_passed() -> None:
    program = story(act("raw", "$ renpy.pause()"), text("after"))
    assert trace(program)[0] == RawSkipped("n1", "$ renpy.pause()", "begin")
    assert said(program) == ["after", "end"]


def test_code_that_decides_the_way_ends_the_play() -> None:
    program = story(act("raw", "jump expression x", directives={"flow": True}), text("never"))
    skipped, end = trace(program)
    assert isinstance(skipped, RawSkipped)
    assert isinstance(end, Ended) and (end.reason, end.node) == ("raw", "n1")


@pytest.mark.parametrize("condition", ["renpy.seen('x')", "lambda: 1", "1 +", "x ="])
def test_a_condition_outside_the_language_ends_the_play(condition: str) -> None:
    for node in (text("never", conditions=[condition]), act("branch", "", way(condition=condition))):
        end = trace(story(text("before"), node))[-1]
        assert isinstance(end, Ended) and (end.reason, end.node) == ("raw", "n2")
        assert condition in end.message


@pytest.mark.parametrize("code", ["x = renpy.random()", "import os", "x ==", "f(1)"])
def test_an_assignment_outside_the_language_is_passed_as_code(code: str) -> None:
    program = story(act("set", code), text("after"))
    assert trace(program)[0] == RawSkipped("n1", code, "begin")
    assert said(program) == ["after", "end"]


def test_the_value_of_a_return_outside_the_language_is_passed_as_code() -> None:
    program = story(act("call", "", way(scene="sub")), text("after"), sub=scene(act("return", "f()")))
    assert trace(program)[0] == RawSkipped("n1", "f()", "sub")
    assert said(program) == ["after", "end"]


@pytest.mark.parametrize(
    "node",
    [
        text("never", conditions=["nosuch > 1"]),
        text("[nosuch]"),
        text("[unclosed"),
        text("fine", directives={"name": "[nosuch]"}),
        act("set", "x = 1 / 0"),
        act("set", "x = nosuch"),
        menu(way(text="[nosuch]")),
        menu(way(text="a", condition="nosuch")),
        menu(way(text="a"), prompt="[nosuch]"),
        act("random", "", way(condition="nosuch")),
        act("return", "1 / 0"),
    ],
)
def test_what_has_no_value_ends_the_play_with_an_error(node: dict[str, object]) -> None:
    *before, end = trace(story(text("before"), node, text("never")))
    assert len(before) == 1
    assert isinstance(end, Ended) and (end.reason, end.node, end.scene) == ("error", "n2", "begin")
    assert end.message


def test_endless_loops_are_stopped() -> None:
    for node in (act("loop", "", way(act("set", "x = 1"))), act("jump", "", way(node="n1"))):
        assert said(story(node), max_steps=1000) == ["max_steps"]
    circle = compile_story({"a": Scene("A", falls_to="b"), "b": Scene("B", falls_to="a")}, {}, {})
    assert said(circle, max_steps=1000) == ["max_steps"]
    program = story(act("loop", "", way()))
    state, _ = step(program, start(program, 0), limit=50)
    assert (state.ended, state.steps) == ("max_steps", 50)


def test_steps_count_nodes() -> None:
    program = story(text("a"), text("b"), text("c"))
    assert said(program, max_steps=2) == ["a", "b", "max_steps"]
    assert said(program, max_steps=4) == ["a", "b", "c", "end"]


def test_a_story_begins_at_start_or_where_it_is_told_or_at_its_first_scene() -> None:
    scenes = {
        "z": scene(text("z"), order="1"),
        "a": scene(text("a"), order="2", label="alpha"),
        "c": scene(text("code"), role="code", order="0V"),
        "m": scene(text("m"), group="0", order="z"),
        "g": scene(text("g"), group="1", order="1"),
    }
    plain = compile_story(scenes, {}, {})
    assert said(plain) == ["z", "end"]
    assert said(plain, start_at="a") == said(plain, start_at="alpha") == ["a", "end"]
    labelled = compile_story({**scenes, "s": scene(text("s"), group="9", label="start")}, {}, {})
    assert said(labelled) == ["s", "end"]
    assert said(labelled, start_at="z") == ["z", "end"]
    inside = compile_story({"a": scene(text("no"), act("label", "start"), text("yes"))}, {}, {})
    assert said(inside) == ["yes", "end"]


def test_a_start_that_is_not_there_is_refused() -> None:
    with pytest.raises(Missing) as refusal:
        start(story(text("a")), 0, "nowhere")
    assert refusal.value.code == "scene_unknown"
    for nothing in ({}, {"code": scene(text("a"), role="code")}):
        with pytest.raises(Missing) as refusal:
            start(compile_story(nothing, {}, {}), 0)
        assert refusal.value.code == "story_empty"


def test_a_state_of_another_story_or_none_at_all_is_refused() -> None:
    program = story(text("a"), menu(way(text="b")))
    state, _ = step(program, start(program, 0))
    state, _ = step(program, state)
    body = state_to_json(state)
    assert state_from_json(body) == state
    for key, wrong in {
        "scene": [],
        "node": 1,
        "variables": {"x": {"$": "set", "items": [[]]}},
        "seed": 1 << 64,
        "luck": [["begin", "n1", -1]],
        "calls": ["x"],
        "stage": {},
        "said": [1, 2, 3],
        "menu": {"caption": "", "options": []},
        "steps": -1,
        "trace": "zz",
        "ended": 0,
        "more": 1,
    }.items():
        with pytest.raises(Refused) as refusal:
            state_from_json({**body, key: wrong})
        assert refusal.value.code == "state_malformed", key
    for nothing in (None, [], {}, "state"):
        with pytest.raises(Refused):
            state_from_json(nothing)
    for other in (story(text("a")), story(text("a"), text("b"))):
        with pytest.raises(Refused) as refusal:
            step(other, state)
        assert refusal.value.code == "position_unknown"


def test_a_menu_keeps_waiting_while_the_story_changes_but_not_for_an_option_that_is_gone() -> None:
    program = story(menu(way(text("one"), text="1"), way(text("two"), text="2")))
    waiting, _ = step(program, start(program, 0))
    assert waiting.menu is not None and waiting.menu.options == (("n1.0", "1"), ("n1.1", "2"))
    shorter = story(menu(way(text("uno"), text="1")))
    state, outputs = step(shorter, waiting, 0)
    assert (outputs[0], outputs[1]) == (
        MenuShown(("1", "2"), 0, "n1", "begin"),
        LineSaid(None, "uno", "n2", None, "begin"),
    )
    state, outputs = step(shorter, waiting, 1)
    assert state.ended == "error"


def test_variables_may_be_forced() -> None:
    program = story(text("[x] [y]"), variables={"x": 1, "y": 1})
    assert said(program, forced={"x": 5}) == ["5 1", "end"]


def test_blocks_that_belong_to_no_edge_do_not_hang_the_compiler() -> None:
    whole = scene(act("branch", "", way(text("in"))), text("out"), label="start")
    branching = whole.nodes["n1"]
    orphans = Scene("A", label="start", nodes=whole.nodes.set("n1", type(branching)(**_fields(branching, {}))))
    assert said(compile_story({"a": orphans}, {}, {})) == ["out", "end"]
    inside_itself = whole.nodes.set("n1", type(branching)(**_fields(branching, branching.next, "n1.0")))
    knotted = Scene("A", label="start", nodes=inside_itself)
    assert said(compile_story({"a": knotted}, {}, {})) == ["out", "end"]
    assert said(compile_story({"a": knotted}, {}, CAST), start_at="a", max_steps=10) == ["out", "end"]


def _fields(node: object, edges: object, block: str = "") -> dict[str, object]:
    place = type(node.place)(block, node.place.order)  # type: ignore[attr-defined]
    return {"type": "action", "verb": "branch", "place": place, "next": edges}


def test_the_json_of_outputs() -> None:
    program = story(
        act("scene", "bg"), act("raw", "x"), text("Hi.", "ann"), menu(way(text="a"), prompt="?"), act("set", "x = 1/0")
    )
    outputs = trace(program)
    place = {"scene": "begin"}
    assert [*filter(None, map(to_json, outputs))] == [
        {"type": "line", "who": "Ann", "what": "Hi.", "speaker": "ann", "node": "n3", **place},
        {"type": "line", "who": None, "what": "?", "speaker": None, "node": "n4", **place},
        {"type": "menu", "options": ["a"], "picked": 0, "caption": "?", "node": "n4", **place},
        {"type": "end", "reason": "error", "message": outputs[-1].message, "node": "n5", **place},
    ]
    stage, raw = (to_json(o, every=True) for o in outputs[:2])
    assert stage == {"type": "stage", "verb": "scene", "content": "bg", "directives": {}, "node": "n1", **place}
    assert raw == {"type": "raw", "code": "x", "node": "n2", **place}
    assert to_json(next(play(story(), seed=0))) == {"type": "end", "reason": "end", "node": None, **place}
