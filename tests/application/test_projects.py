import pytest

from comfyvn.application.blame import blame, last_changes
from comfyvn.application.branching import fork
from comfyvn.application.ports import Ref
from comfyvn.application.projects import bring_in, found_project, slug
from comfyvn.application.studio import Request, find_branch, find_project
from comfyvn.domain.cast import Character, DescribeTrait, DiscardCharacter, IntroduceCharacter, RenameCharacter
from comfyvn.domain.kernel import Conflict, Missing, Refused
from comfyvn.domain.story.commands import ReattributeLine, RemoveNode, WriteLine
from tests.desks import SCENE, Desk

ADA = Ref("character", "ada")
CY = Request(actor="cy")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("A Novel!", "a-novel"),
        ("  --Übung  Nr. 3--", "übung-nr-3"),
        ("だいすき", "だいすき"),
        ("\uff21\uff22", "ab"),
        ("../etc/passwd", "etc-passwd"),
        ("a_b", "a_b"),
        ("!?", ""),
        ("x" * 100, "x" * 80),
        ("x" * 79 + " y", "x" * 79),
    ],
)
def test_a_name_as_an_id(name: str, expected: str) -> None:
    assert slug(name) == expected
    assert slug(expected) == expected


def test_a_project_is_founded_with_its_first_branch(desk: Desk) -> None:
    row = found_project(desk.studio, " Second ", CY)
    assert (row.id, row.name) == ("second", "Second")
    branch = desk.studio.store.branch(row.main)
    assert (branch.name, branch.parent, branch.project) == ("main", None, "second")
    assert desk.state(Ref("project", "second"), row.main).name == "Second"
    assert [p.id for p in desk.studio.store.projects()] == [desk.project.id, "second"]


@pytest.mark.parametrize("name", ["", "   ", "!?", "x" * 201])
def test_a_project_needs_a_name(desk: Desk, name: str) -> None:
    with pytest.raises(Refused) as refused:
        found_project(desk.studio, name, CY)
    assert refused.value.code == "name_malformed"


@pytest.mark.parametrize("name", ["A novel", "a  NOVEL!"])
def test_projects_have_different_ids(desk: Desk, name: str) -> None:
    with pytest.raises(Conflict) as refused:
        found_project(desk.studio, name, CY)
    assert refused.value.code == "project_exists"


def test_a_retry_of_founding_gives_the_same_project(desk: Desk) -> None:
    request = Request(command_id="a retry")
    first = found_project(desk.studio, "Second", request)
    assert found_project(desk.studio, "Second", request) == first
    with pytest.raises(Conflict) as refused:
        found_project(desk.studio, "Third", request)
    assert refused.value.code == "command_id_reused"


def test_projects_and_branches_are_found_by_name_or_id(desk: Desk) -> None:
    branch = fork(desk.studio, desk.main, "draft", CY)
    assert find_project(desk.studio, "A novel") == find_project(desk.studio, "a-novel") == desk.project
    assert find_branch(desk.studio, "a-novel").id == desk.main
    assert find_branch(desk.studio, "a-novel", "draft") == find_branch(desk.studio, "a-novel", branch.id) == branch
    with pytest.raises(Missing) as refused:
        find_project(desk.studio, "none")
    assert (refused.value.code, refused.value.details["known"]) == ("project_unknown", ["a-novel"])
    with pytest.raises(Missing) as refused:
        find_branch(desk.studio, "a-novel", "none")
    assert (refused.value.code, refused.value.details["known"]) == ("branch_unknown", ["main", "draft"])


def test_what_is_brought_in_twice_is_recorded_once(desk: Desk) -> None:
    wanted = [(ADA, Character("Ada")), (Ref("character", "bo"), Character("Bo"))]
    first = bring_in(desk.studio, desk.main, wanted, CY, "import", command="t", body=1)
    assert first.events == 2
    again = bring_in(desk.studio, desk.main, wanted, CY, "import", command="t", body=1)
    assert (again.commit, again.position) == (None, first.position)
    changed = [(ADA, Character("Ida")), wanted[1]]
    assert bring_in(desk.studio, desk.main, changed, CY, "import", command="t", body=1).events == 1
    request = Request(command_id="a retry")
    done = bring_in(desk.studio, desk.main, wanted, request, "import", command="t", body=2)
    assert bring_in(desk.studio, desk.main, changed, request, "import", command="t", body=2).commit == done.commit


def test_blame_names_for_each_field_the_change_that_set_it(desk: Desk) -> None:
    desk.open()
    written = desk.do(WriteLine("n2", "two"), actor="bo").commit
    spoken = desk.do(ReattributeLine("n2", "ada"), actor="cy").commit
    desk.reword("deux", node="n2")
    reworded = desk.reword("zwei", node="n2").commit
    desk.retitle("Later")
    found = blame(desk.studio, desk.main, SCENE, "n2")
    assert (found.entity, found.part) == ("scene:s", "n2")
    assert {field: found.fields[field] for field in ("type", "content", "speaker")} == {
        "type": written, "content": reworded, "speaker": spoken,
    }  # fmt: skip
    assert [version.body and version.body["content"] for version in found.versions] == ["two", "two", "deux", "zwei"]
    assert spoken
    assert blame(desk.studio, desk.main, SCENE, "n2", at=spoken.position).fields["content"] == written


def test_blame_of_what_was_removed_and_came_back(desk: Desk) -> None:
    desk.open()
    desk.do(RemoveNode("n1"))
    assert blame(desk.studio, desk.main, SCENE, "n1").fields == {}
    undone = desk.undo().commit
    found = blame(desk.studio, desk.main, SCENE, "n1")
    assert found.fields["content"] == undone
    assert [version.body is None for version in found.versions] == [False, True, False]


def test_blame_tells_true_from_one(desk: Desk) -> None:
    desk.do(IntroduceCharacter("Ada", traits={"age": 1}), ADA)
    changed = desk.do(DescribeTrait("age", True), ADA).commit
    assert blame(desk.studio, desk.main, ADA).fields["traits"] == changed


def test_blame_on_a_branch_goes_back_to_its_parents(desk: Desk) -> None:
    first = desk.do(IntroduceCharacter("Ada"), ADA).commit
    branch = fork(desk.studio, desk.main, "draft", CY).id
    renamed = desk.do(RenameCharacter("Ida"), ADA, branch=branch).commit
    desk.do(DiscardCharacter(), ADA)
    found = blame(desk.studio, branch, ADA)
    assert (found.fields["name"], found.fields["meta"]) == (renamed, first)
    assert len(found.versions) == 2


def test_blame_of_what_never_was_is_missing(desk: Desk) -> None:
    desk.open()
    for ref, part in ((SCENE, "n9"), (ADA, "")):
        with pytest.raises(Missing) as refused:
            blame(desk.studio, desk.main, ref, part)
        assert refused.value.code == "part_unknown"


def test_every_part_knows_its_last_change(desk: Desk) -> None:
    desk.open()
    second = desk.do(WriteLine("n2", "two"), actor="bo").commit
    reworded = desk.reword("eins").commit
    titled = desk.retitle("Later", actor="cy").commit
    assert last_changes(desk.studio, desk.main, SCENE) == {"": titled, "n1": reworded, "n2": second}
