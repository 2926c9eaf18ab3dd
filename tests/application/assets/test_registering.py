"""A file becomes an asset in one commit, with view, sidecar and origin, or it does not become one at all."""

import errno
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from comfyvn.application.assets.changing import change, relicense
from comfyvn.application.assets.gathering import Order, gather
from comfyvn.application.assets.registering import register, replace_content
from comfyvn.application.assets.registry import DiskFull, Registry, TooLarge, find, rows
from comfyvn.application.assets.shelving import view_of
from comfyvn.application.assets.storing import store
from comfyvn.application.branching import fork, merge
from comfyvn.application.ports import Ref
from comfyvn.application.studio import Request
from comfyvn.domain.assets import DiscardAsset, TagAsset
from comfyvn.domain.kernel import Conflict, Missing, Refused
from comfyvn.domain.provenance import Origin
from comfyvn.infrastructure.assets.source import DiskSource
from tests.desks import Desk
from tests.registries import BROKEN, draft, put, registry_in

ADA = Request(actor="ada")


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk()
    yield found
    found.studio.store.close()


@pytest.fixture
def registry(desk: Desk, tmp_path: Path) -> Registry:
    return registry_in(tmp_path, desk.studio)


def origins(desk: Desk) -> list[Origin]:
    return list(desk.studio.store.load_all(desk.main, "provenance").values())


def shelf(tmp_path: Path) -> dict[str, bytes]:
    root = tmp_path / "assets"
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def test_one_commit_names_the_asset_and_where_it_is_from(desk: Desk, registry: Registry, tmp_path: Path) -> None:
    meta = {"license": "CC-BY-4.0", "author": "Ann"}
    before = desk.head()
    done = put(registry, desk.main, "bg/park.png", b"pixels", meta=meta, tags=("night",), source="park.png")
    assert done.outcome.commit is not None
    assert (done.outcome.events, desk.head()) == (2, before + 2)
    asset_id, asset, version = find(desk.studio, desk.main, done.ids[0])
    assert (asset.type, asset.path, asset.bytes, version) == ("image", "bg/park.png", 6, 1)
    assert asset.meta == {**meta, "mime": "image/png", "facts": {"measured": True}}
    assert asset.tags == {"night": True}
    (origin,) = origins(desk)
    assert (origin.subject, origin.activity, origin.source) == (f"asset:{asset_id}", "imported", "park.png")
    assert (origin.source_hash, origin.licence, origin.credit) == (asset.hash, "CC-BY-4.0", "Ann")
    files = shelf(tmp_path)
    assert files["backgrounds/a-novel/bg/park.png"] == b"pixels"
    sidecar = json.loads(files["backgrounds/a-novel/bg/park.png.asset.json"])
    assert sidecar == rows(desk.studio, desk.main, [(asset_id, asset)])[0]
    assert sidecar["created_at"] == done.outcome.commit.at
    assert sidecar["path_thumb"].endswith(f"{asset.hash}-320.webp")
    assert len(files) == 2


def test_the_same_bytes_twice_are_one_blob_with_two_references(desk: Desk, registry: Registry) -> None:
    done = register(registry, desk.main, [draft(registry, name, b"same") for name in ("a.png", "b.png")], ADA)
    one, other = (find(desk.studio, desk.main, i)[1] for i in done.ids)
    assert one.hash == other.hash
    assert [digest for digest, _ in registry.blobs.names()] == [one.hash]
    assert find(desk.studio, desk.main, one.hash)[0] == done.ids[0]


def test_the_same_file_again_changes_nothing(desk: Desk, registry: Registry) -> None:
    first = put(registry, desk.main, "a.png", b"one")
    again = put(registry, desk.main, "a.png", b"one")
    assert (again.outcome.commit, again.ids) == (None, first.ids)


def test_a_path_names_one_asset(desk: Desk, registry: Registry) -> None:
    first = put(registry, desk.main, "a.png", b"one", tags=("kept",))
    with pytest.raises(Conflict) as refusal:
        put(registry, desk.main, "a.png", b"two")
    assert refusal.value.code == "asset_exists"
    done = put(registry, desk.main, "a.png", b"two", replaces=True)
    assert done.ids == first.ids
    asset = find(desk.studio, desk.main, done.ids[0])[1]
    assert (asset.bytes, dict(asset.tags)) == (3, {"kept": True})
    assert b"".join(registry.blobs.open(asset.hash)) == b"two"


