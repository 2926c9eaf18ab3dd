"""Characters and variables that scripts declare."""

from pathlib import Path

import pytest

from comfyvn.domain.cast import Character
from comfyvn.domain.kernel import Json
from comfyvn.domain.variables import Variable, fits
from tests.infrastructure.imports.renpy.games import of, one, read

START = "label start:\n    return\n"


@pytest.mark.parametrize(
    ("source", "character"),
    [
        ('Character("Eileen")', Character("Eileen", variable="e")),
        ('Character(_("Eileen"), color="#fff")', Character("Eileen", colour="#fff", variable="e")),
        ("Character(None)", Character("e", variable="e", meta={"nameless": True})),
        (
            'Character(name="E", image="eileen", voice_tag="ev")',
            Character("E", None, "e", image_tag="eileen", voice_tag="ev"),
        ),
        ('Character("E", kind=nvl)', Character("E", variable="e", meta={"arguments": {"kind": "nvl"}})),
        (
            'NVLCharacter("E", what_prefix="\'", color=pick())',
            Character(
                "E",
                variable="e",
                meta={"function": "NVLCharacter", "arguments": {"what_prefix": '"\'"', "color": "pick()"}},
            ),
        ),
        (
            'DynamicCharacter("player")',
            Character("[player]", variable="e", meta={"function": "DynamicCharacter", "dynamic": True}),
        ),
        ("Character(title())", Character("e", variable="e", meta={"name": "title()"})),
        ("Character(*names)", Character("e", variable="e", meta={"name": "*names"})),
    ],
)
def test_characters(tmp_path: Path, source: str, character: Character) -> None:
    pack = read(tmp_path, f"define e = {source}\n{START}")
    assert pack.characters == {"e": character}
    node = one(pack, "declare")
    assert (node.content, node.directives) == (f"define e = {source}", {"kind": "character", "id": "e"})


def test_a_character_without_a_name_has_that_of_its_kind(tmp_path: Path) -> None:
    pack = read(
        tmp_path, f'define a = Character(kind=b)\ndefine b = Character("Bo")\ndefine c = Character(kind=c)\n{START}'
    )
    assert pack.characters["a"].name == "Bo"
    assert pack.characters["c"].meta["nameless"] is True


@pytest.mark.parametrize(
    ("source", "type_", "value"),
    [
        ("True", "bool", True),
        ("-3", "int", -3),
        ("1.5", "float", 1.5),
        ('"a" "b"', "text", "ab"),
        ('_("a")', "text", "a"),
        ("None", "any", None),
        ("[1, [True]]", "list", [1, [True]]),
        ('{"a": {"b": 1}}', "map", {"a": {"b": 1}}),
    ],
)
def test_variables(tmp_path: Path, source: str, type_: str, value: Json) -> None:
    pack = read(tmp_path, f"default x = {source}\ndefine y = {source}\n{START}")
    assert pack.variables == {
        "x": Variable(type_, value, "session"),  # type: ignore[arg-type]
        "y": Variable(type_, value, "session", constant=True),  # type: ignore[arg-type]
    }
    assert fits(value, type_)
    assert [(n.content, n.directives) for n in of(pack, "declare")] == [
        (f"default x = {source}", {"kind": "variable", "id": "x"}),
        (f"define y = {source}", {"kind": "variable", "id": "y"}),
    ]


def test_where_values_live(tmp_path: Path) -> None:
    pack = read(tmp_path, f"default persistent.seen = 0\ndefault hero.hp = 9\ndefault x = 1\n{START}")
    assert {name: v.scope for name, v in pack.variables.items()} == {
        "persistent.seen": "global",
        "hero.hp": "session",
        "x": "session",
    }


@pytest.mark.parametrize(
    "source",
    [
        "f()",
        "(1, 2)",
        "{1: 2}",
        "b'x'",
        "1e999",
        "99999999999999999999",
        r'"\0"',
        r'"\ud800"',
        "[" * 90 + "]" * 90,
        "1j",
        "x y",
        "(" * 300 + ")" * 300,
    ],
)
def test_what_is_no_literal_stays_code(tmp_path: Path, source: str) -> None:
    pack = read(tmp_path, f"default x = {source}\n{START}")
    assert pack.variables == {}
    assert one(pack, "raw").content == f"default x = {source}"
    assert pack.raw_kinds == {"default": 1}


def test_settings_of_the_engine_are_no_variables(tmp_path: Path) -> None:
    pack = read(tmp_path, f'define config.name = _("My game")\ndefault preferences.text_cps = 0\n{START}')
    assert (pack.title, pack.variables, pack.raw_kinds) == ("My game", {}, {"default": 1, "define": 1})


def test_what_init_code_declares_is_known_and_stays_code(tmp_path: Path) -> None:
    script = """init:
    $ e = Character("Eileen")
    define z = 1
init -1 python:
    points = 0
    style.default.size = 2
    l = Character("Lucy")
init 5 image bg = "bg.png"
label start:
    $ x = Character("Later")
    e "Hi"
"""
    pack = read(tmp_path, script)
    assert {i: c.name for i, c in pack.characters.items()} == {"e": "Eileen", "l": "Lucy", "x": "Later"}
    assert {i: v.default for i, v in pack.variables.items()} == {"points": 0, "z": 1}
    assert [n.directives.get("declares") for n in of(pack, "raw")] == [
        {"character": ["e"], "variable": ["z"]},
        {"character": ["l"], "variable": ["points"]},
        {"character": ["x"]},
    ]
    assert one(pack, "declare").content == 'init 5 image bg = "bg.png"'
    assert one(pack, "text").speaker == "e"


def test_an_unknown_speaker_is_told_once(tmp_path: Path) -> None:
    pack = read(tmp_path, 'label start:\n    q "a"\n    q "b"\n    narrator "c"\n    centered "d"\n')
    assert [(w.code, w.line) for w in pack.warnings] == [("speaker_unknown", 2)]
