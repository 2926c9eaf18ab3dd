"""A signed export: each medium has a credential that fits and tells what is known of it, and comes back as it was."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import c2pa
import mutagen
import numpy as np
import pytest
import soundfile
from PIL import Image, ImageSequence

from comfyvn.application.assets.registry import Registry
from comfyvn.application.exports import story_view
from comfyvn.application.ports import Ref
from comfyvn.domain.credentials import ASSERTION, SOURCE_TYPES
from comfyvn.domain.provenance import RecordOrigin
from comfyvn.infrastructure.credentials.certificates import root_of
from comfyvn.infrastructure.credentials.signing import C2paSigning
from comfyvn.infrastructure.exports.renpy import bundle, export
from tests.desks import Desk
from tests.infrastructure.exports.renpy.test_stamped import back, desk, registry
from tests.infrastructure.exports.seals import sealed
from tests.infrastructure.media.samples import SAMPLES, sample
from tests.infrastructure.media.stamps.test_stamping import said
from tests.registries import registry_in

__all__ = ["desk", "registry"]

MIMES = {
    "a.png": "image/png",
    "a.jpg": "image/jpeg",
    "a.webp": "image/webp",
    "a.avif": "image/avif",
    "a.gif": "image/gif",
    "a.mp3": "audio/mpeg",
    "a.flac": "audio/flac",
    "a.wav": "audio/wav",
    "a.mp4": "video/mp4",
}
BESIDE = {"a.ogg": "audio/ogg", "a.opus": "audio/ogg", "a.ttf": "font/ttf"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def signing(keys: Path) -> C2paSigning:
    return C2paSigning(keys)


@pytest.fixture
def made(desk: Desk, registry: Registry, signing: C2paSigning, tmp_path: Path) -> Path:
    """Return a signed export; a model made its PNG, and a person its JPEG."""
    subjects = {state.path: ref.id for ref, state in desk.studio.store.load_all(desk.main, "asset").items()}
    png, jpg = (f"asset:{subjects[f'media/{name}']}" for name in ("a.png", "a.jpg"))
    drawn = RecordOrigin(png, "generated", tool="ComfyUI 0.3", model="sdxl", seed=7, inputs={jpg: "component"})
    desk.do(drawn, Ref("provenance", "p"))
    desk.do(RecordOrigin(jpg, "imported", kind_of_source="digitalArt"), Ref("provenance", "q"))
    view = story_view(desk.studio, desk.main, stamped=True, signed=True)
    export(view, tmp_path / "out", registry.blobs.open, seal=sealed(desk.studio, view), signing=signing)
    return tmp_path / "out"


def read(keys: Path, mime: str, content: bytes, beside: bytes | None = None) -> tuple[str, dict[str, Any]]:
    """Return the state of a credential where our root is trusted, and its manifest."""
    root = root_of(keys)
    assert root is not None
    context = c2pa.Context.from_dict({"trust": {"trust_anchors": root.decode()}, "verify": {"verify_trust": True}})
    with c2pa.Reader(mime, io.BytesIO(content), beside, context=context) as reader:
        whole = json.loads(reader.json())
        return str(reader.get_validation_state()), whole["manifests"][whole["active_manifest"]]


def media(folder: Path) -> Iterator[tuple[str, str, bytes, bytes | None]]:
    for name, mime in {**MIMES, **BESIDE}.items():
        file = folder / "game" / "media" / name
        beside = file.with_name(f"{name}.c2pa")
        assert beside.is_file() is (name in BESIDE)
        yield name, mime, file.read_bytes(), beside.read_bytes() if name in BESIDE else None


def stated(manifest: dict[str, Any], label: str) -> Any:
    (found,) = [a["data"] for a in manifest["assertions"] if a["label"].startswith(label)]
    return found


def pixels(content: bytes) -> list[bytes]:
    with Image.open(io.BytesIO(content)) as image:
        return [frame.convert("RGBA").tobytes() for frame in ImageSequence.Iterator(image)]


def samples(content: bytes) -> Any:
    return soundfile.read(io.BytesIO(content))[0]


def frames(content: bytes) -> list[bytes]:
    """Return what FFmpeg decodes, which is what the engine plays."""
    with av.open(io.BytesIO(content)) as opened:
        return [frame.to_ndarray().tobytes() for frame in opened.decode()]


def test_every_medium_has_a_credential_that_fits(made: Path, keys: Path) -> None:
    hashes = {one["path"]: one for one in json.loads((made / "provenance.json").read_bytes())["assets"]}
    for name, mime, content, beside in media(made):
        state, manifest = read(keys, mime, content, beside)
        assert state == "Trusted", name
        entry = hashes[f"game/media/{name}"]
        ours = stated(manifest, ASSERTION)
        assert (ours["sha256"], ours["asset"], ours["licence"]) == (entry["hash"], entry["id"], "CC0-1.0"), name
        assert entry["hash"] == hashlib.sha256(sample(name)).hexdigest()
        assert entry["written"] == hashlib.sha256(content).hexdigest()
        assert manifest["title"] == f"media/{name}"
        assert "thumbnail" not in manifest


def test_it_tells_who_made_what_of_what(made: Path, keys: Path) -> None:
    found = {name: read(keys, mime, content, beside)[1] for name, mime, content, beside in media(made)}
    created, placed = stated(found["a.png"], "c2pa.actions")["actions"]
    assert created["action"] == "c2pa.created"
    assert created["digitalSourceType"] == SOURCE_TYPES + "trainedAlgorithmicMedia"
    assert created["softwareAgent"] == {"name": "ComfyUI 0.3"}
    assert created["parameters"] == {"org.comfyvn.model": "sdxl", "org.comfyvn.seed": 7}
    assert placed["action"] == "c2pa.placed"
    (part,) = found["a.png"]["ingredients"]
    assert (part["title"], part["relationship"]) == ("media/a.jpg", "componentOf")
    (drawn,) = stated(found["a.jpg"], "c2pa.actions")["actions"]
    assert (drawn["action"], drawn["digitalSourceType"]) == ("c2pa.created", SOURCE_TYPES + "digitalArt")
    (opened,) = stated(found["a.ogg"], "c2pa.actions")["actions"]
    assert opened["action"] == "c2pa.opened"
    assert "digitalSourceType" not in opened


def test_pixels_samples_and_stamps_are_as_they_were(made: Path) -> None:
    for name, mime, content, _ in media(made):
        if mime.startswith("image/"):
            assert pixels(content) == pixels(sample(name)), name
        elif mime.startswith("audio/"):
            assert np.array_equal(samples(content), samples(sample(name))), name
            assert frames(content) == frames(sample(name)), name
            assert mutagen.File(made / "game" / "media" / name).info.length > 0.9  # type: ignore[attr-defined]
        elif mime.startswith("video/"):
            assert frames(content) == frames(sample(name)), name
        else:
            assert content == sample(name)
        if name not in ("a.gif", "a.ttf"):
            assert said(content)["sha256"] == hashlib.sha256(sample(name)).hexdigest(), name


def test_it_comes_back_as_what_it_was(desk: Desk, registry: Registry, made: Path, tmp_path: Path) -> None:
    head = desk.head()
    found = back(desk, registry, made)
    assert (found.conflicts, found.events, desk.head()) == ((), 0, head)
    for file in (made / "game" / "media").iterdir():  # nothing that is signed is kept
        name, written = file.name, hashlib.sha256(file.read_bytes()).hexdigest()
        assert registry.blobs.has(written) is (name in BESIDE and written == hashlib.sha256(sample(name)).hexdigest())
    file = made / "game" / "media" / "a.png"
    file.write_bytes(sample("a.gif"))
    found = back(desk, registry, made)
    assert (found.conflicts, desk.head()) == ((), head + found.events)
    hashes = {state.path: state.hash for state in desk.studio.store.load_all(desk.main, "asset").values()}
    assert hashes["media/a.png"] == hashlib.sha256(sample("a.gif")).hexdigest()
    assert sorted(hashes) == sorted(f"media/{name}" for name in (*MIMES, *BESIDE))


def test_in_another_project_a_signed_file_is_the_same_content(made: Path, registry: Registry, tmp_path: Path) -> None:
    other = Desk()
    other_registry = registry_in(tmp_path / "other", other.studio)
    back(other, other_registry, made)
    hashes = {state.path: state.hash for state in other.studio.store.load_all(other.main, "asset").values()}
    for name in {*MIMES, *BESIDE} - {"a.gif"}:  # which has no stamp that tells what it was
        assert hashes[f"media/{name}"] == hashlib.sha256(sample(name)).hexdigest(), name
    written = (made / "game" / "media" / "a.gif").read_bytes()
    assert hashes["media/a.gif"] == hashlib.sha256(written).hexdigest()
    other.studio.store.close()


def test_a_bundle_is_signed_as_a_whole_too(
    desk: Desk, registry: Registry, signing: C2paSigning, keys: Path, tmp_path: Path
) -> None:
    view = story_view(desk.studio, desk.main, stamped=True, signed=True)
    file = tmp_path / "out.zip"
    done = bundle(view, file, registry.blobs.open, seal=sealed(desk.studio, view), signing=signing)
    state, manifest = read(keys, "application/x-zip", file.read_bytes())
    assert state == "Trusted"
    with zipfile.ZipFile(file) as archive:
        record = archive.read("provenance.json")
        assert read(keys, "image/png", archive.read("game/media/a.png"))[0] == "Trusted"
        names = set(archive.namelist())
    assert names == {*done.files, "comfyvn-export.json", "META-INF/", "META-INF/content_credential.c2pa"}
    assert stated(manifest, ASSERTION)["provenance"] == hashlib.sha256(record).hexdigest()
    found = back(desk, registry, file)
    assert (found.conflicts, found.events) == ((), 0)


def test_a_claim_of_an_export_does_not_bring_in_another_content(desk: Desk, registry: Registry, made: Path) -> None:
    """Who writes a record that calls a new file by the hash of a stored one gets the new file, not the stored one."""
    stolen = registry.blobs.put([b"another project's secret"])[0]
    record = json.loads((made / "provenance.json").read_bytes())
    (entry,) = [one for one in record["assets"] if one["path"] == "game/media/a.png"]
    entry["hash"] = stolen
    (made / "provenance.json").write_text(json.dumps(record))
    back(desk, registry, made)
    hashes = {state.hash for state in desk.studio.store.load_all(desk.main, "asset").values()}
    assert stolen not in hashes


def test_all_samples_of_media_are_covered() -> None:
    left_out = {"a.bmp", "a.tiff", "a.m4a", "a.webm", "a.mkv", "a.svg", "a.txt"}
    assert set(SAMPLES) == {*MIMES, *BESIDE, *left_out}
