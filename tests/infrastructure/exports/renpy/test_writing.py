"""Writing a project into a folder: whole or not at all, and over nothing that is not ours."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from comfyvn.application.exports import StoryView
from comfyvn.domain.assets import Asset
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.infrastructure.exports.renpy import export
from tests.domain.stories import scene, text
from tests.infrastructure.exports.renpy.stories import everything, view

PICTURE = b"a picture"
DIGEST = hashlib.sha256(PICTURE).hexdigest()


def story(path: str = "images/a.png", words: str = "Hi.") -> StoryView:
    assets = {"a": Asset("image", path, DIGEST, len(PICTURE))}
    return view({"s": scene(text(words), label="start")}, assets=assets)


def blob(digest: str) -> Iterator[bytes]:
    if digest != DIGEST:
        raise Missing("blob_unknown", digest)
    yield from (PICTURE[:3], PICTURE[3:])


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_project_is_written(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    done = export(story(), tmp_path / "a" / "b", blob, lambda *step: steps.append(step))
    found = content(tmp_path / "a" / "b")
    assert sorted(found) == sorted([*done.files, "comfyvn-export.json"])
    assert found["game/images/a.png"] == PICTURE
    assert {"game/script.rpy", "game/gui.rpy", "game/screens.rpy", "game/options.rpy"} < set(done.files)
    assert b'define config.name = _("A story")' in found["game/options.rpy"]
    assert (done.scenes, done.lines, done.warnings) == (1, 1, ())
    assert steps == [(n, len(done.files)) for n in range(1, len(done.files) + 1)]
    marker = json.loads(found["comfyvn-export.json"])
    assert marker["files"] == {path: hashlib.sha256(found[path]).hexdigest() for path in done.files}
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_the_same_story_gives_the_same_octets(tmp_path: Path) -> None:
    for name in ("one", "two"):
        export(everything(), tmp_path / name, blob)
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_an_earlier_export_is_replaced(tmp_path: Path) -> None:
    export(story(path="images/old.png"), tmp_path / "out", blob)
    (tmp_path / "out" / "log.txt").write_text("of the engine")
    (tmp_path / "out" / "game" / "script.rpyc").write_text("of the engine")
    (tmp_path / "out" / "game" / "saves").mkdir()
    (tmp_path / "out" / "game" / "saves" / "1-1.save").write_text("of the player")
    export(story(words="New."), tmp_path / "out", blob)
    found = content(tmp_path / "out")
    assert found["game/saves/1-1.save"] == b"of the player"
    assert b'"New."' in found["game/script.rpy"]
    assert not {"game/images/old.png", "log.txt", "game/script.rpyc"} & set(found)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    assert export(story(), tmp_path, blob).files


@pytest.mark.parametrize(
    ("file", "code"), [("notes.txt", "out_dir_foreign"), ("comfyvn-export.json", "out_dir_foreign")]
)
def test_a_foreign_folder_stays(tmp_path: Path, file: str, code: str) -> None:
    (tmp_path / file).write_text("[1]")
    with pytest.raises(Refused) as caught:
        export(story(), tmp_path, blob)
    assert caught.value.code == code
    assert content(tmp_path) == {file: b"[1]"}


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(Refused, match="no folder"):
        export(story(), tmp_path / "out", blob)


@pytest.mark.parametrize("file", ["game/script.rpy", "game/mine.rpy"])
def test_changes_by_hand_stay(tmp_path: Path, file: str) -> None:
    export(story(), tmp_path / "out", blob)
    (tmp_path / "out" / file).write_text("mine")
    before = content(tmp_path)
    with pytest.raises(Refused) as caught:
        export(story(words="New."), tmp_path / "out", blob)
    assert (caught.value.code, caught.value.details["files"]) == ("export_edited", [file])
    assert content(tmp_path) == before


def test_nothing_is_left_of_a_broken_export(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(story(), tmp_path / "out", blob, stop)
    for broken in (lambda digest: iter([b"other"]), lambda digest: blob("")):
        with pytest.raises(Refused) as caught:
            export(story(), tmp_path / "out", broken)
        assert caught.value.code in ("blob_damaged", "blob_unknown")
    with pytest.raises(Refused, match="cannot be written"):
        export(story(path="../../evil.png"), tmp_path / "out", blob)
    with pytest.raises(Refused, match="no scene"):
        export(view({}), tmp_path / "out", blob)
    assert list(tmp_path.iterdir()) == []


def test_a_story_with_screens_of_its_own_gets_no_others(tmp_path: Path) -> None:
    own = view({"s": scene(label="start"), "c": scene(group="screens.rpy", role="code")})
    assert export(own, tmp_path / "out", blob).files == ("game/definitions.rpy", "game/screens.rpy", "game/script.rpy")


def test_a_game_of_the_engine_without_screens_keeps_those_of_the_engine(tmp_path: Path) -> None:
    game = view({"s": scene(label="start", meta={"source": {"raw": "label start:"}})})
    assert "game/screens.rpy" not in export(game, tmp_path / "game", blob).files
    mixed = view({**game.scenes, "t": scene(label="t"), "u": scene(label="u")})
    assert "game/screens.rpy" in export(mixed, tmp_path / "mixed", blob).files
