"""Where assets are used: by every way in which a story can name a file."""

from pathlib import Path
from typing import Any

import pytest

from comfyvn.application.assets.registry import Registry
from comfyvn.application.assets.using import lacking, used, uses_of, where_used
from comfyvn.application.branching import fork
from comfyvn.application.exports import story_view
from comfyvn.application.ports import Ref
from comfyvn.application.studio import Request
from comfyvn.domain.assets import RelocateAsset
from comfyvn.domain.cast import IntroduceCharacter
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.domain.provenance import RecordOrigin
from comfyvn.domain.story.commands import PlaceAction, RemoveNode, WriteLine
from comfyvn.infrastructure.exports.renpy.naming import names_of
from comfyvn.infrastructure.exports.renpy.scenery import declarations, scenery_of
from tests.desks import Desk
from tests.registries import put, registry_in


@pytest.fixture
def desk() -> Desk:
    found = Desk()
    found.open()
    return found


@pytest.fixture
def registry(tmp_path: Path, desk: Desk) -> Registry:
    return registry_in(tmp_path, desk.studio)


def add(registry: Registry, desk: Desk, path: str) -> str:
    return put(registry, desk.main, path, path.encode()).ids[0]


def direct(desk: Desk, node: str, verb: str, content: str, **directives: Any) -> None:
    desk.do(PlaceAction(node, verb, content=content, directives=directives))


def places(desk: Desk, asset: str, branch: str | None = None) -> dict[str, str]:
    """Return where an asset is used: subject -> role."""
    found = where_used(desk.studio, branch or desk.main, asset)
    assert found.total == len(found.items)
    return {use.subject: use.role for use in found.items}


def test_images_by_name(desk: Desk, registry: Registry) -> None:
    room = add(registry, desk, "images/bg room.png")
    happy = add(registry, desk, "images/eve happy blue.png")
    add(registry, desk, "images/eve sad.png")
    direct(desk, "a", "scene", "bg room")
    direct(desk, "b", "show", "eve blue")
    direct(desk, "c", "show", "eve blue happy", at=["left"])
    direct(desk, "d", "show", "eve", expression=True)
    direct(desk, "e", "hide", "bg room")
    direct(desk, "f", "show", "eve angry")
    assert places(desk, room) == {"scene:s/a": "shows"}
    assert places(desk, happy) == {"scene:s/b": "shows", "scene:s/c": "shows"}
    assert [lack.name for lack in lacking(desk.studio, desk.main).items] == ["image:eve angry"]
    (use,) = where_used(desk.studio, desk.main, room).items
    assert (use.title, use.text, use.name) == ("Scene", "scene bg room", "bg room")


def test_images_that_code_declares_and_layers(desk: Desk, registry: Registry) -> None:
    park, rain = add(registry, desk, "art/p1.png"), add(registry, desk, "images/bg park.png")
    base, hat = add(registry, desk, "eve/base.png"), add(registry, desk, "eve/hat.png")
    direct(desk, "a", "declare", 'image bg park = "art/p1.png"', kind="image")
    code = 'layeredimage eve:\n    always:\n        "eve/base.png"\n    attribute hat:\n        "eve/hat.png"\n'
    direct(desk, "b", "raw", f'{code}image bg other = Solid("#fff")\n', statement="layeredimage")
    direct(desk, "c", "scene", "bg park")
    direct(desk, "d", "show", "eve hat")
    direct(desk, "e", "scene", "bg other")
    assert places(desk, park) == {"scene:s/a": "declares", "scene:s/c": "shows"}
    assert places(desk, rain) == {}
    assert places(desk, base) == {"scene:s/b": "declares", "scene:s/d": "shows"}
    assert places(desk, hat) == places(desk, base)
    assert lacking(desk.studio, desk.main).total == 0
    assert used(desk.studio, desk.main) == {park, base, hat}


def test_layers_that_the_engine_finds_by_their_names_and_images_that_code_computes(
    desk: Desk, registry: Registry
) -> None:
    mouth, other = add(registry, desk, "images/eve/eve_mouth_sad.png"), add(registry, desk, "images/adam_mouth.png")
    code = "layeredimage eve:\n    group mouth:\n        attribute sad\n"
    direct(desk, "a", "raw", code, statement="layeredimage")
    desk.do(IntroduceCharacter("Eve", image_tag="eve"), Ref("character", "e"))
    desk.do(WriteLine("b", "Oh.", speaker="e", directives={"attributes": ["sad"]}))
    assert places(desk, mouth) == {"scene:s/a": "layers", "scene:s/b": "shows"}
    assert places(desk, other) == {}
    direct(desk, "c", "raw", 'renpy.image("bg sea", Solid("#00f"))\n# renpy.image(name, "none.png")')
    direct(desk, "d", "scene", "bg sea")
    direct(desk, "e", "raw", "x = re.match('images/(.+).png', y)\nbuild.classify('game/**.png', None)")
    assert (lacking(desk.studio, desk.main).items, lacking(desk.studio, desk.main).computed) == ((), False)
    direct(desk, "f", "raw", 'for n in names:\n    renpy.image("bg " + n, n + ".png")')
    direct(desk, "g", "scene", "bg hill")
    found = lacking(desk.studio, desk.main)
    assert ([lack.name for lack in found.items], found.computed) == (["image:bg hill"], True)


