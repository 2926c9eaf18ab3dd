"""Export on the command line: where it goes, what stops it, and what the real engine says."""

import io
import os
import stat
import sys
import zipfile
from pathlib import Path

import c2pa
import pytest
from PIL import Image

from tests.interfaces.cli.test_cli import Terminal
from tests.renpy_engine import engine

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Terminal:
    terminal = Terminal(capsys)
    terminal.json("new", "Story", "--sample")
    return terminal


def break_it(run: Terminal) -> None:
    run.json("do", "story.reword-line", "scene:depot", '{"node_id": "depot-03", "text": "[nobody]"}')


def test_a_dry_run_writes_nothing(run: Terminal) -> None:
    planned = run.json("export", "renpy", "--dry-run")
    assert not planned["written"]
    assert not Path(planned["folder"]).exists()
    written = run.json("export", "renpy")
    assert written["files"] == planned["files"]
    assert {"credits.txt", "provenance.json"} < set(written["files"])


def test_the_default_target_lies_in_the_exports_folder(run: Terminal) -> None:
    folder = Path(run.json("export", "renpy")["folder"])
    assert folder.parts[-3:] == ("exports", "renpy_project", "story")
    assert (folder / "game" / "definitions.rpy").is_file()


def test_a_strict_export_refuses_errors(run: Terminal) -> None:
    assert run.json("export", "renpy", "--strict", "--dry-run")["findings"][0]["severity"] == "warning"
    break_it(run)
    error = run.json("export", "renpy", "--strict", code=4)["error"]
    assert error["code"] == "story_invalid"
    first = error["findings"][0]
    assert (first["code"], first["scene"], first["node"]) == ("interpolation_undefined", "depot", "depot-03")
    assert run.json("export", "renpy")["findings"][0] == first


def test_a_zip_file_beside_the_folder(run: Terminal, tmp_path: Path) -> None:
    done = run.json("export", "renpy", str(tmp_path / "out"), "--zip", str(tmp_path / "out.zip"))
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert sorted(archive.namelist()) == sorted([*done["files"], "comfyvn-export.json"])


def test_a_signed_export_with_a_signed_bundle(run: Terminal, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "sky.png")
    run.json("assets", "add", str(tmp_path / "sky.png"))
    out, file = tmp_path / "out", tmp_path / "out.zip"
    (sky,) = [p for p in run.json("export", "renpy", str(out), "--zip", str(file), "--sign")["files"] if "sky" in p]
    for mime, content in (("image/png", (out / sky).read_bytes()), ("application/x-zip", file.read_bytes())):
        with c2pa.Reader(mime, io.BytesIO(content)) as reader:
            assert str(reader.get_validation_state()) == "Valid"
    for path in (out, file):
        found = run.json("verify-export", str(path))
        assert (found["ok"], found["resolved"], found["flaws"]) == (True, True, [])
        assert run.json("import", str(path))["events"] == 0
    keys = Path(os.environ["COMFYVN_HOME"]) / "config" / "keys"
    assert stat.S_IMODE((keys / "credentials.pem").stat().st_mode) == 0o600
    secrets = [(keys / name).read_bytes().strip() for name in ("credentials.pem", "checkpoint.key")]
    written = b"".join(path.read_bytes() for path in [*out.rglob("*"), file] if path.is_file())
    assert not any(secret in written for secret in secrets)
    assert b"PRIVATE KEY" not in written


