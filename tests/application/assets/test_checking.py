"""One flipped byte is found and named; what can be made again is made again, and nothing is lost by it."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from comfyvn.application.assets import checking
from comfyvn.application.assets.following import catch_up, follow
from comfyvn.application.assets.registering import replace_content
from comfyvn.application.assets.registry import Registry
from comfyvn.application.studio import Request
from tests.desks import Desk
from tests.registries import draft, put, registry_in

ADA = Request(actor="ada")
PARK = "images/a-novel/park.png"


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk()
    yield found
    found.studio.store.close()


@pytest.fixture
def registry(desk: Desk, tmp_path: Path) -> Registry:
    """Return a registry with three assets, all derived files made."""
    found = registry_in(tmp_path, desk.studio)
    for name in ("park.png", "rain.ogg", "read me.txt"):
        put(found, desk.main, name, b"content of " + name.encode())
    catch_up(found, lambda: False)
    return found


def quiet(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def codes(registry: Registry, deep: bool = True) -> list[tuple[str, str]]:
    """Return what is wrong, each with the place or hash that is named."""
    found = checking.check(registry, quiet, deep=deep)
    assert found.ok == all(flaw.severity == "note" for flaw in found.flaws)
    return [(flaw.code, flaw.place or flaw.hash) for flaw in found.flaws]


def flip(file: Path, at: int = 5) -> None:
    """Turn one bit over, in a file of its own."""
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    mode = file.stat().st_mode
    file.unlink()
    file.write_bytes(content)
    file.chmod(mode)


def blob(tmp_path: Path, digest: str) -> Path:
    return tmp_path / "blobs" / digest[:2] / digest[2:4] / digest


def test_all_is_well(registry: Registry) -> None:
    assert codes(registry) == []


def test_one_flipped_byte_in_a_blob_is_found_at_every_place(registry: Registry, tmp_path: Path) -> None:
    for digest, _ in list(registry.blobs.names()):
        size = registry.blobs.size(digest)
        assert size is not None
        for at in range(0, size, 7):
            flip(blob(tmp_path, digest), at)
            found = checking.check(registry, quiet, deep=True)
            assert [(f.code, f.hash) for f in found.flaws if f.severity == "error"] == [("blob_changed", digest)]
            assert found.flaws[0].asset
            flip(blob(tmp_path, digest), at)
    assert checking.check(registry, quiet, deep=True).ok


def test_one_flipped_byte_in_a_sidecar_or_view_is_found_at_every_place(registry: Registry, tmp_path: Path) -> None:
    for name, code in ((PARK + ".asset.json", "sidecar_changed"), (PARK, "view_changed")):
        file = tmp_path / "assets" / name
        for at in range(0, file.stat().st_size, 11):
            flip(file, at)
            assert codes(registry) == [(code, PARK)]
            flip(file, at)
    assert codes(registry) == []


def test_a_content_that_is_gone_or_cut_off_is_named_also_in_the_past(
    desk: Desk, registry: Registry, tmp_path: Path
) -> None:
    done = put(registry, desk.main, "a.png", b"first")
    old = registry.blobs.put([b"first"])[0]
    replace_content(registry, desk.main, done.ids[0], draft(registry, "b.png", b"second"), ADA)
    catch_up(registry, lambda: False)
    assert codes(registry, deep=False) == []
    file = blob(tmp_path, old)
    file.unlink()
    assert codes(registry, deep=False) == [("blob_missing", old)]
    file.write_bytes(b"fir")
    assert codes(registry, deep=False) == [("blob_resized", old)]


def test_a_rebuild_makes_again_what_is_missing_or_changed(registry: Registry, tmp_path: Path) -> None:
    root = tmp_path / "assets"
    (root / PARK).unlink()
    (root / (PARK + ".asset.json")).write_text("{}")
    ogg = root / "music" / "a-novel" / "rain.ogg"
    ogg.unlink()
    ogg.write_bytes(b"edited in place")
    (root / "images" / "mine.png").write_bytes(b"dropped here")
    for thumb in (tmp_path / "cache").rglob("*.webp"):
        thumb.unlink()
    assert {code for code, _ in codes(registry)} == {
        "view_missing",
        "sidecar_changed",
        "view_changed",
        "place_stray",
        "thumb_missing",
    }
    done = checking.rebuild(registry, quiet)
    assert (done.views, done.thumbs, done.strays) == (2, 3, 1)
    assert [b"".join(registry.blobs.open(digest)) for digest in done.kept] == [b"edited in place", b"dropped here"]
    assert {code for code, _ in codes(registry)} == {"blob_unnamed"}
    again = checking.rebuild(registry, quiet)
    assert (again.views, again.thumbs, again.strays, again.kept) == (0, 0, 0, ())


def test_only_what_nothing_names_since_a_day_is_collected(registry: Registry, tmp_path: Path) -> None:
    left = registry.blobs.put([b"left over"])[0]
    fresh = registry.blobs.put([b"on its way"])[0]
    named = [digest for digest, _ in registry.blobs.names() if digest not in (left, fresh)]
    for digest in (left, *named):
        os.utime(blob(tmp_path, digest), (time.time() - 2 * checking.DAY,) * 2)
    assert checking.rebuild(registry, quiet).collected == 0
    assert checking.rebuild(registry, quiet, collect=True).collected == 1
    assert (registry.blobs.has(left), registry.blobs.has(fresh)) == (False, True)
    assert all(registry.blobs.has(digest) for digest in named)


def test_what_was_left_half_written_is_collected(registry: Registry, tmp_path: Path) -> None:
    for name, age in (("old", 2 * checking.DAY), ("new", 10.0)):
        file = tmp_path / "blobs" / "incoming" / name
        file.write_bytes(b"half")
        os.utime(file, (time.time() - age,) * 2)
    assert checking.rebuild(registry, quiet, collect=True).collected == 1
    assert [file.name for file in (tmp_path / "blobs" / "incoming").iterdir()] == ["new"]


def test_putting_a_content_again_saves_it_from_being_collected(registry: Registry, tmp_path: Path) -> None:
    left = registry.blobs.put([b"left over"])[0]
    os.utime(blob(tmp_path, left), (time.time() - 2 * checking.DAY,) * 2)
    registry.blobs.put([b"left over"])
    assert checking.rebuild(registry, quiet, collect=True).collected == 0


def test_derived_files_follow_an_undo(desk: Desk, registry: Registry, tmp_path: Path) -> None:
    at = desk.head()
    assert desk.undo().commit
    assert ("place_stray", "texts/a-novel/read me.txt") in codes(registry)
    follow(registry, at, desk.head(), lambda: False)
    assert not (tmp_path / "assets" / "texts").exists()
    assert desk.redo().commit
    follow(registry, at, desk.head(), lambda: False)
    assert codes(registry) == []


def test_a_catching_up_that_is_stopped_goes_on_later(desk: Desk, registry: Registry, tmp_path: Path) -> None:
    for thumb in (tmp_path / "cache").rglob("*.webp"):
        thumb.unlink()
    calls = iter([False, False, True])
    catch_up(registry, lambda: next(calls))
    assert {code for code, _ in codes(registry)} == {"thumb_missing"}
    catch_up(registry, lambda: False)
    assert codes(registry) == []
