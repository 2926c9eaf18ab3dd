"""Which files are read, and what a hostile folder gets."""

import os
from pathlib import Path

import pytest

from comfyvn.domain.kernel import Missing, Refused
from comfyvn.infrastructure.imports import members
from comfyvn.infrastructure.imports.containers import folder
from comfyvn.infrastructure.imports.renpy import reader
from tests.infrastructure.imports.renpy import paths
from tests.infrastructure.imports.renpy.games import read, write

START = "label start:\n    return\n"


def test_files_of_the_game_become_members(tmp_path: Path) -> None:
    script = (
        'label start:\n    play music "Theme.ogg"\n    voice "one.ogg"\n    play sound "<from 1>hit.ogg"\n    return\n'
    )
    names = [
        *("theme.ogg", "one.ogg", "audio/hit.ogg", "bgm/x.mp3", "images/a b.png", "f.ttf", "m.webm", "n.json", "o.bin"),
        *("script.rpyc", "alone.rpyc", "data.rpa", "cache/c.png", "saves/s.save", ".hidden", "old.bak", "x.rpyb", "a~"),
    ]
    pack = read(tmp_path, script, **dict.fromkeys(names, "x"))
    assert {m.name: m.type for m in pack.members} == {
        "theme.ogg": "music",
        "one.ogg": "voice",
        "audio/hit.ogg": "sound",
        "bgm/x.mp3": "music",
        "images/a b.png": "image",
        "f.ttf": "font",
        "m.webm": "video",
        "n.json": "text",
        "o.bin": "other",
        "alone.rpyc": "other",
        "data.rpa": "other",
    }
    assert [m.name for m in pack.members] == sorted(m.name for m in pack.members)
    assert {(w.code, w.file) for w in pack.warnings} == {
        ("script_compiled", "alone.rpyc"),
        ("archive_unread", "data.rpa"),
    }
    assert b"".join(paths.open_member(tmp_path, "images/a b.png")) == b"x"


def test_a_sound_that_is_not_there(tmp_path: Path) -> None:
    pack = read(tmp_path, 'label start:\n    play music "a.ogg"\n    play music "[name].ogg"\n    return\n')
    assert [(w.code, w.line) for w in pack.warnings] == [("file_missing", 2)]


def test_the_game_folder_itself(tmp_path: Path) -> None:
    write(tmp_path, {"script.rpy": START})
    assert paths.read(tmp_path / "game").scenes == paths.read(tmp_path).scenes
    assert paths.probe(tmp_path / "game").confidence > 0.9


def test_scripts_in_folders_of_their_own(tmp_path: Path) -> None:
    write(tmp_path, {"story/one/script.rpy": START})
    assert paths.probe(tmp_path).confidence > 0.5
    assert paths.read(tmp_path).scenes["start"].group == "story/one/script.rpy"


@pytest.mark.parametrize("files", [{}, {"a.png": "x"}])
def test_a_folder_that_is_no_game(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, files)
    assert paths.probe(tmp_path).confidence == 0
    with pytest.raises(Refused, match="no scripts") as refusal:
        paths.read(tmp_path)
    assert refusal.value.code == "not_a_game"


def test_a_game_whose_only_script_is_damaged(tmp_path: Path) -> None:
    write(tmp_path, {"script.rpyc": "x"})
    with pytest.raises(Refused, match=r"script\.rpyc cannot be read") as refusal:
        paths.read(tmp_path)
    assert refusal.value.code == "script_compiled_malformed"


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Missing) as refusal:
        paths.read(tmp_path / "none")
    assert refusal.value.code == "path_unknown"


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    place = tmp_path / "huge.rpy"
    with place.open("wb") as file:
        file.truncate(1 << 30)
    place.chmod(0)
    with pytest.raises(Refused) as refusal:
        paths.read(place)
    assert refusal.value.code == "file_too_large"


def test_a_script_that_is_not_utf8(tmp_path: Path) -> None:
    write(tmp_path, {"a.rpy": START, "b.rpy": b"# one\n# caf\xe9\n"})
    with pytest.raises(Refused, match=r"b\.rpy, line 2") as refusal:
        paths.read(tmp_path)
    assert refusal.value.code == "script_not_utf8"
    assert refusal.value.details == {"file": "b.rpy", "line": 2, "offset": 11}


def test_a_script_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_SCRIPT", 10)
    with pytest.raises(Refused) as refusal:
        read(tmp_path, START)
    assert refusal.value.code == "file_too_large"
    monkeypatch.setattr(reader, "MAX_SCRIPTS", 10)
    with pytest.raises(Refused) as refusal:
        read(tmp_path, START)
    assert refusal.value.code == "scripts_too_large"


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MAX_ENTRIES", 3)
    with pytest.raises(Refused) as refusal:
        read(tmp_path, START, **{"a.png": "", "b.png": "", "c.png": ""})
    assert refusal.value.code == "too_many_files"


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.png").write_text("secret")
    place = write(tmp_path / "a", {"script.rpy": START, "b.png": "b"})
    (place / "game" / "link.png").symlink_to(outside / "secret.png")
    (place / "game" / "link").symlink_to(outside)
    os.mkfifo(place / "game" / "pipe.png")
    pack = paths.read(place)
    assert [m.name for m in pack.members] == ["b.png"]
    assert sorted((w.code, w.file) for w in pack.warnings) == [
        ("link_passed_over", "link"),
        ("link_passed_over", "link.png"),
    ]
    for name in ("link.png", "link/secret.png", "../outside/secret.png", "/etc/passwd", "", "pipe.png", "none", "a\0b"):
        with pytest.raises(Missing) as refusal:
            list(paths.open_member(place, name))
        assert refusal.value.code == "member_unknown"


def test_a_game_folder_that_is_a_link(tmp_path: Path) -> None:
    write(tmp_path / "a", {"script.rpy": START})
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "game").symlink_to(tmp_path / "a" / "game")
    with pytest.raises(Refused) as refusal:
        paths.read(tmp_path / "b")
    assert refusal.value.code == "not_a_game"


def test_names_that_no_project_takes(tmp_path: Path) -> None:
    place = write(tmp_path, {"script.rpy": START, "a\\b.png": "x", "c\n.png": "x"})
    (place / "game" / os.fsdecode(b"\xff.png")).write_text("x")
    pack = paths.read(place)
    assert pack.members == ()
    assert [w.code for w in pack.warnings] == ["name_unusable"] * 3
    assert all(w.file.encode() for w in pack.warnings)


def test_nul_characters(tmp_path: Path) -> None:
    pack = read(tmp_path, 'label start:\n    "a\0b"\n')
    assert [n.content for n in pack.scenes["start"].nodes.values()] == ["a\ufffdb"]
    assert [(w.code, w.line) for w in pack.warnings] == [("nul_replaced", 2)]


def test_warnings_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MAX_WARNINGS", 3)
    pack = read(tmp_path, "label start:\n" + "    jump nowhere\n" * 9)
    assert [w.code for w in pack.warnings] == ["label_missing"] * 3 + ["more_warnings"]


def test_progress_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"a.rpy": START, "b.rpy": "# b\n"})
    told: list[tuple[str, int, int]] = []
    paths.read(tmp_path, lambda *now: told.append(now))
    assert told == [("scripts", 1, 2), ("scripts", 2, 2)]
