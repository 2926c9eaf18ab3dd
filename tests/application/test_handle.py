from itertools import count

import pytest

from comfyvn.application.branching import close, fork
from comfyvn.application.ports import Change, Commit, EventStore, Ref
from comfyvn.application.studio import ConflictItem, Request, Studio, plain
from comfyvn.domain.cast import DiscardCharacter, IntroduceCharacter, RenameCharacter
from comfyvn.domain.kernel import Conflict, Missing, Refused
from comfyvn.domain.story.commands import DiscardScene, RemoveNode, RetitleScene, WriteLine
from tests.desks import SCENE, Desk

ADA = Ref("character", "ada")


def test_a_command_becomes_one_commit_with_its_envelope(desk: Desk) -> None:
    outcome = desk.do(IntroduceCharacter("Ada"), ADA, actor="bo", session="tab 1", cause="a job", message="hello")
    commit = outcome.commit
    assert commit is not None
    assert commit == desk.studio.store.commit(commit.id)
    assert (commit.kind, commit.actor, commit.session, commit.cause) == ("do", "bo", "tab 1", "a job")
    assert (commit.message, commit.command) == ("hello", "cast.introduce-character")
    assert commit.body["entity"] == "character:ada"
    assert (outcome.position, outcome.events, outcome.conflicts) == (desk.head(), 1, ())
    assert outcome.versions == {"character:ada": 1}


def test_without_a_message_the_history_tells_the_command(desk: Desk) -> None:
    commit = desk.do(IntroduceCharacter("Ada"), ADA).commit
    assert commit is not None
    assert commit.message == "introduce character (character ada)"


def test_what_changes_nothing_is_not_recorded(desk: Desk) -> None:
    opened = desk.open()
    again = desk.retitle("Scene")
    assert again.commit is None
    assert (again.position, again.events, again.versions) == (opened.position, 0, {"scene:s": 2})
    assert desk.head() == opened.position


def test_the_same_command_id_gives_the_same_answer(desk: Desk) -> None:
    desk.open()
    first = desk.retitle("Two", command_id="a retry")
    desk.retitle("Three")
    again = desk.retitle("Two", command_id="a retry")
    assert again == first
    assert desk.scene().title == "Three"


def test_a_command_id_belongs_to_one_command(desk: Desk) -> None:
    desk.open()
    desk.retitle("Two", command_id="a retry")
    for other in (RetitleScene("Three"), DiscardScene()):
        with pytest.raises(Conflict) as refused:
            desk.do(other, command_id="a retry")
        assert refused.value.code == "command_id_reused"
    with pytest.raises(Conflict):
        desk.do(RetitleScene("Two"), Ref("scene", "other"), command_id="a retry")
    assert desk.scene().title == "Two"


def test_a_retry_is_answered_also_on_a_branch_that_was_closed_since(desk: Desk) -> None:
    desk.open()
    branch = fork(desk.studio, desk.main, "draft", Request()).id
    first = desk.retitle("Two", branch=branch, command_id="a retry")
    close(desk.studio, branch, Request())
    assert desk.retitle("Two", branch=branch, command_id="a retry") == first
    with pytest.raises(Conflict) as refused:
        desk.retitle("Three", branch=branch)
    assert refused.value.code == "branch_closed"


def test_refusals_of_the_decider_come_through_and_write_nothing(desk: Desk) -> None:
    before = desk.head()
    with pytest.raises(Missing) as refused:
        desk.retitle("Two")
    assert refused.value.code == "scene_unknown"
    with pytest.raises(Refused) as malformed:
        desk.do(IntroduceCharacter("  "), ADA)
    assert malformed.value.code == "character_malformed"
    assert desk.head() == before


def test_an_unknown_branch_is_missing(desk: Desk) -> None:
    with pytest.raises(Missing) as refused:
        desk.retitle("Two", branch="nowhere")
    assert refused.value.code == "branch_unknown"


def test_an_expected_version_that_is_present_goes_through(desk: Desk) -> None:
    version = desk.open().versions["scene:s"]
    assert desk.retitle("Two", expected=version).versions == {"scene:s": version + 1}
    assert desk.do(IntroduceCharacter("Ada"), ADA, expected=0).versions == {"character:ada": 1}


def collisions(refused: Conflict) -> tuple[ConflictItem, ...]:
    assert refused.code == "stale"
    found = refused.details["conflicts"]
    assert isinstance(found, tuple)
    return found


