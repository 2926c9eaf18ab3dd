"""What is asked of the pack of any text engine: a play, an analysis, an import, an export."""

from pathlib import Path
from typing import Any

from comfyvn.application.exports import StoryView
from comfyvn.application.imports import import_pack
from comfyvn.application.studio import Request
from comfyvn.domain.analysis import Analysis, analyse
from comfyvn.domain.pack import Pack
from comfyvn.domain.playthrough import Program, compile_story, play, to_json
from comfyvn.infrastructure.exports.renpy import export
from comfyvn.infrastructure.imports.files import Files, FilesReader
from comfyvn.infrastructure.storage.blobs import FileBlobs
from tests.desks import Desk


def read(reader: FilesReader, path: Path) -> Pack:
    """Read what a reader must be sure of."""
    files = Files(path)
    assert reader.probe(files).confidence > 0.5
    return reader.read(files).pack


def compiled(pack: Pack) -> Program:
    names = {i: character.name for i, character in pack.characters.items()}
    return compile_story(pack.scenes, {name: v.default for name, v in pack.variables.items()}, names)


def played(pack: Pack, *choices: int, seed: int = 0) -> list[Any]:
    """Return the lines (with the name of who speaks), the options of menus, and how it ended."""
    found = play(compiled(pack), seed=seed, choices=choices, start_at=pack.start, max_steps=10_000)
    told = filter(None, map(to_json, found))
    return [_shown(body) for body in told]


def _shown(body: dict[str, Any]) -> Any:
    if body["type"] == "line":
        return f"{body['who']}: {body['what']}" if body["who"] else body["what"]
    return body.get("options") or body.get("message") or body["reason"]


def analysed(pack: Pack) -> Analysis:
    return analyse(compiled(pack), pack.scenes, pack.start)


def events_of_imports(reader: FilesReader, path: Path, blobs: Path, times: int = 2) -> list[int]:
    """Import the same files several times into one project; return how many events each import recorded."""
    desk = Desk()
    counts = []
    for _ in range(times):
        incoming = reader.read(Files(path))
        done = import_pack(desk.studio, FileBlobs(blobs), desk.main, incoming.pack, incoming.open_member, Request())
        counts.append(done.events)
    assert desk.studio.store.verify().first_bad is None  # type: ignore[attr-defined]
    return counts


def exported(pack: Pack, folder: Path) -> list[str]:
    """Export a pack without media to Ren'Py; return the codes of the warnings."""
    view = StoryView(pack.title, pack.scenes, pack.characters, pack.variables, {}, pack.start, pack.translations)
    return [warning.code for warning in export(view, folder, lambda digest: iter([])).warnings]
