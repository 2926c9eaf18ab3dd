"""Compiled scripts: what is recovered parses to the statements of the source, and nothing in them runs."""

import os
import pickle
import struct
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.imports import pickled
from comfyvn.infrastructure.imports.pickled import Inert
from comfyvn.infrastructure.imports.renpy import compiled, recovered
from comfyvn.infrastructure.imports.renpy.inert import fields
from comfyvn.infrastructure.imports.renpy.parser import parse
from comfyvn.infrastructure.imports.renpy.syntax import Blank
from tests.infrastructure.imports.renpy import paths
from tests.infrastructure.imports.renpy.packing import files_of, rpa, rpyc, stand_ins
from tests.renpy_engine import engine

SOURCE = '''\
label start(a, b=1, *, c, **d) hide:
    "Quotes \\" and\\n\\ \\ spaces \\u3000 [[x]"
    e happy @ sad "Hi" (size=3) id start_1 with fade
    call there(1, *x) from _call_there
    jump expression "a" + b
    return 3
menu choose:
    e "Well?"
    "A" if x > 1:
        jump start
    "B":
        pass
init python:
    x = 1
    if x:
        y = """
 raw
"""
$ z = 1
if x:
    show e happy at left behind f with dissolve
elif y:
    hide e
else:
    scene
while True:
    pass
play music "a.ogg" loop
define e = Character("E")
default 2 a.b = 1
screen map(n):
    tag menu
    modal True
    frame:
        xalign 0.5
        textbutton "Go":
            action Return(n)
    if n > 1:
        text "a" as words
    else:
        pass
    for i in n:
        use part(i)
    $ x = 1
'''


def statements(r: Any) -> list[Any]:
    """Return what the engine's parser makes of `SOURCE`, in classes that stand in for its own."""
    expression, code = r.PyExpr, r.PyCode

    def parameters() -> Any:
        listed = [("a", None), ("b", "1"), ("c", None)]
        return r.ParameterInfo(
            parameters=listed, positional=[], positional_only=[], keyword_only=listed[2:], extrapos=None, extrakw="d"
        )

    def arguments(*pairs: Any, starred: frozenset[int] = frozenset()) -> Any:
        return r.ArgumentInfo(arguments=list(pairs), starred_indexes=set(starred), doublestarred_indexes=set())

    def block(*nodes: Any) -> list[Any]:
        return list(nodes)

    label = r.Label(
        1,
        name="start",
        parameters=parameters(),
        hide=True,
        block=block(
            r.Say(2, who=None, what='Quotes " and\n  spaces \u3000 [[x]', with_=None, interact=True),
            r.Say(
                3,
                who="e",
                what="Hi",
                with_=expression("fade"),
                interact=True,
                attributes=("happy",),
                temporary_attributes=("sad",),
                identifier="start_1",
                arguments=arguments(("size", "3")),
            ),
            r.Call(
                4,
                label="there",
                expression=False,
                arguments=arguments((None, "1"), (None, "x"), starred=frozenset({1})),
            ),
            r.Label(4, name="_call_there", parameters=None, hide=False, block=[]),
            r.Pass(4),
            r.Jump(5, target=expression('"a" + b'), expression=True),
            r.Return(6, expression=expression("3")),
        ),
    )
    menu = [
        r.Label(7, name="choose", parameters=None, hide=False, block=[]),
        r.Say(8, who="e", what="Well?", with_=None, interact=False),
        r.Menu(
            7,
            items=[
                ("A", expression("x > 1"), block(r.Jump(10, target="start", expression=False))),
                ("B", "True", block(r.Pass(12))),
            ],
            set=None,
            with_=None,
            arguments=None,
            item_arguments=[None, None],
        ),
    ]
    spec = (("e", "happy"), None, None, [expression("left")], None, None, [expression("f")])
    shown = [
        r.With(21, expr=expression("None"), paired=expression("dissolve")),
        r.Show(21, imspec=spec, atl=None),
        r.With(21, expr=expression("dissolve"), paired=None),
    ]
    hidden = r.Hide(23, imspec=(("e",), None, None, [], None, None, []))
    python = r.Python(13, code=code('\nx = 1\nif x:\n    y = """\n raw\n"""\n'), hide=False, store="store")
    entries = [
        (expression("x"), shown),
        (expression("y"), block(hidden)),
        (expression("True"), block(r.Scene(25, imspec=None, layer=None, atl=None))),
    ]
    default = r.Default(30, varname="b", store="store.a", code=code("1"))
    define = r.Define(29, varname="e", store="store", operator="=", index=None, code=code('Character("E")'))
    return [
        label,
        *menu,
        r.Init(13, priority=0, block=block(python)),
        r.Python(19, code=code("z = 1"), hide=False, store="store"),
        r.If(20, entries=entries),
        r.While(26, condition=expression("True"), block=block(r.Pass(27))),
        r.UserStatement(28, line='play music "a.ogg" loop', block=[], parsed=None, code_block=None),
        r.Init(29, priority=0, block=block(define)),
        r.Init(30, priority=2, block=block(default)),
        r.Init(31, priority=-500, block=block(screen(r))),
        r.Return(31, expression=None),
    ]


