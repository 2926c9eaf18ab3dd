"""Saving whole scenes: a document is compared with the scene, and only what differs is recorded."""

from typing import Any

import pytest
from immutables import Map

from comfyvn.domain.story import SCENE, Edge, Node, Place, Scene, Source, to_document, walk
from comfyvn.domain.story import events as fact
from comfyvn.domain.story.commands import SaveScene
from tests.given import Given

BEGIN = fact.SceneOpened("Rooftop")
FACTS = (
    BEGIN,
    fact.LineWritten("n1", Place("", "F"), "Rain.", source=Source("a.rpy", 3, '"Rain."')),
    fact.ChoiceOffered("n2", Place("", "V"), "Where?", {"left": Edge("V", "Left"), "right": Edge("W", "Right")}),
    fact.LineWritten("n3", Place("left", "V"), "Left.", "ada"),
    fact.LineWritten("n4", Place("", "k"), "Gone."),
)
EMPTY = Given(SCENE).given(BEGIN)
ROOF = Given(SCENE).given(*FACTS)


def document() -> dict[str, Any]:
    scene = SCENE.fold(FACTS)
    assert scene is not None
    return to_document("s1", scene)


def test_the_document_lists_nodes_in_reading_order_in_the_shape_of_the_contract() -> None:
    found = document()
    assert [node["id"] for node in found["nodes"]] == ["n1", "n2", "n3", "n4"]
    assert all(
        {"id", "type", "content", "directives", "conditions", "next", "meta"} <= n.keys() for n in found["nodes"]
    )
    assert [edge["id"] for edge in found["nodes"][1]["next"]] == ["left", "right"]
    ROOF.when(SaveScene(found)).then()


def test_an_edited_document_records_the_edits() -> None:
    edited = document()
    edited["title"] = "Cellar"
    edited["nodes"][0]["content"] = "Snow."
    edited["nodes"][2]["speaker"] = None
    del edited["nodes"][3]
    edited["nodes"].append({"id": "n5", "type": "text", "content": "New."})
    ROOF.when(SaveScene(edited)).then_settled(
        fact.SceneRetitled("Cellar"),
        fact.NodeRemoved("n4"),
        fact.LineReworded("n1", "Snow."),
        fact.LineWritten("n5", Place("", "W"), "New."),
        fact.LineReattributed("n3", None),
    )


def test_moving_one_node_in_the_list_records_one_move() -> None:
    moved = document()
    moved["nodes"].insert(0, moved["nodes"].pop(3))
    ROOF.when(SaveScene(moved)).then_settled(fact.NodeMoved("n4", Place("", "E")))


def test_a_new_document_without_orders_opens_a_scene() -> None:
    nodes = [
        {"id": "a", "type": "choice", "next": [{"id": "yes", "text": "Yes"}, {"id": "no", "weight": 1}]},
        {"id": "b", "type": "text", "content": "Yes!", "block": "yes"},
    ]
    Given(SCENE).when(SaveScene({"title": "Cellar", "nodes": nodes})).then_settled(
        fact.SceneOpened("Cellar"),
        fact.ChoiceOffered("a", Place("", "V"), "", {"yes": Edge("K", "Yes"), "no": Edge("e", weight=1.0)}),
        fact.LineWritten("b", Place("yes", "V"), "Yes!"),
    )


def test_another_kind_of_node_replaces_the_one_before() -> None:
    changed = document()
    changed["nodes"][3] |= {"type": "action", "verb": "comment", "speaker": "ada"}
    ROOF.when(SaveScene(changed)).then_settled(
        fact.NodeRemoved("n4"),
        fact.ActionPlaced("n4", Place("", "k"), "comment", "Gone."),
        fact.LineReattributed("n4", "ada"),
    )


def test_what_stands_in_a_block_that_a_merge_left_without_edge_may_stay() -> None:
    left = ROOF.given(fact.EdgeErased("n2", "left"), fact.LineWritten("n0", Place("left", "W"), "And on."))
    scene = SCENE.fold(left.facts)
    assert scene is not None
    assert [node_id for node_id, _ in walk(scene)] == ["n1", "n2", "n4", "n3", "n0"]
    left.when(SaveScene(to_document("s1", scene))).then()


