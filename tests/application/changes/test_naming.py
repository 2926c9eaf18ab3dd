"""Names of changes: plain words of what was recorded, whoever did it and however often it was taken back."""

import pytest

from comfyvn.application.branching import fork, merge, take
from comfyvn.application.changes.chronicle import Deed, Filter
from comfyvn.application.changes.listing import list_changes, next_steps
from comfyvn.application.changes.naming import MOST_EVENTS
from comfyvn.application.changes.phrases import sentence, titled
from comfyvn.application.handle import handle
from comfyvn.application.history import restore, revert
from comfyvn.application.ports import Ref
from comfyvn.application.projects import bring_in
from comfyvn.application.studio import Request
from comfyvn.domain.cast import Character, IntroduceCharacter
from comfyvn.domain.kernel import EVENT_TYPES
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.story.commands import EdgeDraft, OfferChoice, OpenScene, SaveScene, WriteLine
from tests.desks import SCENE, Desk

DEPOT = Ref("scene", "depot")
ANN = Ref("character", "ann")
CONTEXTS = {kind.commands[0].__module__.split(".")[2]: name for name, kind in KINDS.items() if name != "branch"}


def names(desk: Desk, **wanted: object) -> list[str]:
    page = list_changes(desk.studio, desk.main, Filter(**wanted))  # type: ignore[arg-type]
    return [item.name for item in page.items]


@pytest.mark.parametrize("event", sorted(name for name in EVENT_TYPES if not name.startswith("plays.")))
def test_every_fact_has_plain_words(event: str) -> None:
    kind = "branch" if ".branch_" in event else CONTEXTS[event.partition(".")[0]]
    ref = Ref(kind, "x")
    said = sentence([Deed(ref, event, 1)], {ref: "Depot"})
    assert said[0].isupper()
    assert "Depot" in said
    assert not {"node", "edge", "given", "drawn", "written", "chosen", "withdrawn"} & set(said.lower().split())
    assert "_" not in said


def test_a_change_says_what_it_did_and_where(desk: Desk) -> None:
    desk.do(OpenScene("Depot"), DEPOT)
    desk.do(WriteLine("n1", "one"), DEPOT)
    desk.do(OfferChoice("c1", (EdgeDraft("e1", "Yes"),), "Well?"), DEPOT)
    desk.do(IntroduceCharacter("Ann"), ANN)
    document = {"nodes": [{"id": "n1", "type": "text", "content": "1"}, {"id": "n2", "type": "text"}], "title": "Dock"}
    desk.do(SaveScene({**document, "meta": {}}), DEPOT)
    found = names(desk)
    assert found[1:-1] == ["Introduced Ann", "Offered a choice in Depot", "Wrote a line in Depot", "Opened Depot"]
    assert found[0].startswith("Retitled Dock, ")
    assert found[-1] == "Founded the project A novel"


def test_names_are_those_of_the_time(desk: Desk) -> None:
    desk.open(title="Roof")
    desk.retitle("Cellar")
    desk.reword("two")
    assert names(desk)[:3] == ["Reworded a line in Cellar", "Retitled Cellar", "Wrote a line in Roof"]


def test_what_was_taken_back_is_named_by_what_it_was(desk: Desk) -> None:
    desk.open()
    change = desk.reword("two").commit
    desk.undo()
    desk.redo()
    assert change
    revert(desk.studio, desk.main, change.id, Request("ben"))
    restore(desk.studio, desk.main, change.position, Request("ben"))
    assert names(desk)[:4] == [
        f"Restored everything as of {change.position}",
        "Took back: Reworded a line in Scene",
        "Redid: Reworded a line in Scene",
        "Undid: Reworded a line in Scene",
    ]


def test_variants_imports_and_own_words(desk: Desk) -> None:
    desk.open()
    other = fork(desk.studio, desk.main, "darker", Request("ada")).id
    desk.reword("dark", branch=other)
    merge(desk.studio, other, desk.main, Request("ada"))
    wanted = [(Ref("character", f"c{n}"), Character(f"C {n}")) for n in range(MOST_EVENTS + 1)]
    bring_in(desk.studio, desk.main, wanted, Request("importer"), "import Rain", command="import", body={})
    handle(desk.studio, desk.main, SCENE, WriteLine("n9", "x"), Request("ada", message="my own words: it rains"))
    page = list_changes(desk.studio, desk.main, Filter())
    assert [item.name for item in page.items][:3] == [
        "My own words: it rains",
        "Imported Rain",
        "Merged darker into main",
    ]
    assert page.items[1].touched == ()
    assert [(t.name, dict(t.events)) for t in page.items[2].touched] == [("Scene", {"story.line_reworded": 1})]


def test_the_next_steps_of_each_actor_are_their_own(desk: Desk) -> None:
    desk.open()
    desk.reword("two", actor="ben")
    steps = next_steps(desk.studio, desk.main, "ada")
    assert (steps.undo and steps.undo.name, steps.redo) == ("Wrote a line in Scene", None)
    desk.undo("ben")
    steps = next_steps(desk.studio, desk.main, "ben")
    assert (steps.undo, steps.redo and steps.redo.name) == (None, "Reworded a line in Scene")


def test_pages_filters_and_words_find_changes(desk: Desk) -> None:
    desk.open()
    for n in range(7):
        desk.reword(f"words {n}", actor="ben" if n % 2 else "ada")
    desk.do(IntroduceCharacter("Ann"), ANN)
    first = list_changes(desk.studio, desk.main, Filter(), size=4)
    assert first.below
    rest = list_changes(desk.studio, desk.main, Filter(), at=first.below)
    seen = [item.commit.position for item in (*first.items, *rest.items)]
    assert seen == [c.position for c in desk.studio.store.commits(desk.main)]
    assert len(names(desk, actor="ben")) == 3
    assert names(desk, entity=ANN) == ["Introduced Ann"]
    assert names(desk, kinds=frozenset({"system"})) == ["Founded the project A novel"]
    found = list_changes(desk.studio, desk.main, Filter(actor="ada"), text="REWORDED", size=3)
    assert (len(found.items), found.below is not None) == (3, True)
    middle = rest.items[0].commit.at
    assert len(names(desk, since=middle)) + len(names(desk, until=middle)) == len(seen)


def test_a_change_of_an_unknown_branch_of_a_fork_is_seen_up_to_the_fork(desk: Desk) -> None:
    desk.open()
    other = fork(desk.studio, desk.main, "darker", Request("ada")).id
    desk.reword("later")
    page = list_changes(desk.studio, other, Filter(entity=SCENE))
    assert [item.name for item in page.items] == ["Wrote a line in Scene", "Opened Scene"]
    change = desk.studio.store.commit(next(desk.studio.store.trail(desk.main, "ada")).id)
    take(desk.studio, other, change.id, Request("ada"))
    assert list_changes(desk.studio, other, Filter()).items[0].name.startswith("Took over")


def test_entities_without_names_have_their_id_or_kind() -> None:
    assert titled(Ref("scene", "s1"), None) == "s1"
    assert titled(Ref("scene", "s1"), {"title": " "}) == "s1"
    assert titled(Ref("translation", "u1"), {"name": "x"}) == "a translation"
