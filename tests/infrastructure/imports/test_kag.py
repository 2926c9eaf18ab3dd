"""TyranoScript and KAG: scripts to scenes, in folders and archives, in their encodings; hostile ones are bounded."""

import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.application.versions import asset_id
from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Pack
from comfyvn.domain.playthrough import compile_story, play, to_json
from comfyvn.domain.story import edges, walk
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.kag import values
from comfyvn.infrastructure.imports.kag.tags import tokens
from comfyvn.main.readers import READERS
from tests.samples import kag


def read(path: Path, engine: str = "tyranoscript") -> Pack:
    assert max(READERS, key=lambda name: READERS[name].probe(Files(path)).confidence) == engine
    return READERS[engine].read(Files(path)).pack


def played(pack: Pack, *choices: int) -> list[Any]:
    program = compile_story(pack.scenes, {name: v.default for name, v in pack.variables.items()}, {})
    told = filter(None, map(to_json, play(program, seed=0, choices=choices, start_at=pack.start, max_steps=200)))
    return [body.get("what") or body.get("options") or body.get("reason") for body in told]


def test_a_game_of_tyranoscript_is_played(tmp_path: Path) -> None:
    pack = read(kag.tyrano(tmp_path / "game"))
    begin = ["Hello!", "You are 0 and 100% [sure].", "Warm.", ["Go in", "Wait"]]
    assert played(pack, 0, 1) == [*begin, "Inside.", ["Again", "Out"], "The end.", "end"]
    assert played(pack, 0, 0) == [*begin, "Inside.", ["Again", "Out"], "The end.", "end"]
    assert played(pack, 1) == [*begin, "The end.", "end"]
    assert dict(pack.raw_kinds) == {"iscript": 1, "macro": 1}
    assert pack.warnings == ()
    assert (pack.start, pack.scenes["first-start"].title) == ("first", "The beginning")


def test_characters_stage_and_variables(tmp_path: Path) -> None:
    pack = read(kag.tyrano(tmp_path / "game"))
    aoi = pack.characters["aoi"]
    assert (aoi.name, aoi.image_tag, aoi.portrait_asset_id) == ("Aoi", "aoi", asset_id("data/fgimage/aoi.png"))
    assert aoi.expressions == {"happy": asset_id("data/fgimage/joy.png")}
    nodes = [node for _, node in walk(pack.scenes["first-start"])]
    stage = [(node.verb, node.content) for node in nodes if node.verb in ("scene", "play", "show")]
    assert stage == [("scene", "harbour"), ("play", "data/bgm/Sea.ogg"), ("show", "aoi happy")]
    lines = [(node.speaker or node.directives.get("name"), node.content) for node in nodes if node.type == "text"]
    assert lines[0] == ("aoi", "Hello!")
    assert ("Bo", "Warm.") in lines
    assert {name: v.default for name, v in pack.variables.items()} == {
        "f_age": 0,
        "f_cold": 0,
        "f_in": False,
        "f_trust": 0,
    }
    options = next(edges(node) for node in nodes if node.type == "choice")
    assert [(edge.text, edge.condition) for _, edge in options] == [
        ("Go in", None),
        ("Leave", "f_trust > 5"),
        ("Wait", None),
    ]
    assert {member.name for member in pack.members} == {
        "data/bgm/Sea.ogg",
        "data/fgimage/aoi.png",
        "data/fgimage/joy.png",
    }


@pytest.mark.parametrize("kind", ["asar", "zip", "zip in a program"])
def test_the_same_game_in_its_packings(tmp_path: Path, kind: str) -> None:
    whole = read(kag.tyrano(tmp_path / "game"))
    path = tmp_path / {"asar": "app.asar", "zip": "package.nw", "zip in a program": "game.exe"}[kind]
    if kind == "asar":
        path.write_bytes(kag.asar(kag.tyrano_files()))
    else:
        with zipfile.ZipFile(path, "w") as packed:
            for name, content in kag.tyrano_files().items():
                packed.writestr(name, content)
        if kind != "zip":
            path.write_bytes(b"MZ" + b"\0" * 500 + path.read_bytes())
    pack = read(path)
    assert pack.scenes == whole.scenes
    assert b"".join(Files(path).open("data/bgm/Sea.ogg")) == b"OggS"