def test_images_by_the_names_of_their_files_as_other_engines_say_them(desk: Desk, registry: Registry) -> None:
    park = add(registry, desk, "data/bgimage/BG_Park.jpg")
    happy = add(registry, desk, "data/fgimage/akane_happy.png")
    direct(desk, "a", "scene", "BG_Park")
    direct(desk, "b", "show", "bg park")
    direct(desk, "c", "show", "akane happy")
    direct(desk, "d", "show", "akane_happy")
    assert places(desk, park) == {"scene:s/a": "shows", "scene:s/b": "shows"}
    assert places(desk, happy) == {"scene:s/c": "shows", "scene:s/d": "shows"}
    assert (lacking(desk.studio, desk.main).total, used(desk.studio, desk.main)) == (0, {park, happy})


def test_sounds_by_path_by_file_and_by_the_name_that_the_engine_gives(desk: Desk, registry: Registry) -> None:
    theme, rain = add(registry, desk, "music/theme.ogg"), add(registry, desk, "audio/rain.ogg")
    one, two = add(registry, desk, "a/hit.ogg"), add(registry, desk, "b/hit.ogg")
    door = add(registry, desk, "door.ogg")
    direct(desk, "a", "play", "<from 3 to 5>theme.ogg", channel="music")
    direct(desk, "b", "queue", "rain", channel="music", expression=True)
    direct(desk, "c", "play", "b/hit.ogg", channel="sound")
    direct(desk, "d", "play", "hit.ogg", channel="sound")
    direct(desk, "e", "voice", "rain.ogg")
    direct(desk, "f", "declare", 'define audio.knock = "door.ogg"', kind="variable")
    direct(desk, "g", "play", "audio.knock", channel="sound", expression=True)
    direct(desk, "h", "play", '["door.ogg", "none.ogg"]', channel="sound", expression=True)
    direct(desk, "i", "play", "picked", channel="sound", expression=True)
    assert places(desk, theme) == {"scene:s/a": "plays"}
    assert places(desk, rain) == {"scene:s/b": "plays", "scene:s/e": "voices"}
    assert (places(desk, one), places(desk, two)) == ({}, {"scene:s/c": "plays"})
    assert places(desk, door) == {"scene:s/f": "declares", "scene:s/g": "plays", "scene:s/h": "plays"}
    assert [lack.name for lack in lacking(desk.studio, desk.main).items] == ["file:hit.ogg", "file:none.ogg"]


def test_code_fonts_tags_and_names_that_are_filled_in(desk: Desk, registry: Registry) -> None:
    idle, hover = add(registry, desk, "gui/go_idle.png"), add(registry, desk, "gui/go_hover.png")
    font, heart = add(registry, desk, "fonts/a.ttf"), add(registry, desk, "heart.png")
    wipe = add(registry, desk, "wipe.png")
    direct(desk, "a", "raw", 'screen s():\n    imagebutton auto "gui/go_%s.png"\n    text "DejaVuSans.ttf"\n')
    desk.do(WriteLine("b", "{font=fonts/a.ttf}I {image=heart.png} you{/font} {image=smile}"))
    direct(desk, "c", "with", "ImageDissolve('wipe.png', 1.0)")
    direct(desk, "d", "show", "x", **{"with": 'ImageDissolve("wipe.png")', "expression": True})
    assert places(desk, idle) == places(desk, hover) == {"scene:s/a": "code"}
    lamp, cat = add(registry, desk, "images/room lamp.png"), add(registry, desk, "images/cat.png")
    direct(desk, "e", "raw", 'x = ConditionSwitch("lit", "room lamp", "True", "no such")\nscreen t():\n    add "cat"\n')
    direct(desk, "f", "raw", '$ y = "cat"')
    assert places(desk, lamp) == places(desk, cat) == {"scene:s/e": "code"}
    assert places(desk, font) == {"scene:s/b": "font"}
    assert places(desk, heart) == {"scene:s/b": "shows"}
    assert places(desk, wipe) == {"scene:s/c": "code", "scene:s/d": "code"}
    assert [lack.name for lack in lacking(desk.studio, desk.main).items] == ["image:smile"]


