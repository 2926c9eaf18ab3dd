"""What each statement becomes."""

from pathlib import Path

import pytest

from comfyvn.domain.story import edges, in_block
from tests.infrastructure.imports.renpy.games import of, one, read


def in_label(statement: str) -> str:
    lines = "".join(f"    {line}\n" for line in statement.split("\n"))
    return f'define e = Character("Eileen")\n\nlabel start:\n{lines}'


@pytest.mark.parametrize(
    ("source", "content", "speaker", "directives"),
    [
        ('"Hello."', "Hello.", None, {}),
        ('e "Hello."', "Hello.", "e", {}),
        ('e happy -hat @ wink "Hi"', "Hi", "e", {"attributes": ["happy", "-hat"], "temporary": ["wink"]}),
        ('"Ann" "Hi."', "Hi.", None, {"name": "Ann"}),
        ('cast["x"] "Hi."', "Hi.", None, {"expression": 'cast["x"]'}),
        ('extend " and so on"', " and so on", None, {"extend": True}),
        ('e "Hi." nointeract', "Hi.", "e", {"nointeract": True}),
        (
            'e "Hi." (what_size=9) with vpunch id a_1',
            "Hi.",
            "e",
            {"arguments": "what_size=9", "with": "vpunch", "id": "a_1"},
        ),
        (r'"{b}50\% of [[this]{/b}, [name]"', "{b}50%% of [[this]{/b}, [name]", None, {}),
    ],
)
def test_say(tmp_path: Path, source: str, content: str, speaker: str | None, directives: dict[str, object]) -> None:
    node = one(read(tmp_path, in_label(source)), "text")
    assert (node.content, node.speaker, node.directives) == (content, speaker, directives)
    assert node.source is not None
    assert (node.source.file, node.source.line, node.source.raw) == ("script.rpy", 4, source)


@pytest.mark.parametrize(
    ("source", "verb", "content", "directives"),
    [
        ("scene", "scene", "", {}),
        ("scene bg uni with fade", "scene", "bg uni", {"with": "fade"}),
        (
            "show e happy at left, up as x behind y onlayer top zorder 2",
            "show",
            "e happy",
            {"at": ["left", "up"], "as": "x", "behind": ["y"], "onlayer": "top", "zorder": "2"},
        ),
        ("show expression pick() as e", "show", "pick()", {"expression": True, "as": "e"}),
        ("show e:\n    linear 1.0 xalign 0.5\n    repeat", "show", "e", {"atl": "linear 1.0 xalign 0.5\nrepeat"}),
        ("hide e", "hide", "e", {}),
        ("with dissolve", "with", "dissolve", {}),
        ('play music "a.ogg" fadein 1.0 loop', "play", "a.ogg", {"channel": "music", "clauses": "fadein 1.0 loop"}),
        ('play rain "a.ogg"', "play", "a.ogg", {"channel": "rain"}),
        ('queue sound ["a.ogg", "b.ogg"]', "queue", '["a.ogg", "b.ogg"]', {"channel": "sound", "expression": True}),
        ("stop music fadeout 2", "stop", "", {"channel": "music", "clauses": "fadeout 2"}),
        ('voice "a.ogg"', "voice", "a.ogg", {}),
        ("voice sustain", "voice", "", {"sustain": True}),
        ("pause", "pause", "", {}),
        ("pause 1.5", "pause", "1.5", {}),
        ("window hide dissolve", "window", "hide dissolve", {}),
        ("nvl clear", "nvl", "clear", {}),
        ("camera at shake", "camera", "", {"at": ["shake"]}),
        ("$ points += 1", "set", "points += 1", {}),
        ("$ bag.append('key')", "set", "bag.append('key')", {}),
        ("return", "return", "", {}),
        ("return 1 + 2", "return", "1 + 2", {}),
        ("# a note\n# in two lines", "comment", "# a note\n# in two lines", {}),
        ('image bg sky = "sky.png"', "declare", 'image bg sky = "sky.png"', {"kind": "image", "id": "bg sky"}),
    ],
)
def test_actions(tmp_path: Path, source: str, verb: str, content: str, directives: dict[str, object]) -> None:
    pack = read(tmp_path, in_label(source))
    node = next(node for node in of(pack, verb) if node.content != 'define e = Character("Eileen")')
    assert (node.type, node.content, node.directives) == ("action", content, directives)
    assert of(pack, "raw") == []


