"""The exporters by target."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from comfyvn.application.exports import Exported, Seal, StoryView
from comfyvn.application.imports import Progress
from comfyvn.application.provenance.credentials import Signing
from comfyvn.domain.kernel import Json
from comfyvn.infrastructure.exports import renpy
from comfyvn.infrastructure.exports.renpy import engine
from comfyvn.infrastructure.exports.renpy.echo import echo
from comfyvn.infrastructure.exports.renpy.plays import check_plays
from comfyvn.infrastructure.exports.renpy.project import of_engine
from comfyvn.interfaces.cli.tools import Exporter, OpenBlob


def to_renpy(
    story: StoryView, out_dir: Path, open_blob: OpenBlob, progress: Progress, seal: Seal, signing: Signing | None = None
) -> Exported:
    """Write a story as a Ren'Py project."""
    files, scenes = partial(progress, "files"), partial(progress, "scenes")
    return renpy.export(story, out_dir, open_blob, files, scenes, seal, signing)


def to_renpy_bundle(
    story: StoryView, file: Path, open_blob: OpenBlob, seal: Seal, signing: Signing | None = None
) -> Exported:
    """Write a story as a zip file of its Ren'Py project."""
    return renpy.bundle(story, file, open_blob, seal=seal, signing=signing)


def lint(folder: Path) -> Json:
    """Let Ren'Py check a project: ``{"ok", "code", "report"}``."""
    found = engine.lint(folder)
    return {"ok": found.code == 0, "code": found.code, "report": found.report}


def spared(target: str, path: str) -> bool:
    """Tell whether the engine of a target puts a file there itself."""
    return target == "renpy" and of_engine(path)


EXPORTERS: Final[Mapping[str, Exporter]] = {
    "renpy": Exporter(write=to_renpy, plan=renpy.plan, bundle=to_renpy_bundle, lint=lint, play=check_plays, echo=echo)
}
