"""The web application on a store in memory, with one project in it."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from comfyvn.application.handle import handle
from comfyvn.application.ports import Ref
from comfyvn.application.projects import found_project
from comfyvn.application.studio import Request, Studio
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.story.commands import OpenScene, WriteLine
from comfyvn.infrastructure.storage.store import open_store
from comfyvn.infrastructure.system import RandomIds, SystemClock
from comfyvn.interfaces.rest import app, system

ANN = Request(actor="ann")


def make_studio() -> Studio:
    """Return a studio on a store in memory."""
    return Studio(open_store("sqlite://", KINDS), SystemClock(), RandomIds())


def make_app(studio: Studio | None = None) -> FastAPI:
    """Return the application; without a studio it has a project ``rain`` with one scene ``s1``."""
    if studio is None:
        studio = make_studio()
        main = found_project(studio, "Rain", ANN).main
        handle(studio, main, Ref("scene", "s1"), OpenScene("Roof", label="start"), ANN)
        handle(studio, main, Ref("scene", "s1"), WriteLine("n1", "Rain."), ANN)
    document: dict[str, Any] = {}

    def save(patch: Mapping[str, Any]) -> Mapping[str, Any]:
        document.update(patch)
        return document

    file = system.SettingsFile(get=lambda: document, save=save)
    return app.build(studio, database="sqlite", settings=file)