def test_without_the_library_signing_says_what_to_install(run: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", None)
    error = run.json("export", "renpy", "--sign", code=4)["error"]
    assert error["code"] == "credentials_not_installed"
    assert "comfyvn[credentials]" in error["message"]


def test_a_dry_run_takes_no_checks(run: Terminal) -> None:
    assert run.json("export", "renpy", "--dry-run", "--lint", code=4)["error"]["code"] == "options_unfit"


@pytest.mark.engine
def test_the_engine_checks_the_sample(run: Terminal) -> None:
    done = run.json("export", "renpy", "--lint", "--play-check", "2")
    assert done["lint"]["ok"]
    assert [play["why"] for play in done["play"]["plays"]] == ["finished", "finished"]
    log = Path(done["lint"]["log"])
    assert log.parts[-3:] == ("exports", "renpy", "validation.log")
    assert "play 1: finished" in log.read_text("utf-8")


@pytest.mark.engine
def test_the_plays_tell_which_options_they_reached(run: Terminal) -> None:
    one = run.json("export", "renpy", "--play-check", "1")["play"]
    covered = one["coverage"]
    assert covered["menus"] == {"all": 3, "reached": 3}
    assert (covered["items"]["all"], covered["elsewhere"]) == (10, 0)
    depot = [item for item in covered["of"] if item["node"] == "depot-13"]
    assert [item["text"] for item in depot] == ["Polish it.", "Blow into it.", "Leave it in peace."]
    assert [item["shown"] for item in depot] == [1, 1, 1]
    first = one["plays"][0]["picks"][0]
    assert [item["picked"] for item in depot] == [int(place == first) for place in range(3)]
    assert sum(item["picked"] for item in covered["of"]) == one["plays"][0]["menus"]
    said = run("export", "renpy", "--play-check", "1", "--from-labels").out
    log = Path(one["log"]).read_text("utf-8")
    assert f"Played 3 of 3 menus and {10 - len(_never(log))} of 10 options." in said
    assert "play from lot_41: finished" in log
    assert all(f"never picked: {line}" in said for line in _never(log))


def _never(log: str) -> list[str]:
    options = [line.removeprefix("option ") for line in log.splitlines() if line.startswith("option ")]
    return [line.partition(": shown")[0] for line in options if line.endswith("picked 0")]


@pytest.mark.engine
def test_a_few_plays_reach_every_option_of_the_sample(run: Terminal) -> None:
    done = run.json("export", "renpy", "--lint", "--play-check", "4", "--strict")
    assert (done["lint"]["code"], done["play"]["ok"]) == (0, True)
    assert done["play"]["coverage"]["items"] == {"all": 10, "picked": 10}


@pytest.mark.engine
def test_what_the_engine_finds_is_the_exit_code(run: Terminal) -> None:
    break_it(run)
    done = run.json("export", "renpy", "--play-check", "1", code=1)
    assert done["play"]["plays"][0]["why"] == "crashed"
    assert "nobody" in Path(done["play"]["log"]).read_text("utf-8")


@pytest.mark.engine
def test_the_question_is_checked_by_its_engine(run: Terminal) -> None:
    run.json("import", str(engine.game("the_question")), "--project", "The Question")
    done = run.json("export", "renpy", "--project", "the-question", "--strict", "--lint", "--play-check", "1")
    assert (done["findings"], done["warnings"], done["lint"]["ok"], done["play"]["ok"]) == ([], [], True, True)


def test_an_edited_export_comes_back_into_its_project(run: Terminal) -> None:
    run.json("new", "Another", "--sample")
    folder = Path(run.json("export", "renpy", "--project", "story")["folder"])
    done = run.json("import", str(folder))
    assert (done["project"], done["events"], done["conflicts"]) == ("story", 0, [])
    script = folder / "game" / "tram_nine.rpy"
    script.write_text(script.read_text("utf-8").replace("Forty-one. Between", "Forty-two. Between"), "utf-8")
    done = run.json("import", str(folder))
    assert (done["project"], done["events"], done["conflicts"]) == ("story", 2, [])
    assert run.json("import", str(folder))["events"] == 0


def test_an_export_is_verified_with_the_database_and_alone(run: Terminal, tmp_path: Path) -> None:
    folder, file = tmp_path / "out", tmp_path / "out.zip"
    run.json("export", "renpy", str(folder), "--zip", str(file))
    for path in (folder, file):
        found = run.json("verify-export", str(path))
        assert (found["ok"], found["resolved"], found["project"], found["flaws"]) == (True, True, "story", [])
    alone = run.json("verify-export", str(folder), "--alone", "--key", found["key"])
    assert (alone["ok"], alone["resolved"]) == (True, False)
    assert run.json("verify-export", str(file), "--key", "0" * 64, code=1)["flaws"][0]["code"] == "key_unknown"
    script = folder / "credits.txt"
    script.write_bytes(script.read_bytes().replace(b"C", b"c", 1))
    assert [flaw["path"] for flaw in run.json("verify-export", str(folder), code=1)["flaws"]] == ["credits.txt"]
    assert "NOT what was written" in run("verify-export", str(folder)).out
    assert run.json("verify-export", str(tmp_path / "none"), code=4)["error"]["code"] == "path_unknown"
