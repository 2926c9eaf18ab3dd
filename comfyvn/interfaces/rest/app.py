"""The web application: all routes around one studio."""

from collections.abc import Sequence
from functools import partial

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.types import Lifespan

import comfyvn
from comfyvn.application.analysis import Analyses
from comfyvn.application.jobs.runner import JobRunner
from comfyvn.application.plays.playing import Plays
from comfyvn.application.ports import BranchRow
from comfyvn.application.streaming.dialogue import Dialogues
from comfyvn.application.studio import Studio, find_branch
from comfyvn.domain.kernel import Missing
from comfyvn.interfaces.rest import (
    analysis,
    answers,
    assets,
    changes,
    code,
    dialogue,
    documents,
    entities,
    events,
    exporting,
    expressions,
    extractors,
    findings,
    graph,
    history,
    importing,
    maps,
    playing,
    playthroughs,
    projects,
    prose,
    search,
    session,
    system,
    uploads,
    variables,
    wordage,
)
from comfyvn.interfaces.rest import jobs as job_routes
from comfyvn.interfaces.rest.guard import Guard
from comfyvn.interfaces.rest.provenance import credits, disclosure, licences, lineage, review
from comfyvn.interfaces.studio import pages


def build(
    studio: Studio,
    *,
    database: str,
    settings: system.SettingsFile,
    machine: system.Machine,
    hosts: Sequence[str] = (),
    origins: Sequence[str] = (),
    token: str | None = None,
    jobs: JobRunner | None = None,
    analyses: Analyses | None = None,
    registry: assets.Assets | None = None,
    imports: importing.Imports | None = None,
    programs: extractors.Programs | None = None,
    streams: events.Streams | None = None,
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """Build the application. `hosts` are names it answers to beside loopback, `origins` pages that may call it.

    With a `token` only those who bring it are served; see `Guard`. `lifespan` is what runs beside it.
    """
    app = FastAPI(
        title="ComfyVN",
        version=comfyvn.__version__,
        summary="A studio for visual novels that loses nothing.",
        docs_url="/docs",
        redoc_url=None,
        lifespan=lifespan,
    )
    answers.install(app)
    app.include_router(system.routes(studio, database, settings, machine))
    app.include_router(session.routes(token))
    app.include_router(pages.routes())
    app.include_router(projects.routes(studio))
    app.include_router(changes.routes(studio))
    app.include_router(prose.routes(studio))
    app.include_router(history.routes(studio))
    app.include_router(playing.routes(studio))
    app.include_router(entities.routes(studio))
    app.include_router(expressions.routes(studio))
    app.include_router(documents.routes(studio, current(studio, settings)))
    app.include_router(search.routes(studio, current(studio, settings)))
    app.include_router(wordage.routes(studio, current(studio, settings)))
    app.include_router(maps.routes(studio, current(studio, settings)))
    app.include_router(graph.routes(studio, current(studio, settings)))
    app.include_router(findings.routes(studio, current(studio, settings)))
    app.include_router(code.routes(studio, current(studio, settings)))
    app.include_router(licences.routes(studio, current(studio, settings)))
    app.include_router(disclosure.routes(studio, current(studio, settings)))
    app.include_router(review.routes(studio))
    app.include_router(credits.routes(studio, current(studio, settings)))
    app.include_router(lineage.routes(studio, current(studio, settings)))
    plays = Plays(studio)
    app.include_router(playthroughs.routes(plays, current(studio, settings)))
    app.include_router(variables.routes(plays, current(studio, settings)))
    if programs is not None:
        app.include_router(extractors.routes(programs))
    if streams is not None:
        app.include_router(events.routes(studio, streams))
        told = Dialogues(plays, streams.hub)
        app.include_router(dialogue.routes(told, current(studio, settings), streams.cut, partial(_streams, settings)))
    if jobs is not None:
        app.include_router(job_routes.routes(jobs, streams))
        app.include_router(exporting.routes(current(studio, settings), jobs))
        if analyses is not None:
            app.include_router(analysis.routes(current(studio, settings), analyses, jobs))
    large: dict[str, int] = {}
    if registry is not None:
        app.include_router(assets.routes(current(studio, settings), registry))
        app.include_router(uploads.routes(current(studio, settings), registry))
        large = {uploads.PATHS: registry.registry.limit + uploads.FORM}
    if imports is not None:
        app.include_router(importing.routes(imports))
        large[importing.PATHS] = imports.limit + uploads.FORM
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["*"],
        allow_headers=["Authorization", "Idempotency-Key", "If-Match", "Content-Type", "Last-Event-ID", "X-Actor"],
        expose_headers=["ETag"],
    )
    app.add_middleware(Guard, hosts=hosts, origins=origins, token=token, large=large)
    return app


def _streams(settings: system.SettingsFile) -> bool:
    """Tell whether lines are streamed where the client does not say: ``streaming.dialogue`` of the settings."""
    section = settings.get().get("streaming")
    return not (isinstance(section, dict) and section.get("dialogue") is False)


def current(studio: Studio, settings: system.SettingsFile) -> documents.Current:
    """Return what finds the branch of the document paths: as asked, else as the settings say, else the latest."""

    def find(project: str | None, branch: str | None) -> BranchRow:
        name = project or settings.get().get("current_project")
        if not isinstance(name, str) or not name:
            rows = studio.store.projects()
            if not rows:
                raise Missing("project_unknown", "There is no project yet.")
            name = max(rows, key=lambda row: (row.created_at, row.id)).id
        return find_branch(studio, name, branch)

    return find