def test_a_loop_of_blocks_that_a_merge_closed_may_stay_and_no_other_is_closed() -> None:
    ways = EMPTY.given(
        fact.ChoiceOffered("a", Place("", "F"), "", {"ea": Edge("V")}),
        fact.ChoiceOffered("b", Place("ea", "V"), "", {"eb": Edge("V")}),
    )
    looped = ways.given(fact.NodeMoved("a", Place("eb", "F")))
    scene = SCENE.fold(looped.facts)
    assert scene is not None
    document = to_document("s1", scene)
    assert [node["id"] for node in document["nodes"]] == ["b", "a"]
    looped.when(SaveScene(document)).then()
    ways.when(SaveScene(document)).refused("scene_malformed")


def test_what_a_scene_is_made_for_cannot_change_without_a_new_beginning() -> None:
    code = {**document(), "role": "code"}
    decided = SCENE.decide(SCENE.fold(FACTS), SaveScene(code))
    assert decided[:2] == (fact.SceneDiscarded(), fact.SceneOpened("Rooftop", role="code"))
    assert len(decided) == 2 + len(FACTS) - 1


def test_parts_of_a_scene_are_its_own_fields_and_its_nodes() -> None:
    scene = Scene("x", nodes=Map({"n1": Node("text", Place("", "V"), "Hi")}))
    assert SCENE.parts(scene).keys() == {"", "n1"}
    assert SCENE.part(scene, "n1") == {"type": "text", "block": "", "order": "V", "content": "Hi"}
    assert SCENE.part(scene, "n2") is None


def text(**more: Any) -> dict[str, Any]:
    return {"id": "a", "type": "text", **more}


@pytest.mark.parametrize(
    "spoilt",
    [
        [],
        {"title": ""},
        {"title": " "},
        {"title": 1},
        {"meta": []},
        {"order": "0"},
        {"role": "map"},
        {"label": 1},
        {"group": None},
        {"colour": "red"},
        {"nodes": {}},
        {"nodes": ["a"]},
        {"nodes": [text(id="")]},
        {"nodes": [text(), text()]},
        {"nodes": [text(kind="x")]},
        {"nodes": [text(type="line")]},
        {"nodes": [text(type=[])]},
        {"nodes": [text(content=1)]},
        {"nodes": [text(speaker=1)]},
        {"nodes": [text(verb="pause")]},
        {"nodes": [text(verb="fly")]},
        {"nodes": [text(type="action")]},
        {"nodes": [text(type="action", verb="fly")]},
        {"nodes": [text(conditions=[1])]},
        {"nodes": [text(directives=[])]},
        {"nodes": [text(order="A0")]},
        {"nodes": [text(block="nowhere")]},
        {"nodes": [text(source={"file": "a"})]},
        {"nodes": [text(source={"file": "a", "line": 1, "raw": 1})]},
        {"nodes": [text(source={"file": "a", "line": True})]},
        {"nodes": [text(next={})]},
        {"nodes": [text(next=[{"text": "x"}])]},
        {"nodes": [text(next=[{"id": ""}])]},
        {"nodes": [text(next=[{"id": "e"}, {"id": "e"}])]},
        {"nodes": [text(next=[{"id": "e", "colour": 1}])]},
        {"nodes": [text(next=[{"id": "e", "text": 1}])]},
        {"nodes": [text(next=[{"id": "e", "weight": -1}])]},
        {"nodes": [text(next=[{"id": "e", "weight": True}])]},
        {"nodes": [text(next=[{"id": "e", "meta": 1}])]},
        {"nodes": [text(next=[{"id": "e", "order": 7}])]},
        {"nodes": [text(next=[{"id": "e"}]), text(id="b", next=[{"id": "e"}])]},
        {"nodes": [text(block="e", next=[{"id": "e"}])]},
        {"nodes": [text(block="f", next=[{"id": "e"}]), text(id="b", block="e", next=[{"id": "f"}])]},
    ],
    ids=lambda value: str(value)[:70],
)
def test_a_malformed_document_is_refused_with_the_place(spoilt: Any) -> None:
    given = {"title": "x", **spoilt} if isinstance(spoilt, dict) else spoilt
    refusal = Given(SCENE).when(SaveScene(given)).refused("scene_malformed")
    assert isinstance(refusal.details["where"], str)
