"""Jobs on the command line: listed, shown, stopped and tried again, and a bar for those that take long."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from comfyvn.interfaces.cli.output import bar_of
from comfyvn.main import cli
from comfyvn.main.tools import tools


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    assert cli([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_jobs_are_listed_shown_stopped_and_tried_again(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "jobs", "list") == {"jobs": []}
    collaborators = tools(os.environ)
    job = collaborators.jobs.submit("enforce-assets", {"deep": True}, actor="ann")
    collaborators.close()
    (listed,) = said(capsys, "jobs", "list", "--status", "queued")["jobs"]
    assert (listed["id"], listed["type"], listed["input_json"]) == (job.id, "enforce-assets", {"deep": True})
    assert said(capsys, "jobs", "show", job.id)["job"] == listed
    assert said(capsys, "jobs", "log", job.id) == {"log": ""}
    assert said(capsys, "jobs", "retry", job.id, code=4)["error"]["code"] == "job_not_over"
    assert said(capsys, "jobs", "cancel", job.id)["job"]["status"] == "cancelled"
    assert said(capsys, "jobs", "retry", job.id)["job"]["status"] == "queued"
    assert said(capsys, "jobs", "show", "nothing", code=4)["error"]["code"] == "job_unknown"
    assert cli(["jobs", "list"]) == 0
    assert capsys.readouterr().out.startswith(f"{job.id} enforce-assets queued (host:")


def test_a_database_in_memory_has_no_jobs_for_others(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMFYVN_DATABASE_URL", "sqlite://")
    for words in (["jobs", "list"], ["worker"]):
        assert said(capsys, *words, code=4)["error"]["code"] == "jobs_in_memory"


@pytest.mark.parametrize(
    ("stage", "done", "total", "rate", "words"),
    [
        ("files", 0, 4, None, "files: [........................] 0 % 0/4"),
        ("lines", 50, 100, 12.4, "lines: [############............] 50 % 50/100 12/s 0:04 left"),
        ("lines", 1, 1000, 0.5, "lines: [........................] 0 % 1/1000 0.5/s 33:18 left"),
        ("lines", 9, 9, 3.0, "lines: [########################] 100 % 9/9 3.0/s"),
        ("looking", 7, 0, 3.0, "looking: 7 3.0/s"),
    ],
)
def test_a_bar_tells_rate_and_time_left(stage: str, done: int, total: int, rate: float | None, words: str) -> None:
    assert bar_of(stage, done, total, rate) == words
