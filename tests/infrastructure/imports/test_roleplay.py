"""Roleplay: chats with branches, plain text in the usual styles, cards that keep all they say, lorebooks."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from comfyvn.application.reading import Reading, RoleplayRules
from comfyvn.application.versions import asset_id
from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Pack
from comfyvn.domain.story import Scene, edges, walk
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.roleplay import cards
from comfyvn.infrastructure.imports.roleplay.chats import from_text
from comfyvn.infrastructure.imports.roleplay.reader import reader
from comfyvn.infrastructure.imports.roleplay.times import moment
from tests.samples import roleplay


def read(path: Path, **rules: Any) -> Pack:
    files = Files(path, Reading(roleplay=RoleplayRules(**rules)))
    assert reader().probe(files).confidence > 0
    return reader().read(files).pack


def told(scene: Scene) -> list[Any]:
    return [(node.verb or node.speaker or node.type, node.content) for _, node in walk(scene)]


def test_copies_that_sillytavern_keeps_are_passed_over(tmp_path: Path) -> None:
    folder = roleplay.write(tmp_path / "user")
    whole = read(folder)
    (folder / "backups").mkdir()
    (folder / "backups" / "chat_aoi_20260101-120000.jsonl").write_text("\n".join(roleplay.MAIN), "utf-8")
    roleplay.picture(folder / "thumbnails" / "avatar" / "Aoi.png", "red", roleplay.CARD)
    again = read(folder)
    assert (again.scenes, again.members, again.characters) == (whole.scenes, whole.members, whole.characters)


def test_a_chat_and_its_branch_are_one_story_with_a_choice(tmp_path: Path) -> None:
    pack = read(roleplay.write(tmp_path / "user"))
    assert told(pack.scenes["main"]) == [
        ("text", "She waves."),
        ("aoi", "Hello, {b}you{/b}!"),
        ("aoi", "It's late."),
        ("bo", "Hi [[there], 100%% sure."),
        ("comment", "remember the lamp"),
        ("text", "Rain falls."),
        ("choice", ""),
    ]
    nodes = [node for _, node in walk(pack.scenes["main"])]
    assert nodes[0].meta == {"alternatives": ["Go.", "Stay."]}
    assert nodes[3].meta == {"hidden": True}
    assert [(edge.text, edge.scene) for _, edge in edges(nodes[-1])] == [
        ("Aoi: Come in.", "main-goes-on"),
        ("Aoi: Stay out!", "main-branch-1"),
    ]
    assert told(pack.scenes["main-branch-1"])[:2] == [("aoi", "Stay out!"), ("bo", "Oh.")]
    assert pack.scenes["main-goes-on"].falls_to == "main-goes-on-2", "a day passed"
    assert (pack.start, pack.warnings) == ("main", ())


def test_a_folder_of_the_chat_program_gives_characters_and_worlds(tmp_path: Path) -> None:
    pack = read(roleplay.write(tmp_path / "user"))
    aoi, bo = pack.characters["aoi"], pack.characters["bo"]
    assert aoi.portrait_asset_id == asset_id("characters/Aoi.png")
    assert aoi.expressions == {"joy": asset_id("characters/Aoi/joy-1.png")}
    assert aoi.traits == {"description": "Keeps the harbour lamp.", "personality": "calm", "tags": ["sea"]}
    assert (bo.traits, bo.portrait_asset_id) == ({"description": "A sailor."}, asset_id("User Avatars/bo.png"))
    assert pack.worlds["harbour"].lore["lamp"]["text"] == "It burns all night."
    assert pack.worlds["eldoria"].lore["The sea"]["enabled"] is False
    assert {m.name for m in pack.members} == {
        "characters/Aoi.png",
        "characters/Aoi/joy-1.png",
        "User Avatars/bo.png",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ann: Hello.\nBo: Hi.\nAnn: Bye.", [("ann", "Hello."), ("bo", "Hi."), ("ann", "Bye.")]),
        ("[12:03] Ann: Hello.\n[12:04] Ann: There.", [("ann", "Hello."), ("ann", "There.")]),
        ("1/2/24, 12:03 - Ann: Hello.\n1/2/24, 12:04 - Ann: There.", [("ann", "Hello."), ("ann", "There.")]),
        ("<Ann> Hello.\n<Ann> There.", [("ann", "Hello."), ("ann", "There.")]),
        ("**Ann**: Hello.\n**Ann:** There.", [("ann", "Hello."), ("ann", "There.")]),
        (
            "[01-Jan-24 12:03 PM] Ann\nHello.\n\n[01-Jan-24 12:04 PM] Ann\nThere.\nYou.",
            [("ann", "Hello."), ("ann", "There."), ("ann", "You.")],
        ),
        (
            "Ann \u2014 01/02/2024 12:03\nHello.\nAnn \u2014 01/02/2024 12:04\nThere.",
            [("ann", "Hello."), ("ann", "There.")],
        ),
        (
            "Once.\nAnn: *nods* Yes.\nNarrator: Night.\nAnn: _No_.",
            [("text", "Once."), ("text", "nods"), ("ann", "Yes."), ("text", "Night."), ("ann", "{i}No{/i}.")],
        ),
        ("Ann: A.\n(OOC: brb)\nAnn: B.", [("ann", "A."), ("comment", "(OOC: brb)"), ("ann", "B.")]),
    ],
)
def test_plain_text_in_the_usual_styles(tmp_path: Path, text: str, said: list[Any]) -> None:
    (tmp_path / "chat.txt").write_text(text, "utf-8")
    assert told(read(tmp_path / "chat.txt").scenes["chat"])[:-1] == said


def test_headings_rules_and_pauses_begin_scenes(tmp_path: Path) -> None:
    rows = ["# The harbour", "Ann: A.", "---", "Ann: B.", "Chapter 2: Rain", "Ann: C."]
    (tmp_path / "chat.txt").write_text("\n".join(rows), "utf-8")
    pack = read(tmp_path / "chat.txt")
    assert [scene.title for scene in pack.scenes.values()] == ["The harbour", "chat 2", "Chapter 2: Rain"]
    assert [scene.falls_to for scene in pack.scenes.values()] == ["chat-2", "chat-3", None]
    sources = [node.source.line for scene in pack.scenes.values() for _, node in walk(scene) if node.source]
    assert sources == [2, 4, 6]


def test_rules_say_who_narrates_and_how_long_a_pause_is(tmp_path: Path) -> None:
    rows = ["[2026-01-01 10:00] Ann: A.", "[2026-01-01 12:00] Voice: B.", "[2026-01-01 12:01] Ann: C."]
    (tmp_path / "chat.txt").write_text("\n".join(rows), "utf-8")
    pack = read(tmp_path / "chat.txt", narrators=("voice",), gap_minutes=90)
    assert [told(scene)[0] for scene in pack.scenes.values()] == [("ann", "A."), ("text", "B.")]


@pytest.mark.parametrize(
    "data",
    [
        [{"name": "Ann", "text": "A."}, {"speaker": "Bo", "content": "B."}],
        {"title": "Log", "messages": [{"role": "Ann", "content": "A."}, {"author": "Bo", "mes": "B."}]},
    ],
)
def test_lists_of_messages_as_json(tmp_path: Path, data: Any) -> None:
    (tmp_path / "log.json").write_text(json.dumps(data), "utf-8")
    (scene,) = read(tmp_path / "log.json").scenes.values()
    assert told(scene)[:-1] == [("ann", "A."), ("bo", "B.")]


def test_a_line_that_is_no_message_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n".join([roleplay.header(), "{broken", roleplay.row("Ann", "A.")]), "utf-8")
    (warning,) = read(tmp_path / "a.jsonl").warnings
    assert (warning.code, warning.file, warning.line) == ("message_malformed", "a.jsonl", 2)


def test_a_card_goes_out_as_it_came_in(tmp_path: Path) -> None:
    roleplay.picture(tmp_path / "Aoi.png", "red", roleplay.CARD)
    aoi = read(tmp_path / "Aoi.png").characters["aoi"]
    out = cards.card_of(aoi)
    assert {**out, "data": {**out["data"], "nickname": ""}} == {
        **roleplay.CARD,
        "data": {**roleplay.CARD["data"], "nickname": ""},
    }
    written = cards.with_card((tmp_path / "Aoi.png").read_bytes(), out)
    (tmp_path / "again.png").write_bytes(written)
    with Image.open(tmp_path / "again.png") as image:
        image.load()
        assert image.text.keys() == {"chara", "ccv3"}  # type: ignore[attr-defined]
    again = cards.of_png(written)
    assert again is not None
    assert again.whole == out
    assert cards.with_card(written, out) == written


def test_a_card_of_version_one_and_a_charx_file(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps({"name": "Bo", "description": "d", "personality": "p"}), "utf-8")
    assert read(tmp_path / "one.json").characters["bo"].traits == {"description": "d", "personality": "p"}
    assets = [
        {"type": "icon", "name": "main", "uri": "embeded://assets/main.png"},
        {"type": "emotion", "name": "joy", "uri": "embeded://assets/joy.png"},
    ]
    card = {**roleplay.CARD, "data": {**roleplay.CARD["data"], "assets": assets}}
    roleplay.picture(tmp_path / "p.png", "red")
    with zipfile.ZipFile(tmp_path / "aoi.charx", "w") as packed:
        packed.writestr("card.json", json.dumps(card))
        packed.write(tmp_path / "p.png", "assets/main.png")
        packed.write(tmp_path / "p.png", "assets/joy.png")
    aoi = read(tmp_path / "aoi.charx").characters["aoi"]
    assert aoi.portrait_asset_id == asset_id("assets/main.png")
    assert aoi.expressions == {"joy": asset_id("assets/joy.png")}


@pytest.mark.parametrize(
    "spelt",
    [
        "2023-06-19T14:20:00.000Z",
        "2023-6-19 @14h 20m 0s 0ms",
        "June 19, 2023 2:20pm",
        1687184400000,
        1687184400,
        "1687184400000",
        "2023-06-19 14:20",
        "19.06.2023 14:20",
    ],
)
def test_moments_in_all_their_spellings(spelt: Any) -> None:
    assert moment(spelt) == datetime(2023, 6, 19, 14, 20, tzinfo=UTC)


@pytest.mark.parametrize("spelt", ["", "yesterday", None, True, -1, 1e300, "9" * 40, float("nan"), {}])
def test_what_is_no_moment_is_none(spelt: Any) -> None:
    assert moment(spelt) is None


def test_what_holds_no_chat_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Once upon a time.\n", "utf-8")
    assert reader().probe(Files(tmp_path / "notes.txt")).confidence == 0
    with pytest.raises(Refused) as refusal:
        reader().read(Files(tmp_path / "notes.txt"))
    assert refusal.value.code == "not_a_game"


@given(st.text(alphabet="AB: \n*_[](){}<>#-\u2014.12/%\"'\\", max_size=200))
def test_any_text_is_read_line_for_line(text: str) -> None:
    chat = from_text(text, "x.txt")
    if chat is not None:
        assert all(message.line <= text.count("\n") + 1 for message in chat.messages)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name, head in (
        ("a.png", cards.PNG),
        ("a.jsonl", b'{"user_name":"x"}\n'),
        ("a.json", b""),
        ("a.charx", b"PK\x03\x04"),
    ):
        (folder / name).write_bytes(head + data)
        try:
            reader().read(Files(folder / name))
        except Refused as refusal:
            assert refusal.code
