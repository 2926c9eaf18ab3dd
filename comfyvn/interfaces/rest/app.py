"""The web application: all routes around one studio."""

from collections.abc import Sequence

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

import comfyvn
from comfyvn.application.ports import BranchRow
from comfyvn.application.studio import Studio, find_branch
from comfyvn.domain.kernel import Missing
from comfyvn.interfaces.rest import answers, documents, entities, exporting, history, home, playing, projects, system
from comfyvn.interfaces.rest.guard import Guard


def build(
    studio: Studio,
    *,
    database: str,
    settings: system.SettingsFile,
    hosts: Sequence[str] = (),
    origins: Sequence[str] = (),
    token: str | None = None,
    exports: exporting.Exports | None = None,
) -> FastAPI:
    """Build the application. `hosts` are names it answers to beside loopback, `origins` pages that may call it.

    With a `token` only those who bring it are served; see `Guard`.
    """
    app = FastAPI(
        title="ComfyVN",
        version=comfyvn.__version__,
        summary="A studio for visual novels that loses nothing.",
        docs_url="/docs",
        redoc_url=None,
    )
    answers.install(app)
    app.include_router(system.routes(studio, database, settings))
    app.include_router(home.routes(token))
    app.include_router(projects.routes(studio))
    app.include_router(history.routes(studio))
    app.include_router(playing.routes(studio))
    app.include_router(entities.routes(studio))
    app.include_router(documents.routes(studio, current(studio, settings)))
    if exports is not None:
        app.include_router(exporting.routes(studio, current(studio, settings), exports))
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["*"],
        allow_headers=["Authorization", "Idempotency-Key", "If-Match", "Content-Type", "X-Actor"],
        expose_headers=["ETag"],
    )
    app.add_middleware(Guard, hosts=hosts, origins=origins, token=token)
    return app


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
