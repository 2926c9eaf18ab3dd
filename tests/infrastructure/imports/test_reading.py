"""How a person says to read files: encodings by pattern, the ways of a chat; and how often a folder is looked at."""

from pathlib import Path
from typing import Any

import pytest

from comfyvn.application.reading import Reading, RoleplayRules
from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Pack
from comfyvn.domain.story import walk
from comfyvn.infrastructure.imports.containers import folder
from comfyvn.infrastructure.imports.files import Files
from comfyvn.main.readers import candidates, read
from tests.infrastructure.extractors.programs import toolbox
from tests.infrastructure.imports.stories import played
from tests.infrastructure.imports.test_twine import HARLOWE, twee

HARD = "ソ連の表を能力で"
"""In Shift JIS the second bytes of three of these signs are backslashes."""


def taken(path: Path, engine: str | None = None, **reading: Any) -> Pack:
    return read(path, engine, Reading(**reading), lambda *_: None, toolbox(path)).pack


def lines(pack: Pack) -> list[tuple[str, str]]:
    """Return what is told, scene by scene: the speaker, the verb or "-", and the words."""
    nodes = [node for scene in pack.scenes.values() for _, node in walk(scene)]
    return [(node.speaker or node.verb or "-", node.content) for node in nodes]


@pytest.mark.parametrize("engine", ["kirikiri", "tyranoscript"])
@pytest.mark.parametrize("encoding", [None, "cp932"])
def test_second_bytes_of_shift_jis_are_no_backslashes(tmp_path: Path, engine: str, encoding: str | None) -> None:
    (tmp_path / "scenario").mkdir()
    stage = f'[bg storage="{HARD}.png"][playse storage="{HARD}"]'
    script = f"*start\n{stage}\n{HARD}[p]\n[jump target=*{HARD}]\n*{HARD}\nEnd.[p]\n"
    (tmp_path / "scenario" / "first.ks").write_bytes(script.encode("cp932"))
    (tmp_path / "SOUND").mkdir()
    (tmp_path / "SOUND" / f"{HARD}.OGG").write_bytes(b"OggS")
    pack = taken(tmp_path, engine, encodings={"scenario/*.ks": encoding} if encoding else {})
    assert played(pack)[:2] == [HARD, "End."]
    assert ("play", f"SOUND/{HARD}.OGG") in lines(pack)
    assert ("scene", HARD) in lines(pack)
    assert not pack.warnings


def test_an_encoding_is_given_for_files_by_pattern(tmp_path: Path) -> None:
    words = "Жук"
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "FIRST.KS").write_bytes(f"*start\n{words}[p]\n[jump storage=second.ks]\n".encode("koi8-r"))
    (tmp_path / "second.ks").write_text("*two\nЖди[p]\n", "utf-8")
    assert taken(tmp_path, "kirikiri").warnings == () or played(taken(tmp_path, "kirikiri"))[0] != words
    pack = taken(tmp_path, "kirikiri", encodings={"first.ks": "koi8-r", "b/*": "gbk"})
    assert played(pack) == [words, "Жди", "end"]
    assert [(w.code, "'b/*'" in w.message) for w in pack.warnings] == [("encoding_unused", True)]


def test_an_encoding_of_renpy_scripts(tmp_path: Path) -> None:
    (tmp_path / "old.rpy").write_bytes('label start:\n    "Жди"\n    return\n'.encode("cp1251"))
    with pytest.raises(Refused) as refusal:
        taken(tmp_path)
    assert refusal.value.code == "script_not_utf8"
    assert played(taken(tmp_path, encodings={"*.rpy": "cp1251"}))[0] == "Жди"


def test_a_wrong_encoding_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "first.ks").write_bytes("*a\nЖди[p]\n".encode("cp1251"))
    with pytest.raises(Refused, match=r"first\.ks is not written in utf-8") as refusal:
        taken(tmp_path, encodings={"*.ks": "utf-8"})
    assert (refusal.value.code, refusal.value.details["file"]) == ("encoding_wrong", "first.ks")


@pytest.mark.parametrize("name", ["none", "zip", "rot13", "idna", "unicode_escape", "", "\0", "utf-8\n"])
def test_encodings_that_are_none(name: str) -> None:
    with pytest.raises(Refused) as refusal:
        Reading(encodings={"*.ks": name})
    assert (refusal.value.code, refusal.value.details["where"]) == ("encoding_unknown", "encodings.*.ks")


def chat(folder: Path, text: str, **rules: Any) -> Pack:
    (folder / "chat.txt").write_text(text, "utf-8")
    return taken(folder / "chat.txt", "roleplay", roleplay=RoleplayRules(**rules))


def test_own_ways_of_speaking(tmp_path: Path) -> None:
    text = "10:01 / Ann Lee => Hello:\nthere.\n10:05 / Bo => Hi.\nCap => Ahoy.\n"
    pack = chat(tmp_path, text, speakers=("{time} / {name} => {text}", "{name}=>{text}"))
    assert lines(pack)[:4] == [("ann-lee", "Hello:"), ("ann-lee", "there."), ("bo", "Hi."), ("cap", "Ahoy.")]
    pack = chat(tmp_path, "= Ann =\nHello.\nYou.\n= Bo =\nHi.\n", speakers=("= {name} =",))
    assert lines(pack)[:3] == [("ann", "Hello."), ("ann", "You."), ("bo", "Hi.")]