def test_characters_and_their_lines(desk: Desk, registry: Registry) -> None:
    face, sad, side = (add(registry, desk, path) for path in ("face.png", "sad.png", "images/side eve cross.png"))
    eve = IntroduceCharacter("Eve", image_tag="eve", portrait_asset_id=face, expressions={"sad": sad, "odd": "gone"})
    desk.do(eve, Ref("character", "e 1"))
    desk.do(WriteLine("a", "Oh.", speaker="e 1", directives={"attributes": ["sad", "-hat"]}))
    desk.do(WriteLine("b", "Hm.", speaker="e 1", directives={"temporary": ["cross"]}))
    desk.do(WriteLine("c", "Ah.", speaker="e 1", directives={"attributes": ["glad"]}))
    direct(desk, "d", "show", "eve sad")
    assert places(desk, face) == {"character:e 1": "portrait"}
    assert places(desk, sad) == {"character:e 1": "expression", "scene:s/a": "shows", "scene:s/d": "shows"}
    assert places(desk, side) == {"scene:s/b": "shows"}
    assert {lack.name for lack in lacking(desk.studio, desk.main).items} == {"asset:gone", "pose:e_1 glad"}
    by_line = {use.subject: use.assets for use in uses_of(desk.studio, desk.main, "scene:s")}
    assert by_line == {"scene:s/a": (sad,), "scene:s/b": (side,), "scene:s/c": (), "scene:s/d": (sad,)}
    assert {use.assets for use in uses_of(desk.studio, desk.main, "character:e 1")} == {(face,), (sad,), ("gone",)}
    assert [use.assets for use in uses_of(desk.studio, desk.main, "scene:s/a")] == [(sad,)]


def test_ids_under_keys_that_say_so(desk: Desk, registry: Registry) -> None:
    cover, map_ = add(registry, desk, "cover.png"), add(registry, desk, "map.png")
    desk.do(WriteLine("a", "x", directives={"voice": {"asset_id": cover}, "assets": [f"asset:{map_}", 3]}))
    assert places(desk, cover) == {"scene:s/a": "asset_id"}
    assert places(desk, map_) == {"scene:s/a": "assets"}


def test_what_is_made_from_an_asset_uses_it(desk: Desk, registry: Registry) -> None:
    raw, cut = add(registry, desk, "raw.png"), add(registry, desk, "cut.png")
    fact = RecordOrigin(f"asset:{cut}", "derived", method="crop", inputs={f"asset:{raw}": "parent"})
    desk.do(fact, Ref("provenance", "f"))
    assert places(desk, raw) == {f"asset:{cut}": "input parent"}
    (use,) = where_used(desk.studio, desk.main, raw).items
    assert use.title == "cut.png"
    assert used(desk.studio, desk.main) == {raw}


def test_branches_past_positions_and_paths_that_move(desk: Desk, registry: Registry) -> None:
    room = add(registry, desk, "images/bg room.png")
    direct(desk, "a", "scene", "bg room")
    direct(desk, "b", "scene", "bg park")
    then = desk.head()
    side = fork(desk.studio, desk.main, "side", Request()).id
    desk.do(RemoveNode("a"))
    desk.do(RelocateAsset("images/bg park.png"), Ref("asset", room), branch=side)
    assert places(desk, room) == {}
    assert places(desk, room, side) == {"scene:s/b": "shows"}
    assert [use.subject for use in where_used(desk.studio, desk.main, room, then).items] == ["scene:s/a"]
    assert [lack.name for lack in lacking(desk.studio, side).items] == ["image:bg room"]
    assert [lack.name for lack in lacking(desk.studio, desk.main, then).items] == ["image:bg park"]
    assert used(desk.studio, desk.main) == set()
    assert used(desk.studio, desk.main, then) == {room}


def test_pages_have_a_cursor(desk: Desk, registry: Registry) -> None:
    room = add(registry, desk, "images/bg room.png")
    for n in range(7):
        direct(desk, f"a{n}", "scene", "bg room")
    seen, cursor = [], None
    while True:
        page = where_used(desk.studio, desk.main, room, cursor=cursor, limit=3)
        assert page.total == 7
        seen += [use.subject for use in page.items]
        if (cursor := page.next) is None:
            break
    assert seen == [f"scene:s/a{n}" for n in range(7)]


def test_what_is_not_there_is_refused(desk: Desk, registry: Registry) -> None:
    with pytest.raises(Missing, match="no asset"):
        where_used(desk.studio, desk.main, "none")
    for subject in ("scene:none", "scene:s/none", "odd:x"):
        with pytest.raises(Missing):
            uses_of(desk.studio, desk.main, subject)
    for subject in ("scene", ":x", "scene:", ""):
        with pytest.raises(Refused):
            uses_of(desk.studio, desk.main, subject)


def test_the_engine_looks_for_some_files_by_itself(desk: Desk, registry: Registry) -> None:
    box, lone = add(registry, desk, "gui/textbox.png"), add(registry, desk, "lone.png")
    assert used(desk.studio, desk.main) == {box}
    assert places(desk, lone) == {}


def test_an_export_finds_the_same_images_to_be_missing(desk: Desk, registry: Registry) -> None:
    add(registry, desk, "images/bg room.png")
    add(registry, desk, "art/bg_park.png")
    for n, image in enumerate(("bg room", "bg park", "bg hall", "black", "eve")):
        direct(desk, f"a{n}", "scene", image)
    story = story_view(desk.studio, desk.main)
    names = names_of(story)
    warned = {warning.node for warning in declarations(story, names, scenery_of(story, names))[1]}
    lacks = {use.subject.rpartition("/")[2] for lack in lacking(desk.studio, desk.main).items for use in lack.uses}
    assert warned == lacks == {"a2", "a4"}
