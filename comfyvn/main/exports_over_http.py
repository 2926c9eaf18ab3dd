"""How the server exports: in jobs, and below the exports folder only."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from comfyvn.application.exports import Exported, Seal, StoryView
from comfyvn.application.ports import Blobs, Notices, Report
from comfyvn.application.provenance.credentials import Signing
from comfyvn.domain.kernel import Json
from comfyvn.infrastructure.credentials.signing import C2paSigning
from comfyvn.infrastructure.exports import renpy
from comfyvn.infrastructure.exports.sealing import seal_with
from comfyvn.infrastructure.jobs import ThreadJobs
from comfyvn.infrastructure.signing import signing_key
from comfyvn.infrastructure.system import RandomIds
from comfyvn.interfaces.rest.exporting import Exports
from comfyvn.main.exporters import to_renpy


def exports(exports_dir: Path, blobs: Blobs, keys: Path, notices: Notices | None = None) -> Exports:
    """Return the exports of the web application; the key that seals them lies in `keys`, `notices` tells of jobs."""

    def sealed(evidence: Mapping[str, Json]) -> Seal:
        return seal_with(signing_key(keys), evidence)

    def folder(
        view: StoryView, project: str, report: Report, evidence: Mapping[str, Json], signing: Signing | None
    ) -> tuple[Exported, str]:
        target = exports_dir / "renpy_project" / project
        return to_renpy(view, target, blobs.open, report, sealed(evidence), signing), str(target)

    def bundle(
        view: StoryView, project: str, report: Report, evidence: Mapping[str, Json], signing: Signing | None
    ) -> tuple[Exported, str]:
        origin = view.origin
        name = f"{project}-{origin.branch}-{origin.position}.zip" if origin else f"{project}.zip"
        file = exports_dir / "bundles" / name
        done = renpy.bundle(view, file, blobs.open, partial(report, "scenes"), sealed(evidence), signing)
        return done, str(file)

    return Exports(ThreadJobs(RandomIds(), notices), renpy.plan, folder, bundle, partial(C2paSigning, keys))
