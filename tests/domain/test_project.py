from typing import Any

import pytest

from comfyvn.domain import project
from comfyvn.domain.project import BRANCH, PROJECT, Branch, BranchForked, ProjectStarted
from tests.given import Given

PIER = Given(PROJECT).given(ProjectStarted("The Pier"))
CREDITED = PIER.given(project.ProjectAnnotated("credits", {"art": ["Ann", "Bo"]}))
DARK = Given(BRANCH).given(BranchForked("dark", parent="main", position=7))

CHANGES: list[tuple[Given, Any, Any]] = [
    (PIER, project.RenameProject("The Long Pier"), project.ProjectRenamed("The Long Pier")),
    (PIER, project.ChooseStart("s1"), project.StartChosen("s1")),
    (PIER, project.AnnotateProject("language", "en"), project.ProjectAnnotated("language", "en")),
    (PIER, project.DeclareCommercial(True), project.ProjectAnnotated("commercial", True)),
    (PIER, project.GiveCredit("art", "Ann"), project.ProjectAnnotated("credits", {"art": ["Ann"]})),
    (CREDITED, project.WithdrawCredit("art", "Ann"), project.ProjectAnnotated("credits", {"art": ["Bo"]})),
    (DARK, project.RenameBranch("bleak"), project.BranchRenamed("bleak")),
    (DARK, project.CloseBranch(), project.BranchClosed()),
    (DARK.given(project.BranchClosed()), project.ReopenBranch(), project.BranchReopened()),
]


@pytest.mark.parametrize(("before", "command", "fact"), CHANGES, ids=[type(c[1]).__name__ for c in CHANGES])
def test_a_command_records_one_fact_and_only_once(before: Given, command: Any, fact: Any) -> None:
    before.when(command).then_settled(fact)
    Given(before.decider).when(command).refused(f"{before.decider.kind}_unknown")


def test_every_command_is_tested() -> None:
    tested = {type(command) for _, command, _ in CHANGES}
    begun = {project.StartProject, project.SaveProject, project.ForkBranch, project.SaveBranch}
    assert tested | begun == {*PROJECT.commands, *BRANCH.commands}


def test_a_project_says_whether_it_is_commercial_and_takes_it_back() -> None:
    said = PIER.given(project.ProjectAnnotated("commercial", True))
    said.when(project.DeclareCommercial(None)).then(project.ProjectAnnotated("commercial", None, False))
    PIER.when(project.DeclareCommercial(None)).then()


def test_credits_are_kept_in_the_order_in_which_they_were_given() -> None:
    CREDITED.when(project.GiveCredit("art", "Ann")).then()
    CREDITED.when(project.GiveCredit("story", "Cy")).then(
        project.ProjectAnnotated("credits", {"art": ["Ann", "Bo"], "story": ["Cy"]})
    )
    CREDITED.when(project.GiveCredit(" ", "Cy")).refused("project_malformed")
    CREDITED.when(project.WithdrawCredit("story", "Cy")).then()
    last = PIER.given(project.ProjectAnnotated("credits", {"art": ["Ann"]}))
    last.when(project.WithdrawCredit("art", "Ann")).then(project.ProjectAnnotated("credits", {}))
    odd = PIER.given(project.ProjectAnnotated("credits", ["Ann"]))
    odd.when(project.GiveCredit("art", "Bo")).then(project.ProjectAnnotated("credits", {"art": ["Bo"]}))


def test_projects_and_branches_begin_once() -> None:
    Given(PROJECT).when(project.StartProject("The Pier")).then(ProjectStarted("The Pier"))
    PIER.when(project.StartProject("The Pier")).refused("project_exists")
    Given(BRANCH).when(project.ForkBranch("dark", "main", 7)).then(BranchForked("dark", "main", 7))
    DARK.when(project.ForkBranch("dark")).refused("branch_exists")
    Given(BRANCH).when(project.ForkBranch("dark", "main", -1)).refused("branch_malformed")


def test_the_first_branch_stays_open() -> None:
    Given(BRANCH).given(BranchForked("main")).when(project.CloseBranch()).refused("branch_main")


def test_a_branch_keeps_the_place_that_it_grew_from() -> None:
    DARK.when(project.SaveBranch({"name": "bleak", "closed": True})).then_settled(
        project.BranchRenamed("bleak"), project.BranchClosed()
    )
    refusal = DARK.when(project.SaveBranch({"position": 8})).refused("branch_malformed")
    assert refusal.details == {"where": "position"}


def test_a_closed_branch_can_be_made_at_once() -> None:
    closed = Branch("dark", "main", 7, closed=True)
    assert BRANCH.reconcile(None, closed) == (BranchForked("dark", "main", 7), project.BranchClosed())


def test_a_project_document() -> None:
    PIER.when(project.SaveProject({"id": "p", "start": "s1", "meta": {"a": 1}})).then_settled(
        project.StartChosen("s1"), project.ProjectAnnotated("a", 1)
    )
