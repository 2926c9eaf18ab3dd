"""The machine contract says what the program prints, on the sample story and a small game."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from comfyvn.main import cli
from tests.docs.runner import ROOT
from tests.docs.test_tutorial import GAME

PAGE = (ROOT / "docs" / "reference" / "machine-contract.md").read_text("utf-8")
LINE = "scene:depot", '{"node_id": "depot-03", "text": "%s"}'
CONFLICT = "scene:depot/nodes/depot-03/content"

Call = Callable[..., tuple[int, list[Any]]]


def promised(first: str) -> set[str]:
    """Return the fields in the row of the page that begins with `first`."""
    row = next(row for row in PAGE.splitlines() if row.startswith((f"| `{first}`", f"| {first}")))
    return set(re.findall(r"`(\w+)`", row.strip("| ").rpartition(" | ")[2]))


@pytest.fixture
def call(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*arguments: str) -> tuple[int, list[Any]]:
        code = cli([*arguments, "--json"])
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert run("new", "Contract", "--sample")[0] == 0
    return run


def test_an_import(call: Call, tmp_path: Path) -> None:
    (tmp_path / "game" / "game").mkdir(parents=True)
    (tmp_path / "game" / "game" / "script.rpy").write_text(GAME + "    jump nowhere\n", "utf-8")
    code, (found,) = call("import", str(tmp_path / "game"), "--project", "game")
    assert code == 0
    assert found.keys() >= promised("import")
    assert found["coverage"].keys() >= {"recognised", "total"}
    assert found["warnings"]
    assert found["warnings"][0].keys() >= {"code", "message", "file", "line"}
    assert (found["lines"], found["choices"], found["characters"]) == (3, 1, 1)
    assert call("import", str(tmp_path / "game"), "--project", "game")[1][0]["events"] == 0


def test_a_play(call: Call) -> None:
    code, lines = call("play", "--seed", "7")
    assert code == 0
    assert {line["type"] for line in lines} == {"line", "menu", "end"}
    assert all(line.keys() >= promised(line["type"]) for line in lines)
    assert [n for n, line in enumerate(lines) if line["type"] == "end"] == [len(lines) - 1]
    assert call("play", "--max-steps", "2")[1][-1]["reason"] == "max_steps"


def test_an_export(call: Call, tmp_path: Path) -> None:
    code, (found,) = call("export", "renpy", str(tmp_path / "out"))
    assert code == 0
    assert found.keys() >= promised("export renpy")
    assert all((tmp_path / "out" / name).is_file() for name in found["files"])


def test_history_and_changes(call: Call) -> None:
    change = promised("do")
    call("branch", "create", "other")
    do = ("do", "story.reword-line", LINE[0])
    for arguments in ((*do, LINE[1] % "B", "--branch", "other"), (*do, LINE[1] % "A"), ("undo",), ("redo",)):
        code, (found,) = call(*arguments)
        assert code == 0
        assert found.keys() >= change
        assert (found["events"], found["conflicts"]) == (1, [])
    code, (found,) = call("merge", "other")
    assert code == 3
    assert found.keys() >= change
    assert found["commit"] is None
    assert [item["id"] for item in found["conflicts"]] == [CONFLICT]
    assert found["conflicts"][0].keys() >= {"id", "code", "entity", "path", "base", "ours", "theirs"}
    assert call("merge", "other", "--theirs", CONFLICT)[0] == 0
    assert call("restore", "126")[1][0].keys() >= change
    code, (listed,) = call("history")
    assert code == 0
    assert all(item.keys() >= promised("history") for item in listed)
    kinds = [item["kind"] for item in listed]
    assert kinds == ["restore", "merge", "redo", "undo", "do", "import", "system"]
    named = next(line for line in PAGE.splitlines() if "`kind` is one of" in line)
    assert set(kinds) <= set(re.findall(r"`(\w+)`", named))


def test_verify_and_refusals(call: Call) -> None:
    code, (found,) = call("verify")
    assert code == 0
    assert found.keys() >= promised("verify")
    assert found["first_bad"] is None
    code, (refusal,) = call("show", "scene:nowhere")
    assert code == 4
    assert refusal.keys() >= promised("a refusal")
    assert refusal["error"].keys() >= {"code", "message"}
