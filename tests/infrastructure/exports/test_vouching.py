"""The credentials of a signed export are checked with it: each that does not fit is named, and so are other signers."""

import hashlib
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from comfyvn.application.exports import story_view
from comfyvn.application.ports import Ref
from comfyvn.application.provenance.resolving import resolve
from comfyvn.domain.assets import AssetType, ImportAsset
from comfyvn.infrastructure.credentials.certificates import root_of
from comfyvn.infrastructure.credentials.signing import C2paSigning
from comfyvn.infrastructure.exports.renpy import bundle, export
from comfyvn.infrastructure.exports.verification import check
from comfyvn.infrastructure.storage.blobs import FileBlobs
from comfyvn.main.exporters import spared
from tests.desks import Desk
from tests.infrastructure.exports.seals import sealed
from tests.infrastructure.exports.test_verification import flip, rewrite
from tests.infrastructure.media.claims.signed import KIND, signed
from tests.infrastructure.media.samples import sample

MEDIA: dict[str, AssetType] = {
    "a.png": "image",
    "a.jpg": "image",
    "a.webp": "image",
    "a.avif": "image",
    "a.gif": "image",
    "a.mp3": "sound",
    "a.wav": "sound",
    "a.flac": "sound",
    "a.m4a": "sound",
    "a.ogg": "sound",
    "a.mp4": "video",
    "a.ttf": "font",
}
BESIDE = ("a.ogg", "a.ttf")
CREDENTIAL = "META-INF/content_credential.c2pa"
DRAWN = {"action": "c2pa.created", "digitalSourceType": KIND + "digitalArt"}


class Studio:
    """A desk with an asset of each format and one that somebody else has signed, and its signed export and bundle."""

    def __init__(self, folder: Path) -> None:
        self.desk, self.blobs, self.keys = Desk(), FileBlobs(folder / "blobs"), folder / "keys"
        self.desk.open(label="start")
        for name, kind in MEDIA.items():
            self.take(name, kind, sample(name))
        self.take("signed.png", "image", signed(sample("a.png"), "image/png", DRAWN))
        self.view = story_view(self.desk.studio, self.desk.main, stamped=True, signed=True)
        self.folder, self.zip = folder / "out", folder / "out.zip"
        seal, signing = sealed(self.desk.studio, self.view), C2paSigning(self.keys)
        export(self.view, self.folder, self.blobs.open, seal=seal, signing=signing)
        bundle(self.view, self.zip, self.blobs.open, seal=seal, signing=signing)

    def take(self, name: str, kind: AssetType, content: bytes) -> None:
        self.desk.do(ImportAsset(kind, name, *self.blobs.put([content]), {}), Ref("asset", name))

    def codes(self, path: Path, root: bool = True) -> list[tuple[str, str, str]]:
        found = check(path, spared, None, root_of(self.keys) if root else None).flaws
        return [(flaw.code, flaw.path, flaw.severity) for flaw in found]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    studio = Studio(tmp_path_factory.mktemp("studio"))
    yield studio
    studio.desk.studio.store.close()


@pytest.fixture
def copy(made: Studio, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made.folder, tmp_path / "copy"))


def test_a_signed_export_is_what_was_written(made: Studio) -> None:
    assert made.codes(made.folder) == []
    assert made.codes(made.zip) == []
    found = check(made.folder, spared).manifest
    assert found is not None
    assert [*resolve(made.desk.studio, made.blobs, found)] == []


def test_who_signed_is_told_where_nobody_vouches_for_them(made: Studio) -> None:
    assert made.codes(made.folder, root=False) == [("credential_untrusted", "game/a.avif", "note")]
    (flaw,) = check(made.zip, spared).flaws
    assert "ComfyVN" in flaw.message
    assert f"{len(MEDIA) + 1} more" in flaw.message


@pytest.mark.parametrize("name", MEDIA)
def test_a_flipped_byte_breaks_the_credential_too(made: Studio, copy: Path, name: str) -> None:
    file = copy / "game" / name
    flip(file, file.stat().st_size - 20)
    path = f"game/{name}"
    assert made.codes(copy) == [("file_changed", path, "error"), ("credential_broken", path, "error")]


@pytest.mark.parametrize("name", BESIDE)
def test_a_flipped_byte_in_a_credential_beside_a_file_is_named(made: Studio, copy: Path, name: str) -> None:
    file = copy / "game" / f"{name}.c2pa"
    flip(file, file.stat().st_size // 2)
    assert made.codes(copy) == [
        ("file_changed", f"game/{name}.c2pa", "error"),
        ("credential_broken", f"game/{name}", "error"),
    ]
    file.unlink()
    assert made.codes(copy) == [("file_missing", f"game/{name}.c2pa", "error")]


def test_a_credential_of_somebody_else_is_shown_as_such(made: Studio, copy: Path) -> None:
    """Whoever signs a changed file anew, and the manifest too, is named as another signer."""
    forged = signed(sample("a.jpg"), "image/jpeg", DRAWN)
    (copy / "game" / "a.jpg").write_bytes(forged)
    digest = hashlib.sha256(forged).hexdigest()

    def lie(record: dict[str, dict[str, str]]) -> None:
        record["files"]["game/a.jpg"] = digest
        (entry,) = [one for one in record["assets"] if one["path"] == "game/a.jpg"]  # type: ignore[index]
        entry["written"] = digest  # type: ignore[index]

    rewrite(copy, lie)
    assert made.codes(copy) == [("credential_untrusted", "game/a.jpg", "note")]
    found = check(copy, spared, None, root_of(made.keys)).flaws[0].message
    assert "Tests" in found


def test_a_credential_that_was_broken_before_is_only_noted(made: Studio, tmp_path: Path) -> None:
    studio = Desk()
    studio.open(label="start")
    content = bytearray(signed(sample("a.png"), "image/png", DRAWN))
    content[-20] ^= 1
    digest, size = made.blobs.put([bytes(content)])
    studio.do(ImportAsset("image", "a.png", digest, size, {}), Ref("asset", "a"))
    view = story_view(studio.studio, studio.main)
    export(view, tmp_path / "out", made.blobs.open, seal=sealed(studio.studio, view))
    assert made.codes(tmp_path / "out") == [("credential_broken", "game/a.png", "note")]
    studio.studio.store.close()


def test_a_bundle_that_was_changed_as_a_whole_is_named(made: Studio, tmp_path: Path) -> None:
    file = Path(shutil.copy(made.zip, tmp_path / "out.zip"))
    with zipfile.ZipFile(file) as archive:
        places = {info.filename: info for info in archive.infolist()}
    flip(file, places["credits.txt"].header_offset + 11)  # the time of a member, which no hash of a file covers
    assert made.codes(file) == [("credential_broken", CREDENTIAL, "error")]
    flip(file, places["credits.txt"].header_offset + 11)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("game/more.rpy", "")
    assert made.codes(file) == [("file_added", "game/more.rpy", "error"), ("credential_broken", CREDENTIAL, "error")]


def test_without_the_library_the_files_are_checked_and_the_rest_is_said(
    made: Studio, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", None)
    assert made.codes(copy) == [("credential_unread", "game/a.avif", "note")]
    flip(copy / "game" / "a.png", 60)
    assert made.codes(copy)[0] == ("file_changed", "game/a.png", "error")
