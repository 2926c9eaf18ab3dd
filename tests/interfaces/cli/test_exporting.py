"""Export on the command line: where it goes, what stops it, and what the real engine says."""

import zipfile
from pathlib import Path

import pytest

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
