"""What each type of node looks like in a script."""

from typing import Any

import pytest

from comfyvn.infrastructure.exports.renpy import compose
from tests.domain.stories import act, menu, scene, text, way
from tests.infrastructure.exports.renpy.stories import script, view, whole

ID = " id cvn_begin_n1"
SOURCE = {"file": "script.rpy", "line": 1}


@pytest.mark.parametrize(
    ("node", "line"),
    [
        (text("Hi."), f'"Hi."{ID}'),
        (text("Hi.", "ann"), f'a "Hi."{ID}'),
        (text("Hi.", "nobody"), f'"nobody" "Hi."{ID}'),
        (text("Hi.", directives={"name": "A [nick]"}), f'"A [nick]" "Hi."{ID}'),
        (text("Hi.", directives={"expression": "who[0]"}), f'who[0] "Hi."{ID}'),
        (text("Hi.", "ann", directives={"extend": True}), f'extend "Hi."{ID}'),
        (text("Hi.", "ann", directives={"attributes": ["sad", "-hat"]}), f'a sad -hat "Hi."{ID}'),
        (text("Hi.", "ann", directives={"temporary": ["sad"]}), f'a @ sad "Hi."{ID}'),
        (
            text("Hi.", directives={"arguments": "what_size=9", "with": "dissolve", "nointeract": True}),
            f'"Hi." nointeract (what_size=9) with dissolve{ID}',
        ),
        (text("Hi.", directives={"id": "given_1"}), '"Hi." id given_1'),
        (text("Hi.", directives={"id": "no name"}), f'"Hi."{ID}'),
        (text("Hi.", source=SOURCE), '"Hi."'),
        (text("[seen] %(seen)s [[seen]"), f'"[persistent.seen] %(persistent.seen)s [[seen]"{ID}'),
        (act("jump", "", way(scene="begin")), "jump start"),
        (act("jump", directives={"expression": "where"}), "jump expression where"),
        (act("call", "", way(scene="begin")), "call start from cvn_back_begin_n1"),
        (
            act("call", "", way(scene="begin"), directives={"arguments": "1, x=2", "from": "_call_1"}),
            "call start(1, x=2) from _call_1",
        ),
        (
            act("call", directives={"expression": "where", "arguments": ""}),
            "call expression where pass () from cvn_back_begin_n1",
        ),
        (act("return", "trust"), "return trust"),
        (act("set", "trust += 1"), "$ trust += 1"),
        (act("set", "seen = seen or trust > 1"), "$ persistent.seen = persistent.seen or trust > 1"),
        (act("scene", ""), "scene"),
        (
            act("scene", "bg room", directives={"onlayer": "master", "with": "fade"}),
            "scene bg room onlayer master with fade",
        ),
        (
            act(
                "show",
                "ann sad",
                directives={"at": ["left", "big(2)"], "as": "x", "behind": ["bo", "al"], "zorder": "2"},
            ),
            "show ann sad at left, big(2) as x behind bo, al zorder 2",
        ),
        (act("show", "f(1)", directives={"expression": True, "as": "x"}), "show expression f(1) as x"),
        (act("hide", "ann"), "hide ann"),
        (act("with", "dissolve"), "with dissolve"),
        (act("play", "a.ogg", source=SOURCE), 'play music "a.ogg"'),
        (
            act("play", "a.ogg", source=SOURCE, directives={"channel": "sound", "clauses": "fadein 1.0 loop"}),
            'play sound "a.ogg" fadein 1.0 loop',
        ),
        (act("queue", '["a", "b"]', directives={"expression": True}), 'queue music ["a", "b"]'),
        (act("stop", directives={"channel": "sound"}), "stop sound"),
        (act("voice", "a.ogg", source=SOURCE), 'voice "a.ogg"'),
        (act("voice", directives={"sustain": True}), "voice sustain"),
        (act("play", "a.ogg"), '# play music "a.ogg"'),
        (act("pause"), "pause"),
        (act("pause", "1.5"), "pause 1.5"),
        (act("window", "hide dissolve"), "window hide dissolve"),
        (act("nvl", "clear"), "nvl clear"),
        (act("camera", "", directives={"at": ["far"]}), "camera at far"),
        (act("label", "here"), "label here:"),
        (act("label", "here", directives={"parameters": "x=1", "hide": True}), "label here(x=1) hide:"),
        (act("raw", "show screen map"), "show screen map"),
        (act("declare", "image a = Solid('#000')"), "image a = Solid('#000')"),
        (act("comment", "# Later."), "# Later."),
        (act("comment", "later"), "# later"),
    ],
)
def test_one_line(node: dict[str, Any], line: str) -> None:
    assert script(node) == [line]


def test_atl() -> None:
    node = act("show", "ann", directives={"at": ["left"], "atl": "linear 1.0 alpha 0.5\nblock:\n    pause 1"})
    assert script(node) == ["show ann at left:", "    linear 1.0 alpha 0.5", "    block:", "        pause 1"]


def test_conditions() -> None:
    assert script(text("Hi.", conditions=["trust > 1"])) == ["if trust > 1:", f'    "Hi."{ID}']
    two = script(act("set", "trust = 0", conditions=["seen", "trust or menu"]))
    assert two == ["if (persistent.seen) and (trust or cvn_menu):", "    $ trust = 0"]


