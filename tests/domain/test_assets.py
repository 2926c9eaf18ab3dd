from typing import Any

import pytest

from comfyvn.domain import assets
from comfyvn.domain.assets import ASSET, AssetImported, ImportAsset, SaveAsset
from tests.given import Given

A, B = "a" * 64, "b" * 64
PICTURE = Given(ASSET).given(AssetImported("image", "images/ada.png", A, 12, tags={"old": True}))

CHANGES: list[tuple[Any, Any]] = [
    (assets.ClassifyAsset("video"), assets.AssetClassified("video")),
    (assets.RelocateAsset("ada.png"), assets.AssetRelocated("ada.png")),
    (assets.ReplaceAsset(B, 13), assets.AssetReplaced(B, 13)),
    (assets.ReplaceAsset(A, 13), assets.AssetReplaced(A, 13)),
    (assets.TagAsset("new"), assets.AssetTagged("new", True)),
    (assets.UntagAsset("old"), assets.AssetTagged("old", None, False)),
    (assets.AnnotateAsset("license", "CC0-1.0"), assets.AssetAnnotated("license", "CC0-1.0")),
]


@pytest.mark.parametrize(("command", "fact"), CHANGES, ids=str)
def test_a_command_records_one_fact_and_only_once(command: Any, fact: Any) -> None:
    PICTURE.when(command).then_settled(fact)
    Given(ASSET).when(command).refused("asset_unknown")


def test_every_command_is_tested() -> None:
    tested = {type(command) for command, _ in CHANGES}
    assert tested | {ImportAsset, assets.DiscardAsset, SaveAsset} == set(ASSET.commands)


def test_an_asset_is_imported_once_and_retired() -> None:
    ask = ImportAsset("image", "a.png", A, 1, tags=("x",))
    Given(ASSET).when(ask).then(AssetImported("image", "a.png", A, 1, tags={"x": True}))
    PICTURE.when(ask).refused("asset_exists")
    PICTURE.when(assets.DiscardAsset()).then(assets.AssetRetired())


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../a.png", "a/../b.png", "a//b.png", "C:/a.png", "a\\b.png", "a\0.png", ".", "x" * 1025],
)
def test_a_path_stays_inside_the_project(path: str) -> None:
    assert PICTURE.when(assets.RelocateAsset(path)).refused("asset_malformed").details == {"where": "path_full"}


@pytest.mark.parametrize(("digest", "size"), [("A" * 64, 1), ("a" * 63, 1), (A, -1)])
def test_content_has_a_hash_and_a_size(digest: str, size: int) -> None:
    PICTURE.when(assets.ReplaceAsset(digest, size)).refused("asset_malformed")


def test_the_document_has_the_shape_of_the_contract() -> None:
    state = ASSET.fold(PICTURE.facts)
    assert state is not None
    document = ASSET.to_document("a1", state)
    assert {"id", "uid", "type", "path_full", "path_thumb", "hash", "bytes", "meta", "created_at"} <= document.keys()
    assert document["path_full"] == "images/ada.png"
    PICTURE.when(SaveAsset({**document, "tags": []})).then_settled(assets.AssetTagged("old", None, False))
    Given(ASSET).when(SaveAsset({"type": "image"})).refused("asset_malformed")
