"""What would hang in the air is a conflict, also where no two fields collide."""

from typing import Any

import pytest

from comfyvn.application.branching import fork, merge
from comfyvn.application.ports import Ref
from comfyvn.application.studio import ConflictItem, Outcome, Request
from comfyvn.domain.story.commands import (
    DiscardScene,
    DrawEdge,
    EdgeDraft,
    EraseEdge,
    LeadSceneOn,
    OfferChoice,
    OpenScene,
    PlaceAction,
    RelabelScene,
    RemoveNode,
    WriteLine,
)
from tests.desks import SCENE, Desk

OTHER = Ref("scene", "other")


@pytest.fixture
def draft(desk: Desk) -> str:
    """Return a branch beside main; both show scene ``s`` with a choice, and another scene."""
    desk.open()
    desk.do(WriteLine("n2", "two"))
    desk.do(OfferChoice("menu", (EdgeDraft("yes", "Yes"), EdgeDraft("no", "No"))))
    desk.do(OpenScene("Other", label="other"), OTHER)
    return fork(desk.studio, desk.main, "draft", Request()).id


def merged(desk: Desk, source: str, **more: Any) -> Outcome:
    return merge(desk.studio, source, desk.main, Request(actor="ada"), **more)


def only_conflict(desk: Desk, outcome: Outcome) -> ConflictItem:
    (item,) = outcome.conflicts
    assert outcome.commit is None
    return item


def jump(target: EdgeDraft) -> PlaceAction:
    return PlaceAction("jump", "jump", edges=(target,))


def test_an_edge_to_a_node_that_the_other_side_removed(desk: Desk, draft: str) -> None:
    desk.do(RemoveNode("n2"))
    desk.do(jump(EdgeDraft("way", node="n2")), branch=draft)
    item = only_conflict(desk, merged(desk, draft))
    assert (item.id, item.code, item.ours) == ("scene:s/nodes/jump/next/way", "dangling", "n2")
    assert merged(desk, draft, settled={item.id: "ours"}).commit
    assert desk.scene().nodes["jump"].next["way"].node == "n2"


def test_a_node_removed_to_which_the_other_side_leads(desk: Desk, draft: str) -> None:
    desk.do(jump(EdgeDraft("way", node="n2")))
    desk.do(RemoveNode("n2"), branch=draft)
    assert only_conflict(desk, merged(desk, draft)).id == "scene:s/nodes/jump/next/way"


def test_a_scene_discarded_to_which_the_other_side_leads(desk: Desk, draft: str) -> None:
    desk.do(jump(EdgeDraft("way", scene="other")))
    desk.do(LeadSceneOn("other"))
    desk.do(DiscardScene(), OTHER, branch=draft)
    found = {item.id: item.code for item in merged(desk, draft).conflicts}
    assert found == {"scene:s/nodes/jump/next/way": "dangling", "scene:s/falls_to": "dangling"}
    assert merged(desk, draft, settled=dict.fromkeys(found, "ours")).commit
    assert desk.state(OTHER) is None


def test_an_edge_to_a_scene_that_the_other_side_discarded(desk: Desk, draft: str) -> None:
    desk.do(DiscardScene(), OTHER)
    desk.do(jump(EdgeDraft("way", scene="other")), branch=draft)
    assert only_conflict(desk, merged(desk, draft)).id == "scene:s/nodes/jump/next/way"


def test_an_edge_to_a_scene_that_was_never_written_may_be_drawn(desk: Desk, draft: str) -> None:
    desk.do(jump(EdgeDraft("way", scene="to be written")), branch=draft)
    assert merged(desk, draft).commit


def test_an_edge_to_a_scene_that_comes_along_is_fine(desk: Desk, draft: str) -> None:
    third = Ref("scene", "third")
    desk.do(OpenScene("Third"), third, branch=draft)
    desk.do(jump(EdgeDraft("way", scene="third")), branch=draft)
    assert merged(desk, draft).commit
    assert desk.state(third) is not None


def test_a_node_in_a_block_whose_edge_the_other_side_erased(desk: Desk, draft: str) -> None:
    desk.do(EraseEdge("menu", "yes"))
    desk.do(WriteLine("n3", "three", block="yes"), branch=draft)
    item = only_conflict(desk, merged(desk, draft))
    assert (item.id, item.code, item.ours) == ("scene:s/nodes/n3/place", "dangling", "yes")


def test_an_edge_erased_into_whose_block_the_other_side_wrote(desk: Desk, draft: str) -> None:
    desk.do(WriteLine("n3", "three", block="yes"))
    desk.do(EraseEdge("menu", "yes"), branch=draft)
    assert only_conflict(desk, merged(desk, draft)).id == "scene:s/nodes/n3/place"


def test_two_scenes_with_one_label(desk: Desk, draft: str) -> None:
    desk.do(RelabelScene("start"))
    desk.do(OpenScene("Third", label="start"), Ref("scene", "third"), branch=draft)
    item = only_conflict(desk, merged(desk, draft))
    assert (item.id, item.code, item.ours, item.theirs) == ("scene:third/label", "label_taken", "start", "scene:s")


def test_two_new_scenes_with_one_label(desk: Desk, draft: str) -> None:
    for name in ("third", "fourth"):
        desk.do(OpenScene(name, label="start"), Ref("scene", name), branch=draft)
    assert only_conflict(desk, merged(desk, draft)).code == "label_taken"


def test_labels_that_change_hands_are_fine(desk: Desk, draft: str) -> None:
    desk.do(RelabelScene("elsewhere"), OTHER, branch=draft)
    desk.do(RelabelScene("other"), branch=draft)
    assert merged(desk, draft).commit
    assert (desk.scene().label, desk.state(OTHER).label) == ("other", "elsewhere")


def test_what_hung_before_is_no_reason_to_refuse(desk: Desk, draft: str) -> None:
    desk.do(jump(EdgeDraft("way", scene="other")))
    desk.do(DiscardScene(), OTHER)
    desk.do(OpenScene("Third", label="same"), Ref("scene", "third"))
    desk.do(RelabelScene("same"))
    desk.retitle("Two")
    assert desk.undo().commit
    assert desk.scene().title == "Scene"


def test_an_undo_leaves_no_edge_hanging(desk: Desk, draft: str) -> None:
    third = Ref("scene", "third")
    desk.do(OpenScene("Third"), third)
    desk.do(jump(EdgeDraft("way", scene="third")), actor="bo")
    item = only_conflict(desk, desk.undo())
    assert (item.id, item.ours) == ("scene:s/nodes/jump/next/way", "third")
    assert desk.undo(settled={item.id: "ours"}).commit
    assert desk.state(third) is None


def test_an_undo_of_a_removal_brings_the_target_back(desk: Desk, draft: str) -> None:
    desk.do(DrawEdge("menu", EdgeDraft("yes", "Yes", node="n1")))
    desk.do(DiscardScene(), SCENE)
    assert desk.undo().commit
    assert desk.scene().nodes["menu"].next["yes"].node == "n1"
