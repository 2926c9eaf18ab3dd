"""What each statement says, and how mistakes are reported."""

from typing import TypeVar

import pytest

from comfyvn.infrastructure.imports.renpy import syntax as s
from comfyvn.infrastructure.imports.renpy.parser import NotUtf8, decode, parse

S = TypeVar("S", bound=s.Statement)


def only(kind: type[S], source: str) -> S:
    """Parse a script of one statement."""
    script = parse("a.rpy", source)
    assert script.errors == ()
    (statement,) = script.statements
    assert isinstance(statement, kind)
    return statement


def codes(source: str) -> list[tuple[int, str]]:
    return [(issue.line, issue.code) for issue in parse("a.rpy", source).errors]


def test_say() -> None:
    say = only(s.Say, r'e happy -sad @ wink "Hi, [name]!\n{b}100%%{/b}" (what_size=3) with dissolve id x nointeract')
    assert (say.who, say.who_text, say.what) == ("e", None, "Hi, [name]!\n{b}100%%{/b}")
    assert (say.attributes, say.temporary_attributes) == (("happy", "-sad"), ("wink",))
    assert (say.arguments, say.with_, say.id, say.nointeract) == ("what_size=3", "dissolve", "x", True)
    assert (say.file, say.line, say.end) == ("a.rpy", 1, 1)


def test_speakers() -> None:
    assert only(s.Say, '"Nobody."').who is None
    quoted = only(s.Say, r'"Lu\"cy" "Hi."')
    assert (quoted.who, quoted.who_text) == (r'"Lu\"cy"', 'Lu"cy')
    assert only(s.Say, 'a.b["c d"] "Hi."').who == 'a.b["c d"]'
    assert only(s.Say, '\u3000静\u3000 "Hi."').who == "静"


def test_a_monologue_is_several_says_with_their_own_lines() -> None:
    script = parse("a.rpy", 'e """\nOne\none.\n\n{clear}\n\nTwo.\n"""\n')
    one, clear, two = script.statements
    assert isinstance(one, s.Say)
    assert isinstance(two, s.Say)
    assert (one.what, one.line, one.end) == ("One one.", 1, 4)
    assert clear == s.UserStatement(clear.span, "nvl clear", "")
    assert (two.what, two.line, two.end) == ("Two.", 7, 8)
    assert one.monologue == two.monologue
    assert two.monologue is not None
    assert (two.monologue.line, two.monologue.end) == (1, 8)


def test_rpy_monologue_holds_for_its_block() -> None:
    source = (
        'if x:\n    rpy monologue single\n    """a\n    b"""\n    rpy monologue none\n    """a\n    b"""\n"""a\nb"""'
    )
    says = [statement.what for statement in s.walk(parse("a.rpy", source).statements) if isinstance(statement, s.Say)]
    assert says == ["a", "b", "a\nb", "a b"]


def test_menu() -> None:
    menu = only(
        s.Menu,
        'menu pick (screen="x"):\n    e "Well?"\n    set seen\n    with fade\n'
        '    "" # empty\n    "Yes" (1) if a["b:c"]:\n        jump yes\n    # or\n    "No":\n        pass\n',
    )
    assert (menu.name, menu.arguments, menu.set_, menu.with_) == ("pick", 'screen="x"', "seen", "fade")
    assert menu.say is not None
    assert menu.say.what == "Well?"
    assert [(item.caption, item.condition, item.arguments) for item in menu.items] == [
        ("", None, None),
        ("Yes", 'a["b:c"]', "1"),
        ("No", None, None),
    ]
    assert [item.block is None for item in menu.items] == [True, False, False]
    assert menu.items[1].raw == '    "Yes" (1) if a["b:c"]:\n        jump yes'


def test_labels_are_resolved() -> None:
    source = "label a:\n    jump .b\nlabel .b(x=1) hide:\n    call c.d from .e\nmenu f:\n    'x':\n        jump .g\n"
    found = [statement for statement in s.walk(parse("a.rpy", source).statements) if not isinstance(statement, s.Menu)]
    labels = [(statement.name, statement.parameters) for statement in found if isinstance(statement, s.Label)]
    assert labels == [("a", None), ("a.b", "x=1")]
    assert [statement.target for statement in found if isinstance(statement, s.Jump)] == ["a.b", "f.g"]
    assert [statement.from_ for statement in found if isinstance(statement, s.Call)] == ["a.e"]


def test_if() -> None:
    found = only(s.If, "if (a\n    and b):\n    pass\n# why\nelif c: # no\n    return 1\n\nelse:\n    $ x = 1\n")
    assert [condition for condition, _ in found.branches] == ["(a\n    and b)", "c", None]
    assert [[type(statement).__name__ for statement in block] for _, block in found.branches] == [
        ["Pass", "Comment"],
        ["Return", "Blank"],
        ["Python"],
    ]