def test_a_file_that_is_refused_leaves_nothing(desk: Desk, registry: Registry, tmp_path: Path) -> None:
    before = desk.head()
    drafts = [draft(registry, "a.png", b"fine"), draft(registry, "b.png", BROKEN)]
    with pytest.raises(Refused) as refusal:
        register(registry, desk.main, drafts, ADA)
    assert (refusal.value.code, desk.head(), shelf(tmp_path)) == ("media_broken", before, {})
    done = register(registry, desk.main, drafts, ADA, lenient=True)
    assert [(turned.path, turned.code) for turned in done.refused] == [("b.png", "media_broken")]
    assert len(done.ids) == 1


@pytest.mark.parametrize("path", ["", "../a.png", "/a.png", "a//b.png", "c:/a.png", "a\\b.png", "a\0.png", "x" * 2000])
def test_a_path_that_leads_elsewhere_is_refused(desk: Desk, registry: Registry, path: str) -> None:
    before = desk.head()
    with pytest.raises(Refused) as refusal:
        put(registry, desk.main, path, b"x")
    assert (refusal.value.code, desk.head()) == ("asset_malformed", before)


def test_a_retry_is_harmless_and_an_id_stands_for_one_thing(desk: Desk, registry: Registry) -> None:
    asked = Request(actor="ada", command_id="k")
    first = register(registry, desk.main, [draft(registry, "a.png", b"one")], asked)
    again = register(registry, desk.main, [draft(registry, "a.png", b"one")], asked)
    assert again.outcome == first.outcome
    with pytest.raises(Conflict) as refusal:
        register(registry, desk.main, [draft(registry, "a.png", b"two")], asked)
    assert refusal.value.code == "command_id_reused"


def test_another_content_keeps_the_id_and_the_past(desk: Desk, registry: Registry, tmp_path: Path) -> None:
    first = put(registry, desk.main, "a.png", b"one", meta={"license": "MIT"})
    asset = first.ids[0]
    new = draft(registry, "scan2.png", b"second", source="scan2.png")
    done = replace_content(registry, desk.main, asset, new, Request(actor="ada", expected=1))
    now, then = (find(desk.studio, desk.main, asset, at)[1] for at in (done.position, first.outcome.position))
    assert (now.path, now.bytes, now.meta["license"]) == ("a.png", 6, "MIT")
    assert b"".join(registry.blobs.open(then.hash)) == b"one"
    assert [origin.details for origin in origins(desk) if origin.activity == "edited"] == [{"before": then.hash}]
    assert shelf(tmp_path)["images/a-novel/a.png"] == b"second"
    with pytest.raises(Conflict) as refusal:
        replace_content(registry, desk.main, asset, new, Request(actor="ada", expected=1))
    assert refusal.value.code == "stale"
    with pytest.raises(Missing):
        replace_content(registry, desk.main, "nobody", new, ADA)


def test_a_new_licence_is_recorded_with_its_origin(desk: Desk, registry: Registry) -> None:
    asset = put(registry, desk.main, "a.png", b"one").ids[0]
    for licence in ("MIT", "CC0-1.0", "MIT"):
        done = relicense(registry, desk.main, asset, licence, ADA)
        assert done.events == 2
    assert find(desk.studio, desk.main, asset)[1].meta["license"] == "MIT"
    assert sorted(o.licence for o in origins(desk) if o.activity == "licensed") == ["CC0-1.0", "MIT", "MIT"]
    assert relicense(registry, desk.main, asset, "MIT", ADA).commit is None
    assert desk.undo().commit
    assert find(desk.studio, desk.main, asset)[1].meta["license"] == "CC0-1.0"
    assert len([o for o in origins(desk) if o.activity == "licensed"]) == 2


