"""Bundles hold what the folder holds, and the same story gives the same octets, today as when the golden was made."""

import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

import comfyvn
from comfyvn.application.exports import Origin, StoryView
from comfyvn.domain.assets import Asset
from comfyvn.domain.kernel import Conflict
from comfyvn.infrastructure.exports.renpy import bundle, compose, export, plan
from tests.infrastructure.exports.renpy.stories import everything

GOLDEN = Path(__file__).parents[3] / "golden" / "exports"
PICTURE = b"a picture"
DIGEST = hashlib.sha256(PICTURE).hexdigest()
WRITTEN = ("game/script.rpy", "game/definitions.rpy", "credits.txt")


def story() -> StoryView:
    assets = {"a": Asset("image", "images/a.png", DIGEST, len(PICTURE), {"license": "CC0-1.0"})}
    return replace(everything(), assets=assets, origin=Origin("a-story", "main-id", 7, "c0ffee"))


@pytest.fixture(autouse=True)
def version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the program's own version out of the octets that are compared."""
    monkeypatch.setattr(comfyvn, "__version__", "0")


def blob(digest: str) -> Iterator[bytes]:
    yield PICTURE


def seal(files: Mapping[str, str], placed: Mapping[str, str]) -> dict[str, bytes]:
    assert set(files) == set(compose(story()).texts) | {"game/images/a.png"}
    assert placed == {"a": "game/images/a.png"}
    assert files["game/images/a.png"] == DIGEST
    return {"provenance.json": b"{}", "provenance.sig": b"signed"}


def test_a_bundle_holds_what_the_folder_holds(tmp_path: Path) -> None:
    done = export(story(), tmp_path / "out", blob, seal=seal)
    assert bundle(story(), tmp_path / "out.zip", blob, seal=seal) == done == plan(story())
    folder = tmp_path / "out"
    written = {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == written
        assert archive.testzip() is None


def test_the_same_story_gives_the_same_bundle(tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        bundle(story(), tmp_path / name, blob)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_only_bundles_are_replaced(tmp_path: Path) -> None:
    file = tmp_path / "out.zip"
    bundle(story(), file, blob)
    bundle(story(), file, blob)
    file.write_bytes(b"mine")
    with pytest.raises(Conflict, match="no earlier bundle"):
        bundle(story(), file, blob)
    assert file.read_bytes() == b"mine"
    assert [*tmp_path.iterdir()] == [file]


@pytest.mark.parametrize("path", WRITTEN)
def test_the_octets_are_those_of_the_golden_export(path: str) -> None:
    assert compose(story()).texts[path].decode() == (GOLDEN / Path(path).name).read_text("utf-8")


def test_progress_counts_the_scenes(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    export(story(), tmp_path / "out", blob, scenes=lambda *step: steps.append(step))
    total = len(story().scenes)
    assert steps == [(n, total) for n in range(1, total + 1)]


def test_what_is_known_of_licences_is_written() -> None:
    texts = compose(story()).texts
    assert "  images/a.png: CC0-1.0" in texts["credits.txt"].decode().splitlines()
    assert "credits.txt" not in compose(everything()).texts
