"""HTTP for where things come from: lineage, the manifest of an asset, recorded facts, and the rows of lines."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from comfyvn.application.provenance.facts import Fact, FactPage, fact_page, facts, record_fact
from comfyvn.application.provenance.lineage import MAX_EDGES, Lineage, Manifest, lineage, manifest
from comfyvn.application.provenance.lines import LineHistory, LinePage, line_history, line_page
from comfyvn.application.studio import Studio
from comfyvn.domain.provenance import Activity, RecordOrigin
from comfyvn.interfaces.rest.answers import (
    PROBLEMS,
    Actor,
    At,
    Key,
    OutcomeShape,
    outcome_shape,
    position,
    reply,
    request_of,
)
from comfyvn.interfaces.rest.documents import BranchChoice, Current, ProjectChoice

PLAIN = r"^[^\x00-\x1f]+$"
Name = Annotated[
    str,
    Path(
        min_length=1,
        max_length=500,
        pattern=PLAIN,
        description="Id (uid) of an asset, the SHA-256 of its content, or a subject such as translation:ID.",
    ),
]
NodeName = Annotated[
    str, Path(min_length=1, max_length=200, pattern=PLAIN, description="Id of the line, that is of its node.")
]
Depth = Annotated[int | None, Query(ge=0, le=10_000, description="At most so many steps away; without it any.")]
Direction = Annotated[Literal["both", "up", "down"], Query(description="up: what it came from; down: what came of it.")]
Limit = Annotated[int, Query(ge=1, le=MAX_EDGES, description="At most so many edges.")]
Page = Annotated[int, Query(ge=1, le=10_000)]
Cursor = Annotated[str | None, Query(max_length=8000, description="The `next` of the page before.")]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The fact as it stands, and the commit that recorded it now; null where it stood there before."""

    fact: Fact
    outcome: OutcomeShape


def routes(studio: Studio, current: Current) -> APIRouter:
    """Return the routes; `current(project, branch)` is the branch that they work on."""
    api = APIRouter(prefix="/api/provenance", responses=PROBLEMS, tags=["provenance"])
    _facts(api, studio, current)
    _lines(api, studio, current)
    _graphs(api, studio, current)
    return api


def _facts(api: APIRouter, studio: Studio, current: Current) -> None:
    @api.get("/facts", summary="List recorded facts of origin", response_model=FactPage)
    def list_facts(
        subject: Annotated[
            str | None, Query(max_length=500, pattern=PLAIN, description="Only those about this thing.")
        ] = None,
        activity: Activity | None = None,
        cursor: Cursor = None,
        limit: Page = 100,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        row = current(project, branch)
        return reply(fact_page(studio, row.id, position(at), subject, activity, cursor, limit))

    @api.post("/facts", summary="Record a fact of origin", response_model=Recorded)
    def record(
        body: RecordOrigin,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        key: Key = None,
        actor: Actor = "local",
    ) -> Response:
        row = current(project, branch)
        record_id, outcome = record_fact(studio, row.id, body, request_of(key, None, actor))
        return reply({"fact": facts(studio, row.id, [record_id])[0], "outcome": outcome_shape(outcome)})


def _lines(api: APIRouter, studio: Studio, current: Current) -> None:
    @api.get("/lines", summary="List imported lines with file, row and hashes", response_model=LinePage)
    def list_lines(
        scene: Annotated[str | None, Query(max_length=200)] = None,
        file: Annotated[str | None, Query(max_length=1000, description="Only lines of this file.")] = None,
        cursor: Cursor = None,
        limit: Page = 1000,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        row = current(project, branch)
        return reply(line_page(studio, row.id, position(at), scene, file, cursor, limit))

    @api.get("/lines/{node}", summary="Tell where a line comes from and what of it", response_model=LineHistory)
    def get_line(
        node: NodeName,
        scene: Annotated[
            str | None, Query(max_length=200, pattern=PLAIN, description="Id of its scene, where it is known.")
        ] = None,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        row = current(project, branch)
        return reply(line_history(studio, row.id, node, position(at), scene))

    @api.get("/lines/{node}/lineage", summary="Get the lineage of a line", response_model=Lineage)
    def get_line_lineage(
        node: NodeName,
        depth: Depth = None,
        direction: Direction = "both",
        limit: Limit = MAX_EDGES,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        row = current(project, branch)
        found = line_history(studio, row.id, node, position(at))
        ways = {"up": direction != "down", "down": direction != "up"}
        subject = f"scene:{found.scene}/{node}"
        return reply(lineage(studio, row.id, subject, position(at), depth=depth, limit=limit, **ways))


def _graphs(api: APIRouter, studio: Studio, current: Current) -> None:
    @api.get("/{asset}/lineage", summary="Get what an asset was made from and what of it", response_model=Lineage)
    def get_lineage(
        asset: Name,
        depth: Depth = None,
        direction: Direction = "both",
        limit: Limit = MAX_EDGES,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        row = current(project, branch)
        ways = {"up": direction != "down", "down": direction != "up"}
        return reply(lineage(studio, row.id, asset, position(at), depth=depth, limit=limit, **ways))

    @api.get("/{asset}/manifest", summary="Get all facts of the origin of an asset", response_model=Manifest)
    def get_manifest(
        asset: Name, project: ProjectChoice = None, branch: BranchChoice = None, at: At = None
    ) -> Response:
        return reply(manifest(studio, current(project, branch).id, asset, position(at)))