def test_views_follow_tags_and_the_end(desk: Desk, registry: Registry, tmp_path: Path) -> None:
    asset = put(registry, desk.main, "park.png", b"one").ids[0]
    assert "images/a-novel/park.png" in shelf(tmp_path)
    change(registry, desk.main, asset, TagAsset("background"), ADA)
    assert sorted(shelf(tmp_path)) == ["backgrounds/a-novel/park.png", "backgrounds/a-novel/park.png.asset.json"]
    change(registry, desk.main, asset, DiscardAsset(), ADA)
    assert shelf(tmp_path) == {}
    assert put(registry, desk.main, "park.png", b"one").ids == (asset,)
    assert "images/a-novel/park.png" in shelf(tmp_path)


def test_a_branch_has_views_of_what_was_changed_there(desk: Desk, registry: Registry, tmp_path: Path) -> None:
    put(registry, desk.main, "a.png", b"one")
    branch = fork(desk.studio, desk.main, "other", ADA).id
    put(registry, branch, "b.png", b"two")
    assert shelf(tmp_path)[f"images/a-novel@{branch}/b.png"] == b"two"
    assert f"images/a-novel@{branch}/a.png" not in shelf(tmp_path)
    ids = {asset.path: ref.id for ref, asset in desk.studio.store.load_all(branch, "asset").items()}
    assert view_of(registry, branch, ids["b.png"]) == f"images/a-novel@{branch}/b.png"
    assert view_of(registry, branch, ids["a.png"]) == "images/a-novel/a.png"
    assert merge(desk.studio, branch, desk.main, ADA).commit
    assert len(desk.studio.store.load_all(desk.main, "asset")) == 2


def test_a_limit_and_a_full_disk_are_told_plainly(registry: Registry, tmp_path: Path) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield bytes(1 << 20)

    with pytest.raises(TooLarge) as refusal:
        store(registry.blobs, endless(), 5 << 20)
    assert refusal.value.code == "asset_too_large"

    def full() -> Iterator[bytes]:
        yield b"begin"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFull) as told:
        store(registry.blobs, full(), 5 << 20)
    assert told.value.code == "disk_full"
    assert [file for file in (tmp_path / "blobs").rglob("*") if file.is_file()] == []


def test_a_folder_becomes_assets_in_batches(
    desk: Desk, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comfyvn.application.assets.gathering.BATCH", 4)
    source = tmp_path / "source"
    (source / "deep" / "er").mkdir(parents=True)
    (source / ".hidden").mkdir()
    for n in range(9):
        (source / "deep" / f"{n}.png").write_bytes(b"%d" % n)
    (source / "deep" / "er" / "bad.png").write_bytes(BROKEN)
    (source / ".hidden" / "x.png").write_bytes(b"x")
    (source / "deep" / "0.png.asset.json").write_text("{}")
    (source / "link.png").symlink_to(source / "deep" / "1.png")
    seen: list[tuple[str, int, int]] = []
    order = Order(DiskSource(source), "mine", meta={"license": "MIT"}, tags=("t",))
    asked = Request(actor="ada", command_id="folder")
    done = gather(registry, desk.main, order, asked, lambda *at: seen.append(at))
    assert (done.files, len(done.commits), len(done.ids)) == (10, 3, 9)
    assert [turned.path for turned in done.refused] == ["mine/deep/er/bad.png"]
    assert find(desk.studio, desk.main, done.ids[0])[1].path == "mine/deep/0.png"
    assert seen[-1] == ("measured", 10, 10)
    head = desk.head()
    assert gather(registry, desk.main, order, asked, lambda *_: None).commits == done.commits
    assert gather(registry, desk.main, order, ADA, lambda *_: None).commits == ()
    assert desk.head() == head
    with pytest.raises(Missing):
        gather(registry, desk.main, Order(DiskSource(source / "nothing")), ADA, lambda *_: None)


def test_a_batch_that_is_stopped_leaves_whole_batches(
    desk: Desk, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comfyvn.application.assets.gathering.BATCH", 3)
    source = tmp_path / "source"
    source.mkdir()
    for n in range(9):
        (source / f"{n}.png").write_bytes(b"%d" % n)

    def stopped(stage: str, done: int, total: int) -> None:
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gather(registry, desk.main, Order(DiskSource(source)), ADA, stopped)
    assert len(desk.studio.store.load_all(desk.main, "asset")) == 3
    assert len(origins(desk)) == 3
    assert desk.studio.store.load(desk.main, Ref("asset", "x")).state is None
