import pytest

from comfyvn.application.branching import close, fork, rename
from comfyvn.application.history import restore
from comfyvn.application.ports import Ref
from comfyvn.application.studio import Request
from comfyvn.domain.cast import IntroduceCharacter
from comfyvn.domain.kernel import WHOLE, Conflict, Missing, Refused
from comfyvn.domain.project import RenameProject
from comfyvn.domain.story.commands import DiscardScene, RemoveNode, WriteLine
from tests.desks import SCENE, Desk

ADA = Ref("character", "ada")
CY = Request(actor="cy")


def test_everything_is_restored_as_it_was(desk: Desk) -> None:
    position = desk.open().position
    before = desk.scene()
    desk.retitle("Later")
    desk.do(RemoveNode("n1"))
    desk.do(IntroduceCharacter("Ada"), ADA)
    outcome = restore(desk.studio, desk.main, position, CY)
    assert outcome.commit
    assert (outcome.commit.kind, outcome.commit.message) == ("restore", f"restore everything as of {position}")
    assert (desk.scene(), desk.state(ADA)) == (before, None)
    desk.undo(actor="cy")
    assert (desk.scene().title, desk.state(ADA).name) == ("Later", "Ada")


def test_a_discarded_entity_is_restored(desk: Desk) -> None:
    position = desk.open().position
    desk.do(DiscardScene())
    restore(desk.studio, desk.main, position, CY)
    assert desk.words() == "one"


def test_restoring_the_present_changes_nothing(desk: Desk) -> None:
    position = desk.open().position
    assert restore(desk.studio, desk.main, position, CY).commit is None
    desk.retitle("Later")
    desk.retitle("Scene")
    assert restore(desk.studio, desk.main, position, CY).commit is None


def test_before_its_beginning_a_project_keeps_its_name(desk: Desk) -> None:
    desk.do(RenameProject("Renamed"), Ref("project", desk.project.id))
    desk.open()
    restore(desk.studio, desk.main, 0, CY)
    assert desk.state() is None
    assert desk.state(Ref("project", desk.project.id)).name == "Renamed"


def test_one_entity_is_restored(desk: Desk) -> None:
    desk.do(IntroduceCharacter("Ada"), ADA)
    position = desk.open().position
    desk.retitle("Later")
    desk.do(WriteLine("n2", "two"))
    other = Ref("scene", "other")
    desk.open(other)
    outcome = restore(desk.studio, desk.main, position, CY, only=[SCENE])
    assert outcome.commit
    assert outcome.commit.message == f"restore scene:s as of {position}"
    assert (desk.scene().title, [*desk.scene().nodes]) == ("Scene", ["n1"])
    assert desk.state(other) is not None


def test_one_line_is_restored(desk: Desk) -> None:
    position = desk.open().position
    desk.reword("later")
    desk.retitle("Later")
    desk.do(WriteLine("n2", "two"))
    restore(desk.studio, desk.main, position, CY, only=[SCENE], part="n1")
    assert (desk.words(), desk.words("n2"), desk.scene().title) == ("one", "two", "Later")
    restore(desk.studio, desk.main, position, CY, only=[SCENE], part=WHOLE)
    assert (desk.words("n2"), desk.scene().title) == ("two", "Scene")
    restore(desk.studio, desk.main, position, CY, only=[SCENE], part="n2")
    assert "n2" not in desk.scene().nodes


def test_a_removed_line_is_restored(desk: Desk) -> None:
    position = desk.open().position
    desk.do(RemoveNode("n1"))
    restore(desk.studio, desk.main, position, CY, only=[SCENE], part="n1")
    assert desk.words() == "one"


def test_a_part_needs_an_entity_to_stand_in(desk: Desk) -> None:
    start = desk.head()
    position = desk.open().position
    with pytest.raises(Missing) as refused:
        restore(desk.studio, desk.main, start, CY, only=[SCENE], part=WHOLE)
    assert refused.value.code == "part_unknown"
    desk.do(DiscardScene())
    with pytest.raises(Missing) as refused:
        restore(desk.studio, desk.main, position, CY, only=[SCENE], part="n1")
    assert refused.value.code == "scene_unknown"


def test_a_branch_keeps_its_name_and_restores_from_before_its_fork(desk: Desk) -> None:
    position = desk.open().position
    desk.retitle("Two")
    branch = fork(desk.studio, desk.main, "draft", CY).id
    desk.retitle("Three", branch=branch)
    rename(desk.studio, branch, "other", CY)
    restore(desk.studio, branch, position, CY)
    restore(desk.studio, branch, desk.head(), CY, only=[Ref("branch", branch)])
    assert desk.scene(branch).title == "Scene"
    assert desk.scene().title == "Two"
    assert desk.studio.store.branch(branch).name == "other"


@pytest.mark.parametrize("position", [-1, 10_000])
def test_a_position_outside_of_the_history_is_refused(desk: Desk, position: int) -> None:
    with pytest.raises(Refused) as refused:
        restore(desk.studio, desk.main, position, CY)
    assert refused.value.code == "position_unknown"


def test_a_retry_of_restore_restores_once(desk: Desk) -> None:
    position = desk.open().position
    desk.retitle("Later")
    request = Request(command_id="a retry")
    first = restore(desk.studio, desk.main, position, request)
    desk.retitle("Again later")
    assert restore(desk.studio, desk.main, position, request).commit == first.commit
    assert desk.scene().title == "Again later"


def test_a_closed_branch_is_not_restored(desk: Desk) -> None:
    position = desk.open().position
    branch = fork(desk.studio, desk.main, "draft", CY).id
    close(desk.studio, branch, CY)
    with pytest.raises(Conflict) as refused:
        restore(desk.studio, branch, position, CY)
    assert refused.value.code == "branch_closed"
