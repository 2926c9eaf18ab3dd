"""HTTP for exports and the jobs that make them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import FileResponse
from pydantic import Field

from comfyvn.application.exports import Exported, StoryView, story_view
from comfyvn.application.ports import BranchRow, Job, JobResult, JobRunner, JobState, Report
from comfyvn.application.provenance.credentials import Signing
from comfyvn.application.provenance.evidence import gather
from comfyvn.application.studio import Studio, plain
from comfyvn.application.validation import StoryFinding, errors, validate
from comfyvn.domain.kernel import Conflict, Json, Missing, Refused
from comfyvn.interfaces.rest.answers import MAX_POSITION, PROBLEMS, position, reply
from comfyvn.interfaces.rest.documents import Current

Name = Annotated[str, Field(min_length=1, max_length=200)]
Findings = tuple[StoryFinding, ...]
JobId = Annotated[str, Path(min_length=1, max_length=50, description="Id of the job.")]


@dataclass(frozen=True, slots=True)
class Exports:
    """How exports are made: `folder` and `bundle` write below the exports folder and return the path.

    They take a story, its project, who hears how far they are, the evidence that the export is sealed with, and what
    signs it, if it is to be signed: `signing` gives that, or refuses.
    """

    jobs: JobRunner
    plan: Callable[[StoryView], Exported]
    folder: Callable[[StoryView, str, Report, Mapping[str, Json], Signing | None], tuple[Exported, str]]
    bundle: Callable[[StoryView, str, Report, Mapping[str, Json], Signing | None], tuple[Exported, str]]
    signing: Callable[[], Signing]


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export: default is the current project, its first branch, as it is now.

    `stamps`: assets tell of their origin in a stamp, where their format has a place for it. `sign`: media are signed
    with content credentials (C2PA).
    """

    project: Name | None = None
    branch: Name | None = None
    at: Annotated[int, Field(ge=0, le=MAX_POSITION)] | None = None
    strict: bool = False
    dry_run: bool = False
    stamps: bool = True
    sign: bool = False


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


@dataclass(frozen=True, slots=True)
class JobShape:
    """A job: how far it is, and what it gave (`result`) or why it failed (`error`)."""

    id: str
    kind: str
    state: JobState
    stage: str
    done: int
    total: int
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    download: str | None


@dataclass(frozen=True, slots=True)
class JobList:
    """Jobs, the latest first."""

    items: list[JobShape]


def routes(studio: Studio, current: Current, exports: Exports) -> APIRouter:
    """Return the routes of exports and jobs."""
    api = APIRouter(responses=PROBLEMS)
    jobs = exports.jobs

    @api.post("/export/renpy", status_code=202, response_model=JobShape, tags=["export"], summary="Export to Ren'Py")
    def export_renpy(asked: ExportRequest) -> Response:
        row = current(asked.project, asked.branch)
        signing = exports.signing() if asked.sign and not asked.dry_run else None

        def work(report: Report) -> JobResult:
            view, found = _checked(studio, row, asked)
            told = {"findings": plain(found), "written": not asked.dry_run}
            if asked.dry_run:
                return JobResult({**plain(exports.plan(view)), **told, "folder": None})
            done, folder = exports.folder(view, row.project, report, gather(studio, view, "renpy", found), signing)
            return JobResult({**plain(done), **told, "folder": folder})

        return reply(job_shape(jobs.submit("export-renpy", work)), 202)

    @api.post("/bundle/renpy", status_code=202, response_model=JobShape, tags=["export"], summary="Bundle for Ren'Py")
    def bundle_renpy(asked: BundleRequest) -> Response:
        row = current(asked.project, asked.branch)
        signing = exports.signing() if asked.sign else None

        def work(report: Report) -> JobResult:
            view, found = _checked(studio, row, asked)
            done, file = exports.bundle(view, row.project, report, gather(studio, view, "renpy", found), signing)
            return JobResult({**plain(done), "findings": plain(found)}, file)

        return reply(job_shape(jobs.submit("bundle-renpy", work)), 202)

    @api.get("/jobs", response_model=JobList, tags=["jobs"], summary="List jobs")
    def list_jobs() -> Response:
        return reply(JobList([job_shape(job) for job in jobs.jobs()]))

    @api.get("/jobs/{job_id}", response_model=JobShape, tags=["jobs"], summary="Tell how far a job is")
    def get_job(job_id: JobId) -> Response:
        return reply(job_shape(jobs.status(job_id)))

    @api.post("/jobs/{job_id}/cancel", response_model=JobShape, tags=["jobs"], summary="Ask a job to stop")
    def cancel_job(job_id: JobId) -> Response:
        return reply(job_shape(jobs.cancel(job_id)))

    @api.get(
        "/jobs/{job_id}/result",
        response_class=FileResponse,
        responses={
            200: {
                "description": "The file.",
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
        tags=["jobs"],
        summary="Download the file that a job made",
    )
    def get_result(job_id: JobId) -> Response:
        job = jobs.status(job_id)
        if job.state != "done":
            raise Conflict("job_unfinished", f"The job is {job.state}; it has no result.", state=job.state)
        if job.file is None:
            raise Missing("job_without_file", "The job made no file; its result stands in the job.")
        return FileResponse(job.file, media_type="application/zip", filename=f"{job.id}.zip")

    return api


def _checked(studio: Studio, row: BranchRow, asked: ExportRequest | BundleRequest) -> tuple[StoryView, Findings]:
    """Return the story and its findings; raise Refused("story_invalid") where it must be free of errors."""
    view = story_view(studio, row.id, position(asked.at), stamped=asked.stamps, signed=asked.sign)
    found = validate(view)
    if asked.strict and errors(found):
        raise Refused("story_invalid", f"The story has {errors(found)} errors.", findings=plain(found))
    return view, found


def job_shape(job: Job) -> JobShape:
    """Return what clients see of a job."""
    fields: dict[str, Any] = {name: getattr(job, name) for name in JobShape.__dataclass_fields__ if name != "download"}
    return JobShape(**fields, download=f"/jobs/{job.id}/result" if job.file else None)