@pytest.mark.parametrize(
    ("source", "statement", "flow"),
    [
        ("$ renpy.pause(1)", "python", None),
        ("$ renpy.jump('x')", "python", True),
        ("python:\n    x = 1\n    # why\n    y = f(x)", "python", None),
        ("show screen map", "show screen", None),
        ("call screen map", "call screen", True),
        ("show layer master at shake", "show layer", None),
        ("jump", "expected", True),
        ("who knows?", "unknown_statement", None),
    ],
)
def test_what_has_no_place_is_kept_word_for_word(
    tmp_path: Path, source: str, statement: str, flow: bool | None
) -> None:
    pack = read(tmp_path, in_label(source))
    node = one(pack, "raw")
    assert node.content == source
    assert node.directives == {
        "language": "renpy",
        "statement": statement,
        **({} if flow is None else {"flow": True}),
    }
    assert pack.raw_kinds == {statement: 1}
    assert (pack.recognised, pack.total) == (1, 2)


def test_strings_over_several_lines_keep_their_own_indentation(tmp_path: Path) -> None:
    source = 'python:\n    a = """x\n  y\n"""\n    b = f(1,\n      2)'
    pack = read(tmp_path, 'label start:\n    python:\n        a = """x\n  y\n"""\n        b = f(1,\n      2)\n')
    assert one(pack, "raw").content == source


def test_menu(tmp_path: Path) -> None:
    script = """label start:
    menu ask (timeout=3):
        set seen
        with fade
        "What now?"
        # the way home
        "Go" if ready:
            jump there
        "Really?"
        "Stay" (big=True):
            pass
        # that was all
    return
label there:
    return
"""
    pack = read(tmp_path, script)
    node = one(pack, "choice")
    assert node.content == "What now?\nReally?"
    assert node.directives == {
        "name": "ask",
        "set": "seen",
        "with": "fade",
        "arguments": "timeout=3",
        "captions_at": [0, 2],
    }
    (go_id, go), (stay_id, stay) = edges(node)
    assert (go.text, go.condition, go.meta) == ("Go", "ready", {})
    assert (stay.text, stay.condition, stay.meta) == ("Stay", None, {"arguments": "big=True"})
    assert [n.verb for _, n in in_block(pack.scenes["start"], go_id)] == ["comment", "jump"]
    assert [n.content for _, n in in_block(pack.scenes["start"], stay_id)] == ["# that was all"]


def test_a_line_said_in_a_menu_comes_before_it(tmp_path: Path) -> None:
    pack = read(tmp_path, in_label('menu ask:\n    e "Well?"\n    "Yes":\n        jump ask'))
    (line_id, line), (_, menu) = in_block(pack.scenes["start"])
    assert (line.content, line.speaker, line.directives) == ("Well?", "e", {"with_choice": True})
    assert menu.content == ""
    assert [(edge.scene, edge.node) for _, edge in edges(one(pack, "jump"))] == [("start", line_id)]


def test_branches_and_loops(tmp_path: Path) -> None:
    script = """label start:
    if a > 1:
        "one"
    elif b:
        "two"
    else:
        "three"
    while c:
        "again"
"""
    scene = read(tmp_path, script).scenes["start"]
    (_, branch), (_, loop) = in_block(scene)
    found = [(edge.condition, [n.content for _, n in in_block(scene, i)]) for i, edge in edges(branch)]
    assert found == [("a > 1", ["one"]), ("b", ["two"]), (None, ["three"])]
    assert [(edge.condition, [n.content for _, n in in_block(scene, i)]) for i, edge in edges(loop)] == [
        ("c", ["again"])
    ]


def test_jumps_and_calls(tmp_path: Path) -> None:
    script = """label start:
    call other(1) from back
    jump expression "a" + b
label other(x=1) hide:
    if x:
        label inside:
            "here"
    jump inside
label end:
    jump nowhere
"""
    pack = read(tmp_path, script)
    call = one(pack, "call")
    computed, inside, nowhere = of(pack, "jump")
    (place,) = [i for i, n in pack.scenes["other"].nodes.items() if n.verb == "label"]
    assert call.directives == {"arguments": "1", "from": "back"}
    assert [(edge.scene, edge.node) for edge in call.next.values()] == [("other", None)]
    assert computed.directives == {"expression": '"a" + b'}
    assert [(edge.scene, edge.node) for edge in computed.next.values()] == [(None, None)]
    assert [(edge.scene, edge.node) for edge in inside.next.values()] == [("other", place)]
    assert [(edge.scene, edge.node) for edge in nowhere.next.values()] == [("nowhere", None)]
    assert [(w.code, w.file, w.line) for w in pack.warnings] == [("label_missing", "script.rpy", 10)]
    meta = pack.scenes["other"].meta
    assert (meta["parameters"], meta["hide"]) == ("x=1", True)
    assert meta["source"] == {"file": "script.rpy", "line": 4, "raw": "label other(x=1) hide:"}


