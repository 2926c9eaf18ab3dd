"""HTTP for projects and their branches."""

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Response

from comfyvn.application import branching
from comfyvn.application.ports import BranchRow, ProjectRow
from comfyvn.application.projects import found_project
from comfyvn.application.studio import Studio, find_branch, find_project, story_branches
from comfyvn.interfaces.rest.answers import PROBLEMS, Actor, Key, OutcomeShape, done, reply, request_of
from comfyvn.interfaces.rest.entities import Branch, Project


@dataclass(frozen=True, slots=True)
class Founding:
    """Found a project with this name; its id is made from it."""

    name: str
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Forking:
    """Grow a branch `name` from branch `source`, as it is now or was at position `at`."""

    name: str
    source: str = "main"
    at: int | None = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Renaming:
    name: str
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class ProjectList:
    items: list[ProjectRow]


@dataclass(frozen=True, slots=True)
class BranchList:
    items: list[BranchRow]


@dataclass(frozen=True, slots=True)
class ProjectWithBranches:
    project: ProjectRow
    branches: list[BranchRow]


def routes(studio: Studio) -> APIRouter:
    """Return the routes of projects and branches."""
    api = APIRouter(prefix="/api/projects", tags=["projects"], responses=PROBLEMS)

    @api.get("", summary="List projects", response_model=ProjectList)
    def get_projects() -> Response:
        return reply(ProjectList(list(studio.store.projects())))

    @api.post("", summary="Found a project", response_model=ProjectRow, status_code=201)
    def post_project(body: Founding, key: Key = None, actor: Actor = "local") -> Response:
        return reply(found_project(studio, body.name, request_of(key, None, actor)), 201)

    @api.get("/{project}", summary="Get a project and its branches", response_model=ProjectWithBranches)
    def get_project(project: Project) -> Response:
        row = find_project(studio, project)
        return reply(ProjectWithBranches(row, story_branches(studio, row.id)))

    @api.get("/{project}/branches", summary="List the branches of a project", response_model=BranchList)
    def get_branches(project: Project) -> Response:
        return reply(BranchList(story_branches(studio, find_project(studio, project).id)))

    @api.post("/{project}/branches", summary="Fork a branch", response_model=BranchRow, status_code=201)
    def post_branch(project: Project, body: Forking, key: Key = None, actor: Actor = "local") -> Response:
        source = find_branch(studio, project, body.source)
        return reply(branching.fork(studio, source.id, body.name, request_of(key, None, actor), body.at), 201)

    @api.get("/{project}/branches/{branch}", summary="Get a branch", response_model=BranchRow)
    def get_branch(project: Project, branch: Branch) -> Response:
        row = find_branch(studio, project, branch)
        return reply(row, version=studio.store.head(row.id))

    @api.post("/{project}/branches/{branch}/rename", summary="Rename a branch", response_model=OutcomeShape)
    def post_rename(
        project: Project, branch: Branch, body: Renaming, key: Key = None, actor: Actor = "local"
    ) -> Response:
        row = find_branch(studio, project, branch)
        return done(branching.rename(studio, row.id, body.name, request_of(key, None, actor)))

    @api.post("/{project}/branches/{branch}/close", summary="Close a branch", response_model=OutcomeShape)
    def post_close(project: Project, branch: Branch, key: Key = None, actor: Actor = "local") -> Response:
        row = find_branch(studio, project, branch)
        return done(branching.close(studio, row.id, request_of(key, None, actor)))

    @api.post("/{project}/branches/{branch}/reopen", summary="Reopen a branch", response_model=OutcomeShape)
    def post_reopen(project: Project, branch: Branch, key: Key = None, actor: Actor = "local") -> Response:
        row = find_branch(studio, project, branch)
        return done(branching.reopen(studio, row.id, request_of(key, None, actor)))

    return api
