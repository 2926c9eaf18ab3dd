"""Maps of a project and of a scene: every way, as it is played, and places that stay."""

import pytest

from comfyvn.application.maps.nodes import scene_map
from comfyvn.application.maps.places import arrange, move
from comfyvn.application.maps.scenes import Maps
from comfyvn.application.ports import Ref
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.domain.layout import Point
from comfyvn.domain.story.commands import (
    DiscardScene,
    EdgeDraft,
    LeadSceneOn,
    OfferChoice,
    OpenScene,
    PlaceAction,
    RemoveNode,
    WriteLine,
)
from tests.desks import Desk

PIER = Ref("scene", "pier")


@pytest.fixture
def story(desk: Desk) -> Desk:
    desk.open(title="Roof", label="start")
    desk.do(OpenScene("Pier", order="W"), PIER)
    desk.do(WriteLine("p1", "Two words."), PIER)
    desk.do(
        OfferChoice("c", (EdgeDraft("e1", "Go"), EdgeDraft("e2", "Stay", "brave"), EdgeDraft("e3", "Sleep")), "Well?")
    )
    desk.do(PlaceAction("j", "jump", edges=(EdgeDraft("to", scene="pier"),), block="e1"))
    desk.do(WriteLine("l2", "two", block="e2"))
    desk.do(PlaceAction("w", "loop", edges=(EdgeDraft("body", condition="x < 3"),)))
    desk.do(WriteLine("l3", "three", block="body"))
    desk.do(PlaceAction("b", "branch", edges=(EdgeDraft("yes", condition="x"), EdgeDraft("no"))))
    desk.do(PlaceAction("r", "return", block="yes"))
    desk.do(LeadSceneOn("pier"))
    return desk


def test_the_ways_inside_of_a_scene_are_those_of_a_play(story: Desk) -> None:
    found = scene_map(story.studio, story.studio.store.places, story.main, "s")
    ways = {
        (e.source, e.kind, e.target or (e.scene and f"scene {e.scene}"), e.text or e.condition) for e in found.edges
    }
    assert ways == {
        ("n1", "next", "c", None),
        ("c", "option", "j", "Go"),
        ("c", "option", "l2", "Stay"),
        ("c", "option", "w", "Sleep"),
        ("j", "jump", "scene pier", None),
        ("l2", "next", "w", None),
        ("w", "branch", "l3", "x < 3"),
        ("w", "next", "b", None),
        ("l3", "again", "w", None),
        ("b", "branch", "r", "x"),
        ("b", "branch", "scene pier", None),
    }
    assert [node.id for node in found.nodes] == ["n1", "c", "j", "l2", "w", "l3", "b", "r"]
    assert [node.order for node in found.nodes] == list(range(8))
    assert found.nodes[1].text == "Well?"


def test_the_map_of_a_project_tells_scenes_ways_and_sizes(story: Desk) -> None:
    story.do(PlaceAction("p2", "jump", edges=(EdgeDraft("away", scene="nowhere"),)), PIER)
    found = Maps(story.studio, story.studio.store.places).project(story.main, findings=True)
    assert [(s.id, s.title, s.begins, s.lines, s.choices) for s in found.scenes] == [
        ("s", "Roof", "start", 3, 1),
        ("pier", "Pier", None, 1, 0),
    ]
    assert found.scenes[1].words == 2
    assert (found.scenes[1].errors or 0) >= 1
    assert {(e.source, e.target, e.kind, e.count) for e in found.edges} == {
        ("s", "pier", "jump", 1),
        ("s", "pier", "falls", 1),
    }
    assert [(end.scene, end.node, end.to) for end in found.loose] == [("pier", "p2", "nowhere")]
    assert found.scenes[0].x < found.scenes[1].x


def test_places_stay_also_when_scenes_come_and_go(story: Desk) -> None:
    maps = Maps(story.studio, story.studio.store.places)

    def places() -> dict[str, tuple[float, float, bool]]:
        return {s.id: (s.x, s.y, s.chosen) for s in maps.project(story.main).scenes}

    before = places()
    move(maps.places, story.project.id, "project", {"pier": Point(5000, 7)})
    story.do(OpenScene("Attic", order="A"), Ref("scene", "attic"))
    story.do(DiscardScene(), PIER)
    assert set(places()) == {"s", "attic"}
    story.undo()
    after = places()
    assert (after["s"], after["pier"]) == (before["s"], (5000, 7, True))
    arrange(maps.places, story.project.id, "project", everything=False)
    assert places()["pier"] == (5000, 7, True)
    arrange(maps.places, story.project.id, "project", everything=True)
    assert not any(chosen for _, _, chosen in places().values())


def test_the_past_is_shown_where_it_stands_now(story: Desk) -> None:
    maps = Maps(story.studio, story.studio.store.places)
    past = story.head()
    story.do(OpenScene("Attic"), Ref("scene", "attic"))
    story.do(RemoveNode("l3"))
    now = maps.project(story.main)
    then = maps.project(story.main, past)
    assert {s.id for s in now.scenes} - {s.id for s in then.scenes} == {"attic"}
    assert {(s.id, s.x, s.y) for s in then.scenes} < {(s.id, s.x, s.y) for s in now.scenes}
    first = scene_map(story.studio, maps.places, story.main, "s", past)
    assert maps.places.standing(story.project.id, "scene:s") == {}
    assert "l3" in {node.id for node in first.nodes}


def test_unknown_scenes_and_wild_places_are_refused(story: Desk) -> None:
    with pytest.raises(Missing):
        scene_map(story.studio, story.studio.store.places, story.main, "nowhere")
    for name, point in (("s", Point(float("nan"), 0)), ("s", Point(0, 2e7)), ("", Point(0, 0)), ("a\0", Point(0, 0))):
        with pytest.raises(Refused) as refused:
            move(story.studio.store.places, story.project.id, "project", {name: point})
        assert refused.value.code == "place_malformed"
