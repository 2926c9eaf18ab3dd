"""Every row of the table comes out, at sizes that tell nothing about speed."""

import json

import pytest

from benchmarks.__main__ import GROUPS, main

ROWS = {
    "append": ["append"],
    "bulk": ["bulk"],
    "history": ["fork", "head", "head-deep", "past", "past-deep"],
    "merge": ["merge"],
    "refill": ["refill"],
    "commands": ["version", "wrong-use", "projects"],
    "server": ["health"],
}
NEED_PROGRAMS = {
    "postgres": ["postgres", "postgres-log"],
    "renpy": [f"{of}-{what}" for of in ("question", "tutorial", "long-script") for what in ("parse", "import")],
}


def test_every_row_comes_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "--json", *ROWS]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["name"] for row in rows] == [name for names in ROWS.values() for name in names]
    assert all(row["ours"] > 0 and row["theirs"] > 0 and row["ratio"] > 0 for row in rows)


@pytest.mark.engine
def test_scripts_against_the_engine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "renpy"]) == 0
    table = capsys.readouterr().out
    assert [line.split(" ")[1] for line in table.splitlines()[4:]] == NEED_PROGRAMS["renpy"]


def test_no_group_is_forgotten() -> None:
    assert GROUPS.keys() == ROWS.keys() | NEED_PROGRAMS.keys()


def test_unknown_groups_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["nothing"])
    assert left.value.code == 2
    assert "no such group: nothing" in capsys.readouterr().err