@pytest.mark.parametrize(
    ("last", "falls"),
    [
        ('"text"', True),
        ("return", False),
        ("jump end", False),
        ("return\n    # over", False),
        ("if a:\n        return", True),
        ("if a:\n        return\n    else:\n        jump end", False),
        ('menu:\n        "A":\n            return', False),
        ('menu:\n        "A" if x:\n            return', True),
        ('menu:\n        "A":\n            return\n        "B":\n            pass', True),
        ("while True:\n        pause 1", False),
        ("$ x = 1", True),
    ],
)
def test_a_label_falls_into_the_next_one(tmp_path: Path, last: str, falls: bool) -> None:
    pack = read(tmp_path, f"label start:\n    {last}\ndefine x = 1\nlabel end:\n    return\n")
    assert pack.scenes["start"].falls_to == ("end" if falls else None)
    assert pack.scenes["end"].falls_to is None


def test_statements_between_labels_are_code_scenes_in_their_place(tmp_path: Path) -> None:
    pack = read(tmp_path, "# top\nlabel a:\n    return\ndefine x = 1\nlabel b:\n    return\ninit python:\n    pass\n")
    found = sorted(pack.scenes.values(), key=lambda scene: scene.order)
    assert [(s.role, s.label, s.group) for s in found] == [
        ("code", None, "script.rpy"),
        ("story", "a", "script.rpy"),
        ("code", None, "script.rpy"),
        ("story", "b", "script.rpy"),
        ("code", None, "script.rpy"),
    ]
    assert [[n.verb for n in s.nodes.values()] for s in found if s.role == "code"] == [
        ["comment"],
        ["declare"],
        ["raw"],
    ]


def test_statements_at_the_margin_belong_to_the_label_before_them(tmp_path: Path) -> None:
    pack = read(tmp_path, 'label start:\n"one"\ndefine x = 1\n"two"\ndefine y = 2\nlabel end:\n    return\n')
    assert [n.content for _, n in in_block(pack.scenes["start"])] == ["one", "define x = 1", "two"]
    assert [n.content for n in of(pack, "declare")] == ["define x = 1", "define y = 2"]


def test_translations_keep_their_place(tmp_path: Path) -> None:
    block = 'translate german start_1:\n    # e "Hi"\n    e "Hallo"'
    pack = read(tmp_path, "label start:\n    return\n", **{"tl/german/script.rpy": f"{block}\n"})
    (scene,) = [s for s in pack.scenes.values() if s.group == "tl/german/script.rpy"]
    assert scene.role == "code"
    assert [(n.verb, n.content) for n in scene.nodes.values()] == [("declare", block)]
    assert pack.raw_kinds == {}


@pytest.mark.parametrize("register", ["register_statement", "statements.register"])
def test_statements_that_a_game_defines_itself(tmp_path: Path, register: str) -> None:
    script = f'python early:\n    renpy.{register}("line up", parse=p)\nlabel start:\n    line up a, b\n'
    pack = read(tmp_path, script)
    assert pack.raw_kinds == {"python early": 1, "creator_defined": 1}
    assert pack.warnings == ()


def test_a_label_in_code_is_not_called_missing(tmp_path: Path) -> None:
    pack = read(tmp_path, "init:\n    label hidden:\n        return\nlabel start:\n    jump hidden\n")
    assert [w.code for w in pack.warnings] == ["label_in_code"]


def test_the_source_of_a_node_has_no_line_of_the_nodes_inside(tmp_path: Path) -> None:
    script = """label start: # begin
    if a: # one
        pass # nothing
    elif b:
        "in"
    menu:
        "What?" # ask
        "Yes": # sure
            "out"
        # and
        "No":
            pass
"""
    pack = read(tmp_path, script)
    assert pack.scenes["start"].meta["source"]["raw"] == "label start: # begin"
    sources = {verb: one(pack, verb).source for verb in ("branch", "choice")}
    assert {verb: (source.line, source.raw) for verb, source in sources.items() if source} == {
        "branch": (2, "if a: # one\npass # nothing\nelif b:"),
        "choice": (6, 'menu:\n"What?" # ask\n"Yes": # sure\n"No":\npass'),
    }


def test_pass_at_the_margin_is_a_node_of_its_own(tmp_path: Path) -> None:
    assert one(read(tmp_path, "label start:\n    return\npass\n"), "raw").content == "pass"