def test_choice() -> None:
    node = menu(
        way(act("return"), text='Say "no"', condition="trust > 1", meta={"arguments": "x=1"}),
        way(text="Wait"),
        way(text="Again", scene="begin"),
        prompt="One.\nTwo.",
        directives={
            "name": "fork",
            "set": "chosen",
            "with": "dissolve",
            "arguments": "screen='x'",
            "captions_at": [0, 2],
        },
    )
    assert script(node) == [
        "menu fork (screen='x'):",
        "    set chosen",
        "    with dissolve",
        '    "One."',
        '    "Say \\"no\\"" (x=1) if trust > 1:',
        "        return",
        '    "Two."',
        '    "Wait":',
        "        pass",
        '    "Again":',
        "        jump start",
    ]


def test_a_line_said_in_a_menu() -> None:
    line = text("Which?", "ann", directives={"with_choice": True})
    assert script(line, menu(way(text="Left"))) == [
        "menu:",
        f'    a "Which?"{ID}',
        '    "Left":',
        "        pass",
    ]
    narrated = script({**line, "speaker": None}, menu(way(text="Left")))
    assert narrated[1] == f'    narrator "Which?"{ID}'
    assert script({**line, "conditions": ["trust"]}, menu(way(text="Left")))[:3] == [
        "if trust:",
        f'    a "Which?"{ID}',
        "menu:",
    ]
    asked = script(menu(way(text="Left"), prompt="Well?", speaker="ann"))
    assert asked[1] == '    a "Well?"'


def test_a_choice_without_options_is_a_line() -> None:
    story = view({"begin": scene(menu(prompt="And?"), label="start")})
    assert compose(story).texts["game/script.rpy"].decode().splitlines()[1] == '    "And?"'
    assert [(w.code, w.scene, w.node) for w in compose(story).warnings] == [("choice_without_options", "begin", "n1")]


def test_branch_and_loop() -> None:
    node = act(
        "branch",
        "",
        way(text("A."), condition="trust > 1"),
        way(condition="seen"),
        way(act("loop", "", way(act("set", "trust -= 1"), condition="trust"))),
    )
    assert script(node) == [
        "if trust > 1:",
        '    "A." id cvn_begin_n2',
        "elif persistent.seen:",
        "    pass",
        "else:",
        "    while trust:",
        "        $ trust -= 1",
    ]
    assert script(act("branch", "", way(text("A.")), way(condition="trust")))[0] == "if True:"


def test_random() -> None:
    node = act("random", "", way(text("A.")), way(scene="begin", weight=2.5, condition="trust"))
    assert script(node) == [
        "$ cvn_way = cvn_draw(1.0, 2.5 if trust else 0.0)",
        "if cvn_way == 0:",
        '    "A." id cvn_begin_n2',
        "elif cvn_way == 1:",
        "    jump start",
    ]
    story = compose(view({"begin": scene(node, label="start")}))
    assert "def cvn_draw(" in story.texts["game/definitions.rpy"].decode()


def test_jump_with_conditions() -> None:
    node = act("jump", "", way(scene="begin", condition="trust"), way(scene="end"))
    assert whole(begin=scene(node, label="start"), end=scene(title="End"))[1:5] == [
        "    if trust:",
        "        jump start",
        "    else:",
        "        jump cvn_end",
    ]


def test_ways_that_lead_nowhere() -> None:
    story = view({"begin": scene(act("jump", "", way()), act("call", "", way(scene="gone")), label="start")})
    project = compose(story)
    assert project.texts["game/script.rpy"].decode().splitlines()[1:] == ["    pass", "    pass", "    return"]
    assert [w.code for w in project.warnings] == ["target_missing", "target_unknown"]


def test_an_imported_jump_to_a_missing_label_stays() -> None:
    assert script(act("jump", "", way(scene="lost"), source=SOURCE))[0] == "jump lost"


def test_a_place_without_a_name_is_left_out() -> None:
    assert script(act("label", " "))[:1] != ["label :"]
    assert script(act("label", "here"))[0] == "label here:"


def test_empty_blocks_and_scenes() -> None:
    assert whole(begin=scene(label="start")) == ["label start:", "    return"]
    only_comment = act("branch", "", way(act("comment", "# nothing"), condition="trust"))
    assert script(only_comment) == ["if trust:", "    # nothing", "    pass"]


def test_ends_of_scenes() -> None:
    lines = whole(
        one=scene(text("1"), label="start", order="1", falls_to="two"),
        two=scene(text("2"), label="two", order="2", falls_to="four"),
        three=scene(menu(way(act("return"), text="a"), way(text="b", scene="two")), label="three", order="3"),
        four=scene(text("4"), label="four", order="4"),
    )
    assert [line for line in lines if not line.startswith('    "')] == [
        "label start:",
        "",
        "label two:",
        "    jump four",
        "",
        "label three:",
        "    menu:",
        '        "a":',
        "            return",
        '        "b":',
        "            jump two",
        "",
        "label four:",
        "    return",
    ]
