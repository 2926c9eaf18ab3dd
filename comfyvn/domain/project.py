"""Projects and their branches, as far as they have a history of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from comfyvn.domain.documents import COUNT, FLAG, NAME, NAME_OR_NULL, OBJECT, Field
from comfyvn.domain.kernel import Decider, Json, Refused, command, event
from comfyvn.domain.records import Record, Requests, decider


@dataclass(frozen=True, slots=True)
class Project:
    """One visual novel. `start` is the id of the scene in which it begins."""

    name: str
    start: str | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Branch:
    """A named line of history: grown from `parent` as of `position`; both None for the first one."""

    name: str
    parent: str | None = None
    position: int | None = None
    closed: bool = False


@event("project.project_started")
@dataclass(frozen=True, slots=True)
class ProjectStarted:
    name: str
    start: str | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)


@event("project.project_renamed")
@dataclass(frozen=True, slots=True)
class ProjectRenamed:
    name: str


@event("project.start_chosen")
@dataclass(frozen=True, slots=True)
class StartChosen:
    """The novel begins in scene `start`."""

    start: str | None


@event("project.project_annotated")
@dataclass(frozen=True, slots=True)
class ProjectAnnotated:
    """A meta entry was given (or, with `present` false, taken away)."""

    key: str
    value: Json
    present: bool = True


@event("project.project_discarded")
@dataclass(frozen=True, slots=True)
class ProjectDiscarded:
    pass


@event("project.branch_forked")
@dataclass(frozen=True, slots=True)
class BranchForked:
    name: str
    parent: str | None = None
    position: int | None = None


@event("project.branch_renamed")
@dataclass(frozen=True, slots=True)
class BranchRenamed:
    name: str


@event("project.branch_closed")
@dataclass(frozen=True, slots=True)
class BranchClosed:
    pass


@event("project.branch_reopened")
@dataclass(frozen=True, slots=True)
class BranchReopened:
    pass


@event("project.branch_discarded")
@dataclass(frozen=True, slots=True)
class BranchDiscarded:
    pass


@command("project.start-project")
@dataclass(frozen=True, slots=True)
class StartProject:
    name: str
    start: str | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)


@command("project.rename-project")
@dataclass(frozen=True, slots=True)
class RenameProject:
    name: str


@command("project.choose-start")
@dataclass(frozen=True, slots=True)
class ChooseStart:
    start: str | None


@command("project.annotate-project")
@dataclass(frozen=True, slots=True)
class AnnotateProject:
    key: str
    value: Json = None
    present: bool = True


@command("project.save-project")
@dataclass(frozen=True, slots=True)
class SaveProject:
    """Make the project equal to a document; what is equal already, or left out, is not recorded."""

    document: Mapping[str, Json]


@command("project.fork-branch")
@dataclass(frozen=True, slots=True)
class ForkBranch:
    name: str
    parent: str | None = None
    position: int | None = None


@command("project.rename-branch")
@dataclass(frozen=True, slots=True)
class RenameBranch:
    name: str


@command("project.close-branch")
@dataclass(frozen=True, slots=True)
class CloseBranch:
    pass


@command("project.reopen-branch")
@dataclass(frozen=True, slots=True)
class ReopenBranch:
    pass


@command("project.save-branch")
@dataclass(frozen=True, slots=True)
class SaveBranch:
    """Make the branch equal to a document; what is equal already, or left out, is not recorded."""

    document: Mapping[str, Json]


def _main_stays_open(branch: Branch) -> None:
    if branch.closed and branch.parent is None:
        raise Refused("branch_main", "The first branch of a project cannot be closed.")


PROJECT: Final[Decider[Any, Project, Any]] = decider(
    Requests(
        kind="project",
        record=Record(
            state=Project,
            begun=ProjectStarted,
            ended=ProjectDiscarded,
            scalars={("name",): ProjectRenamed, ("start",): StartChosen},
            maps={"meta": ProjectAnnotated},
        ),
        opens=StartProject,
        saves=SaveProject,
        ends=None,
        sets={
            RenameProject: ProjectRenamed,
            ChooseStart: StartChosen,
            AnnotateProject: ProjectAnnotated,
        },
        fields={"name": NAME, "start": NAME_OR_NULL, "meta": OBJECT},
    )
)

BRANCH: Final[Decider[Any, Branch, Any]] = decider(
    Requests(
        kind="branch",
        record=Record(
            state=Branch,
            begun=BranchForked,
            ended=BranchDiscarded,
            scalars={("name",): BranchRenamed},
            flags={"closed": (BranchClosed, BranchReopened)},
        ),
        opens=ForkBranch,
        saves=SaveBranch,
        ends=None,
        sets={RenameBranch: BranchRenamed, CloseBranch: BranchClosed, ReopenBranch: BranchReopened},
        fields={
            "name": NAME,
            "parent": NAME_OR_NULL,
            "position": Field(
                lambda value: value is None or COUNT.fits(value), "null or a whole number that is not negative"
            ),
            "closed": FLAG,
        },
        rule=_main_stays_open,
    )
)
