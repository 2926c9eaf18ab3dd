import pytest

from comfyvn.application.branching import close, fork, merge
from comfyvn.application.history import redo, revert, undo
from comfyvn.application.ports import Ref
from comfyvn.application.projects import bring_in
from comfyvn.application.studio import Request
from comfyvn.domain.cast import Character, IntroduceCharacter, RenameCharacter
from comfyvn.domain.kernel import Conflict, Missing
from comfyvn.domain.story.commands import AnnotateScene, DirectNode, DiscardScene, RemoveNode, WriteLine
from tests.desks import SCENE, Desk

ADA = Ref("character", "ada")


def test_undo_and_redo_walk_through_the_changes_of_an_actor(desk: Desk) -> None:
    desk.open()
    for title in ("Two", "Three", "Four"):
        desk.retitle(title)
    titles = []
    for step in (desk.undo, desk.undo, desk.redo, desk.undo, desk.undo, desk.redo, desk.redo, desk.redo):
        step()
        titles.append(desk.scene().title)
    assert titles == ["Three", "Two", "Three", "Two", "Scene", "Two", "Three", "Four"]


def test_undo_goes_back_to_the_beginning_and_no_further(desk: Desk) -> None:
    desk.open()
    desk.undo()
    desk.undo()
    assert desk.state() is None
    with pytest.raises(Missing) as refused:
        desk.undo()
    assert refused.value.code == "nothing_to_undo"
    desk.redo()
    desk.redo()
    assert desk.words() == "one"
    with pytest.raises(Missing) as refused:
        desk.redo()
    assert refused.value.code == "nothing_to_redo"


def test_undo_and_redo_say_what_they_did(desk: Desk) -> None:
    desk.open()
    change = desk.retitle("Two").commit
    undone = desk.undo().commit
    redone = desk.redo()
    assert change and undone and redone.commit
    assert (undone.kind, undone.reverts, undone.message) == ("undo", change.id, f"undo {change.message}")
    assert (redone.commit.kind, redone.commit.reverts) == ("redo", undone.id)
    assert redone.versions == {"scene:s": 5}


def test_founding_and_forking_cannot_be_undone(desk: Desk) -> None:
    branch = fork(desk.studio, desk.main, "draft", Request(actor="ada")).id
    for of in (desk.main, branch):
        with pytest.raises(Missing):
            desk.undo(branch=of)


def test_others_may_have_worked_meanwhile(desk: Desk) -> None:
    desk.open()
    desk.retitle("Ada's title")
    desk.reword("Bo's words", actor="bo")
    desk.do(WriteLine("n2", "Bo's line"), actor="bo")
    desk.undo()
    assert desk.scene().title == "Scene"
    assert (desk.words(), desk.words("n2")) == ("Bo's words", "Bo's line")
    desk.redo()
    assert desk.scene().title == "Ada's title"
    desk.undo(actor="bo")
    assert "n2" not in desk.scene().nodes
    assert desk.scene().title == "Ada's title"


def test_everyone_undoes_their_own(desk: Desk) -> None:
    desk.open()
    with pytest.raises(Missing):
        desk.undo(actor="bo")
    desk.undo()
    with pytest.raises(Missing):
        desk.redo(actor="bo")


def test_a_change_of_the_same_field_by_another_collides(desk: Desk) -> None:
    desk.open()
    desk.reword("Ada's words")
    desk.reword("Bo's words", actor="bo")
    before = desk.head()
    outcome = desk.undo()
    (item,) = outcome.conflicts
    assert (item.id, item.code) == ("scene:s/nodes/n1/content", "changed_on_both_sides")
    assert (item.base, item.ours, item.theirs) == ("Ada's words", "Bo's words", "one")
    assert (outcome.commit, desk.head(), desk.words()) == (None, before, "Bo's words")


def test_settled_for_theirs_the_past_comes_back(desk: Desk) -> None:
    desk.open()
    desk.reword("Ada's words")
    desk.reword("Bo's words", actor="bo")
    (item,) = desk.undo().conflicts
    assert desk.undo(settled={item.id: "theirs"}).commit
    assert desk.words() == "one"
    desk.redo()
    assert desk.words() == "Bo's words"


def test_settled_for_ours_the_rest_is_undone(desk: Desk) -> None:
    desk.do(IntroduceCharacter("Ada"), ADA)
    desk.open()
    desired = desk.scene()
    change = [(SCENE, type(desired)("Both", nodes=desired.nodes)), (ADA, Character("Ida"))]
    bring_in(desk.studio, desk.main, change, Request(actor="ada"), "both", command="t", body=1, kind="do")
    desk.retitle("Bo's title", actor="bo")
    (item,) = desk.undo().conflicts
    assert desk.undo(settled={item.id: "ours"}).commit
    assert (desk.scene().title, desk.state(ADA).name) == ("Bo's title", "Ada")


