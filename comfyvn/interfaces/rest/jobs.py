"""HTTP for jobs: lists, how far one is, its log and its result, cancelling and trying again."""

from dataclasses import dataclass
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import FileResponse, PlainTextResponse
from pydantic import Field

from comfyvn.application.jobs.job import Job, JobStatus
from comfyvn.application.jobs.runner import JobRunner
from comfyvn.application.streaming.topics import Wanted, wanted_topics
from comfyvn.domain.kernel import Conflict, Missing, Refused
from comfyvn.interfaces.rest.answers import PROBLEMS, Actor, Key, reply
from comfyvn.interfaces.rest.event_socket import Order, add_socket
from comfyvn.interfaces.rest.events import Streams

JobId = Annotated[str, Path(min_length=1, max_length=50, description="Id of the job.")]
KindName = Annotated[str, Path(min_length=1, max_length=50, description="Kind of job.")]
MAX_PAGE = 500


@dataclass(frozen=True, slots=True)
class JobShape:
    """A job: what was asked for, how far it is, and what it gave (`output_json`) or why it failed (`error`).

    `progress` is the share of the present stage that is done, `rate` what gets done of it in a second.
    """

    id: str
    type: str
    status: JobStatus
    progress: float | None
    stage: str
    done: int
    total: int
    rate: float | None
    eta_seconds: float | None
    device: str
    priority: int
    attempts: int
    actor: str
    created_at: str
    started_at: str | None
    ended_at: str | None
    logs_path: str
    input_json: dict[str, Any]
    output_json: dict[str, Any] | None
    error: dict[str, Any] | None
    download: str | None


@dataclass(frozen=True, slots=True)
class JobList:
    """Jobs, the latest first; `next` is the cursor of the page after it, null on the last."""

    items: list[JobShape]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A job of a kind: its `input`, the device that it needs, and how urgent it is among those that wait for it."""

    input: dict[str, Any]
    device: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    priority: Annotated[int, Field(ge=-100, le=100)] = 0


def routes(jobs: JobRunner, streams: Streams | None = None) -> APIRouter:
    """Return the routes of jobs; with `streams` a WebSocket tells how they go on."""
    api = APIRouter(prefix="/jobs", responses=PROBLEMS, tags=["jobs"])
    if streams is not None:
        add_socket(api, streams.hub, _about_jobs, streams.cut)

    @api.get("", response_model=JobList, summary="List jobs")
    def list_jobs(
        kind: Annotated[str | None, Query(alias="type", max_length=50)] = None,
        status: JobStatus | None = None,
        cursor: Annotated[str | None, Query(max_length=50, description="`next` of the page before.")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    ) -> Response:
        found = [job_shape(job) for job in jobs.jobs(kind, status, cursor, limit + 1)]
        return reply(JobList(found[:limit], found[limit - 1].id if len(found) > limit else None))

    @api.get("/status/{job_id}", response_model=JobShape, summary="Tell how far a job is")
    @api.get("/{job_id}", response_model=JobShape, summary="Tell how far a job is")
    def get_job(job_id: JobId) -> Response:
        return reply(job_shape(jobs.status(job_id)))

    @api.get("/{job_id}/log", response_class=PlainTextResponse, summary="Read the log of a job")
    def get_log(job_id: JobId) -> PlainTextResponse:
        return PlainTextResponse(jobs.log(job_id))

    @api.post("/{job_id}/cancel", response_model=JobShape, summary="Ask a job to stop")
    def cancel_job(job_id: JobId) -> Response:
        return reply(job_shape(jobs.cancel(job_id)))

    @api.post("/{job_id}/retry", response_model=JobShape, status_code=202, summary="Try a job again")
    def retry_job(job_id: JobId) -> Response:
        return reply(job_shape(jobs.retry(job_id)), 202)

    @api.get(
        "/{job_id}/result",
        response_class=FileResponse,
        responses={
            200: {
                "description": "The file.",
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
        summary="Download the file that a job made",
    )
    def get_result(job_id: JobId) -> Response:
        job = jobs.status(job_id)
        if job.status != "done":
            raise Conflict("job_unfinished", f"The job is {job.status}; it has no result.", status=job.status)
        if job.file is None:
            raise Missing("job_without_file", "The job made no file; its result stands in the job.")
        if not File(job.file).is_file():
            raise Missing("job_file_gone", "The file that the job made was moved or deleted.")
        return FileResponse(job.file, media_type="application/zip", filename=f"{job.id}.zip")

    @api.post("/{kind}", response_model=JobShape, status_code=202, summary="Hand in a job of a kind")
    def submit_job(kind: KindName, asked: JobRequest, key: Key = None, actor: Actor = "local") -> Response:
        job = jobs.submit(
            *(kind, asked.input),
            actor=actor,
            command_id=key,
            priority=asked.priority,
            device=asked.device,
        )
        return reply(job_shape(job), 202)

    return api


def _about_jobs(order: Order) -> Wanted:
    """Return what a listener to jobs wants: all of them, or those that it names. Raises Refused("topic_unknown")."""
    topics = wanted_topics(order.topics or ("jobs",))
    for name in topics:
        if name.partition("/")[0] != "jobs":
            raise Refused("topic_unknown", f"This stream tells of jobs only, not of {name[:50]!r}.", topic=name[:50])
    return Wanted(topics)


def job_shape(job: Job) -> JobShape:
    """Return what clients see of a job."""
    names = {**dict.fromkeys(JobShape.__dataclass_fields__), "input_json": "input", "output_json": "output"}
    fields: dict[str, Any] = {name: getattr(job, own or name) for name, own in names.items() if name != "download"}
    return JobShape(**fields, download=f"/jobs/{job.id}/result" if job.file else None)
