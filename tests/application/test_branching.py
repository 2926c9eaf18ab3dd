import pytest

from comfyvn.application.branching import close, compare, fork, merge, merge_bases, rename, reopen, take
from comfyvn.application.history import restore
from comfyvn.application.ports import Ref
from comfyvn.application.projects import found_project
from comfyvn.application.studio import Outcome, Request
from comfyvn.domain.cast import Character, DescribeTrait, IntroduceCharacter, RenameCharacter
from comfyvn.domain.kernel import Conflict, Missing, Refused
from comfyvn.domain.merge import Worded
from comfyvn.domain.story.commands import DiscardScene, RemoveNode, WriteLine
from tests.desks import SCENE, Desk

ADA = Ref("character", "ada")
CY = Request(actor="cy")


def draft(desk: Desk, name: str = "draft", at: int | None = None, parent: str | None = None) -> str:
    return fork(desk.studio, parent or desk.main, name, CY, at).id


def merged(desk: Desk, source: str, target: str | None = None, **more: object) -> Outcome:
    return merge(desk.studio, source, target or desk.main, CY, **more)  # type: ignore[arg-type]


def test_a_fork_shows_what_was_there_and_goes_its_own_way(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    desk.retitle("Main")
    desk.retitle("Draft", branch=branch)
    assert (desk.scene().title, desk.scene(branch).title) == ("Main", "Draft")
    row = desk.studio.store.branch(branch)
    assert (row.parent, row.closed, row.project) == (desk.main, False, desk.project.id)


def test_a_fork_at_a_past_position_shows_that_past(desk: Desk) -> None:
    positions = [desk.head(), *(desk.open().position,), *(desk.retitle(f"T{n}").position for n in range(3))]
    titles = [None, "Scene", "T0", "T1", "T2"]
    for position, title in zip(positions, titles, strict=True):
        state = desk.state(branch=draft(desk, f"at {position}", position))
        assert (state and state.title) == title


def test_a_fork_between_two_events_of_a_commit_starts_before_it(desk: Desk) -> None:
    desk.open()
    before = desk.head()
    position = restore(desk.studio, desk.main, 0, CY).position
    assert position - before == 1
    assert desk.studio.store.branch(draft(desk, "a", 1)).fork_position == 0


@pytest.mark.parametrize("at", [-1, 10_000])
def test_a_fork_needs_a_position_of_the_history(desk: Desk, at: int) -> None:
    with pytest.raises(Refused) as refused:
        draft(desk, at=at)
    assert refused.value.code == "position_unknown"


def test_a_fork_of_a_fork_reads_through_both(desk: Desk) -> None:
    desk.open()
    first = draft(desk, "one")
    desk.retitle("One", branch=first)
    second = draft(desk, "two", parent=first)
    desk.retitle("Later", branch=first)
    desk.reword("two", branch=second)
    assert (desk.scene(second).title, desk.words(branch=second)) == ("One", "two")


def test_a_retry_of_a_fork_gives_the_same_branch(desk: Desk) -> None:
    request = Request(command_id="a retry")
    first = fork(desk.studio, desk.main, "draft", request)
    assert fork(desk.studio, desk.main, "draft", request).id == first.id
    with pytest.raises(Conflict) as refused:
        fork(desk.studio, desk.main, "other", request)
    assert refused.value.code == "command_id_reused"


@pytest.mark.parametrize("name", ["", "  ", " x", "x\n", "x" * 101, "a\0b"])
def test_a_branch_has_a_name_that_can_be_read(desk: Desk, name: str) -> None:
    branch = draft(desk)
    with pytest.raises(Refused) as refused:
        fork(desk.studio, desk.main, name, CY)
    assert refused.value.code == "name_malformed"
    with pytest.raises(Refused):
        rename(desk.studio, branch, name, CY)


def test_open_branches_have_different_names(desk: Desk) -> None:
    branch = draft(desk)
    for ask in (lambda: draft(desk), lambda: rename(desk.studio, branch, "main", CY)):
        with pytest.raises(Conflict) as refused:
            ask()
        assert refused.value.code == "branch_exists"


def test_a_branch_is_renamed_closed_and_reopened(desk: Desk) -> None:
    branch = draft(desk)
    assert rename(desk.studio, branch, "other", CY).commit
    assert rename(desk.studio, branch, "other", CY).commit is None
    assert desk.studio.store.branch(branch).name == "other"
    assert close(desk.studio, branch, CY).commit
    assert close(desk.studio, branch, CY).commit is None
    assert desk.studio.store.branch(branch).closed
    again = draft(desk, "other")
    with pytest.raises(Conflict) as refused:
        reopen(desk.studio, branch, CY)
    assert refused.value.code == "branch_exists"
    rename(desk.studio, again, "another", CY)
    assert reopen(desk.studio, branch, CY).commit
    assert reopen(desk.studio, branch, CY).commit is None
    assert not desk.studio.store.branch(branch).closed


def test_a_retry_of_closing_is_answered(desk: Desk) -> None:
    branch = draft(desk)
    request = Request(command_id="a retry")
    first = close(desk.studio, branch, request)
    reopen(desk.studio, branch, CY)
    assert close(desk.studio, branch, request).commit == first.commit
    assert not desk.studio.store.branch(branch).closed


def test_the_main_branch_stays_open(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        close(desk.studio, desk.main, CY)
    assert refused.value.code == "branch_main"


def test_a_closed_branch_is_read_forked_and_merged_from_but_not_into(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    desk.retitle("Draft", branch=branch)
    close(desk.studio, branch, CY)
    assert desk.scene(branch).title == "Draft"
    assert desk.scene(draft(desk, "again", parent=branch)).title == "Draft"
    assert merged(desk, branch).commit
    with pytest.raises(Conflict) as refused:
        merged(desk, desk.main, branch)
    assert refused.value.code == "branch_closed"


def test_a_merge_brings_in_what_changed_and_keeps_the_rest(desk: Desk) -> None:
    desk.open()
    desk.do(IntroduceCharacter("Ada", traits={"age": 1}), ADA)
    branch = draft(desk)
    desk.reword("draft", branch=branch)
    desk.do(WriteLine("n2", "two"), branch=branch)
    desk.do(DescribeTrait("mood", "glad"), ADA, branch=branch)
    desk.retitle("Main")
    desk.do(RenameCharacter("Ida"), ADA)
    outcome = merged(desk, branch)
    assert outcome.commit
    assert (outcome.commit.kind, outcome.commit.message) == ("merge", "merge draft into main")
    tip = next(desk.studio.store.commits(branch))
    assert outcome.commit.merge_parent == tip.id
    assert (desk.scene().title, desk.words(), desk.words("n2")) == ("Main", "draft", "two")
    assert desk.state(ADA) == Character("Ida", traits={"age": 1, "mood": "glad"})
    assert desk.scene(branch).title == "Scene"


def test_a_branch_takes_in_its_parent(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    desk.retitle("Main")
    desk.reword("draft", branch=branch)
    merged(desk, desk.main, branch)
    assert (desk.scene(branch).title, desk.words(branch=branch)) == ("Main", "draft")
    assert merged(desk, branch).commit
    assert desk.scene() == desk.scene(branch)
    assert merged(desk, branch).commit is None


def test_both_sides_changed_one_field(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    desk.reword("draft", branch=branch)
    desk.retitle("Draft", branch=branch)
    desk.reword("main")
    before = desk.head()
    outcome = merged(desk, branch)
    (item,) = outcome.conflicts
    assert (item.id, item.base, item.ours, item.theirs) == ("scene:s/nodes/n1/content", "one", "main", "draft")
    assert (outcome.commit, desk.head(), desk.scene().title) == (None, before, "Scene")
    merged(desk, branch, settled={item.id: "theirs"})
    assert (desk.words(), desk.scene().title) == ("draft", "Draft")


def test_a_conflict_about_words_is_settled_by_a_third_wording_in_the_same_change(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    desk.reword("draft", branch=branch)
    desk.retitle("Draft", branch=branch)
    desk.reword("main")
    desk.retitle("Main")
    own = {"scene:s/nodes/n1/content": Worded("both"), "scene:s/title": Worded("Both")}
    outcome = merged(desk, branch, settled=own)
    assert [item.id for item in outcome.conflicts] == ["scene:s/title"]
    outcome = merged(desk, branch, settled={**own, "scene:s/title": "ours"})
    assert outcome.commit and outcome.commit.body["settled"]["scene:s/nodes/n1/content"] == {"text": "both"}
    assert (desk.words(), desk.scene().title) == ("both", "Main")


def test_settled_for_ours_a_merge_is_not_asked_again(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    desk.reword("draft", branch=branch)
    desk.retitle("Draft", branch=branch)
    desk.reword("main")
    merged(desk, branch, settled={"scene:s/nodes/n1/content": "ours"})
    assert (desk.words(), desk.scene().title) == ("main", "Draft")
    again = merged(desk, branch)
    assert (again.commit, again.conflicts) == (None, ())


def test_one_side_removed_what_the_other_changed(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    desk.do(RemoveNode("n1"), branch=branch)
    desk.reword("main")
    (item,) = merged(desk, branch).conflicts
    assert (item.id, item.code, item.theirs) == ("scene:s/nodes/n1", "removed_and_changed", None)
    other = draft(desk, "other")
    desk.do(DiscardScene(), branch=other)
    desk.reword("later")
    (item,) = merged(desk, other).conflicts
    assert (item.id, item.code) == ("scene:s", "removed_and_changed")
    merged(desk, other, settled={"scene:s": "theirs"})
    assert desk.state() is None


def test_the_same_change_on_both_sides_is_no_conflict(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    desk.retitle("Same", branch=branch)
    desk.retitle("Same")
    outcome = merged(desk, branch)
    assert (outcome.commit, outcome.conflicts) == (None, ())


def test_some_entities_alone_are_taken_over(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    desk.retitle("Draft", branch=branch)
    desk.do(IntroduceCharacter("Ada"), ADA, branch=branch)
    outcome = merged(desk, branch, only=[ADA])
    assert outcome.commit
    assert outcome.commit.merge_parent is None
    assert (desk.scene().title, desk.state(ADA)) == ("Scene", Character("Ada"))
    merged(desk, branch)
    assert desk.scene().title == "Draft"


def test_a_second_merge_starts_from_the_first(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    desk.reword("draft", branch=branch)
    merged(desk, branch)
    desk.reword("main")
    desk.retitle("Draft", branch=branch)
    again = merged(desk, branch)
    assert again.conflicts == ()
    assert (desk.words(), desk.scene().title) == ("main", "Draft")
    points = merge_bases(desk.studio.store, (branch, desk.head(branch)), (desk.main, desk.head()))
    assert points == [(branch, desk.head(branch))]


def test_branches_merge_to_and_fro(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    for n in range(4):
        desk.reword(f"draft {n}", branch=branch)
        assert merged(desk, branch).commit
        desk.reword(f"main {n}")
        assert merged(desk, desk.main, branch).commit
        assert desk.words() == desk.words(branch=branch) == f"main {n}"


def test_siblings_merge_from_where_they_parted(desk: Desk) -> None:
    desk.open()
    one = draft(desk, "one")
    desk.reword("main")
    two = draft(desk, "two")
    desk.retitle("One", branch=one)
    desk.do(WriteLine("n2", "two"), branch=two)
    merged(desk, two, one)
    assert (desk.scene(one).title, desk.words(branch=one), desk.words("n2", one)) == ("One", "main", "two")


def test_what_a_branch_merged_from_a_third_is_known(desk: Desk) -> None:
    desk.open()
    one, two = draft(desk, "one"), draft(desk, "two")
    desk.reword("one's words", branch=one)
    merged(desk, one, two)
    merged(desk, one)
    desk.reword("main")
    outcome = merged(desk, two)
    assert (outcome.conflicts, desk.words()) == ((), "main")


def crossed(desk: Desk) -> tuple[str, str]:
    """Return two branches that each took in the same two changes, in the other order."""
    desk.open()
    one, two, left, right = (draft(desk, name) for name in ("one", "two", "left", "right"))
    desk.reword("one's words", branch=one)
    desk.retitle("Two's title", branch=two)
    merged(desk, one, left)
    merged(desk, two, right)
    merged(desk, two, left)
    merged(desk, one, right)
    return left, right


def test_a_criss_cross_merge_knows_both_pasts(desk: Desk) -> None:
    left, right = crossed(desk)
    assert desk.scene(left) == desk.scene(right)
    desk.reword("left", branch=left)
    desk.retitle("Right", branch=right)
    assert merged(desk, left, right).conflicts == ()
    assert (desk.scene(right).title, desk.words(branch=right)) == ("Right", "left")


def test_a_criss_cross_merge_finds_what_really_collides(desk: Desk) -> None:
    left, right = crossed(desk)
    desk.reword("left", branch=left)
    desk.reword("right", branch=right)
    (item,) = merged(desk, left, right).conflicts
    assert (item.base, item.ours, item.theirs) == ("one's words", "right", "left")


def test_a_preview_writes_nothing(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    desk.retitle("Draft", branch=branch)
    before = desk.head()
    outcome = merged(desk, branch, write=False)
    assert (outcome.commit, outcome.conflicts, outcome.position, desk.head()) == (None, (), before, before)
    desk.retitle("Main")
    assert merged(desk, branch, write=False).conflicts
    assert desk.scene().title == "Main"


def test_a_retry_of_a_merge_merges_once(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    desk.retitle("Draft", branch=branch)
    request = Request(command_id="a retry")
    first = merge(desk.studio, branch, desk.main, request)
    desk.retitle("Later", branch=branch)
    assert merge(desk.studio, branch, desk.main, request).commit == first.commit
    assert desk.scene().title == "Draft"


def test_a_branch_merged_into_itself_changes_nothing(desk: Desk) -> None:
    desk.open()
    assert merged(desk, desk.main).commit is None


def test_branches_of_two_projects_do_not_merge(desk: Desk) -> None:
    other = found_project(desk.studio, "Another", CY).main
    with pytest.raises(Refused) as refused:
        merged(desk, other)
    assert refused.value.code == "projects_differ"


def test_a_branch_keeps_its_own_name_and_state_in_a_merge(desk: Desk) -> None:
    branch = draft(desk)
    rename(desk.studio, branch, "other", CY)
    assert merged(desk, branch).commit is None
    assert desk.studio.store.branch(desk.main).name == "main"


def test_one_change_is_taken_over(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    desk.retitle("Draft", branch=branch)
    change = desk.reword("draft", branch=branch).commit
    assert change
    outcome = take(desk.studio, desk.main, change.id, CY)
    assert outcome.commit
    assert outcome.commit.message == f"take over {change.message}"
    assert (desk.scene().title, desk.words()) == ("Scene", "draft")
    assert take(desk.studio, branch, change.id, CY).commit is None


def test_a_change_taken_over_may_collide(desk: Desk) -> None:
    desk.open()
    branch = draft(desk)
    change = desk.reword("draft", branch=branch).commit
    desk.reword("main")
    assert change
    (item,) = take(desk.studio, desk.main, change.id, CY).conflicts
    request = Request(command_id="a retry")
    first = take(desk.studio, desk.main, change.id, request, {item.id: "theirs"})
    assert desk.words() == "draft"
    assert take(desk.studio, desk.main, change.id, request, {}).commit == first.commit


def test_a_change_of_another_project_is_unknown(desk: Desk) -> None:
    other = found_project(desk.studio, "Another", CY).main
    change = desk.do(IntroduceCharacter("Ada"), ADA, branch=other).commit
    assert change
    with pytest.raises(Missing) as refused:
        take(desk.studio, desk.main, change.id, CY)
    assert refused.value.code == "commit_unknown"


def test_compare_names_each_part_that_differs(desk: Desk) -> None:
    start = desk.open().position
    branch = draft(desk)
    desk.reword("draft", branch=branch)
    desk.do(WriteLine("n2", "two"), branch=branch)
    desk.do(IntroduceCharacter("Ada"), ADA)
    found = {(d.entity, d.part): (d.before, d.after) for d in compare(desk.studio, desk.main, branch)}
    assert found.keys() == {("character:ada", ""), ("scene:s", "n1"), ("scene:s", "n2")}
    assert found["character:ada", ""][1] is None
    assert found["scene:s", "n2"][0] is None
    assert [side["content"] for side in found["scene:s", "n1"]] == ["one", "draft"]
    back = compare(desk.studio, branch, desk.main)
    assert {(d.entity, d.part): (d.after, d.before) for d in back} == found
    assert compare(desk.studio, branch, branch) == ()
    assert compare(desk.studio, desk.main, branch, start, start) == ()


def test_compare_looks_at_two_moments_of_one_branch(desk: Desk) -> None:
    first = desk.open().position
    second = desk.reword("two").position
    desk.retitle("Later")
    (found,) = compare(desk.studio, desk.main, desk.main, first, second)
    assert (found.entity, found.part, found.before["content"], found.after["content"]) == (
        "scene:s",
        "n1",
        "one",
        "two",
    )
    assert compare(desk.studio, desk.main, desk.main, second, second) == ()
    branch = draft(desk)
    early = {(d.entity, d.part) for d in compare(desk.studio, desk.main, branch, first)}
    assert early == {("scene:s", ""), ("scene:s", "n1")}


def test_restoring_a_branch_ends_merging_nothing_twice(desk: Desk) -> None:
    start = desk.open().position
    branch = draft(desk)
    desk.retitle("Draft", branch=branch)
    merged(desk, branch)
    restore(desk.studio, desk.main, start, CY)
    assert desk.scene().title == "Scene"
    assert merged(desk, branch).commit is None
    assert desk.state(SCENE, branch).title == "Draft"
