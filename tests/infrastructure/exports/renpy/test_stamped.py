"""Assets of an export carry stamps; it comes back as what it was, and the engine plays it."""

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comfyvn.application.assets.registering import register
from comfyvn.application.assets.registry import Draft, Registry
from comfyvn.application.assets.storing import store
from comfyvn.application.exports import story_view
from comfyvn.application.imports import import_pack
from comfyvn.application.sample import bring_in_sample
from comfyvn.application.studio import Request
from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.exports.renpy import bundle, export
from comfyvn.infrastructure.exports.renpy.echo import echo
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.renpy.reader import RenpyReader
from tests.desks import Desk
from tests.infrastructure.exports.seals import sealed
from tests.infrastructure.media.samples import sample
from tests.infrastructure.media.stamps.test_stamping import said, strip
from tests.registries import registry_in

NAMES = ["a.png", "a.jpg", "a.webp", "a.avif", "a.gif", "a.mp3", "a.ogg", "a.opus", "a.flac", "a.wav", "a.ttf", "a.mp4"]
PLAIN = {"a.gif", "a.ttf"}


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk()
    bring_in_sample(found.studio, found.main, Request())
    yield found
    found.studio.store.close()


@pytest.fixture
def registry(desk: Desk, tmp_path: Path) -> Registry:
    """Return a registry with an asset of each format; the quick stand-in does not look into them."""
    found = registry_in(tmp_path / "registry", desk.studio)
    drafts = [
        Draft(f"media/{name}", *store(found.blobs, [sample(name)], found.limit), meta={"license": "CC0-1.0"})
        for name in NAMES
    ]
    register(found, desk.main, drafts, Request())
    return found


def back(desk: Desk, registry: Registry, path: Path) -> Any:
    incoming = RenpyReader().read(Files(path))
    return import_pack(
        desk.studio,
        registry.blobs,
        desk.main,
        incoming.pack,
        incoming.open_member,
        Request(),
        echo_of=echo,
    )


def test_assets_go_out_stamped_and_come_back_as_they_were(desk: Desk, registry: Registry, tmp_path: Path) -> None:
    view = story_view(desk.studio, desk.main, stamped=True)
    export(view, tmp_path / "out", registry.blobs.open, seal=sealed(desk.studio, view))
    export(view, tmp_path / "again", registry.blobs.open)
    for name in NAMES:
        written = (tmp_path / "out" / "game" / "media" / name).read_bytes()
        assert (written == sample(name)) is (name in PLAIN), name
        assert strip(written) == sample(name)
        assert written == (tmp_path / "again" / "game" / "media" / name).read_bytes()
        if name not in PLAIN:
            words = said(written)
            assert (words["sha256"], words["licence"]) == (hashlib.sha256(sample(name)).hexdigest(), "CC0-1.0")
    head = desk.head()
    found = back(desk, registry, tmp_path / "out")
    assert (found.conflicts, found.events, desk.head()) == ((), 0, head)


def test_a_bundle_is_stamped_too_and_may_be_left_plain(desk: Desk, registry: Registry, tmp_path: Path) -> None:
    for stamped in (True, False):
        file = tmp_path / f"{stamped}.zip"
        view = story_view(desk.studio, desk.main, stamped=stamped)
        bundle(view, file, registry.blobs.open, seal=sealed(desk.studio, view))
        with zipfile.ZipFile(file) as archive:
            assert (archive.read("game/media/a.png") == sample("a.png")) is not stamped
        found = back(desk, registry, file)
        assert (found.conflicts, found.events) == ((), 0)


def test_in_another_project_a_stamped_file_is_the_same_content(desk: Desk, registry: Registry, tmp_path: Path) -> None:
    view = story_view(desk.studio, desk.main, stamped=True)
    export(view, tmp_path / "out", registry.blobs.open, seal=sealed(desk.studio, view))
    other = Desk()
    other_registry = registry_in(tmp_path / "other", other.studio)
    back(other, other_registry, tmp_path / "out")
    hashes = {state.path: state.hash for state in other.studio.store.load_all(other.main, "asset").values()}
    assert hashes["media/a.png"] == hashlib.sha256(sample("a.png")).hexdigest()
    other.studio.store.close()


def test_damage_is_found_before_a_stamp_hides_it(desk: Desk, registry: Registry, tmp_path: Path) -> None:
    def damaged(digest: str) -> Iterator[bytes]:
        content = b"".join(registry.blobs.open(digest))
        yield content[:-1] + bytes([content[-1] ^ 1])

    with pytest.raises(Refused) as refusal:
        export(story_view(desk.studio, desk.main, stamped=True), tmp_path / "out", damaged)
    assert refusal.value.code == "blob_damaged"
    assert not (tmp_path / "out").exists()
