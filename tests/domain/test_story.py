"""What each command makes of a scene, and what it refuses."""

from typing import Any

import pytest

from comfyvn.domain.story import SCENE, Edge, Place
from comfyvn.domain.story import commands as ask
from comfyvn.domain.story import events as fact
from comfyvn.domain.story.commands import EdgeDraft
from tests.given import Given

EMPTY = Given(SCENE).given(fact.SceneOpened("Rooftop"))
ROOF = EMPTY.given(
    fact.LineWritten("n1", Place("", "F"), "Rain.", directives={"with": "fade"}, meta={"draft": 1}),
    fact.ChoiceOffered("n2", Place("", "V"), "Where?", {"left": Edge("F", "Left"), "right": Edge("V", "Right")}),
    fact.LineWritten("n3", Place("left", "V"), "Left.", speaker="ada"),
    fact.ActionPlaced("n4", Place("left", "W"), "jump", next={"away": Edge("V", scene="s2")}),
    fact.ActionPlaced("n5", Place("", "k"), "pause"),
)

CHANGES: list[tuple[Any, Any]] = [
    (ask.RetitleScene("Cellar"), fact.SceneRetitled("Cellar")),
    (ask.PlaceScene("b.rpy", "k"), fact.ScenePlaced("b.rpy", "k")),
    (ask.RelabelScene("rooftop"), fact.SceneRelabelled("rooftop")),
    (ask.LeadSceneOn("s2"), fact.SceneLedOn("s2")),
    (ask.AnnotateScene("chapter", 1), fact.SceneAnnotated("chapter", 1)),
    (ask.AnnotateScene("chapter", True), fact.SceneAnnotated("chapter", True)),
    (ask.RewordLine("n1", "Snow."), fact.LineReworded("n1", "Snow.")),
    (ask.RewordLine("n2", "Which way?"), fact.LineReworded("n2", "Which way?")),
    (ask.ReattributeLine("n3", None), fact.LineReattributed("n3", None)),
    (ask.MoveNode("n5"), fact.NodeMoved("n5", Place("", "E"))),
    (ask.MoveNode("n1", after="n2"), fact.NodeMoved("n1", Place("", "c"))),
    (ask.MoveNode("n5", "right"), fact.NodeMoved("n5", Place("right", "V"))),
    (ask.MoveNode("n5", "left", after="n3"), fact.NodeMoved("n5", Place("left", "VV"))),
    (ask.DirectNode("n1", "with", "dissolve"), fact.NodeDirected("n1", "with", "dissolve")),
    (ask.DirectNode("n1", "with", present=False), fact.NodeDirected("n1", "with", None, False)),
    (ask.GuardNode("n1", ("brave",)), fact.NodeGuarded("n1", ("brave",))),
    (ask.AnnotateNode("n1", "draft", True), fact.NodeAnnotated("n1", "draft", True)),
    (ask.AnnotateNode("n1", "draft", present=False), fact.NodeAnnotated("n1", "draft", None, False)),
    (ask.DrawEdge("n2", EdgeDraft("up", "Up")), fact.EdgeDrawn("n2", "up", Edge("W", "Up"))),
    (
        ask.DrawEdge("n2", EdgeDraft("left", "Port", weight=2)),
        fact.EdgeDrawn("n2", "left", Edge("F", "Port", None, 2.0)),
    ),
]

CREATIONS: list[tuple[Any, Any]] = [
    (ask.WriteLine("n9", "Hi.", "ada"), fact.LineWritten("n9", Place("", "l"), "Hi.", "ada")),
    (ask.WriteLine("n9", "Hi.", after="n1"), fact.LineWritten("n9", Place("", "N"), "Hi.")),
    (ask.WriteLine("n9", "Hi.", block="right"), fact.LineWritten("n9", Place("right", "V"), "Hi.")),
    (
        ask.OfferChoice("n9", (EdgeDraft("e1", "Yes"), EdgeDraft("e2", "No", condition="brave")), "Sure?"),
        fact.ChoiceOffered("n9", Place("", "l"), "Sure?", {"e1": Edge("V", "Yes"), "e2": Edge("W", "No", "brave")}),
    ),
    (
        ask.PlaceAction("n9", "play", "music theme.ogg", conditions=("loud",)),
        fact.ActionPlaced("n9", Place("", "l"), "play", "music theme.ogg", conditions=("loud",)),
    ),
    (
        ask.PlaceAction("n9", "jump", edges=(EdgeDraft("e1", scene="s2"),)),
        fact.ActionPlaced("n9", Place("", "l"), "jump", next={"e1": Edge("V", scene="s2")}),
    ),
]


@pytest.mark.parametrize(("command", "expected"), CHANGES, ids=str)
def test_a_command_records_one_fact_and_only_once(command: Any, expected: Any) -> None:
    ROOF.when(command).then_settled(expected)
    Given(SCENE).when(command).refused("scene_unknown")


