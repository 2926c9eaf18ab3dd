"""The web application on a store in memory, with one project in it."""

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from comfyvn.application.handle import handle
from comfyvn.application.ports import Ref
from comfyvn.application.projects import found_project
from comfyvn.application.studio import Request, Studio
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.story.commands import OpenScene, WriteLine
from comfyvn.infrastructure.storage.blobs import FileBlobs
from comfyvn.infrastructure.storage.store import open_store
from comfyvn.infrastructure.system import RandomIds, SystemClock
from comfyvn.interfaces.rest import app, system
from comfyvn.main.exports_over_http import exports

ANN = Request(actor="ann")


class Swap:
    """A store that tests can exchange under an application that is built once, as building takes a second."""

    def __init__(self) -> None:
        self.current = open_store("sqlite://", KINDS)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.current, name)


def make_studio() -> Studio:
    """Return a studio on a store in memory."""
    return Studio(open_store("sqlite://", KINDS), SystemClock(), RandomIds())


def fill(studio: Studio) -> None:
    """Found a project ``rain`` with one scene ``s1`` of one line ``n1``: four events, the scene at version 2."""
    main = found_project(studio, "Rain", ANN).main
    handle(studio, main, Ref("scene", "s1"), OpenScene("Roof", label="start"), ANN)
    handle(studio, main, Ref("scene", "s1"), WriteLine("n1", "Rain."), ANN)


def make_app(studio: Studio, token: str | None = None) -> FastAPI:
    """Return the application around a studio."""
    document: dict[str, Any] = {}

    def save(patch: Mapping[str, Any]) -> Mapping[str, Any]:
        document.update(patch)
        return document

    file = system.SettingsFile(get=lambda: document, save=save)
    folder = Path(tempfile.mkdtemp(prefix="comfyvn-exports-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = exports(folder, FileBlobs(folder / "blobs"))
    return app.build(studio, database="sqlite", settings=file, token=token, exports=made)
