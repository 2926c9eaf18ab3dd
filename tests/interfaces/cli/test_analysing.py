"""``comfyvn analyse`` tells all plays, the heat of scenes, and a way that can be played."""

import json
from typing import Any

import pytest

from comfyvn.main import cli

pytestmark = pytest.mark.usefixtures("home")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[Any]]:
    code = cli((*arguments, "--json"))
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_sample_is_known_and_a_way_can_be_played(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "new", "Night", "--sample")[0] == 0
    code, (whole,) = run(capsys, "analyse")
    assert (code, whole["exact"], whole["reached"], whole["dead_ends"]) == (0, True, whole["nodes"], [])
    assert sum(ending["share"]["value"] for ending in whole["endings"]) == pytest.approx(1)
    assert all(ending["minutes"] > 0 for ending in whole["endings"])
    rarest = min(whole["endings"], key=lambda ending: ending["share"]["value"])
    _, (way,) = run(capsys, "analyse", "--to", f"{rarest['scene']}:{rarest['node']}")
    assert way["lucky"]
    picks = ",".join(map(str, way["picks"]))
    _, told = run(capsys, "play", "--seed", str(way["seed"]), "--choices", picks)
    assert (told[-1]["scene"], told[-1]["node"]) == (rarest["scene"], rarest["node"])
    _, (heat,) = run(capsys, "analyse", "--heat")
    assert {fact["scene"]: fact["visits"] for fact in heat}[rarest["scene"]] == pytest.approx(rarest["share"]["value"])
    code, (lost,) = run(capsys, "analyse", "--to", "nowhere:n1")
    assert (code, lost["error"]["code"]) == (4, "node_unknown")


def test_words_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "new", "Night", "--sample")[0] == 0
    for more, words in (
        ((), "minutes to read all"),
        (("--heat",), "####################"),
        (("--scene", "depot"), "picks"),
        (("--moments", "5", "--plays", "40"), "The bound of 5 moments was met"),
        (("--to", "depot:depot-18"), "Play it: --seed"),
    ):
        assert cli(("analyse", *more)) == 0
        assert words in capsys.readouterr().out


def test_the_graph_in_words_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "new", "Night", "--sample")[0] == 0
    code, (graph,) = run(capsys, "graph")
    assert (code, {way["kind"] for way in graph["ways"]}) == (0, {"jump", "call", "falls"})
    assert [scene["id"] for scene in graph["scenes"] if scene["begins"] == "start"] == ["depot"]
    assert cli(("graph",)) == 0
    assert "jump" in capsys.readouterr().out
