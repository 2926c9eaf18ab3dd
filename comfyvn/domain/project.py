"""Projects and their branches, as far as they have a history of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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


@command("project.declare-commercial")
@dataclass(frozen=True, slots=True)
class DeclareCommercial:
    """Say whether the novel is sold or earns money in another way; None: nothing is said."""

    commercial: bool | None


@command("project.give-credit")
@dataclass(frozen=True, slots=True)
class GiveCredit:
    """Name someone in the credits under a role: story, art, music, voices, translation, or any other word."""

    role: str
    name: str


@command("project.withdraw-credit")
@dataclass(frozen=True, slots=True)
class WithdrawCredit:
    """Name someone in the credits under a role no more."""

    role: str
    name: str


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


COMMERCIAL: Final = "commercial"
CREDITS: Final = "credits"
"""Keys of a project's meta: whether it is commercial, and its credits as ``{role: [names]}``."""


def credited(project: Project) -> dict[str, list[str]]:
    """Return the names in the credits by role; what is not well formed in the meta is left out."""
    given = project.meta.get(CREDITS)
    listed = given.items() if isinstance(given, Mapping) else ()
    return {
        role: [name for name in names if isinstance(name, str) and name.strip()]
        for role, names in listed
        if isinstance(names, list | tuple)
    }


def _declared(project: Project, request: DeclareCommercial) -> Project:
    kept = {key: value for key, value in project.meta.items() if key != COMMERCIAL}
    said = {} if request.commercial is None else {COMMERCIAL: request.commercial}
    return replace(project, meta={**kept, **said})


def _credit(project: Project, request: GiveCredit) -> Project:
    for field_name, value in (("role", request.role), ("name", request.name)):
        if not NAME.fits(value):
            raise Refused("project_malformed", f"{field_name} is not {NAME.says}.", where=field_name)
    found = credited(project)
    names = found.get(request.role, [])
    if request.name in names:
        return project
    return replace(project, meta={**project.meta, CREDITS: {**found, request.role: [*names, request.name]}})


def _withdrawn(project: Project, request: WithdrawCredit) -> Project:
    found = credited(project)
    if request.name not in found.get(request.role, []):
        return project
    found[request.role] = [name for name in found[request.role] if name != request.name]
    return replace(project, meta={**project.meta, CREDITS: {role: names for role, names in found.items() if names}})


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
        works={DeclareCommercial: _declared, GiveCredit: _credit, WithdrawCredit: _withdrawn},
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
