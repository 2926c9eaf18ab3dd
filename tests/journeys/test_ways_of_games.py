"""The shortest ways that the analysis finds in real games, taken by the real engine: each leads to its very option."""

import os
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from comfyvn import settings as settings_file
from comfyvn.application.analysis import Analysed, Analyses
from comfyvn.application.playing import play_branch
from comfyvn.application.studio import Studio, find_branch
from comfyvn.domain.analysis import Route, Stop
from comfyvn.domain.playthrough import LineSaid
from comfyvn.domain.story import Node, Scene, edges
from comfyvn.main import cli
from comfyvn.main.tools import open_studio
from tests.renpy_engine import engine

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("home")]

Option = tuple[str, int]
"""An option as the engine names it: the place of its menu, and its number there."""


@pytest.fixture
def studio(request: pytest.FixtureRequest, home: object) -> Iterator[Studio]:
    """Return a studio with the game of the test's parameter imported as ``g``."""
    assert cli(("import", str(engine.game(request.param)), "--project", "g", "--json")) == 0
    opened = open_studio(settings_file.load(os.environ))
    yield opened
    opened.store.close()


def place(node: Node) -> str:
    """Return the place of a node as the engine names it."""
    assert node.source is not None
    return f"game/{node.source.file}:{node.source.line}"


def option(scenes: Mapping[str, Scene], stop: Stop) -> Option:
    """Return the option that is picked at a stop."""
    node = scenes[stop.scene].nodes[stop.node]
    return place(node), [edge for edge, _ in edges(node)].index(stop.edge)


def taken(records: list[engine.Record]) -> list[Option]:
    """Return the options that a play of the engine picked."""
    return [(record["at"], record["options"][record["pick"]]) for record in records if record["kind"] == "menu"]


def all_options(scenes: Mapping[str, Scene]) -> set[Option]:
    """Return every option of every menu of a story."""
    nodes = [node for scene in scenes.values() if scene.role == "story" for node in scene.nodes.values()]
    return {(place(node), number) for node in nodes if node.type == "choice" for number in range(len(node.next))}


def ways(done: Analysed) -> dict[Option, Route]:
    """Return the way to each option that the analysis found."""
    found = [route for routes in done.analysis.options.values() for route in routes.values()]
    return {option(done.scenes, route.stops[-1]): route for route in found}


def explored(game: Any) -> dict[Option, int]:
    """Return for each option the fewest picks with which the engine comes to it, found by taking every one there is."""
    fewest: dict[Option, int] = {}
    waiting: deque[list[int]] = deque([[]])
    while waiting:
        picks = [*waiting]
        waiting.clear()
        for before, records in zip(picks, engine.plays(game, [{"choices": one} for one in picks]), strict=True):
            menus = [record for record in records if record["kind"] == "menu"]
            assert records[-1]["why"] == "finished"
            if len(menus) > len(before):
                menu = menus[len(before)]
                for pick, number in enumerate(menu["options"]):
                    fewest.setdefault((menu["at"], number), len(before) + 1)
                    waiting.append([*before, pick])
    return fewest


@pytest.mark.parametrize("studio", ["the_question"], indirect=True)
def test_the_question_is_known_as_the_engine_explores_it(studio: Studio) -> None:
    game, row = engine.game("the_question"), find_branch(studio, "g")
    done = Analyses(studio).analyse(row.id)
    known = ways(done)
    assert done.analysis.exact
    assert known.keys() == all_options(done.scenes)
    assert {there: len(route.picks) for there, route in known.items()} == explored(game)
    endings = [(ending.reason, list(ending.picks or ())) for ending in done.analysis.endings]
    assert sorted(endings) == [("end", [0, 0]), ("end", [1])]
    routes = list(known.values())
    wanted = [{"choices": list(route.picks), "brief": True} for route in routes]
    plays = engine.plays(game, [*wanted, *({"choices": picks} for _, picks in endings)])
    for route, records in zip(routes, plays, strict=False):
        assert taken(records) == [option(done.scenes, stop) for stop in route.stops]
    for (_, picks), records in zip(endings, plays[len(routes) :], strict=True):
        lines = [(o.who, o.what) for o in play_branch(studio, row.id, seed=0, choices=picks) if isinstance(o, LineSaid)]
        assert [(record["who"], record["what"]) for record in records if record["kind"] == "say"] == lines
        assert (len(taken(records)), records[-1]["why"]) == (len(picks), "finished")


@pytest.mark.parametrize("studio", ["demo"], indirect=True)
def test_every_menu_item_of_the_tutorial_is_come_to_from_its_chapter(studio: Studio) -> None:
    """The screen of chapters is Python: from the beginning nothing is known past it, and nothing is claimed.

    From the labels of its chapters on, the way to every option of every menu is known.
    """
    game, row = engine.game("demo"), find_branch(studio, "g")
    analyses = Analyses(studio)
    whole = analyses.analyse(row.id)
    assert {ending.reason for ending in whole.analysis.endings} == {"raw"}
    assert {fact.verdict for fact in whole.analysis.not_reached} == {"unknown_raw"}
    chapters = sorted(
        scene_id
        for scene_id, scene in whole.scenes.items()
        if scene.role == "story" and scene.label and any(node.type == "choice" for node in scene.nodes.values())
    )
    found: dict[Option, tuple[str, Route]] = {}
    for chapter in chapters:
        for there, route in ways(analyses.analyse(row.id, start=chapter)).items():
            if there not in found or len(route.picks) < len(found[there][1].picks):
                found[there] = (chapter, route)
    assert found.keys() == all_options(whole.scenes)
    assert len(found) == 41
    wanted = [
        {"start": whole.scenes[chapter].label, "choices": list(route.picks), "brief": True}
        for chapter, route in found.values()
    ]
    for (there, (_, route)), records in zip(found.items(), engine.plays(game, wanted), strict=True):
        assert taken(records) == [option(whole.scenes, stop) for stop in route.stops]
        assert taken(records)[-1] == there