@pytest.mark.parametrize(("command", "expected"), CREATIONS, ids=str)
def test_a_node_is_created_once(command: Any, expected: Any) -> None:
    ROOF.when(command).then(expected)
    ROOF.given(expected).when(command).refused("node_exists")


def test_every_command_is_tested() -> None:
    tested = {type(command) for command, _ in (*CHANGES, *CREATIONS)}
    others = {ask.OpenScene, ask.DiscardScene, ask.RemoveNode, ask.EraseEdge, ask.SaveScene}
    assert tested | others == set(SCENE.commands)


def test_a_scene_is_opened_once_and_can_be_opened_again_when_it_is_gone() -> None:
    Given(SCENE).when(ask.OpenScene("Rooftop", label="roof")).then(fact.SceneOpened("Rooftop", label="roof"))
    ROOF.when(ask.OpenScene("Rooftop")).refused("scene_exists")
    ROOF.when(ask.DiscardScene()).then(fact.SceneDiscarded())
    ROOF.given(fact.SceneDiscarded()).when(ask.OpenScene("Rooftop")).then(fact.SceneOpened("Rooftop"))


def test_removing_a_choice_removes_its_blocks() -> None:
    ROOF.when(ask.RemoveNode("n2")).then(fact.NodeRemoved("n2"), fact.NodeRemoved("n3"), fact.NodeRemoved("n4"))
    ROOF.when(ask.EraseEdge("n2", "left")).then(
        fact.NodeRemoved("n3"), fact.NodeRemoved("n4"), fact.EdgeErased("n2", "left")
    )
    ROOF.when(ask.EraseEdge("n2", "right")).then(fact.EdgeErased("n2", "right"))


def test_a_node_that_others_lead_to_stays() -> None:
    looped = ROOF.given(fact.ActionPlaced("n6", Place("", "z"), "jump", next={"back": Edge("V", node="n1")}))
    assert looped.when(ask.RemoveNode("n1")).refused("node_targeted").details == {"by": "n6"}
    looped.given(fact.NodeRemoved("n6")).when(ask.RemoveNode("n1")).then(fact.NodeRemoved("n1"))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (ask.OpenScene(" "), "title_empty"),
        (ask.OpenScene("x", order="0"), "order_malformed"),
    ],
    ids=str,
)
def test_a_scene_does_not_open_like_that(command: Any, code: str) -> None:
    Given(SCENE).when(command).refused(code)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (ask.RetitleScene(" "), "title_empty"),
        (ask.PlaceScene("", "A0"), "order_malformed"),
        (ask.WriteLine("", "x"), "node_id_empty"),
        (ask.WriteLine("n9", "x" * 60_001), "text_too_long"),
        (ask.WriteLine("n9", "x", block="nowhere"), "block_unknown"),
        (ask.WriteLine("n9", "x", after="n9"), "node_unknown"),
        (ask.WriteLine("n9", "x", block="left", after="n1"), "node_unknown"),
        (ask.WriteLine("n9", "x", meta={"n": 2**64}), "value_unfit"),
        (ask.OfferChoice("n9", ()), "choice_empty"),
        (ask.OfferChoice("n9", (EdgeDraft("left"),)), "edge_exists"),
        (ask.OfferChoice("n9", (EdgeDraft(""),)), "edge_exists"),
        (ask.OfferChoice("n9", (EdgeDraft("e", order="0"),)), "order_malformed"),
        (ask.PlaceAction("n9", "fly"), "verb_unknown"),
        (ask.PlaceAction("n9", "jump"), "edges_misplaced"),
        (ask.PlaceAction("n9", "pause", edges=(EdgeDraft("e"),)), "edges_misplaced"),
        (ask.RewordLine("n9", "x"), "node_unknown"),
        (ask.RewordLine("n1", "x" * 60_001), "text_too_long"),
        (ask.ReattributeLine("n9", "ada"), "node_unknown"),
        (ask.MoveNode("n9"), "node_unknown"),
        (ask.MoveNode("n2", "left"), "node_inside_itself"),
        (ask.MoveNode("n1", after="n1"), "node_unknown"),
        (ask.DirectNode("n9", "with"), "node_unknown"),
        (ask.GuardNode("n9", ()), "node_unknown"),
        (ask.AnnotateNode("n9", "draft"), "node_unknown"),
        (ask.RemoveNode("n9"), "node_unknown"),
        (ask.DrawEdge("n1", EdgeDraft("e")), "edges_misplaced"),
        (ask.DrawEdge("n5", EdgeDraft("e")), "edges_misplaced"),
        (ask.DrawEdge("n2", EdgeDraft("away")), "edge_exists"),
        (ask.DrawEdge("n2", EdgeDraft("e", weight=-1)), "weight_negative"),
        (ask.DrawEdge("n9", EdgeDraft("e")), "node_unknown"),
        (ask.EraseEdge("n2", "up"), "edge_unknown"),
        (ask.EraseEdge("n9", "up"), "node_unknown"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_does_not_fit_is_refused(command: Any, code: str) -> None:
    ROOF.when(command).refused(code)
