"""An export of version 1 stays provable for ever, and the same history gives the same manifest, byte by byte.

The golden export was written once, by `written` below; what it holds is never written anew.
"""

import json
from itertools import count
from pathlib import Path

import jsonschema
import pytest

import comfyvn
from comfyvn.application.exports import StoryView, story_view
from comfyvn.application.ports import Ref
from comfyvn.application.projects import found_project
from comfyvn.application.provenance.evidence import gather
from comfyvn.application.provenance.resolving import resolve
from comfyvn.application.studio import Request, Studio
from comfyvn.application.validation import validate
from comfyvn.domain.assets import ImportAsset
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.provenance import RecordOrigin
from comfyvn.domain.variables import DeclareVariable
from comfyvn.infrastructure.exports import manifest
from comfyvn.infrastructure.exports.renpy import export
from comfyvn.infrastructure.exports.sealing import seal_with
from comfyvn.infrastructure.exports.verification import check
from comfyvn.infrastructure.storage.blobs import FileBlobs
from comfyvn.infrastructure.storage.store import open_store
from comfyvn.main.exporters import spared
from tests.desks import Desk
from tests.infrastructure.exports.seals import KEY
from tests.infrastructure.exports.test_verification import CONTENTS

GOLDEN = Path(__file__).parents[2] / "golden" / "exports" / "sealed-1"
SCHEMA = GOLDEN.with_name("provenance-1.schema.json")


class Steady:
    """A clock and ids that count."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def now(self) -> str:
        number = next(self._numbers)
        return f"2026-11-26T12:{number // 60:02}:{number % 60:02}.000000Z"

    def new(self) -> str:
        return f"{next(self._numbers):032x}"


class SteadyDesk(Desk):
    """A desk whose history is the same each time, with a story of one scene, two assets, a play of chance."""

    def __init__(self, blobs: FileBlobs) -> None:
        self.studio = Studio(open_store("sqlite://", KINDS), Steady(), Steady())
        self.project = found_project(self.studio, "Golden", Request(actor="ada"))
        self.main = self.project.main
        self.open(label="start")
        self.do(DeclareVariable("int", 3, "session"), Ref("variable", "luck"))
        for n, (path, content) in enumerate(CONTENTS.items()):
            kind = "image" if path.endswith("png") else "text"
            self.do(ImportAsset(kind, path, *blobs.put([content]), {"license": "CC0-1.0"}), Ref("asset", f"a{n}"))  # type: ignore[arg-type]
        made = RecordOrigin("asset:a0", "generated", tool="ComfyUI 0.3", model="sdxl", seed=7)
        self.do(made, Ref("provenance", "p"))
        self.reword("two")

    def view(self) -> StoryView:
        return story_view(self.studio, self.main)


@pytest.fixture(autouse=True)
def version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comfyvn, "__version__", "0")


def written(folder: Path, scratch: Path) -> None:
    """Write the export anew; only for the next version of the manifest, into a folder of its own."""
    blobs = FileBlobs(scratch)
    desk = SteadyDesk(blobs)
    view = desk.view()
    seal = seal_with(KEY, gather(desk.studio, view, "renpy", validate(view)))
    export(view, folder, blobs.open, seal=seal)
    desk.studio.store.close()


def test_the_golden_export_proves_itself() -> None:
    found = check(GOLDEN, spared, KEY.public_key().public_bytes_raw().hex())
    assert (found.flaws, found.files) == ((), 8)


def test_its_shape_is_the_published_one_which_never_changes() -> None:
    assert manifest.published_schema() == SCHEMA.read_bytes()
    record = (GOLDEN / "provenance.json").read_bytes()
    jsonschema.validate(json.loads(record), json.loads(SCHEMA.read_bytes()))
    assert manifest.read(record) == json.loads(record)


def test_the_same_history_gives_the_same_manifest_and_resolves_the_golden_one(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    desk = SteadyDesk(blobs)
    record = (GOLDEN / "provenance.json").read_bytes()
    said = json.loads(record)
    view = desk.view()
    placed = {asset["id"]: asset["path"] for asset in said["assets"]}
    evidence = gather(desk.studio, view, "renpy", validate(view))
    assert manifest.text_of(evidence, said["files"], placed) == record
    sealed = seal_with(KEY, evidence)(said["files"], placed)
    assert sealed["provenance.sig"] == (GOLDEN / "provenance.sig").read_bytes()
    assert [*resolve(desk.studio, blobs, said)] == []
    desk.studio.store.close()
