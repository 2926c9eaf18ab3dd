"""An export proves itself: whatever is changed in it, one byte is enough, is found and named."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from comfyvn.application.exports import StoryView, story_view
from comfyvn.application.ports import Ref
from comfyvn.application.provenance.resolving import known, resolve
from comfyvn.domain.assets import ImportAsset
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.domain.provenance import RecordOrigin
from comfyvn.domain.variables import DeclareVariable
from comfyvn.infrastructure.exports import listing, manifest
from comfyvn.infrastructure.exports.renpy import bundle, export
from comfyvn.infrastructure.exports.sealing import signature_file
from comfyvn.infrastructure.exports.verification import check
from comfyvn.infrastructure.storage.blobs import FileBlobs
from comfyvn.main.exporters import spared
from tests.desks import Desk
from tests.infrastructure.exports.seals import KEY, sealed

FILES = {
    "comfyvn-export.json": "list_changed",
    "credits.txt": "file_changed",
    "game/definitions.rpy": "file_changed",
    "game/images/a.png": "file_changed",
    "game/screens.rpy": "file_changed",
    "game/script.rpy": "file_changed",
    "provenance.json": "manifest_changed",
    "provenance.sig": "signature_changed",
}
"""Every file of the export, and what it is called when one of its bytes is another."""
CONTENTS = {"images/a.png": b"\x89PNG picture", "screens.rpy": b"screen say():\n    pass\n"}


class Studio:
    """A desk with a story of one scene, two assets and a variable, and an export of it."""

    def __init__(self, folder: Path) -> None:
        self.desk, self.blobs, self.folder = Desk(), FileBlobs(folder / "blobs"), folder / "out"
        self.desk.open(label="start")
        self.desk.do(DeclareVariable("int", 3, "session"), Ref("variable", "luck"))
        for n, (path, content) in enumerate(CONTENTS.items()):
            digest, size = self.blobs.put([content])
            kind = "image" if path.endswith("png") else "text"
            self.desk.do(ImportAsset(kind, path, digest, size, {"license": "CC0-1.0"}), Ref("asset", f"a{n}"))  # type: ignore[arg-type]
        made = RecordOrigin("asset:a0", "generated", tool="ComfyUI 0.3", model="sdxl", seed=7)
        self.desk.do(made, Ref("provenance", "p"))
        export(self.view(), self.folder, self.blobs.open, seal=sealed(self.desk.studio, self.view()))

    def view(self, at: int = 2**62) -> StoryView:
        return story_view(self.desk.studio, self.desk.main, at)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    studio = Studio(tmp_path_factory.mktemp("studio"))
    yield studio
    studio.desk.studio.store.close()


@pytest.fixture
def copy(made: Studio, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made.folder, tmp_path / "copy"))


def codes(path: Path, key: str | None = None) -> list[tuple[str, str]]:
    return [(flaw.code, flaw.path or flaw.entity) for flaw in check(path, spared, key).flaws]


def flip(file: Path, place: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def rewrite(folder: Path, change: Callable[[Any], None], key: Ed25519PrivateKey = KEY) -> None:
    """Change the manifest and sign it anew, as one would who wants to deceive."""
    found = json.loads((folder / "provenance.json").read_bytes())
    change(found)
    record = (json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    (folder / "provenance.json").write_bytes(record)
    (folder / "provenance.sig").write_bytes(signature_file(key, record))
    seal = {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in ("provenance.json", "provenance.sig")}
    (folder / "comfyvn-export.json").write_bytes(listing.written({**found["files"], **seal}))


def test_an_export_is_what_was_written(made: Studio) -> None:
    assert {f.relative_to(made.folder).as_posix() for f in made.folder.rglob("*") if f.is_file()} == set(FILES)
    found = check(made.folder, spared)
    assert (found.flaws, found.files, found.key) == ((), len(FILES), KEY.public_key().public_bytes_raw().hex())
    assert found.manifest is not None
    assert known(made.desk.studio, found.manifest)
    assert [*resolve(made.desk.studio, made.blobs, found.manifest)] == []


def test_the_manifest_tells_all_and_has_the_published_shape(made: Studio) -> None:
    assert manifest.published_schema() == manifest.schema(), "write it anew: manifest.schema()"
    record = json.loads((made.folder / "provenance.json").read_bytes())
    jsonschema.validate(record, json.loads(manifest.published_schema()))
    assert (record["position"], record["scenes"][0]["id"], record["scenes"][0]["lines"]) == (made.desk.head(), "s", 1)
    luck = {"id": "luck", "type": "int", "default": 3, "scope": "session", "constant": False}
    assert record["variables"] == [luck]
    picture = record["assets"][0]
    assert picture["written"] == hashlib.sha256(CONTENTS["images/a.png"]).hexdigest() == picture["hash"]
    assert (picture["path"], picture["licence"]) == ("game/images/a.png", "CC0-1.0")
    assert [(o["tool"], o["model"], o["seed"]) for o in picture["origins"]] == [("ComfyUI 0.3", "sdxl", 7)]
    assert record["tools"] == ["ComfyUI 0.3"]
    assert set(record["files"]) == set(FILES) - {"comfyvn-export.json", "provenance.json", "provenance.sig"}


def test_the_same_position_gives_the_same_octets_whatever_came_later(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    at = studio.desk.head()
    studio.desk.reword("later")
    for name in ("one", "two"):
        view = studio.view(at)
        export(view, tmp_path / name, studio.blobs.open, seal=sealed(studio.desk.studio, view))
    for file in FILES:
        assert len({(tmp_path / n / file).read_bytes() for n in ("out", "one", "two")}) == 1
    assert codes(tmp_path / "out") == []
    studio.desk.studio.store.close()


@pytest.mark.parametrize("where", ["first", "middle", "last"])
@pytest.mark.parametrize("file", FILES)
def test_one_flipped_byte_is_found_and_named(copy: Path, file: str, where: str) -> None:
    size = (copy / file).stat().st_size
    flip(copy / file, {"first": 0, "middle": size // 2, "last": size - 1}[where])
    assert codes(copy) == [(FILES[file], file)]


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()
    named = {"list_changed": "list_missing", "manifest_changed": "manifest_missing"}
    code = named.get(FILES[file], FILES[file].replace("changed", "missing"))
    assert codes(copy) == [(code, file)]


def test_what_was_added_is_named_and_what_the_engine_puts_there_is_noted(copy: Path) -> None:
    (copy / "game" / "more.rpy").write_bytes(b"")
    (copy / "game" / "script.rpyc").write_bytes(b"")
    found = check(copy, spared).flaws
    assert [(f.code, f.path, f.severity) for f in found] == [
        ("file_added", "game/more.rpy", "error"),
        ("file_of_engine", "game/script.rpyc", "note"),
    ]


def test_with_a_changed_manifest_the_list_tells_of_the_files(copy: Path) -> None:
    flip(copy / "provenance.json", 5)
    flip(copy / "credits.txt", 0)
    assert codes(copy) == [("manifest_changed", "provenance.json"), ("file_changed", "credits.txt")]


def test_a_link_is_no_file(copy: Path) -> None:
    target = copy / "game" / "script.rpy"
    target.rename(copy.parent / "script.rpy")
    target.symlink_to(copy.parent / "script.rpy")
    assert codes(copy) == [("file_odd", "game/script.rpy"), ("file_missing", "game/script.rpy")]


def test_another_signer_is_told_by_the_key(copy: Path) -> None:
    mine = KEY.public_key().public_bytes_raw().hex()
    assert codes(copy, mine) == []
    rewrite(copy, lambda record: record.update(title="Mine"), Ed25519PrivateKey.generate())
    assert codes(copy) == []
    assert codes(copy, mine) == [("key_unknown", "provenance.sig")]


def proof(record: Any) -> Any:
    return record["scenes"][0]["proof"]


def commit(record: Any) -> Any:
    return record["history"]["commits"][record["commit"]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda r: proof(r).update(leaf="0" * 64), "event_unproven"),
        (lambda r: proof(r).update(position=1), "event_unproven"),
        (lambda r: proof(r).update(commit="0" * 64), "event_unproven"),
        (lambda r: commit(r)["shown"].update(at="2001-01-01T00:00:00.000000Z"), "commit_wrong"),
        (lambda r: commit(r).update(sealed="0" * 64), "commit_wrong"),
        (lambda r: r["history"].update(root="0" * 64), "commit_unproven"),
        (lambda r: commit(r).update(index=0), "commit_unproven"),
        (lambda r: r.update(position=r["position"] - 1), "head_wrong"),
        (lambda r: r.update(project="other"), "head_wrong"),
        (lambda r: r["assets"][0].update(written="0" * 64), "asset_unclear"),
        (lambda r: r.update(more=1), "manifest_malformed"),
        (lambda r: r["scenes"][0].update(hash="no"), "manifest_malformed"),
    ],
)
def test_a_signed_lie_contradicts_its_proofs(copy: Path, change: Callable[[Any], None], code: str) -> None:
    rewrite(copy, change)
    assert code in {found for found, _ in codes(copy)}


@pytest.mark.parametrize(
    ("change", "code", "entity"),
    [
        (lambda r: r["scenes"][0].update(hash="0" * 64), "entity_differs", "scene:s"),
        (lambda r: r["variables"][0].update(default=4), "entity_differs", "variable:luck"),
        (lambda r: r["variables"].clear(), "entity_left_out", "variable:luck"),
        (lambda r: r["assets"][0]["origins"].clear(), "entity_differs", "asset:a0"),
        (lambda r: r["assets"][0].update(licence=None), "entity_differs", "asset:a0"),
        (lambda r: r.update(title="Mine"), "entry_differs", ""),
        (lambda r: r["others"]["character"].update(count=1), "entry_differs", ""),
    ],
)
def test_a_signed_lie_contradicts_the_database(
    made: Studio, copy: Path, change: Callable[[Any], None], code: str, entity: str
) -> None:
    rewrite(copy, change)
    found = check(copy, spared).manifest
    assert found is not None
    assert [(f.code, f.entity) for f in resolve(made.desk.studio, made.blobs, found)] == [(code, entity)]


def test_a_flipped_byte_in_a_stored_content_is_named(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    found = check(studio.folder, spared).manifest
    assert found is not None
    digest = found["assets"][0]["hash"]
    (file,) = [file for file in (tmp_path / "blobs").rglob("*") if file.name.endswith(digest[4:]) and file.is_file()]
    file.chmod(0o600)
    flip(file, 3)
    flaws = [*resolve(studio.desk.studio, studio.blobs, found)]
    assert [(f.code, f.entity) for f in flaws] == [("blob_changed", "asset:a0")]
    file.unlink()
    assert [f.code for f in resolve(studio.desk.studio, studio.blobs, found)] == ["blob_missing"]
    studio.desk.studio.store.close()


def test_a_bundle_is_read_as_it_is(made: Studio, tmp_path: Path) -> None:
    file = tmp_path / "out.zip"
    bundle(made.view(), file, made.blobs.open, seal=sealed(made.desk.studio, made.view()))
    assert codes(file) == []
    with zipfile.ZipFile(file) as archive:
        places = {info.filename: info.header_offset for info in archive.infolist()}
    for name, place in places.items():
        flip(file, place + 30 + len(name) + 20 + 8)
        assert (FILES[name], name) in codes(file)
        flip(file, place + 30 + len(name) + 20 + 8)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("game/more.rpy", "")
    assert codes(file) == [("file_added", "game/more.rpy")]
    file.write_bytes(file.read_bytes()[:-30])
    assert codes(file) == [("archive_damaged", "")]


def test_what_is_hostile_or_nothing_is_refused(made: Studio, tmp_path: Path) -> None:
    with pytest.raises(Missing, match="no folder"):
        check(tmp_path / "none", spared)
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../provenance.json", "{}")
    with pytest.raises(Refused, match="leads out"):
        check(tmp_path / "evil.zip", spared)
    (tmp_path / "empty").mkdir()
    assert codes(tmp_path / "empty") == [("manifest_missing", "provenance.json")]
    assert not known(Desk().studio, {"branch": "x", "project": "x", "position": 1})