def screen(r: Any) -> Any:
    """Return the screen of `SOURCE` as the engine's parser makes it."""

    def shown(number: int, name: str, *values: str, **more: Any) -> Any:
        usual = {"keyword": [], "children": [], "variable": None, "atl_transform": None}
        found = {**usual, "name": name, "positional": [r.PyExpr(value) for value in values], **more}
        return r.SLDisplayable(location=("a.rpy", number), **found)

    def inside(number: int, *children: Any) -> Any:
        return r.SLBlock(location=("a.rpy", number), keyword=[], children=list(children))

    button = shown(36, "textbutton", '"Go"', keyword=[("action", r.PyExpr("Return(n)"))])
    given = r.ArgumentInfo(arguments=[(None, "i")], starred_indexes=set(), doublestarred_indexes=set())
    children = [
        shown(34, "frame", keyword=[("xalign", "0.5")], children=[button]),
        r.SLIf(location=("a.rpy", 38), entries=[("n > 1", inside(38, shown(39, "text", '"a"', variable="words")))]),
        r.SLFor(
            location=("a.rpy", 42),
            variable="i",
            expression=r.PyExpr("n"),
            index_expression=None,
            keyword=[],
            children=[r.SLUse(location=("a.rpy", 43), target="part", args=given, id=None, block=None)],
        ),
        r.SLPython(location=("a.rpy", 44), code=r.PyCode("x = 1")),
    ]
    children[1].entries.append((None, inside(40)))
    listed = [("n", None)]
    named = r.ParameterInfo(
        parameters=listed, positional=[], positional_only=[], keyword_only=[], extrapos=None, extrakw=None
    )
    keyword = [("modal", "True")]
    whole = {"name": "map", "parameters": named, "tag": "menu", "keyword": keyword, "children": children}
    return r.Screen(31, screen=r.SLScreen(location=("a.rpy", 31), **whole))


CLASSES = (
    "Say Menu Label Jump Call Return If While Pass Python Define Default Image Scene Show Hide With UserStatement Init "
    "SLScreen SLDisplayable SLBlock SLIf SLFor SLUse SLPython "
    "Screen ParameterInfo ArgumentInfo Translate EndTranslate TranslateString Style"
).split()


def written(protocol: int = 2, old: bool = False) -> bytes:
    with stand_ins(*CLASSES) as r:
        return rpyc(statements(r), protocol, old)


def code_of(data: bytes) -> str:
    with pytest.raises(Refused) as refusal:
        compiled.recover(data, "a.rpyc")
    return refusal.value.code


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize("old", [True, False])
def test_what_comes_back_is_the_source(protocol: int, old: bool) -> None:
    found = compiled.recover(written(protocol, old), "a.rpyc")
    script = parse("a.rpy", found.text)
    expected = parse("a.rpy", SOURCE.replace("default 2 a.b", "init 2 default a.b"))
    assert (script.statements, script.errors, found.warnings) == (expected.statements, (), ())
    assert [s.line for s in script.statements] == [s.line for s in expected.statements]
    assert found.text.partition("screen map")[2] == SOURCE.partition("screen map")[2]


def test_what_cannot_come_back_is_told(tmp_path: Path) -> None:
    with stand_ins(*CLASSES) as r:
        screen = r.Screen(3, screen=r.Screen(3, name="say"))
        data = rpyc(
            [r.Label(1, name="start", parameters=None, hide=False, block=[]), r.Init(3, priority=-500, block=[screen])]
        )
    game = tmp_path / "game"
    game.mkdir()
    (game / "a.rpyc").write_bytes(data)
    pack = paths.read(tmp_path)
    assert [(w.code, w.file, w.line) for w in pack.warnings] == [("rpyc_not_recovered", "a.rpy", 3)]
    assert "screen say" in pack.warnings[0].message
    assert (pack.start, pack.members) == ("start", ())


def test_a_compiled_script_beside_its_source_is_not_read(tmp_path: Path) -> None:
    game = tmp_path / "game"
    game.mkdir()
    (game / "a.rpy").write_text("label start:\n    return\n")
    (game / "a.rpyc").write_bytes(b"broken")
    assert paths.read(tmp_path).warnings == ()


