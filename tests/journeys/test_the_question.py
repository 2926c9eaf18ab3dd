"""A real novel goes all the way through the command line, and the real engine agrees at each end."""

import json
from pathlib import Path
from typing import Any

import pytest

from comfyvn.main import cli
from tests.renpy_engine import engine

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("home")]

SEEDS = range(10)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def command(*arguments: str) -> list[Any]:
        code = cli((*arguments, "--json"))
        said = capsys.readouterr()
        assert code == 0, said
        return [json.loads(line) for line in said.out.splitlines()]

    return command


def played(run: Any, picks: list[int], *more: str) -> tuple[list[tuple[str | None, str]], list[list[str]]]:
    """Return what is said and which options are shown in a play with these picks."""
    items = run("play", "--project", "q", "--choices", ",".join(map(str, picks)), *more)
    assert items[-1]["reason"] == "end"
    lines = [(item["who"], item["what"]) for item in items if item["type"] == "line"]
    return lines, [item["options"] for item in items if item["type"] == "menu"]


def said(records: list[engine.Record]) -> list[tuple[str | None, str]]:
    """Return who says what in a play of the engine."""
    return [(record["who"], record["what"]) for record in records if record["kind"] == "say"]


def test_the_question_is_played_as_the_engine_plays_it(run: Any) -> None:
    game = engine.game("the_question")
    (done,) = run("import", str(game), "--project", "q")
    assert (done["scenes"], done["lines"], done["choices"], done["characters"]) == (6, 70, 2, 2)
    assert done["warnings"] == []
    reached: set[tuple[int, int]] = set()
    for seed in SEEDS:
        records = engine.play(game, seed=seed)
        picks = engine.picks(records)
        reached |= {(len(picks[:n]), pick) for n, pick in enumerate(picks)}
        lines, menus = played(run, picks)
        assert lines == said(records)
        assert menus == [record["choices"] for record in records if record["kind"] == "menu"]
    assert reached == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_an_edited_variant_is_exported_and_the_engine_says_the_new_words(run: Any, tmp_path: Path) -> None:
    game = engine.game("the_question")
    (done,) = run("import", str(game), "--project", "q")
    (scene,) = run("show", "scene:later", "--project", "q")
    line = next(node for node in scene["nodes"] if node["type"] == "text")
    run("branch", "create", "braver", "--project", "q")
    body = json.dumps({"node_id": line["id"], "text": '100% brave, "this" time. I ask her.'})
    run("do", "story.reword-line", "scene:later", body, "--project", "q", "--branch", "braver")
    run("merge", "braver", "--project", "q")
    (written,) = run("export", "renpy", str(tmp_path / "now"), "--project", "q")
    (past,) = run("export", "renpy", str(tmp_path / "then"), "--project", "q", "--at", str(done["position"]))
    assert (written["lines"], past["lines"]) == (70, 70)
    for name, words in (("now", '100% brave, "this" time. I ask her.'), ("then", line["content"])):
        found = engine.lint(tmp_path / name)
        assert found.code == 0, found.report
        records = engine.play(tmp_path / name, seed=0, choices=[1])
        assert words in [what for _, what in said(records)]
