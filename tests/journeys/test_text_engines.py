"""Stories of other programs: in, in again without a change, analysed, and out to an engine that is content."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from comfyvn.application.analysis import Analyses
from comfyvn.application.exports import story_view
from comfyvn.application.imports import Imported, import_pack
from comfyvn.application.sample import documents
from comfyvn.application.studio import Request
from comfyvn.application.validation import errors, validate
from comfyvn.infrastructure.exports.renpy import export
from comfyvn.infrastructure.exports.renpy.plays import check_plays
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.storage.blobs import FileBlobs
from comfyvn.main.readers import READERS
from tests.desks import Desk
from tests.infrastructure.imports.test_twine import CHAPBOOK, HARLOWE, SNOWMAN, SUGARCUBE, twee
from tests.renpy_engine import engine
from tests.samples import kag, roleplay

pytestmark = pytest.mark.engine


def _twine(body: str, name: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / "inn.twee").write_text(twee(body.replace("Secret", "Leave"), name), "utf-8")
        return folder / "inn.twee"

    return write


def _chats(folder: Path) -> Path:
    return roleplay.write(folder / "user")


def _tyrano(folder: Path) -> Path:
    return kag.tyrano(folder / "game")


def _kirikiri(folder: Path) -> Path:
    files = {"startup.tjs": b"", "scenario/first.ks": kag.KAG.encode("cp932")}
    (folder / "data.xp3").write_bytes(kag.xp3(files))
    return folder / "data.xp3"


def _pack(folder: Path) -> Path:
    told = documents()
    lists = {key: told[key] for key in ("scenes", "characters", "variables")}
    manifest = {"format": "comfyvn-pack@1", "title": "Tuba", "start": "depot", **lists}
    (folder / "tuba.json").write_text(json.dumps(manifest), "utf-8")
    return folder / "tuba.json"


STORIES: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "harlowe": ("twine", _twine(HARLOWE, "Harlowe")),
    "sugarcube": ("twine", _twine(SUGARCUBE, "SugarCube")),
    "chapbook": ("twine", _twine(CHAPBOOK, "Chapbook")),
    "snowman": ("twine", _twine(SNOWMAN, "Snowman")),
    "roleplay": ("roleplay", _chats),
    "tyranoscript": ("tyranoscript", _tyrano),
    "kirikiri": ("kirikiri", _kirikiri),
    "pack": ("comfyvn", _pack),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_story_comes_in_once_and_goes_out_whole(name: str, tmp_path: Path) -> None:
    kind, write = STORIES[name]
    path = write(tmp_path)
    reader = READERS[kind]
    assert max(READERS, key=lambda k: READERS[k].probe(Files(path)).confidence) == kind
    desk, blobs = Desk(), FileBlobs(tmp_path / "blobs")

    def bring_in() -> Imported:
        incoming = reader.read(Files(path))
        return import_pack(desk.studio, blobs, desk.main, incoming.pack, incoming.open_member, Request(actor="ada"))

    assert bring_in().events > 0
    again = bring_in()
    assert (again.events, again.conflicts) == (0, ())
    view = story_view(desk.studio, desk.main)
    assert errors(validate(view)) == 0, validate(view)
    assert Analyses(desk.studio).analyse(desk.main).analysis.endings
    folder = tmp_path / "out"
    export(view, folder, blobs.open)
    found = engine.lint(folder)
    assert found.code == 0, found.report
    check = check_plays(view, folder, range(3), False)
    assert check["ok"], check["plays"]
