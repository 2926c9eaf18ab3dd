"""Games through import and export, judged by the engine: nothing differs, and what differs is noticed."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.round_trip import Plan, difference, linted, main, picked, ways_of
from tests.infrastructure.imports.renpy.games import write
from tests.renpy_engine import engine

SCRIPT = """\
default luck = renpy.random.randint(1, 1000)
define fate = renpy.random.randint(1, 1000)

label start:
    "[luck] [fate]"
    menu:
        "Go":
            jump away
        "Stay" if True:
            show nobody
            return

label away:
    scene black
    "Gone"
    call aside(1)
    return

label aside(n):
    "[n]"
    return
"""


@pytest.mark.engine
def test_a_game_comes_back_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    game = write(tmp_path, {"script.rpy": SCRIPT})
    assert main([str(game), "--seeds", "2", "--labels", "5", "--keep", str(tmp_path / "kept")]) == 0
    cells = capsys.readouterr().out.splitlines()[-1].strip("| ").split(" | ")
    assert cells[1] == "21"
    assert cells[5:-2] == ["1", "0", "equal", "2 of 2 equal", "4 of 4 equal", "2 of 2"]
    assert (tmp_path / "kept" / game.name / "export" / "game" / "script.rpy").exists()


@pytest.mark.engine
def test_the_question_comes_back_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(engine.game("the_question")), "--seeds", "3", "--labels", "6", "--menus", "4"]) == 0
    cells = capsys.readouterr().out.splitlines()[-1].strip("| ").split(" | ")
    assert cells[5:-2] == ["0", "0", "equal", "3 of 3 equal", "10 of 10 equal", "4 of 4"]
    assert cells[-1].endswith("13 plays without code")


MADE_BY_CODE = """\
init python:
    config.narrator_menu = False
    store.hi = Character("Hisao", what_prefix="<", what_suffix=">")

label start:
    menu:
        "Where to?"
        "On":
            pass
    hi "Here"
    return
"""


@pytest.mark.engine
def test_captions_in_menus_and_speakers_made_by_code_are_no_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game = write(tmp_path, {"script.rpy": MADE_BY_CODE})
    assert main([str(game), "--seeds", "1", "--labels", "0", "--menus", "0"]) == 0
    told = capsys.readouterr().out.splitlines()[-1].strip("| ").split(" | ")[-1]
    assert told == "1 before code; 1 in all; 0 plays without code"


@pytest.mark.engine
def test_what_differs_is_noticed(tmp_path: Path) -> None:
    game = write(tmp_path, {"script.rpy": SCRIPT})
    ways = ways_of(game)
    assert ways.items == {("game/script.rpy:6", 0), ("game/script.rpy:6", 1)}
    assert (ways.labels, ways.before_menus) == (["start", "away"], ["start", "start"])
    before, found = engine.plays(game, Plan(1, 1, 0, 50, 30).plays(ways.labels)), linted(game)
    assert [option for play in before for option in picked(play)] != []
    assert sum(found.findings.values()) == 1
    assert "1 menus" in found.statistics
    (game / "game" / "script.rpy").write_text(SCRIPT.replace("Gone", "Gone on").replace("scene black", "scene white"))
    after, more = engine.plays(game, Plan(1, 1, 0, 50, 30).plays(ways.labels)), linted(game)
    assert [difference(one, other) for one, other in zip(before, after, strict=True)].count(None) < len(before)
    assert (more.findings - found.findings).total() == 1
    assert more.statistics != found.statistics


def test_labels_are_taken_evenly_and_ends_count() -> None:
    plan = Plan(seeds=1, labels=2, menus=1, limit=5, timeout=1)
    starts = [play["start"] for play in plan.plays(["a", "b", "c", "d"], ["b", "b"])]
    assert starts == [None, "a", "c", "b"]
    said = {"kind": "say", "who": None, "what": "Hi", "at": "a:1"}
    over = {"kind": "end", "why": "finished"}
    assert difference([said, over], [{**said, "at": "b:9"}, over]) is None
    assert difference([said, over], [over]) == (
        'record 0: {"kind": "say", "what": "Hi", "who": null} / {"kind": "end", "why": "finished"}'
    )
    late = {"kind": "end", "why": "timeout"}
    assert difference([said, over], [said, late]) is None
    assert difference([said, said, late], [said, late]) is None
    assert difference([{**said, "what": "Ho"}, late], [said, late]) is not None
    assert Counter(picked([{"kind": "menu", "at": "a:1", "pick": 1, "options": [0, 2]}])) == {("a:1", 2): 1}
