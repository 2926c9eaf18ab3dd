"""The web application on a store in memory, with one project in it."""

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from comfyvn.application.analysis import Analyses
from comfyvn.application.assets.using import used
from comfyvn.application.handle import handle
from comfyvn.application.ports import Ref
from comfyvn.application.projects import found_project
from comfyvn.application.streaming.feed import Feed
from comfyvn.application.streaming.hub import Hub
from comfyvn.application.studio import Request, Studio
from comfyvn.domain.kernel import Refused
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.story.commands import OpenScene, WriteLine
from comfyvn.infrastructure.assets.source import DiskSource
from comfyvn.infrastructure.extractors.toolbox import Toolbox
from comfyvn.infrastructure.jobs.files import JobFiles
from comfyvn.infrastructure.jobs.journal import Journal
from comfyvn.infrastructure.jobs.threads import ThreadJobs
from comfyvn.infrastructure.metrics import SystemMeter
from comfyvn.infrastructure.storage.blobs import FileBlobs
from comfyvn.infrastructure.storage.store import open_store
from comfyvn.infrastructure.system import RandomIds, SystemClock
from comfyvn.interfaces.rest import app, system
from comfyvn.interfaces.rest.assets import Assets
from comfyvn.interfaces.rest.events import Streams
from comfyvn.interfaces.rest.extractors import Programs
from comfyvn.main.assets_over_http import following
from comfyvn.main.imports_over_http import imports
from comfyvn.main.jobs import Workshop, all_kinds
from comfyvn.settings import is_free
from tests.registries import registry_in

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


def _local(path: str) -> Path:
    if "\0" in path or not path.startswith(tempfile.gettempdir()):
        raise Refused("path_forbidden", "Tests take files from the folder for temporary files only.")
    return Path(path)


def _source(path: str) -> DiskSource:
    return DiskSource(_local(path))


def make_app(studio: Studio, token: str | None = None, *, alone: bool = True) -> FastAPI:
    """Return the application around a studio."""
    document: dict[str, Any] = {}

    def save(patch: Mapping[str, Any]) -> Mapping[str, Any]:
        document.update(patch)
        for name in [name for name, value in document.items() if value is None]:
            del document[name]
        return document

    file = system.SettingsFile(get=lambda: document, save=save)
    folder = Path(tempfile.mkdtemp(prefix="comfyvn-exports-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    files = registry_in(folder, studio)
    waiting = JobFiles(
        lambda job_id: FileBlobs(folder / "jobs" / job_id),
        lambda job_id: shutil.rmtree(folder / "jobs" / job_id, ignore_errors=True),
        folder / "laid-out",
        10_000_000,
    )
    machine = system.Machine("127.0.0.1", 8001, "first", SystemMeter(folder, studio.clock), is_free)
    analyses = Analyses(studio)
    tools = Toolbox(folder / "config", folder / "unpacked", folder / "programs", studio.clock)
    shop = Workshop(files, analyses, waiting, _local, folder, folder / "keys", tools, alone)
    jobs = ThreadJobs(all_kinds(shop), studio.ids, studio.clock, Journal(folder / "logs"))
    return app.build(
        studio,
        imports=imports(jobs, waiting, studio.ids, _local, folder / "probes"),
        database="sqlite",
        settings=file,
        machine=machine,
        token=token,
        jobs=jobs,
        programs=Programs(tools, alone),
        analyses=analyses,
        registry=Assets(files, jobs, partial(used, studio), _source),
        streams=Streams(Hub(studio.store, Feed(studio).events), lambda _: None),
        lifespan=following(files),
    )
