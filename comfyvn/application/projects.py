"""Projects: found them, list them, and bring whole states into them."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from comfyvn.application.ports import BranchRow, Change, CommitKind, ProjectRow, Ref
from comfyvn.application.studio import Outcome, Request, Studio, earlier, envelope, open_branch
from comfyvn.domain.kernel import Conflict, Refused
from comfyvn.domain.project import BRANCH, PROJECT, Branch, Project

MAX_NAME = 200


def found_project(studio: Studio, name: str, request: Request) -> ProjectRow:
    """Found a project with its first branch, ``main``. Raises Conflict("project_exists"), Refused("name_malformed")."""
    name = name.strip()
    project_id = slug(name)
    if not project_id or len(name) > MAX_NAME:
        message = f"A project's name has 1 to {MAX_NAME} characters and at least one letter or digit."
        raise Refused("name_malformed", message, name=name[:MAX_NAME])
    body = {"name": name}
    if done := earlier(studio, request, "project.found-project", body):
        return next(p for p in studio.store.projects() if p.id == done.project)
    if any(p.id == project_id for p in studio.store.projects()):
        raise Conflict("project_exists", f"There is a project {project_id!r} already.", project=project_id)
    head = envelope(studio, request, f"found project {name}", "system", command="project.found-project", body=body)
    branch = BranchRow(studio.ids.new(), project_id, "main")
    row = ProjectRow(project_id, name, branch.id, head.at)
    project, first = Project(name=name), Branch(name="main")
    changes = [
        Change(Ref("project", project_id), 0, None, PROJECT.reconcile(None, project), project),
        Change(Ref("branch", branch.id), 0, None, BRANCH.reconcile(None, first), first),
    ]
    studio.store.append(branch.id, head, changes, opens=branch, founds=row)
    return row


def slug(name: str) -> str:
    """Return a name as an id: small letters, digits and dashes, any alphabet."""
    text = unicodedata.normalize("NFKC", name).lower()
    return re.sub(r"[^\w]+", "-", text, flags=re.UNICODE).strip("-_")[:80].strip("-_")


def bring_in(
    studio: Studio,
    branch: str,
    desired: Iterable[tuple[Ref, Any]],
    request: Request,
    message: str,
    *,
    command: str,
    body: Any,
    kind: CommitKind = "import",
) -> Outcome:
    """Make each named entity equal to a wanted state, in one commit; what is equal already is not recorded."""
    if done := earlier(studio, request, command, body):
        return Outcome(done, done.position)
    open_branch(studio, branch)
    changes = []
    wanted = dict(desired)
    present = studio.store.load_many(branch, wanted)
    for ref, state in wanted.items():
        now, version = present[ref]
        decider = studio.store.kinds[ref.kind]
        if events := decider.reconcile(now, state):
            changes.append(Change(ref, version, now, events, state))
    if not changes:
        return Outcome(None, studio.store.head(branch))
    head = envelope(studio, request, message, kind, command=command, body=body)
    commit = studio.store.append(branch, head, changes)
    return Outcome(commit, commit.position)
