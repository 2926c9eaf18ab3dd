"""How the server exports: in jobs, and below the exports folder only."""

from functools import partial
from pathlib import Path

from comfyvn.application.exports import Exported, StoryView
from comfyvn.application.ports import Blobs, Report
from comfyvn.infrastructure.exports import renpy
from comfyvn.infrastructure.jobs import ThreadJobs
from comfyvn.infrastructure.system import RandomIds
from comfyvn.interfaces.rest.exporting import Exports
from comfyvn.main.exporters import to_renpy


def exports(exports_dir: Path, blobs: Blobs) -> Exports:
    """Return the exports of the web application."""

    def folder(view: StoryView, project: str, report: Report) -> tuple[Exported, str]:
        target = exports_dir / "renpy_project" / project
        return to_renpy(view, target, blobs.open, report), str(target)

    def bundle(view: StoryView, project: str, report: Report) -> tuple[Exported, str]:
        origin = view.origin
        name = f"{project}-{origin.branch}-{origin.position}.zip" if origin else f"{project}.zip"
        file = exports_dir / "bundles" / name
        return renpy.bundle(view, file, blobs.open, partial(report, "scenes")), str(file)

    return Exports(ThreadJobs(RandomIds()), renpy.plan, folder, bundle)
