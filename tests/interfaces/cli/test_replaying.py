"""``comfyvn test-story`` passes while all plays are the same, and names the commit after which one is not."""

import json
import os
from typing import Any

import pytest

from comfyvn import settings as settings_file
from comfyvn.application.plays.playing import Plays
from comfyvn.application.studio import Request, find_branch
from comfyvn.main import cli
from comfyvn.main.tools import open_studio

pytestmark = pytest.mark.usefixtures("home")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = cli((*arguments, "--json"))
    return code, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_recorded_plays_guard_the_story(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "new", "Rain", "--sample")[0] == 0
    assert run(capsys, "test-story") == (0, {"plays": 0, "parted": None})
    studio = open_studio(settings_file.load(os.environ))
    plays, row = Plays(studio), find_branch(studio, "rain")
    asked = Request()
    play_id = plays.begin(row, asked, seed=1).id
    session = plays.auto(row.project, play_id, asked)
    spoken = next(o for o in plays.begin(row, asked).moment.outputs if hasattr(o, "what"))
    studio.store.close()
    assert session.moment.state.ended == "end"
    assert run(capsys, "test-story")[1]["plays"] == 2
    body = json.dumps({"node_id": spoken.node, "text": "Other words."})
    _, done = run(capsys, "do", "story.reword-line", f"scene:{spoken.scene}", body)
    code, found = run(capsys, "test-story")
    assert (code, found["node"], found["commit"]["commit"]) == (1, spoken.node, done["commit"])
    assert found["now"][-1]["what"] == "Other words."
    assert run(capsys, "test-story", "--route")[0] == 0
    assert cli(("test-story",)) == 1
    assert f"at {spoken.scene}/{spoken.node}" in capsys.readouterr().out
