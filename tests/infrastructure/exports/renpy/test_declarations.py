"""Declarations stay as they were written, except for what was changed in the studio."""

import pytest

from comfyvn.application.exports import StoryView
from comfyvn.domain.assets import Asset
from comfyvn.domain.cast import Character
from comfyvn.domain.variables import Variable
from comfyvn.infrastructure.exports.renpy import compose
from comfyvn.infrastructure.exports.renpy.declarations import declaration, literal
from comfyvn.infrastructure.imports.renpy.declared import Declarations
from comfyvn.infrastructure.imports.renpy.parser import parse
from tests.domain.stories import act, scene, text
from tests.infrastructure.exports.renpy.stories import view


def declare(source: str, kind: str, **changed: object) -> str:
    """Return what becomes of a declaration whose entity is changed after its import."""
    found = Declarations()
    found.collect(parse("x.rpy", source + "\n").statements)
    entities = found.cast() if kind == "character" else found.variables
    (entity_id,) = entities
    entity = type(entities[entity_id])(**{**_fields(entities[entity_id]), **changed})
    node = scene(act("declare", source, directives={"kind": kind, "id": entity_id})).nodes["n1"]
    return declaration(
        StoryView("", {}, **{"characters": {}, "variables": {}, "assets": {}, f"{kind}s": {entity_id: entity}}), node
    )


def _fields(entity: Character | Variable) -> dict[str, object]:
    return {name: getattr(entity, name) for name in entity.__slots__}


CHARACTERS = [
    'define s = Character(_("Sylvie"), color="#c8ffc8")',
    "define s = Character(None, kind=nvl)",
    "define s = Character('é[x]', image = 'sylvie' , voice_tag=\"s\")",
    'define s = DynamicCharacter("name", color="#fff")',
    'init -5 define s = Character("S")',
    "define -3 s = Character()",
    'default s = Character("S",\n    what_prefix="«",\n    what_suffix="»")',
    "define s = Character(full_name, what_size=2)",
]
VARIABLES = ["default x = 0", "define gold.x = [1, 'a']", "default x = {'a': None}", 'init 1 default x = _("a")']


@pytest.mark.parametrize("source", CHARACTERS)
def test_unchanged_characters(source: str) -> None:
    assert declare(source, "character") == source


@pytest.mark.parametrize("source", VARIABLES)
def test_unchanged_variables(source: str) -> None:
    assert declare(source, "variable") == source


@pytest.mark.parametrize(
    ("source", "changed", "line"),
    [
        (CHARACTERS[0], {"name": 'S "2"'}, 'define s = Character(_("S \\"2\\""), color="#c8ffc8")'),
        (CHARACTERS[0], {"colour": "#fff"}, 'define s = Character(_("Sylvie"), color="#fff")'),
        (CHARACTERS[0], {"colour": None}, 'define s = Character(_("Sylvie"), color=None)'),
        (CHARACTERS[0], {"image_tag": "s"}, 'define s = Character(_("Sylvie"), color="#c8ffc8", image="s")'),
        (CHARACTERS[1], {"name": "Now"}, 'define s = Character("Now", kind=nvl)'),
        (
            CHARACTERS[2],
            {"name": "e", "voice_tag": "t"},
            'define s = Character("e", image = \'sylvie\' , voice_tag="t")',
        ),
        (CHARACTERS[3], {"name": "[title]"}, 'define s = DynamicCharacter("title", color="#fff")'),
        (CHARACTERS[3], {"name": "Ann"}, 'define s = DynamicCharacter("\\"Ann\\"", color="#fff")'),
        (CHARACTERS[4], {"variable": "t"}, 'init -5 define t = Character("S")'),
        (CHARACTERS[5], {"colour": "#fff"}, 'define -3 s = Character(color="#fff")'),
        (CHARACTERS[7], {"name": "Now"}, 'define s = Character("Now", what_size=2)'),
    ],
)
def test_changed_characters(source: str, changed: dict[str, object], line: str) -> None:
    assert declare(source, "character", **changed) == line


def test_changed_variables() -> None:
    assert declare(VARIABLES[0], "variable", default=True, type="bool") == "default x = True"
    assert declare(VARIABLES[1], "variable", default=[1]) == "define gold.x = [1]"


def test_a_declaration_whose_entity_is_gone_stays() -> None:
    node = scene(act("declare", "default x = 1", directives={"kind": "variable", "id": "x"})).nodes["n1"]
    assert declaration(view({}, variables={}), node) == "default x = 1"


def test_literals() -> None:
    assert literal({"a": [1, 2.5, None, True, 'x"']}) == '{"a": [1, 2.5, None, True, "x\\""]}'


def definitions(**more: object) -> list[str]:
    given = {"characters": {}, "variables": {}, **more}
    texts = compose(view(given.pop("scenes", {"s": scene(label="start")}), **given)).texts  # type: ignore[arg-type]
    return texts.get("game/definitions.rpy", b"").decode().splitlines()


def test_new_characters_and_variables() -> None:
    cast = {"a": Character("Ann [x]", colour="#fff", voice_tag="ann"), "n": Character("N", variable="narrator")}
    kept = {
        "x": Variable("text", "a", "session"),
        "MAX": Variable("int", 3, constant=True),
        "seen": Variable("bool", False, "global"),
    }
    assert definitions(characters=cast, variables=kept) == [
        'define ann_x = Character("Ann [x]", color="#fff", voice_tag="ann")',
        "",
        "define MAX = 3",
        "default persistent.seen = False",
        'default x = "a"',
    ]


def test_images() -> None:
    def image(path: str) -> Asset:
        return Asset("image", path, "0" * 64, 1)

    cast = {"a": Character("Ann", image_tag="ann", expressions={"very glad": "glad"})}
    assets = {"glad": image("faces/1.png"), "room": image("backs/BG_Room.png"), "hall": image("images/bg hall.png")}
    shown = [
        act("scene", "bg room"),
        act("scene", "bg hall"),
        act("scene", "black"),
        act("show", "ann glad"),
        act("show", "bo"),
        act("show", 'text "Hello"'),
        act("declare", "image cy sad:\n    'cy.png'", directives={"kind": "image", "id": "cy sad"}),
        act("show", "cy sad"),
        text("x", "a", directives={"attributes": ["wry"]}),
        act("play", "x.ogg", directives={"channel": "rain"}),
    ]
    scenes = {"s": scene(*shown, label="start")}
    assert definitions(scenes=scenes, characters=cast, assets=assets) == [
        'define ann = Character("Ann", image="ann")',
        "",
        'image ann very glad = "faces/1.png"',
        "image ann wry = Placeholder()",
        'image bg room = "backs/BG_Room.png"',
        "image bo = Placeholder()",
        "init python:",
        '    renpy.music.register_channel("rain", "sfx", False)',
    ]
    codes = [(w.code, w.node) for w in compose(view(scenes, characters=cast, assets=assets)).warnings]
    assert codes == [("sound_missing", "n10"), ("image_missing", "n5"), ("image_missing", "n9")]


def test_sounds_are_found_by_name() -> None:
    assets = {"a": Asset("music", "audio/theme.ogg", "0" * 64, 1)}
    scenes = {"s": scene(act("play", "<loop 1>theme.ogg"), act("play", "audio/theme.ogg"), label="start")}
    lines = compose(view(scenes, assets=assets)).texts["game/script.rpy"].decode().splitlines()
    assert lines[1:3] == ['    play music "<loop 1>audio/theme.ogg"', '    play music "audio/theme.ogg"']
