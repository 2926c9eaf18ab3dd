"""The driver of the real engine does what it says; other tests rely on it."""

from pathlib import Path

import pytest

from tests.renpy_engine import engine

pytestmark = pytest.mark.engine

SCRIPT = """
define e = Character("Eileen [surname]", image="eileen")
default surname = "Smith"
default points = 0
image eileen happy = Solid("#fff")

label start:
    scene black
    show eileen
    e happy "I am [surname], {b}100%%{/b}."
    $ name = renpy.input("Name?")
    menu:
        "What now, [name]?"
        "Gain [points]":
            $ points += renpy.random.randint(1, 1000)
        "Stop" if points > 1:
            return
        "Crash":
            $ nothing_here
        "Quit":
            $ renpy.quit()
    pause 10
    "[points] points"
    jump start

label other:
    nvl clear
    "Some"
    extend " more"
    call screen pick_one
    "[_return]"
    return

label waits:
    $ answer = renpy.imagemap("a.png", "b.png", [(0, 0, 9, 9, "left"), (9, 0, 18, 9, "right")])
    "[answer]"
    python:
        ui.textbutton("Old", clicked=ui.returns("old"))
        answer = ui.interact()
    "[answer]"
    $ ui.timer(1.0, ui.returns("late"))
    $ answer = ui.interact()
    "[answer]"
    call screen asks
    "[_return] [points]"
    call screen names
    "[_return]"
    return

screen asks():
    input value VariableInputValue("surname")
    textbutton "More" action SetVariable("points", points + 1) sensitive points < 3
    textbutton "Away" action MainMenu(confirm=False)
    timer 1.0 action Return("over")

screen names():
    input default ""

screen pick_one():
    textbutton "One" action Return("one")
    textbutton "Two" action [SetVariable("points", 5), Return("two")]
    textbutton "Nothing" action NullAction()
"""


@pytest.fixture
def small_game(tmp_path: Path) -> Path:
    (tmp_path / "game").mkdir()
    (tmp_path / "game" / "script.rpy").write_text(SCRIPT, "utf-8")
    return tmp_path


def test_lint_tells_findings_from_none(small_game: Path) -> None:
    assert engine.lint(engine.game("the_question")).code == 0
    script = small_game / "game" / "script.rpy"
    script.write_text("label start:\n    jump nowhere\n", "utf-8")
    found = engine.lint(small_game)
    assert found.code == 1
    assert "nowhere" in found.report
    script.write_text("label start:\n    jump\n", "utf-8")
    broken = engine.lint(small_game)
    assert broken.code == 1
    assert "script.rpy" in broken.report


def test_a_play_is_logged_and_ends_at_the_limit(small_game: Path) -> None:
    records = engine.play(small_game, choices=["Gain 0", 0], answer="Ann", limit=6)
    assert [record["kind"] for record in records] == ["say", "input", "say", "menu", "say", "say", "end"]
    assert records[0] == {
        "kind": "say",
        "who": "Eileen Smith",
        "what": "I am Smith, {b}100%{/b}.",
        "interact": True,
        "at": "game/script.rpy:10",
    }
    assert records[1]["answer"] == "Ann"
    assert (records[2]["what"], records[2]["interact"]) == ("What now, Ann?", False)
    assert records[3]["choices"] == ["Gain 0", "Crash", "Quit"]
    assert records[-1]["why"] == "limit"


def test_how_a_play_ends(small_game: Path) -> None:
    finished = engine.play(small_game, choices=[0, "Stop"])
    assert (finished[-1]["why"], engine.picks(finished)) == ("finished", [0, 1])
    assert engine.play(small_game, choices=["Quit"])[-1]["why"] == "quit"
    crashed = engine.play(small_game, choices=["Crash"])[-1]
    assert crashed["why"] == "crashed"
    assert "nothing_here" in crashed["traceback"]
    (small_game / "game" / "script.rpy").write_text(
        'label start:\n    "a"\n    python:\n        while True:\n            pass\n'
    )
    assert engine.play(small_game, timeout=8)[-1] == {"kind": "end", "why": "timeout"}


def test_a_long_play_is_no_endless_one(small_game: Path) -> None:
    script = "label start:\n    $ n = 0\n    while n < 700:\n        $ n += 1\n        '[n]'\n    return\n"
    (small_game / "game" / "script.rpy").write_text(script)
    records = engine.play(small_game)
    assert (len(records), records[-1]["why"]) == (701, "finished")


def test_the_same_seed_is_the_same_play(small_game: Path) -> None:
    first = engine.play(small_game, seed=1, limit=40)
    assert engine.play(small_game, seed=1, limit=40) == first
    assert any(engine.play(small_game, seed=seed, limit=40) != first for seed in (2, 3))


def test_the_picks_of_a_play_repeat_it() -> None:
    question = engine.game("the_question")
    first = engine.play(question, seed=3)
    again = engine.play(question, seed=4, choices=engine.picks(first))
    assert engine.spoken(first) == engine.spoken(again)
    assert len(engine.spoken(first)) > 50


def test_a_play_from_a_label_with_a_screen(small_game: Path) -> None:
    records = engine.play(small_game, start="other", choices=[1])
    assert [record["what"] for record in records if record["kind"] == "say"] == ["Some", "Some{fast} more", "two"]
    screen = next(record for record in records if record["kind"] == "screen")
    assert screen["actions"] == ["Return one", "SetField 5+Return two"]


def test_what_a_play_waits_for_is_typed_and_pressed(small_game: Path) -> None:
    records = engine.play(small_game, start="waits", choices=[1], answer="Ann")
    said = [record["what"] for record in records if record["kind"] == "say"]
    assert said == ["right", "old", "late", "over 3", "Ann"]
    waited = [record for record in records if record["kind"] in ("screen", "interact", "input")]
    assert [record["answer"] for record in waited if record["kind"] == "input"] == ["Ann", "Ann"]
    assert waited[0]["actions"] == ["ChoiceReturn left", "ChoiceReturn right"]
    assert waited[1]["actions"] == ["Partial old"]
    assert [record["actions"] for record in waited if record.get("name") == "asks"] == [
        ["SetField 1"],
        ["SetField 2"],
        ["SetField 3"],
        [],
    ]
    assert engine.picks(records) == [1, 0, 0, 0, 0]
    assert records[-1]["why"] == "finished"


def test_the_stage_is_logged_if_asked(small_game: Path) -> None:
    records = engine.play(small_game, limit=3, stage=True)
    assert [(record["kind"], record.get("what")) for record in records[:-1]] == [
        ("scene", "master"),
        ("show", "black"),
        ("show", "eileen"),
    ]


def test_statements_are_listed_around_an_error(tmp_path: Path) -> None:
    file = tmp_path / "a.rpy"
    file.write_text('"one"\nwhat is this\n"two"\n', "utf-8")
    records = engine.parse_files([file])
    assert [(record["kind"], record.get("line")) for record in records] == [("Say", 1), ("Say", 3), ("error", None)]


def test_the_games_stay_as_they_are(small_game: Path) -> None:
    before = sorted(small_game.rglob("*"))
    engine.play(small_game, limit=1)
    engine.lint(small_game)
    assert sorted(small_game.rglob("*")) == before
    assert (small_game / "game" / "script.rpy").read_text("utf-8") == SCRIPT


def test_a_broken_game_is_an_error_and_no_empty_play(small_game: Path) -> None:
    (small_game / "game" / "script.rpy").write_text("label start\n", "utf-8")
    with pytest.raises(engine.EngineFailed, match=r"script\.rpy"):
        engine.play(small_game)
