"""Taking a foreign story in: the project it belongs to, what becomes of what is there, and what would come."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from comfyvn.application.branching import fork
from comfyvn.application.conflicts import Settled
from comfyvn.application.contents import Contents, contents_of
from comfyvn.application.echoes import EchoOf
from comfyvn.application.imports import Imported, Progress, import_pack
from comfyvn.application.ports import Blobs, BranchRow, ProjectRow
from comfyvn.application.projects import found_project, slug
from comfyvn.application.studio import Request, Studio, earlier, find_branch
from comfyvn.domain.kernel import Conflict, Missing
from comfyvn.domain.pack import Pack, Warned

Policy = Literal["merge", "replace", "fail", "branch"]
"""What becomes of a project that is there: what changed in the source is merged in three-way; all that the source says
takes the place of what is there; the import is refused where there are scenes; it goes to a new branch, for review."""

MAX_REVIEWS: Final = 1_000
"""Branches for review of one title."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A story that a reader has read. `open_member` gives the bytes of a member; `echo_of` as in `import_pack`."""

    pack: Pack
    open_member: Callable[[str], Iterable[bytes]]
    echo_of: EchoOf | None = None


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a story shall go: a project by id or name (None: its own, else a new one) and one of its branches."""

    project: str | None = None
    branch: str | None = None
    policy: Policy = "merge"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come, before anything is written. `project` is the one that is there already, None for a new one."""

    project: str | None
    contents: Contents
    warnings: tuple[Warned, ...]


def preview(studio: Studio, incoming: Incoming, aim: Aim) -> Preview:
    """Return what would come."""
    known = _known(studio, incoming.pack, aim)
    return Preview(known.id if known else None, contents_of(incoming.pack), incoming.pack.warnings)


def take_in(
    studio: Studio,
    blobs: Blobs,
    incoming: Incoming,
    aim: Aim,
    request: Request,
    progress: Progress | None = None,
    settled: Settled | None = None,
) -> Imported:
    """Bring a story into the project that it belongs to, or into a new one; with conflicts nothing is written.

    Raises Conflict("project_not_empty") by the policy "fail", Missing("branch_unknown") for a branch of a project that
    is not there, and as `import_pack` does.
    """
    pack = incoming.pack
    project = _known(studio, pack, aim)
    if project is None and aim.branch not in (None, "main"):
        message = f"The new project {aim.project or pack.title!r} has no branch {aim.branch!r} yet."
        raise Missing("branch_unknown", message)
    name, founding = (aim.project or pack.title).strip(), _part(request, "project")
    fresh = project is None or earlier(studio, founding, "project.found-project", {"name": name}) is not None
    project = project or found_project(studio, name, founding)
    row = find_branch(studio, project.id, aim.branch)
    if not fresh and aim.policy == "fail" and studio.store.heads(row.id, "scene"):
        message = f"The project {project.name!r} has scenes already; nothing was imported."
        raise Conflict("project_not_empty", message, project=project.id)
    if not fresh and aim.policy == "branch":
        row = _for_review(studio, row, pack.title, _part(request, "branch"))
    return import_pack(
        *(studio, blobs, row.id, pack, incoming.open_member, request, progress),
        settled=settled,
        echo_of=incoming.echo_of,
        replacing=aim.policy == "replace",
    )


def _part(request: Request, name: str) -> Request:
    """Return the request of a step before the last one, so that a retry of the whole finds each step done."""
    return replace(request, command_id=f"{request.command_id}/{name}" if request.command_id else None, expected=None)


def _known(studio: Studio, pack: Pack, aim: Aim) -> ProjectRow | None:
    """Return the project that is meant: as asked, else the one that the story was exported from, else by its title."""
    known = {project.id: project for project in studio.store.projects()}
    own = known.get(pack.exported.project) if pack.exported and aim.project is None else None
    name = aim.project or pack.title
    return own or known.get(name) or known.get(slug(name))


def _for_review(studio: Studio, row: BranchRow, title: str, request: Request) -> BranchRow:
    """Grow a branch under the first name that is free, or find the one that an earlier try of the request made."""
    wanted = f"import {title}"[:80].strip()
    for number in range(1, MAX_REVIEWS):
        try:
            return fork(studio, row.id, wanted if number == 1 else f"{wanted} {number}", request)
        except Conflict as conflict:
            if conflict.code not in ("branch_exists", "command_id_reused"):
                raise
    raise Conflict("branch_exists", f"There are {MAX_REVIEWS} branches called {wanted!r}; close or rename some.")
