"""HTTP for exports: jobs that write a folder or a bundle."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from comfyvn.application.jobs.orders import BundleOrder, ExportOrder
from comfyvn.application.jobs.runner import JobRunner
from comfyvn.application.studio import plain
from comfyvn.interfaces.rest.answers import MAX_POSITION, PROBLEMS, Actor, Key, reply
from comfyvn.interfaces.rest.documents import Current
from comfyvn.interfaces.rest.jobs import JobShape, job_shape

Name = Annotated[str, Field(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export: default is the current project, its first branch, as it is now.

    `stamps`: assets tell of their origin in a stamp, where their format has a place for it. `sign`: media are signed
    with content credentials (C2PA). `lint`: the installed engine checks what was written. That runs the code of
    the story, so only a server that nobody but its own machine reaches does it (else `lint_forbidden`).
    """

    project: Name | None = None
    branch: Name | None = None
    at: Annotated[int, Field(ge=0, le=MAX_POSITION)] | None = None
    strict: bool = False
    dry_run: bool = False
    stamps: bool = True
    sign: bool = False
    lint: bool = False


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """What to bundle: default is the current project, its first branch, as it is now, with stamps in the assets.

    `sign`: media and the bundle are signed with content credentials (C2PA).
    """

    project: Name | None = None
    branch: Name | None = None
    at: Annotated[int, Field(ge=0, le=MAX_POSITION)] | None = None
    strict: bool = False
    stamps: bool = True
    sign: bool = False


def routes(current: Current, jobs: JobRunner) -> APIRouter:
    """Return the routes of exports."""
    api = APIRouter(responses=PROBLEMS, tags=["export"])

    @api.post("/export/renpy", status_code=202, response_model=JobShape, summary="Export to Ren'Py")
    def export_renpy(asked: ExportRequest, key: Key = None, actor: Actor = "local") -> Response:
        row = current(asked.project, asked.branch)
        order = ExportOrder(row.id, asked.at, asked.strict, asked.dry_run, asked.stamps, asked.sign, asked.lint)
        return reply(job_shape(jobs.submit("export-renpy", plain(order), actor=actor, command_id=key)), 202)

    @api.post("/bundle/renpy", status_code=202, response_model=JobShape, summary="Bundle for Ren'Py")
    def bundle_renpy(asked: BundleRequest, key: Key = None, actor: Actor = "local") -> Response:
        row = current(asked.project, asked.branch)
        order = BundleOrder(row.id, asked.at, asked.strict, asked.stamps, asked.sign)
        return reply(job_shape(jobs.submit("bundle-renpy", plain(order), actor=actor, command_id=key)), 202)

    return api
