"""Stories that were never Ren'Py: the real engine finds nothing wrong, plays every option, and agrees with our play."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from comfyvn.application.exports import StoryView, story_view
from comfyvn.application.playing import play_branch
from comfyvn.application.sample import bring_in_sample
from comfyvn.application.studio import Request
from comfyvn.application.validation import errors, validate
from comfyvn.domain.playthrough.outputs import Ended, LineSaid, MenuShown
from comfyvn.domain.story.state import VERBS
from comfyvn.infrastructure.exports.renpy import export
from comfyvn.infrastructure.exports.renpy.plays import check_plays
from tests.desks import Desk
from tests.journeys.every_node import told
from tests.renpy_engine import engine

pytestmark = pytest.mark.engine


def _sample() -> tuple[Desk, dict[str, bytes]]:
    desk = Desk()
    bring_in_sample(desk.studio, desk.main, Request())
    return desk, {}


def _written(desk: Desk, contents: Mapping[str, bytes], folder: Path) -> StoryView:
    view = story_view(desk.studio, desk.main)
    assert errors(validate(view)) == 0, validate(view)
    done = export(view, folder, lambda digest: iter([contents[digest]]))
    assert {warning.code for warning in done.warnings} <= {"image_missing"}
    return view


def _ours(desk: Desk, picks: list[int]) -> list[Any]:
    """Return what our own play tells for these picks, in the form in which the engine's log is read."""
    found: list[Any] = []
    for output in play_branch(desk.studio, desk.main, seed=0, choices=picks):
        match output:
            case LineSaid(who, what):
                found.append(("say", who, what))
            case MenuShown(options, picked):
                found.append(("menu", options, picked))
            case Ended(reason):
                found.append(("end", reason))
            case _:
                pass
    return found


def _theirs(folder: Path, picks: list[int]) -> list[Any]:
    records = engine.play(folder, choices=picks)
    return [("end", "end") if told == ("end", "finished") else told for told in engine.spoken(records)]


def test_the_story_has_every_type_and_verb() -> None:
    desk, _ = told()
    nodes = [node for scene in story_view(desk.studio, desk.main).scenes.values() for node in scene.nodes.values()]
    assert {node.type for node in nodes} == {"text", "choice", "action"}
    assert {node.verb for node in nodes} - {None} == VERBS


@pytest.mark.parametrize(("story", "by_chance"), [(told, False), (_sample, True)], ids=["every verb", "the sample"])
def test_the_engine_plays_all_of_a_story_of_our_own(story: Any, by_chance: bool, tmp_path: Path) -> None:
    """`by_chance`: the lines depend on draws, and the engine's are not ours, so only the options are compared."""
    desk, contents = story()
    folder = tmp_path / "out"
    view = _written(desk, contents, folder)
    found = engine.lint(folder)
    assert found.code == 0, found.report
    check: Any = check_plays(view, folder, range(5), False)
    assert check["ok"], check["plays"]
    assert {item["text"]: item["picked"] for item in check["coverage"]["of"] if not item["picked"]} == {}
    for play in () if by_chance else check["plays"]:
        assert _ours(desk, play["picks"]) == _theirs(folder, play["picks"])
