"""Places of views: safe on every system, and never two assets at one place."""

import re
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.application.assets.placing import folder, place, shelf
from comfyvn.application.versions import asset_id
from comfyvn.domain.assets import ASSET, Asset, ImportAsset
from comfyvn.domain.kernel import Refused

HASH = "0" * 64
PARTS = st.one_of(
    st.text(min_size=1, max_size=12),
    st.sampled_from(["con", "a.png", "A.png", "a", "aux.txt", "x.asset.json", "ä.png", "a.", " b", "é.ogg", "é.ogg"]),
)
PATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)


def asset(path: str) -> Asset | None:
    try:
        state = ASSET.intend(None, ImportAsset("image", path, HASH, 1))
    except Refused:
        return None
    return state


@given(paths=st.lists(PATHS, min_size=2, max_size=2, unique=True))
def test_two_paths_never_share_a_place(paths: list[str]) -> None:
    found = [(path, state) for path in paths if (state := asset(path))]
    places = [place("p", asset_id(path), state).lower() for path, state in found]
    for one in places:
        parts = PurePosixPath(one).parts
        assert all(len(part.encode()) < 200 and part[-1] not in ". " for part in parts)
        assert not any(re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", part) for part in parts)
        assert not re.search(r'[<>:"\\|?*\x00-\x1f]', one)
    beside = [*places, *(f"{one}.asset.json" for one in places)]
    assert len(set(beside)) == len(beside)
    for one in beside:
        for other in beside:
            assert not other.startswith(one + "/")


def test_a_moved_asset_does_not_take_the_place_of_another() -> None:
    state = asset("a.png")
    assert state is not None
    assert place("p", asset_id("a.png"), state) == "images/p/a.png"
    assert place("p", "other", state) != "images/p/a.png"


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("game/images/bg park.png", "backgrounds"),
        ("sprites/eileen.png", "characters"),
        ("gui/frame.png", "images"),
        ("bgm.png", "images"),
    ],
)
def test_pictures_have_folders_by_what_they_show(path: str, where: str) -> None:
    state = asset(path)
    assert state is not None
    assert folder(state) == where


def test_shelves() -> None:
    assert shelf("rain", None) == "rain"
    assert shelf("rain", "b1") == "rain@b1"
    assert shelf("con", None) != "con"
    assert len(shelf("雨" * 80, "b1").encode()) < 100
