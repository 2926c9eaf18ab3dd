"""The review: what machines wrote waits until a person decides, and every decision can be taken back."""

import pytest

from comfyvn.application.branching import fork, merge
from comfyvn.application.ports import Ref
from comfyvn.application.projects import bring_in
from comfyvn.application.provenance.disclosure import disclose
from comfyvn.application.provenance.review import Pending, Queue, Seen, accept, queue, reject
from comfyvn.application.studio import Request
from comfyvn.domain.kernel import Conflict, Missing
from comfyvn.domain.localisation import MakeTranslation, WordTranslation
from comfyvn.domain.story.commands import EdgeDraft, MoveNode, OfferChoice, ReattributeLine, RewordLine, WriteLine
from tests.desks import SCENE, Desk

GPT = "model:gpt"


@pytest.fixture
def story(desk: Desk) -> Desk:
    """Return a desk where a model reworded a line, wrote another and offered a choice."""
    desk.open()
    desk.do(WriteLine("n2", "two"))
    desk.reword("one by a model", actor=GPT)
    desk.do(WriteLine("g", "new"), actor=GPT)
    desk.do(OfferChoice("c", (EdgeDraft("e1", "Yes"),), "Well?"), actor=GPT)
    return desk


def waiting(desk: Desk, **more: object) -> Queue:
    return queue(desk.studio, desk.main, **more)  # type: ignore[arg-type]


def subjects(desk: Desk) -> list[str]:
    return [item.subject for item in waiting(desk).items]


def seen(desk: Desk, *subjects: str) -> list[Seen]:
    return [Seen(item.subject, item.position) for item in waiting(desk).items if item.subject in subjects]


def test_what_a_model_wrote_waits_with_what_was_there_before(story: Desk) -> None:
    found = waiting(story)
    assert (found.total, found.actors) == (3, {GPT: 3})
    first, second, third = found.items
    assert isinstance(first, Pending)
    assert (first.subject, first.name, first.by, first.before, first.after) == (
        "scene:s/n1",
        "Scene",
        "model",
        "one",
        "one by a model",
    )
    assert [m.text for m in first.marks if m.kind == "added"] == [" by a model"]
    assert (second.before, second.after) == (None, "new")
    assert third.after == "Well?\nYes"
    assert waiting(story, by="import").items == []
    assert [i.subject for i in waiting(story, offset=1, size=1).items] == [second.subject]


def test_an_acceptance_is_recorded_and_ends_when_the_words_change(story: Desk) -> None:
    outcome = accept(story.studio, story.main, seen(story, "scene:s/n1", "scene:s/g"), Request("ada"))
    assert outcome.commit
    assert (outcome.commit.message, outcome.commit.actor, outcome.events) == ("accept 2 lines", "ada", 2)
    assert subjects(story) == ["scene:s/c"]
    story.do(MoveNode("g", after=None))
    assert subjects(story) == ["scene:s/c"]
    evidence = {one.subject: one.accepted for one in disclose(story.studio, story.main).evidence}
    assert evidence == {"scene:s/n1": True, "scene:s/g": True, "scene:s/c": False}
    story.reword("one by a model again", actor=GPT)
    assert subjects(story) == ["scene:s/c", "scene:s/n1"]
    story.undo(actor=GPT)
    story.undo()
    story.undo()
    assert set(subjects(story)) == {"scene:s/c", "scene:s/g", "scene:s/n1"}


def test_who_edits_a_line_has_decided_and_the_disclosure_says_so(story: Desk) -> None:
    story.reword("one by both")
    assert subjects(story) == ["scene:s/g", "scene:s/c"]
    hands = {one.subject: one.hand for one in disclose(story.studio, story.main).evidence}
    assert hands["scene:s/n1"] == "edited"


def test_moving_or_giving_a_line_to_another_is_no_decision(story: Desk) -> None:
    story.do(MoveNode("g", after=None))
    story.do(ReattributeLine("n1", "ann"))
    found = {item.subject: item for item in waiting(story).items}
    assert (found["scene:s/n1"].speaker, found["scene:s/n1"].before) == ("ann", "one")
    assert len(found) == 3


def test_a_rejection_brings_back_what_was_there(story: Desk) -> None:
    story.do(MoveNode("n1", after="n2"))
    order = story.scene().nodes["n1"].place
    outcome = reject(story.studio, story.main, seen(story, "scene:s/n1", "scene:s/g", "scene:s/c"), Request("ada"))
    assert (outcome.conflicts, outcome.events) == ((), 3)
    assert story.words() == "one"
    assert story.scene().nodes["n1"].place == order
    assert set(story.scene().nodes) == {"n1", "n2"}
    assert subjects(story) == []
    story.undo()
    assert story.words() == "one by a model"


def test_a_rejection_that_would_leave_something_in_the_air_writes_nothing(story: Desk) -> None:
    story.do(WriteLine("x", "inside", block="e1"))
    head = story.head()
    outcome = reject(story.studio, story.main, seen(story, "scene:s/c"), Request("ada"))
    assert [conflict.code for conflict in outcome.conflicts] == ["dangling"]
    assert story.head() == head


def test_imports_and_translations_wait_too(story: Desk) -> None:
    scene = story.scene()
    nodes = scene.nodes.set("i", scene.nodes["n2"])
    wanted = [(Ref("scene", "new"), type(scene)("New", nodes=nodes.delete("c").delete("n1").delete("g")))]
    bring_in(story.studio, story.main, wanted, Request("importer"), "import X", command="import", body={})
    unit = Ref("translation", "t")
    story.do(MakeTranslation("de", "n2", "two", "zwo"), unit)
    story.do(WordTranslation("two", "zwei"), unit, actor=GPT)
    assert waiting(story, by="import").total == 2
    (item,) = [item for item in waiting(story, by="model").items if item.kind == "translation"]
    assert (item.subject, item.before, item.after) == ("translation:t", "zwo", "zwei")
    reject(story.studio, story.main, [Seen(item.subject, item.position)], Request("ada"))
    assert story.state(unit).text == "zwo"


def test_what_a_person_merges_is_decided_on(desk: Desk) -> None:
    desk.open()
    branch = fork(desk.studio, desk.main, "by-model", Request(GPT)).id
    desk.reword("one by a model", actor=GPT, branch=branch)
    assert queue(desk.studio, branch).total == 1
    merge(desk.studio, branch, desk.main, Request("ada"))
    assert waiting(desk).total == 0


def test_a_decision_on_another_version_is_refused(story: Desk) -> None:
    old = seen(story, "scene:s/n1")
    story.do(RewordLine("n1", "another"), actor=GPT)
    for decide in (accept, reject):
        with pytest.raises(Conflict) as stale:
            decide(story.studio, story.main, old, Request("ada"))
        assert stale.value.code == "stale"
        for subject in ("scene:s", "scene:s/nowhere", "nothing:s/n1", "character:ann"):
            with pytest.raises(Missing) as refused:
                decide(story.studio, story.main, [Seen(subject, 0)], Request("ada"))
            assert refused.value.code == "part_unknown"


def test_a_retry_is_harmless(story: Desk) -> None:
    chosen = seen(story, "scene:s/n1")
    for decide, key in ((accept, "a"), (reject, "b")):
        first = decide(story.studio, story.main, chosen, Request("ada", command_id=key))
        assert decide(story.studio, story.main, chosen, Request("ada", command_id=key)).position == first.position
        chosen = [Seen("scene:s/n1", story.studio.store.part_positions(story.main, SCENE)["n1"])]
