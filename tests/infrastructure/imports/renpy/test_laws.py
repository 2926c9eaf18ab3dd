"""Whatever stands in a script: reading ends with a pack that holds every line of it."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comfyvn.domain.ordering import valid
from comfyvn.domain.pack import Pack
from comfyvn.domain.story import SCENE, from_document, to_document
from tests.infrastructure.imports.renpy.games import nodes, of, read

LINES = st.sampled_from(
    [
        *('"a"', 'e "b"', 'e x @ y "c" with d', '"""x\n\ny"""', "'unterminated", 'extend "d"', '"n" "e"', "# note"),
        *("label a:", "label .b:", "label a(x=1):", "jump a", "jump .b", "jump expression x", "call a(1) from back"),
        *("menu:", "menu m:", '"Choice":', '"Choice" if x:', "set s", "if x:", "elif y:", "else:", "while z:", "pass"),
        *(
            "return",
            "return 1",
            "$ x = 1",
            "$ f(x)",
            "$ a = '''\nb\n'''",
            "python:",
            "init python:",
            "init:",
            "init 1:",
        ),
        *(
            'define e = Character("E")',
            "default v = []",
            'image i = "i.png"',
            "image j:",
            "transform t:",
            "screen s():",
        ),
        *("scene i", "show i at t:", "hide i", "with fade", 'play music "a"', "stop music", 'voice "v"', "pause 1"),
        *("show screen s", "call screen s", "window hide", "nvl clear", "translate x y:", "translate x strings:"),
        *(
            "old 'a'",
            "new 'b'",
            "camera:",
            "init offset = 1",
            "testcase t:",
            "style s:",
            "(",
            ")",
            "\ttab",
            "\u00e9 = 1",
        ),
        *("layeredimage l:", "rpy monologue none", "label \u958b\u59cb:", "\\", "x = [1,\n2]", ""),
    ]
)
SCRIPTS = st.lists(st.tuples(st.integers(0, 3), LINES), max_size=25).map(
    lambda lines: "".join(f"{'    ' * depth}{line}\n" for depth, line in lines)
)


def lines_of(pack: Pack) -> set[str]:
    texts = [scene.meta.get("source", {}).get("raw", "") for scene in pack.scenes.values()]
    for _, _, _, node in nodes(pack):
        assert node.source is not None
        texts += [node.content, node.source.raw or "", node.directives.get("atl", "")]
    return {line.strip() for text in texts for line in text.split("\n")}


@settings(max_examples=150)
@given(SCRIPTS)
def test_no_line_is_lost(script: str) -> None:
    with TemporaryDirectory() as folder:
        pack = read(Path(folder), script)
    wanted = {line.strip() for line in script.split("\n")} - {""}
    assert wanted <= lines_of(pack)
    assert 0 <= pack.recognised <= pack.total


@settings(max_examples=100)
@given(SCRIPTS)
def test_scenes_are_well_formed(script: str) -> None:
    with TemporaryDirectory() as folder:
        pack = read(Path(folder), script)
    ids = [i for _, _, node_id, node in nodes(pack) for i in (node_id, *node.next)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[a-z2-7]{12}", i) for i in ids)
    for scene_id, scene in pack.scenes.items():
        assert valid(scene.order)
        assert scene.falls_to is None or scene.falls_to in pack.scenes
        blocks = {"", *(edge_id for node in scene.nodes.values() for edge_id in node.next)}
        assert {node.place.block for node in scene.nodes.values()} <= blocks
        assert from_document(to_document(scene_id, scene), scene) == scene
        assert SCENE.fold(SCENE.reconcile(None, scene)) == scene
    for node in of(pack, "text"):
        assert node.speaker is None or node.speaker in pack.characters


@pytest.mark.parametrize(
    "statement",
    [
        "default x = " + "1+" * 50_000 + "1",
        "default x = " + "not " * 20_000 + "1",
        "default x = " + "-" * 20_000 + "1",
        "define x = Character(" + "a." * 50_000 + "b)",
        "$ x = " + "[" * 3_000 + "]" * 3_000,
        "init python:\n    x = " + "1+" * 50_000 + "1",
    ],
)
def test_deep_expressions(tmp_path: Path, statement: str) -> None:
    pack = read(tmp_path, f"{statement}\nlabel start:\n    return\n")
    assert pack.start == "start"


def test_deep_blocks(tmp_path: Path) -> None:
    script = "label start:\n" + "".join(f"{' ' * depth}if x:\n" for depth in range(1, 300)) + " " * 300 + '"deep"\n'
    pack = read(tmp_path, script)
    assert len(of(pack, "branch")) > 50
    assert "deep" in of(pack, "raw")[0].content