@pytest.mark.parametrize("way", ["", "{text}", "{name} {name}", "{text} - {name}", "{name}: {words}", "{name}" * 99])
def test_ways_that_are_none(way: str) -> None:
    with pytest.raises(Refused) as refusal:
        RoleplayRules(speakers=("{name}: {text}", way))
    assert (refusal.value.code, refusal.value.details["where"]) == ("rule_malformed", "roleplay.speakers.1")


def test_a_way_is_quick_on_rows_made_to_be_slow(tmp_path: Path) -> None:
    rows = "\n".join(["a " * 9_000] * 20)
    pack = chat(
        tmp_path, f"{rows}\n[1] Ann! x\n[2] Ann! y\n", speakers=("[{time}] {name}! {text}", "{name} {time} ! {text}")
    )
    assert lines(pack)[-3:-1] == [("ann", "x"), ("ann", "y")]


STAGED = "Ann: A.\n[Location: The old pier]\nBo: B.\nOOC: brb\n/bg rooms/hall day.PNG\nAnn: C.\n# Later\nBo: D.\n"


def test_places_begin_scenes_and_are_shown(tmp_path: Path) -> None:
    pack = chat(tmp_path, STAGED)
    assert [scene.title for scene in pack.scenes.values()] == ["chat", "The old pier", "hall day", "Later"]
    told = [row for row in lines(pack) if row[0] in ("scene", "comment")]
    assert told == [("scene", "The old pier"), ("comment", "OOC: brb"), ("scene", "hall day")]
    assert played(pack) == ["Ann: A.", "Bo: B.", "Ann: C.", "Bo: D.", "end"]


def test_what_begins_scenes_and_what_is_left_out_is_told(tmp_path: Path) -> None:
    pack = chat(tmp_path, STAGED, backgrounds=False, headings=False, ooc="drop")
    assert len(pack.scenes) == 1
    assert [row for row in lines(pack) if row[0] == "comment"] == []
    assert ("scene", "hall day") in lines(pack)
    assert "# Later" in played(pack)
    assert "OOC: brb" in played(chat(tmp_path, STAGED, ooc="narration"))


def test_a_pause_is_as_long_as_it_is_told(tmp_path: Path) -> None:
    text = "[2026-01-01 10:00] Ann: A.\n[2026-01-01 23:00] Ann: B.\n[2026-01-01 23:20] Ann: C.\n"
    assert [len(chat(tmp_path, text, gap_minutes=gap).scenes) for gap in (0, 10, 360)] == [1, 3, 2]


def test_the_background_of_a_chat_is_where_it_begins(tmp_path: Path) -> None:
    head = '{"chat_metadata": {"custom_background": "url(\\"backgrounds/tavern%20day.jpg\\")"}, "user_name": "Bo"}'
    rows = [head, '{"name": "Ann", "mes": "Hi."}', '{"name": "Bo", "mes": "Hm."}']
    (tmp_path / "a.jsonl").write_text("\n".join(rows), "utf-8")
    assert lines(taken(tmp_path))[0] == ("scene", "tavern day")


def test_a_folder_is_listed_once_however_many_readers_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.twee").write_text(twee(HARLOWE, "Harlowe"), "utf-8")
    walks = []
    walk = folder.walk
    monkeypatch.setattr(folder, "walk", lambda path, *more: walks.append(path) or walk(path, *more))
    assert [probe.engine for probe in candidates(tmp_path)][:1] == ["twine"]
    assert taken(tmp_path).engine == "twine"
    assert walks == [tmp_path, tmp_path]
    assert Files(tmp_path).title == tmp_path.name


CAST = """*start
\u3010Ann\u3011Hello![l][r]
Still Ann.[p]
Nobody.[p]
[nm t="Bo"]Hi.[p]
[who n=&f.name]Hm.[p]
Cy\u300c So. \u300d[p]
[who n=Ann]Bye.[p]
"""


def test_scripts_say_who_speaks_in_the_ways_that_are_told(tmp_path: Path) -> None:
    (tmp_path / "first.ks").write_text(CAST, "utf-8")
    usual = ["Ann: Hello!", "Ann: Still Ann.", "Nobody.", "Bo: Hi.", "Hm.", "Cy\u300c So. \u300d", "Bye.", "end"]
    pack = taken(tmp_path, "kirikiri")
    assert [row for row in played(pack) if not row.startswith("tag ")] == usual
    assert {character.name for character in pack.characters.values()} == {"Ann", "Bo"}
    own = taken(tmp_path, "kirikiri", speakers=("[who n={name}]",))
    assert "Ann: Bye." in played(own)
    assert "\u3010Ann\u3011Hello!" in played(own)
    assert (pack.raw_kinds, own.raw_kinds) == ({"tag who": 2}, {"tag nm": 1, "tag who": 1})


@pytest.mark.parametrize("way", ["", "name", "{name}", "{name}:", "<{name}", "{name}{name}", "[nm t={name}]" * 20])
def test_ways_of_scripts_that_are_none(way: str) -> None:
    with pytest.raises(Refused) as refusal:
        Reading(speakers=("[nm t={name}]", way))
    assert (refusal.value.code, refusal.value.details["where"]) == ("rule_malformed", "speakers.1")
