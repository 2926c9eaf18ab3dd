"""Which exports of the exports folder hold an asset."""

from pathlib import Path

import pytest

from comfyvn.application.assets.exported import exports_with
from comfyvn.application.exports import story_view
from comfyvn.application.provenance.evidence import gather
from comfyvn.domain.kernel import Missing
from comfyvn.infrastructure.exports import renpy
from comfyvn.infrastructure.exports.kept import KeptExports
from comfyvn.infrastructure.exports.sealing import seal_with
from comfyvn.infrastructure.signing import signing_key
from tests.desks import Desk
from tests.registries import put, registry_in


def test_folders_and_bundles_are_found_by_their_manifests(tmp_path: Path) -> None:
    desk, folder = Desk(), tmp_path / "exports"
    desk.open()
    registry = registry_in(tmp_path, desk.studio)
    room = put(registry, desk.main, "images/bg room.png", b"room").ids[0]
    late = put(registry, desk.main, "late.png", b"late").ids[0]

    def export(name: str) -> int:
        view = story_view(desk.studio, desk.main)
        seal = seal_with(signing_key(tmp_path / "keys"), gather(desk.studio, view, "renpy", ()))
        if name.endswith(".zip"):
            renpy.bundle(view, folder / "bundles" / name, registry.blobs.open, seal=seal)
        else:
            renpy.export(view, folder / "renpy_project" / name, registry.blobs.open, seal=seal)
        return desk.head()

    kept = KeptExports(folder)
    assert exports_with(desk.studio, kept, desk.main, room) == ()
    first = export("a-novel")
    put(registry, desk.main, "images/bg room.png", b"another room", replaces=True)
    second = export("a-novel.zip")
    (folder / "bundles" / "odd.zip").write_bytes(b"no zip")
    (folder / "renpy_project" / "odd").mkdir()
    (folder / "renpy_project" / "odd" / "provenance.json").write_text('{"assets": 3}')
    for _ in range(2):
        found = exports_with(desk.studio, kept, desk.main, room)
        assert {(one.export.place, one.export.position, one.current, one.export.path) for one in found} == {
            ("renpy_project/a-novel", first, False, "game/images/bg room.png"),
            ("bundles/a-novel.zip", second, True, "game/images/bg room.png"),
        }
    assert len(exports_with(desk.studio, kept, desk.main, late)) == 2
    desk.retitle("x")
    export("a-novel")
    found = exports_with(desk.studio, kept, desk.main, room)
    assert {one.export.position for one in found} == {second, desk.head()}
    assert list(kept("another-project", room)) == []
    with pytest.raises(Missing):
        exports_with(desk.studio, kept, desk.main, "none")