def test_stage() -> None:
    scene = only(s.Scene, "scene bg room at a(1), b onlayer top as x behind y, z zorder 2 with fade")
    assert (scene.image, scene.at, scene.layer, scene.tag) == (("bg", "room"), ("a(1)", "b"), "top", "x")
    assert (scene.behind, scene.zorder, scene.with_, scene.atl) == (("y", "z"), "2", "fade", None)
    show = only(s.Show, 'show expression "a" + b as c:\n    xpos 1\n    # note\n    parallel:\n        pause 1\n')
    assert (show.image, show.expression, show.tag) == ((), '"a" + b', "c")
    assert show.atl == "xpos 1\n# note\nparallel:\n    pause 1"
    assert only(s.Show, 'show text "Hi"').image == ("text", '"Hi"')
    assert only(s.Hide, "hide a b").image == ("a", "b")
    assert only(s.Scene, "scene").image == ()


def test_python_keeps_its_text() -> None:
    code = 'def f():\n    return """\nwide\n"""\n\n# note\nx = (1,\n2)'
    source = 'init -3 python hide in a.b:\n    def f():\n        return """\nwide\n"""\n\n    # note\n    x = (1,\n2)\n'
    init = only(s.Init, source)
    (python,) = init.block
    assert init.priority == -3
    assert python == s.Python(python.span, code, hide=True, store="a.b")
    assert only(s.Python, "$ x = 1").one_line


def test_declarations() -> None:
    define = only(s.Define, 'define -2 a.b["c"] += {\n    1: 2,\n}')
    assert (define.name, define.store, define.index, define.operator) == ("b", "store.a", '"c"', "+=")
    assert (define.expression, define.priority) == ("{\n    1: 2,\n}", -2)
    assert only(s.Default, "default x = None").expression == "None"
    assert only(s.Image, "image a b = c").name == ("a", "b")
    assert only(s.InitOffset, "init offset = -1").offset == -1


def test_translations() -> None:
    dialogue = only(s.Translate, 'translate french a_1:\n    # e "x"\n    e "y"\n')
    assert (dialogue.language, dialogue.identifier) == ("french", "a_1")
    assert [type(statement) for statement in dialogue.block] == [s.Comment, s.Say]
    strings = only(s.Translate, "translate None strings:\n    # a.rpy:1\n    old \"a\"\n    new 'b\\n'\n")
    assert (strings.language, strings.strings) == (None, (("a", "b\n"),))


def test_a_block_in_a_comment_s_indentation_keeps_the_comment() -> None:
    label, *outside = parse("a.rpy", "label a:\n    pass\n    # in\n\n# out\npass\n").statements
    assert [type(statement) for statement in label.children] == [s.Pass, s.Comment]
    assert [type(statement) for statement in outside] == [s.Blank, s.Comment, s.Pass]


def test_creator_defined_statements() -> None:
    source = 'show chat "Hi" now:\n    anything (\n    )\nshow x\n'
    assert codes(source) == [(1, "end_expected")]
    script = parse("a.rpy", source, frozenset({"show chat"}))
    assert script.errors == ()
    raw, show = script.statements
    assert raw == s.Raw(raw.span, "creator_defined")
    assert raw.raw == 'show chat "Hi" now:\n    anything (\n    )'
    assert isinstance(show, s.Show)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"a"\nwhat is this\n"b"', [(2, "unknown_statement")]),
        ("label a:\n\t'tab'\n    'b'", [(2, "tab"), (3, "indentation")]),
        ("    'a'\n'b'", [(1, "indentation")]),
        ("if x:\n        'a'\n    'b'\n", [(3, "indentation")]),
        ("$ x = (1\n'a'\n", [(1, "unterminated")]),
        ('"never\n$ x = 1\n', [(1, "unterminated")]),
        ("jump x\n    'a'", [(2, "unexpected_block")]),
        ("if x:\n# only this\n", [(1, "block_expected")]),
        ("init 12345678901234567890123 python:\n    pass", [(1, "number_too_large")]),
        ("menu:\n    'a':\n        pass\n    what\n", [(4, "expected")]),
        ("menu:\n    'a'\n", [(1, "menu_empty")]),
    ],
)
def test_a_broken_statement_is_reported_and_kept(source: str, expected: list[tuple[int, str]]) -> None:
    assert codes(source) == expected
    raw = [statement for statement in s.walk(parse("a.rpy", source).statements) if isinstance(statement, s.Raw)]
    assert {code for _, code in expected} == {statement.reason for statement in raw}


def test_the_file_itself() -> None:
    script = parse("sub/a.rpy", "\ufeffpass\r\npass")
    assert (script.file, script.bom, script.newline) == ("sub/a.rpy", True, "\r\n")
    assert [statement.raw for statement in script.statements] == ["pass", "pass"]
    assert parse("a.rpy", "a\nb\r\n").newline == "mixed"
    assert parse("a.rpy", "").statements == ()


def test_a_file_that_is_not_utf8_is_refused_with_its_place() -> None:
    assert decode("\ufeffé".encode(), "a.rpy") == "\ufeffé"
    with pytest.raises(NotUtf8) as caught:
        decode(b"label a:\n  \xe9", "a.rpy")
    assert (caught.value.code, caught.value.details) == ("script_not_utf8", {"file": "a.rpy", "line": 2, "offset": 11})