@pytest.mark.parametrize("encoding", ["cp932", "utf-16", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize(("packed", "second"), [(True, False), (False, False), (True, True)])
def test_kag_in_an_archive_and_in_any_encoding(tmp_path: Path, encoding: str, packed: bool, second: bool) -> None:
    files = {"startup.tjs": b"", "scenario/first.ks": kag.KAG.encode(encoding), "sound/gull.ogg": b"OggS" * 9}
    path = tmp_path / "data.xp3"
    path.write_bytes(kag.xp3(files, packed=packed, second=second))
    pack = read(path, "kirikiri")
    assert played(pack, 0) == ["「こんにちは。」", "能力表。", ["はい", "いいえ"], "旗あり。", "end"]
    assert played(pack, 1)[-2:] == ["旗なし。", "end"]
    assert [character.name for character in pack.characters.values()] == ["青井"]
    (sound,) = [node for _, node in walk(pack.scenes["first-start"]) if node.verb == "play"]
    assert sound.content == "sound/gull.ogg"
    assert pack.scenes["first-start"].title == "はじまり"
    assert b"".join(Files(path).open("sound/gull.ogg")) == b"OggS" * 9


def test_an_archive_that_its_game_encrypts_is_told(tmp_path: Path) -> None:
    files = {"startup.tjs": b"x", "first.ks": kag.KAG.encode("cp932")}
    (tmp_path / "data.xp3").write_bytes(kag.xp3(files, key=0x5A))
    with pytest.raises(Refused) as refusal:
        READERS["kirikiri"].read(Files(tmp_path / "data.xp3"))
    assert refusal.value.code == "archive_encrypted"


@pytest.mark.parametrize(
    ("source", "read_as"),
    [
        ("f.a == 1 && !sf.b || tf.c >= 2", "f_a == 1 and not sf_b or tf_c >= 2"),
        ("f.a === 'f.b'", "f_a == 'f.b'"),
        ("f.a.b", None),
        ("kag.current()", None),
        ("f.a ? 1 : 2", None),
    ],
)
def test_conditions(source: str, read_as: str | None) -> None:
    assert values.condition(source) == read_as


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("f.a=1;f.b = 'x;y'", ["f_a = 1", "f_b = 'x;y'"]),
        ("f.a++", ["f_a += 1"]),
        ("--f.a", ["f_a -= 1"]),
        ("f.a = f.a * 2 + sf.c", ["f_a = f_a * 2 + sf_c"]),
        ("alert(1)", None),
        ("f.a = alert(1)", None),
    ],
)
def test_assignments(source: str, made: list[str] | None) -> None:
    assert values.assignments(source) == made


BITS = st.sampled_from(
    "[ ] [[ @ * # ; /* */ [l] [p] [r] [s] \n *a *b| [if exp=1] [elsif exp=f.x] [else] [endif] [link] [endlink] [glink "
    "text=a target=*a] [jump target=*a] [call target=*a] [return] [iscript] [endscript] [macro name=m] [endmacro] \" ' "
    '= exp="f.x=1" [eval exp=f.x++] [emb exp=f.x] a あ [chara_new name=a] #a:b'.split(" ")
)


@given(st.lists(BITS, max_size=40))
def test_any_script_is_read_and_played(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.ks"
    path.write_text(" ".join(parts), "utf-8")
    pack = READERS["tyranoscript"].read(Files(path)).pack
    assert len(played(pack)) >= 1


@pytest.mark.parametrize(
    "bit", ["[", "[a ", '[a b="', "@a\n", "*a\n", "[if exp=1]", "[link]", "/*\n", "[iscript]\n", "[[", "#\n"]
)
def test_hostile_repetition_takes_bounded_time(tmp_path: Path, bit: str) -> None:
    (tmp_path / "a.ks").write_text(bit * (100_000 // len(bit)), "utf-8")
    begun = time.process_time()
    READERS["tyranoscript"].read(Files(tmp_path / "a.ks"))
    assert time.process_time() - begun < 20


ARCHIVES = {
    "a.asar": kag.asar({"a.ks": b"*a\nHello.[p]\n", "b/c.png": b"x" * 50}),
    "a.xp3": kag.xp3({"a.ks": b"*a\nHello.[p]\n", "b/c.png": b"x" * 50}),
    "b.xp3": kag.xp3({"a.ks": b"*a\nHello.[p]\n"}, packed=False, second=True),
}


def _readable(path: Path) -> None:
    """Read all of an archive, or be refused."""
    try:
        files = Files(path)
        for entry in files.entries:
            assert len(b"".join(files.open(entry.name))) == entry.size
    except Refused as refusal:
        assert refusal.code.startswith(("archive_", "member_"))


@pytest.mark.parametrize("name", ARCHIVES)
def test_cut_and_flipped_archives_are_refused_or_read(tmp_path: Path, name: str) -> None:
    whole, path = ARCHIVES[name], tmp_path / name
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        _readable(path)
    for at in range(len(whole)):
        for bit in (0x01, 0x80):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            _readable(path)


@pytest.mark.parametrize(
    "content",
    [
        kag.asar({"../../evil.ks": b"x"}),
        kag.xp3({"..\\..\\evil.ks": b"x"}),
        kag.xp3({"C:/evil.ks": b"x"}),
    ],
)
def test_names_that_lead_out_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.bin").write_bytes(content)
    with pytest.raises(Refused) as refusal:
        Files(tmp_path / "a.bin")
    assert refusal.value.code == "member_name_unsafe"


def test_an_archive_bomb_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xp3").write_bytes(kag.xp3({"a.ks": b"\0" * (12 << 20)}))
    with pytest.raises(Refused) as refusal:
        Files(tmp_path / "a.xp3")
    assert refusal.value.code == "archive_bomb"


def test_every_row_of_a_script_is_counted() -> None:
    assert [token.line for token in tokens("a\n\n[l]\n*b\n/*\nc*/\n*/\nd", True)] == [1, 3, 4, 5, 8]