def test_keys_with_slashes_and_tildes_can_be_settled(desk: Desk) -> None:
    desk.open()
    key = "a/b~c~1"
    desk.do(DirectNode("n1", key, 1))
    desk.do(DirectNode("n1", key, 2), actor="bo")
    (item,) = desk.undo().conflicts
    assert item.path == ("nodes", "n1", "directives", key)
    desk.undo(settled={item.id: "theirs"})
    assert key not in desk.scene().nodes["n1"].directives


def test_a_conflict_of_another_entity_is_not_settled_along(desk: Desk) -> None:
    desk.do(IntroduceCharacter("Ada"), ADA)
    desk.do(RenameCharacter("Ida"), ADA)
    desk.do(RenameCharacter("Eda"), ADA, actor="bo")
    assert desk.undo(settled={"character:bo/name": "theirs", "character:ada": "theirs"}).conflicts


def test_a_change_that_others_took_back_is_passed_over(desk: Desk) -> None:
    desk.open()
    desk.retitle("Two")
    desk.reword("two")
    desk.reword("one", actor="bo")
    assert desk.undo().commit
    assert (desk.scene().title, desk.words()) == ("Scene", "one")
    desk.redo()
    assert (desk.scene().title, desk.words()) == ("Two", "one")


def test_where_all_was_taken_back_undo_changes_nothing(desk: Desk) -> None:
    desk.open()
    desk.retitle("Two", actor="cy")
    desk.retitle("Scene")
    before = desk.head()
    outcome = desk.undo(actor="cy")
    assert (outcome.commit, outcome.conflicts, outcome.position) == (None, (), before)


def test_a_new_change_clears_what_could_be_redone(desk: Desk) -> None:
    desk.open()
    desk.retitle("Two")
    desk.undo()
    desk.reword("other words")
    with pytest.raises(Missing):
        desk.redo()
    desk.undo()
    desk.undo()
    assert not desk.scene().nodes
    desk.redo()
    desk.redo()
    with pytest.raises(Missing):
        desk.redo()
    assert (desk.scene().title, desk.words()) == ("Scene", "other words")


def test_changes_of_others_clear_nothing(desk: Desk) -> None:
    desk.open()
    desk.retitle("Two")
    desk.undo()
    desk.reword("Bo's words", actor="bo")
    desk.redo()
    assert (desk.scene().title, desk.words()) == ("Two", "Bo's words")


def test_a_retry_of_undo_undoes_once(desk: Desk) -> None:
    desk.open()
    desk.retitle("Two")
    desk.retitle("Three")
    request = Request(actor="ada", command_id="a retry")
    first = undo(desk.studio, desk.main, request)
    again = undo(desk.studio, desk.main, request)
    assert (again.commit, again.position) == (first.commit, first.position)
    assert desk.scene().title == "Two"
    with pytest.raises(Conflict) as refused:
        redo(desk.studio, desk.main, request)
    assert refused.value.code == "command_id_reused"


def test_an_import_is_undone_as_a_whole(desk: Desk) -> None:
    desk.open()
    before = desk.scene()
    wanted = [(ADA, Character("Ada")), (Ref("character", "bo"), Character("Bo")), (SCENE, None)]
    imported = bring_in(desk.studio, desk.main, wanted, Request(actor="ada"), "import", command="t", body={})
    assert imported.commit
    assert imported.commit.kind == "import"
    assert desk.state() is None
    desk.undo()
    assert desk.scene() == before
    assert desk.state(ADA) is desk.state(Ref("character", "bo")) is None
    desk.redo()
    assert desk.state(ADA) == Character("Ada")


def test_undoing_an_import_spares_what_others_made_of_it(desk: Desk) -> None:
    wanted = [(ADA, Character("Ada")), (Ref("character", "bo"), Character("Bo"))]
    bring_in(desk.studio, desk.main, wanted, Request(actor="ada"), "import", command="t", body={})
    desk.do(RenameCharacter("Ida"), ADA, actor="bo")
    (item,) = desk.undo().conflicts
    assert (item.id, item.code, item.theirs) == ("character:ada", "removed_and_changed", None)
    desk.undo(settled={item.id: "ours"})
    assert desk.state(ADA) == Character("Ida")
    assert desk.state(Ref("character", "bo")) is None


def test_a_merge_is_undone(desk: Desk) -> None:
    desk.open()
    draft = fork(desk.studio, desk.main, "draft", Request()).id
    desk.retitle("Draft", branch=draft)
    desk.do(IntroduceCharacter("Ada"), ADA, branch=draft)
    desk.reword("meanwhile")
    merge(desk.studio, draft, desk.main, Request(actor="ada"))
    assert (desk.scene().title, desk.words()) == ("Draft", "meanwhile")
    desk.undo()
    assert (desk.scene().title, desk.words(), desk.state(ADA)) == ("Scene", "meanwhile", None)
    desk.redo()
    assert (desk.scene().title, desk.state(ADA)) == ("Draft", Character("Ada"))
    assert desk.scene(draft).title == "Draft"


