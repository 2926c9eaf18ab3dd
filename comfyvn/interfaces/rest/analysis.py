"""HTTP for the analysis of a story: asked for as a job, then read part by part."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from comfyvn.application.analysis import Analyses, heat_of, of_scene, summary, way_to
from comfyvn.application.jobs.orders import AnalysisOrder
from comfyvn.application.jobs.runner import JobRunner
from comfyvn.application.studio import plain
from comfyvn.domain.analysis import Limits
from comfyvn.domain.kernel import Missing
from comfyvn.interfaces.rest.answers import MAX_POSITION, PROBLEMS, Actor, At, position, reply
from comfyvn.interfaces.rest.documents import Current, Id
from comfyvn.interfaces.rest.jobs import JobShape, job_shape

Name = Annotated[str, Field(min_length=1, max_length=200)]
Project = Annotated[str | None, Query(min_length=1, max_length=200, description="Id or name; default: the current.")]
Branch = Annotated[str | None, Query(min_length=1, max_length=200, description="Name or id; default: the first.")]
Start = Annotated[
    str | None, Query(min_length=1, max_length=401, description="Where plays begin: scene, label or SCENE:NODE.")
]
Page = Annotated[int, Query(ge=1, le=5_000)]


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """What to analyse, and how far: `moments` to visit, and `plays` to sample where they are not enough."""

    project: Name | None = None
    branch: Name | None = None
    at: Annotated[int, Field(ge=0, le=MAX_POSITION)] | None = None
    start: Annotated[str, Field(min_length=1, max_length=401)] | None = None
    moments: Annotated[int, Field(ge=1, le=5_000_000)] = Limits().moments
    plays: Annotated[int, Field(ge=0, le=1_000_000)] = Limits().plays


@dataclass(frozen=True, slots=True)
class AnalysisSummary:
    """What is known of all plays, without the facts of single nodes."""

    position: int
    exact: bool
    moments: int
    limit: int
    plays: int
    reached: int
    nodes: int
    not_reached: int
    endings: list[dict[str, Any]]
    endless: dict[str, Any]
    dead_ends: list[dict[str, Any]]
    loops: list[Any]
    choices: list[dict[str, Any]]
    raw: list[Any]
    words: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AnalysisPage:
    """Facts of nodes, a page of them; `total` counts all."""

    position: int
    total: int
    items: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class WayShape:
    """The shortest list of choices to a node or an option, a seed that goes along with it, and the words on the way."""

    position: int
    scene: str
    node: str
    edge: str | None
    picks: list[int]
    choices: list[dict[str, Any]]
    lucky: bool
    seed: int | None
    words: int
    minutes: float


def routes(current: Current, analyses: Analyses, jobs: JobRunner) -> APIRouter:
    """Return the routes of the analysis."""
    api = APIRouter(prefix="/api/analysis", tags=["analysis"], responses=PROBLEMS)

    @api.post("", status_code=202, response_model=JobShape, summary="Analyse all plays of a story")
    def start_analysis(asked: AnalysisRequest, actor: Actor = "local") -> Response:
        row = current(asked.project, asked.branch)

        order = AnalysisOrder(row.id, asked.at, asked.start, asked.moments, asked.plays)
        return reply(job_shape(jobs.submit("analysis", plain(order), actor=actor)), 202)

    @api.get("/summary", response_model=AnalysisSummary, summary="Tell endings, loops, choices and words")
    def get_summary(project: Project = None, branch: Branch = None, at: At = None, start: Start = None) -> Response:
        return reply(summary(analyses.known(current(project, branch).id, at=position(at), start=start)))

    @api.get("/unreachable", response_model=AnalysisPage, summary="List the nodes that no play comes to, and why")
    def get_unreachable(
        project: Project = None,
        branch: Branch = None,
        at: At = None,
        start: Start = None,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
        limit: Page = 500,
    ) -> Response:
        done = analyses.known(current(project, branch).id, at=position(at), start=start)
        facts = done.analysis.not_reached
        page = [plain(fact) for fact in facts[offset : offset + limit]]
        return reply(AnalysisPage(done.position, len(facts), page))

    @api.get("/heat", response_model=AnalysisPage, summary="Tell how often each node takes place in a play, by scene")
    def get_heat(project: Project = None, branch: Branch = None, at: At = None, start: Start = None) -> Response:
        done = analyses.known(current(project, branch).id, at=position(at), start=start)
        items = heat_of(done)
        return reply(AnalysisPage(done.position, len(items), items))

    @api.get("/way", response_model=WayShape, summary="Find the shortest list of choices to a node or an option")
    def get_way(
        scene: Id,
        node: Id,
        edge: Annotated[str | None, Query(min_length=1, max_length=200, description="An option of the choice.")] = None,
        project: Project = None,
        branch: Branch = None,
        at: At = None,
        start: Start = None,
    ) -> Response:
        done = analyses.known(current(project, branch).id, at=position(at), start=start)
        return reply(way_to(done, scene, node, edge))

    @api.get("/scenes/{scene}", response_model=AnalysisPage, summary="Tell what is known of each node of a scene")
    def get_scene(
        scene: Annotated[str, Field(min_length=1, max_length=200)],
        project: Project = None,
        branch: Branch = None,
        at: At = None,
        start: Start = None,
    ) -> Response:
        done = analyses.known(current(project, branch).id, at=position(at), start=start)
        items = of_scene(done.analysis, scene)
        if not items:
            raise Missing("scene_unknown", f"The story has no scene {scene!r} with nodes.")
        return reply(AnalysisPage(done.position, len(items), items))

    return api
