"""Every row of the table comes out, at sizes that tell nothing about speed."""

import json

import pytest

from benchmarks import peers, readers
from benchmarks.__main__ import GROUPS, main
from comfyvn.domain.playthrough import LineSaid, play

ROWS = {
    "append": ["append"],
    "bulk": ["bulk"],
    "history": ["fork", "head", "head-deep", "past", "past-deep"],
    "merge": ["merge"],
    "refill": ["refill"],
    "media": [f"media-{ending}" for ending in "png jpg webp avif gif mp3 ogg opus flac wav mp4".split()],
    "assets": ["register", "register-again", "thumbnails", "register-beside"],
    "lineage": ["where-used", "where-used-past", "unused", "lineage"],
    "commands": ["version", "wrong-use", "projects"],
    "server": ["health"],
    "playing": ["plays", "analysis", "play-start", "play-edited", "play-step"],
    "streaming": ["stream-commits", "stream-lines"],
    "jobs": ["job-queue", "api-import"],
    "readers": [f"read-{engine}" for engine in readers.STORIES],
}
NEED_PROGRAMS = {
    "postgres": ["postgres", "postgres-log"],
    "renpy": [f"{of}-{what}" for of in ("question", "tutorial", "long-script") for what in ("parse", "import")],
}


@pytest.mark.parametrize("group", ROWS)
def test_every_row_comes_out(group: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "--json", group]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["name"] for row in rows] == ROWS[group]
    assert all(row["ours"] > 0 and row["theirs"] > 0 and row["ratio"] > 0 for row in rows)


@pytest.mark.engine
def test_scripts_against_the_engine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "renpy"]) == 0
    table = capsys.readouterr().out
    assert [line.split(" ")[1] for line in table.splitlines()[4:]] == NEED_PROGRAMS["renpy"]


def test_the_story_for_the_peers_has_the_same_lines_in_each_language(capsys: pytest.CaptureFixture[str]) -> None:
    said = {o.what for seed in range(20) for o in play(peers.as_ours(2), seed=seed) if isinstance(o, LineSaid)}
    assert len(said) >= 2 * 7
    for told in (peers.as_ink(2), peers.as_choicescript(2)):
        assert all(line in told for line in said)
    assert peers.main(["--menus", "2"]) == 0
    assert "2 menus" in capsys.readouterr().out


def test_no_group_is_forgotten() -> None:
    assert GROUPS.keys() == ROWS.keys() | NEED_PROGRAMS.keys()


def test_unknown_groups_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["nothing"])
    assert left.value.code == 2
    assert "no such group: nothing" in capsys.readouterr().err
