"""The exporters by target."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from comfyvn.application.exports import Exported, StoryView
from comfyvn.domain.kernel import Json
from comfyvn.infrastructure.exports import renpy
from comfyvn.infrastructure.exports.renpy import engine
from comfyvn.interfaces.cli.tools import Exporter, OpenBlob, Progress

_FINE: Final = frozenset({"finished", "quit", "limit"})
"""Ends of a play that are no failure."""


def to_renpy(story: StoryView, out_dir: Path, open_blob: OpenBlob, progress: Progress) -> Exported:
    """Write a story as a Ren'Py project."""
    return renpy.export(story, out_dir, open_blob, partial(progress, "files"), partial(progress, "scenes"))


def lint(folder: Path) -> Json:
    """Let Ren'Py check a project: ``{"ok", "code", "report"}``."""
    found = engine.lint(folder)
    return {"ok": found.code == 0, "code": found.code, "report": found.report}


def play(folder: Path, seeds: Sequence[int]) -> Json:
    """Let Ren'Py play a project: ``{"ok", "plays": [{"seed", "why", "lines", "menus", ...}]}``."""
    plays = []
    for seed in seeds:
        records = engine.play(folder, seed=seed)
        counted = {f"{kind}s": sum(one["kind"] == kind for one in records) for kind in ("say", "menu")}
        crash = {"traceback": records[-1]["traceback"]} if "traceback" in records[-1] else {}
        plays.append({"seed": seed, "why": records[-1]["why"], **counted, **crash})
    return {"ok": all(one["why"] in _FINE for one in plays), "plays": plays}


EXPORTERS: Final[Mapping[str, Exporter]] = {
    "renpy": Exporter(write=to_renpy, plan=renpy.plan, bundle=renpy.bundle, lint=lint, play=play)
}
