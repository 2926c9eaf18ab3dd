"""The jobs that export to Ren'Py, below the exports folder only."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from comfyvn.application.exports import Seal, StoryView, story_view
from comfyvn.application.jobs.job import JobResult
from comfyvn.application.jobs.kinds import JobContext, Kind
from comfyvn.application.jobs.orders import BundleOrder, ExportOrder
from comfyvn.application.ports import LATEST, Blobs
from comfyvn.application.provenance.evidence import gather
from comfyvn.application.studio import Studio, plain
from comfyvn.application.validation import StoryFinding, errors, validate
from comfyvn.domain.kernel import Json, Refused
from comfyvn.infrastructure.credentials.signing import C2paSigning
from comfyvn.infrastructure.exports import renpy
from comfyvn.infrastructure.exports.renpy import engine
from comfyvn.infrastructure.exports.sealing import seal_with
from comfyvn.infrastructure.signing import signing_key
from comfyvn.main.exporters import lint, to_renpy
from comfyvn.main.jobs.typed import here, kind_of


def kinds(studio: Studio, blobs: Blobs, exports: Path, keys: Path, *, alone: bool) -> tuple[Kind, Kind]:
    """Return the kinds ``export-renpy`` and ``bundle-renpy``; the keys that seal and sign lie in `keys`.

    The engine runs the code of a story, so it lints only where people of this machine `alone` hand in jobs.
    """

    def check(order: ExportOrder | BundleOrder) -> None:
        studio.store.branch(order.branch)
        if order.sign and not getattr(order, "dry_run", False):
            C2paSigning(keys)
        if getattr(order, "lint", False):
            _may_lint(order, alone=alone)

    makes = _Exporting(studio, blobs, exports, keys)
    return (
        kind_of("export-renpy", ExportOrder, makes.folder, check=check, device=here),
        kind_of("bundle-renpy", BundleOrder, makes.bundle, check=check, device=here),
    )


def _may_lint(order: Any, *, alone: bool) -> None:
    if not alone:
        message = "Lint runs the code of the story, so a server that others reach does not do it; use the command line."
        raise Refused("lint_forbidden", message)
    if order.dry_run:
        raise Refused("options_unfit", "A dry run writes nothing, so there is nothing to lint.")
    engine.command()


class _Exporting:
    def __init__(self, studio: Studio, blobs: Blobs, exports: Path, keys: Path) -> None:
        self._studio, self._blobs, self._exports, self._keys = studio, blobs, exports, keys

    def folder(self, context: JobContext, order: ExportOrder) -> JobResult:
        """Write a folder; what was there of an earlier export is replaced."""
        view, found = self._checked(order)
        told = {"findings": plain(found), "written": not order.dry_run}
        if order.dry_run:
            return JobResult({**plain(renpy.plan(view)), **told, "folder": None})
        target = self._exports / "renpy_project" / self._project(order)
        evidence = gather(self._studio, view, "renpy", found)
        signing = C2paSigning(self._keys) if order.sign else None
        done = to_renpy(view, target, self._blobs.open, context.report, self._sealed(evidence), signing)
        if order.lint:
            context.report("lint", 0, 1)
            told["lint"] = lint(target)
            context.report("lint", 1, 1)
        return JobResult({**plain(done), **told, "folder": str(target)})

    def bundle(self, context: JobContext, order: BundleOrder) -> JobResult:
        """Write a zip file."""
        view, found = self._checked(order)
        project, origin = self._project(order), view.origin
        name = f"{project}-{origin.branch}-{origin.position}.zip" if origin else f"{project}.zip"
        file = self._exports / "bundles" / name
        seal = self._sealed(gather(self._studio, view, "renpy", found))
        signing = C2paSigning(self._keys) if order.sign else None
        done = renpy.bundle(view, file, self._blobs.open, partial(context.report, "scenes"), seal, signing)
        return JobResult({**plain(done), "findings": plain(found)}, str(file))

    def _project(self, order: ExportOrder | BundleOrder) -> str:
        return self._studio.store.branch(order.branch).project

    def _sealed(self, evidence: Mapping[str, Json]) -> Seal:
        return seal_with(signing_key(self._keys), evidence)

    def _checked(self, order: ExportOrder | BundleOrder) -> tuple[StoryView, tuple[StoryFinding, ...]]:
        """Return the story and its findings; raise Refused("story_invalid") where it must be free of errors."""
        at = LATEST if order.at is None else order.at
        view = story_view(self._studio, order.branch, at, stamped=order.stamps, signed=order.sign)
        found = validate(view)
        if order.strict and errors(found):
            raise Refused("story_invalid", f"The story has {errors(found)} errors.", findings=plain(found))
        return view, found