def test_a_discarded_scene_comes_back(desk: Desk) -> None:
    desk.open()
    desk.do(AnnotateScene("mood", ["dark", {"level": 1}]))
    before = desk.scene()
    desk.do(DiscardScene())
    assert desk.state() is None
    desk.undo()
    assert desk.scene() == before
    desk.redo()
    assert desk.state() is None


def test_undoing_a_new_line_that_another_edited_collides(desk: Desk) -> None:
    desk.open()
    desk.do(WriteLine("n2", "two"))
    desk.reword("deux", actor="bo", node="n2")
    (item,) = desk.undo().conflicts
    assert (item.id, item.code) == ("scene:s/nodes/n2", "removed_and_changed")
    assert (item.ours["content"], item.theirs) == ("deux", None)
    desk.undo(settled={item.id: "theirs"})
    assert "n2" not in desk.scene().nodes


def test_a_branch_may_undo_what_it_inherited(desk: Desk) -> None:
    desk.open()
    desk.retitle("Two")
    draft = fork(desk.studio, desk.main, "draft", Request(actor="cy")).id
    desk.retitle("Three")
    desk.undo(branch=draft)
    assert (desk.scene(draft).title, desk.scene().title) == ("Scene", "Three")
    desk.undo()
    assert (desk.scene(draft).title, desk.scene().title) == ("Scene", "Two")
    desk.redo(branch=draft)
    assert (desk.scene(draft).title, desk.scene().title) == ("Two", "Two")


def test_a_branch_from_the_past_redoes_what_was_undone_there(desk: Desk) -> None:
    desk.open()
    desk.retitle("Two")
    undone = desk.undo().position
    desk.redo()
    draft = fork(desk.studio, desk.main, "draft", Request(actor="cy"), at=undone).id
    assert desk.scene(draft).title == "Scene"
    desk.redo(branch=draft)
    assert desk.scene(draft).title == "Two"


def test_revert_takes_back_an_old_change_of_anyone(desk: Desk) -> None:
    desk.open()
    change = desk.retitle("Two", actor="bo").commit
    desk.reword("two")
    assert change
    outcome = revert(desk.studio, desk.main, change.id[:12], Request(actor="ada"))
    assert outcome.commit
    assert (outcome.commit.kind, outcome.commit.reverts) == ("revert", change.id)
    assert (desk.scene().title, desk.words()) == ("Scene", "two")
    desk.undo()
    assert desk.scene().title == "Two"


def test_revert_collides_like_undo(desk: Desk) -> None:
    desk.open()
    change = desk.retitle("Two").commit
    desk.retitle("Three")
    assert change
    (item,) = revert(desk.studio, desk.main, change.id, Request()).conflicts
    assert (item.base, item.ours, item.theirs) == ("Two", "Three", "Scene")
    revert(desk.studio, desk.main, change.id, Request(), {item.id: "theirs"})
    assert desk.scene().title == "Scene"


def test_a_retry_of_revert_reverts_once(desk: Desk) -> None:
    desk.open()
    change = desk.retitle("Two").commit
    assert change
    request = Request(command_id="a retry")
    first = revert(desk.studio, desk.main, change.id, request)
    desk.retitle("Two")
    assert revert(desk.studio, desk.main, change.id, request).commit == first.commit
    assert desk.scene().title == "Two"


def test_revert_sees_only_what_the_branch_sees(desk: Desk) -> None:
    desk.open()
    draft = fork(desk.studio, desk.main, "draft", Request()).id
    change = desk.retitle("Two", branch=draft).commit
    assert change
    with pytest.raises(Missing) as refused:
        revert(desk.studio, desk.main, change.id, Request())
    assert refused.value.code == "commit_unknown"
    with pytest.raises(Missing):
        revert(desk.studio, desk.main, "no such commit", Request())


def test_undo_of_a_removed_line_brings_back_the_line_alone(desk: Desk) -> None:
    desk.open()
    desk.do(WriteLine("n2", "two"))
    desk.do(RemoveNode("n1"))
    desk.reword("deux", actor="bo", node="n2")
    desk.undo()
    assert [node.content for node in desk.scene().nodes.values()] in (["one", "deux"], ["deux", "one"])


def test_a_closed_branch_takes_no_undo(desk: Desk) -> None:
    desk.open()
    draft = fork(desk.studio, desk.main, "draft", Request()).id
    close(desk.studio, draft, Request())
    with pytest.raises(Conflict) as refused:
        desk.undo(branch=draft)
    assert refused.value.code == "branch_closed"