def test_translations_of_the_second_slot_are_unwrapped() -> None:
    with stand_ins(*CLASSES) as r:
        say = r.Say(2, who=None, what="Hi", with_=None, interact=True)
        wrapped = [r.Translate(2, identifier="start_1", language=None, block=[say]), r.EndTranslate(2)]
        french = r.Translate(4, identifier="start_1", language="french", block=[say])
        strings = [r.TranslateString(6 + i, language="french", old=f'"{i}', new="  b\n") for i in range(2)]
        found = compiled.recover(rpyc([*wrapped, french, r.Init(6, priority=0, block=strings)]), "a.rpyc")
    expected = '"Hi"\ntranslate french start_1:\n    "Hi"\n'
    expected += 'translate french strings:\n    old "\\"0"\n    new "  b\\n"\n    old "\\"1"\n    new "  b\\n"\n'
    plain = [s for s in parse("a.rpy", found.text).statements if not isinstance(s, Blank)]
    assert plain == list(parse("a.rpy", expected).statements)


class Hostile:
    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, (self.command,))


def test_nothing_runs(tmp_path: Path) -> None:
    found = compiled.recover(rpyc([Hostile(f"touch {tmp_path / 'sign'}")]), "a.rpyc")
    assert [w.code for w in found.warnings] == ["rpyc_not_recovered"]
    assert list(tmp_path.iterdir()) == []


def test_cut_off_at_every_byte() -> None:
    data = written()
    for end in range(len(data) - 16):
        assert code_of(data[:end]) == "script_compiled_malformed"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=8))
def test_damaged_statements_are_read_or_refused(flips: list[tuple[int, int]]) -> None:
    with stand_ins(*CLASSES) as r:
        data = bytearray(pickle.dumps(({}, statements(r)), 2))
    for place, bits in flips:
        data[place % len(data)] ^= bits
    try:
        parse("a.rpy", compiled.recover(zlib.compress(bytes(data)), "a.rpyc").text)
    except Refused as refusal:
        assert refusal.code.startswith("script_compiled_")  # being read is as good


SCREENS = '''\
init 3 screen shop(goods, *, price=1) sensitive True:
    tag menu
    modal True
    zorder 5
    default chosen = None
    $ total = price
    frame:
        at transform:
            alpha 0.5
            linear 1.0 alpha 1.0
        xalign 0.5
        has vbox:
            spacing 5
        for i, (name, cost) index name in enumerate(goods):
            if cost > 3:
                textbutton "Take [name]" action [SetScreenVariable("chosen", i), Return(i)] sensitive not i
            elif cost:
                pass
            else:
                text _("Free") size 20
        showif chosen is not None:
            text "Chosen" as shown
    python:
        words = """
  kept as it is
"""
        more = 1
    use bar_of(1, *goods, x=2) id "a"
    use expression "panel" pass (total):
        transclude
    imagemap:
        ground "a.png"
        hotspot (0, 0, 9, 9) action Return("left")
    key "K_a" action NullAction()

screen empty

screen bar_of(n, *more, x=3):
    null height 9
'''


def tree(node: Any) -> Any:
    """Return the tree of an inert node of a screen without what tells where it stood."""
    if isinstance(node, Inert):
        name = node.name.rpartition(".")[2]
        if name in ("PyExpr", "PyCode"):
            return node.args[0] if node.args else node.state[1]
        parts = node.state if isinstance(node.state, tuple) else (node.state,)
        return name, [tree(part) for part in parts], tree(node.items)
    if isinstance(node, dict):
        away = {"linenumber", "serial", "location", "filename", "next", "name"} if "linenumber" in node else set()
        away |= {"serial", "location", "loc"}
        return {key: tree(value) for key, value in node.items() if key not in away}
    return [tree(value) for value in node] if isinstance(node, list | tuple) else node


def screens_of(file: Path) -> list[Any]:
    """Return the trees of the screens in a compiled script, in their order."""
    _, statements = pickled.load(compiled._unpacked(file.read_bytes(), file.name), inert=True)
    found = []
    for statement in statements:
        block = fields(statement).get("block")
        found += [tree(node) for node in block or () if isinstance(node, Inert) and node.name.endswith(".Screen")]
    return found