def test_a_stale_version_is_refused_with_both_values(desk: Desk) -> None:
    version = desk.open().versions["scene:s"]
    desk.reword("Bo's words", actor="bo", expected=version)
    before = desk.head()
    with pytest.raises(Conflict) as refused:
        desk.reword("Ada's words", expected=version)
    (item,) = collisions(refused.value)
    assert item == ConflictItem(
        "scene:s/nodes/n1/content", "changed_on_both_sides", "scene:s", ("nodes", "n1", "content"),
        base="one", ours="Bo's words", theirs="Ada's words",
    )  # fmt: skip
    assert {k: refused.value.details[k] for k in ("entity", "expected", "found")} == {
        "entity": "scene:s", "expected": version, "found": version + 1,
    }  # fmt: skip
    assert plain(refused.value.details)["conflicts"][0]["ours"] == "Bo's words"
    assert desk.head() == before
    assert desk.words() == "Bo's words"


def test_a_stale_version_without_collision_says_so(desk: Desk) -> None:
    version = desk.open().versions["scene:s"]
    desk.retitle("Two", actor="bo")
    with pytest.raises(Conflict) as refused:
        desk.reword("other words", expected=version)
    assert collisions(refused.value) == ()


def test_a_line_that_is_gone_collides_as_removed(desk: Desk) -> None:
    version = desk.open().versions["scene:s"]
    desk.do(RemoveNode("n1"), actor="bo")
    with pytest.raises(Conflict) as refused:
        desk.reword("other words", expected=version)
    (item,) = collisions(refused.value)
    assert (item.code, item.path, item.ours) == ("removed_and_changed", ("nodes", "n1"), None)
    assert (item.base["content"], item.theirs["content"]) == ("one", "other words")


def test_an_entity_that_is_gone_collides_as_a_whole(desk: Desk) -> None:
    desk.do(IntroduceCharacter("Ada"), ADA)
    desk.do(DiscardCharacter(), ADA, actor="bo")
    with pytest.raises(Conflict) as refused:
        desk.do(RenameCharacter("Ida"), ADA, expected=1)
    (item,) = collisions(refused.value)
    assert (item.id, item.ours, item.theirs["name"]) == ("character:ada", None, "Ida")


@pytest.mark.parametrize("expected", [-1, 99])
def test_a_version_that_never_was_is_stale(desk: Desk, expected: int) -> None:
    desk.open()
    with pytest.raises(Conflict) as refused:
        desk.retitle("Two", expected=expected)
    assert refused.value.code == "stale"
    assert "conflicts" not in refused.value.details


class Busy:
    """A store where someone else writes to scene ``s`` each time between load and append."""

    def __init__(self, desk: Desk, times: int) -> None:
        self._desk, self._left, self._numbers = desk, times, count()

    def __getattr__(self, name: str) -> object:
        return getattr(self._desk.studio.store, name)

    def append(self, branch: str, envelope: object, changes: list[Change], **more: object) -> Commit:
        if self._left:
            self._left -= 1
            self._desk.retitle(f"Title {next(self._numbers)}", actor="bo")
        return self._desk.studio.store.append(branch, envelope, changes, **more)  # type: ignore[arg-type]


def at_busy(desk: Desk, times: int) -> Desk:
    store: EventStore = Busy(desk, times)  # type: ignore[assignment]
    busy = Desk.__new__(Desk)
    busy.studio, busy.main = Studio(store, desk.studio.clock, desk.studio.ids), desk.main
    return busy


def test_a_command_without_a_version_is_decided_again_when_others_were_quicker(desk: Desk) -> None:
    desk.open()
    at_busy(desk, 3).reword("other words")
    assert (desk.words(), desk.scene().title) == ("other words", "Title 2")


def test_a_command_gives_up_when_others_are_always_quicker(desk: Desk) -> None:
    desk.open()
    with pytest.raises(Conflict) as refused:
        at_busy(desk, 1000).reword("other words")
    assert refused.value.code == "stale"
    assert desk.words() == "one"


def test_a_command_with_a_version_is_not_decided_again(desk: Desk) -> None:
    version = desk.open().versions["scene:s"]
    with pytest.raises(Conflict) as refused:
        at_busy(desk, 1).reword("other words", expected=version)
    assert refused.value.code == "stale"
    assert desk.words() == "one"


def test_it_is_decided_again_on_what_is_there_now(desk: Desk) -> None:
    desk.open()
    desk.do(WriteLine("n2", "two"))
    busy = at_busy(desk, 1)
    busy.do(RetitleScene("Title 0"))  # what the other wrote is what this one asks for
    assert desk.scene().title == "Title 0"
    assert desk.state(SCENE).nodes["n2"].content == "two"