@pytest.mark.engine
def test_screens_are_compiled_to_the_same_again(tmp_path: Path) -> None:
    (tmp_path / "own.rpy").write_text(SCREENS)
    question = engine.game("the_question") / "game" / "screens.rpy"
    first = {tmp_path / "own.rpy": tmp_path / "own.rpyc", question: tmp_path / "question.rpyc"}
    engine.compile_files(first)
    again = {}
    for file in first.values():
        recovered_text = compiled.recover(file.read_bytes(), file.name)
        assert recovered_text.warnings == ()
        (tmp_path / f"{file.stem}_again.rpy").write_text(recovered_text.text)
        again[tmp_path / f"{file.stem}_again.rpy"] = tmp_path / f"{file.stem}_again.rpyc"
    engine.compile_files(again)
    for before, after in zip(first.values(), again.values(), strict=True):
        assert screens_of(before) == screens_of(after) != []


def test_screens_that_are_not_known_are_told() -> None:
    names = "Screen Init SLScreen SLDisplayable SLIf SLBlock SLNew"
    with stand_ins(*names.split()) as r:

        def screen(*children: Any) -> Any:
            made = r.SLScreen(name="a", parameters=None, tag=None, keyword=[], children=list(children))
            return r.Init(3, priority=-500, block=[r.Screen(3, screen=made)])

        def said(*children: Any) -> str:
            (warning,) = compiled.recover(rpyc([screen(*children)]), "a.rpyc").warnings
            assert (warning.code, warning.line) == ("rpyc_not_recovered", 3)
            return warning.message.rpartition(": ")[2]

        assert said(r.SLNew()) == "it holds SLNew."
        assert said(r.SLDisplayable(style="own")) == "it holds a statement without a name."
        own: Any = r.SLDisplayable(name="frame", keyword=[], children=[])
        own.children.append(own)
        assert said(own) == "it holds too many statements inside each other."
        wide: list[Any] = [r.SLDisplayable(name="null", keyword=[], children=[])]
        for _ in range(40):
            wide = [r.SLDisplayable(name="frame", keyword=[], children=wide)] * 2
        assert said(*wide) == "it holds more than a screen can."
        older = r.SLDisplayable(style="hbox", positional=[], keyword=[("spacing", "5")], children=[])
        found = compiled.recover(rpyc([screen(older)]), "a.rpyc")
        assert (found.text.strip(), found.warnings) == ("screen a:\n    hbox:\n        spacing 5", ())


def test_parts_that_hold_each_other_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovered, "MAX_CHARACTERS", 1 << 20)
    begin = time.process_time()
    with stand_ins(*CLASSES) as r:
        own: Any = r.While(1, condition="x", block=[])
        own.block.append(own)
        assert code_of(rpyc([own])) == "script_compiled_too_large"
        wide: list[Any] = [r.Pass(1)]
        for _ in range(40):
            wide = [r.While(1, condition="x", block=wide)] * 2
        assert code_of(rpyc(wide)) == "script_compiled_too_large"
        silent = [r.EndTranslate(1)] * 3
        for _ in range(40):
            silent = [r.Translate(1, language=None, identifier="a", block=silent)] * 3
        assert compiled.recover(rpyc(silent), "a.rpyc").text.strip() == ""
    assert time.process_time() - begin < 30  # seconds
    assert code_of(zlib.compress(bytes(compiled.MAX_DATA + 1))) == "script_compiled_too_large"
    assert code_of(b"RENPY RPC2" + struct.pack("<3I", 1, 40, 10**9)) == "script_compiled_malformed"


@pytest.mark.engine
def test_the_question_as_the_engine_compiles_it(tmp_path: Path) -> None:
    """Every statement comes back, on its line; packed or not."""
    folder = engine.game("the_question") / "game"
    sources = {name: folder / name for name in files_of(folder) if name.endswith(".rpy")}
    engine.compile_files({source: tmp_path / "out" / f"{name}c" for name, source in sources.items()})
    built = files_of(tmp_path / "out")
    assert built.keys() == {f"{name}c" for name in sources}
    archive = tmp_path / "game.rpa"
    archive.write_bytes(rpa(built))
    expected, pack = paths.read(folder), paths.read(archive)
    story = {i for i, scene in expected.scenes.items() if scene.role == "story"}
    assert len(story) == 6
    for scene_id in story:
        ours, theirs = pack.scenes[scene_id], expected.scenes[scene_id]
        kept = [n for n in theirs.nodes.values() if n.verb != "comment"]
        assert [(n.type, n.verb, n.content, n.speaker, n.directives) for n in ours.nodes.values()] == [
            (n.type, n.verb, n.content, n.speaker, n.directives) for n in kept
        ]
        assert [n.source.line for n in ours.nodes.values() if n.source] == [n.source.line for n in kept if n.source]
    assert (pack.characters, pack.variables, pack.start) == (expected.characters, expected.variables, expected.start)
    assert {w.code for w in pack.warnings} <= {"file_missing"}
