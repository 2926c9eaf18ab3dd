"""Pictures of KiriKiri: those of a writer of our own come back pixel by pixel; damaged ones are left out."""

import io
import struct
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from comfyvn.application.versions import asset_id
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.kag.pictures import Malformed, check, png_of
from comfyvn.main.readers import READERS
from tests.samples import kag, tlg

SIZES = [(37, 21), (8, 8), (5, 3), (1, 1), (64, 40)]


def pixels(png: bytes) -> object:
    """Return the pixels of a PNG in the order of the format."""
    shown = np.asarray(Image.open(io.BytesIO(png)))
    return shown[:, :, [2, 1, 0, 3][: shown.shape[2]]].tolist()


@pytest.mark.parametrize("colours", [3, 4])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_each_pixel_comes_back(width: int, height: int, colours: int) -> None:
    told = tlg.picture(width, height, colours)
    fifth, sixth = tlg.version_5(told), tlg.version_6(told)
    for data in (fifth, tlg.version_5(told, raw=True), tlg.wrapped(fifth), sixth, tlg.version_6(told, seed=2)):
        check(data)
        assert pixels(png_of(data)) == told


def test_a_large_picture_takes_bounded_time() -> None:
    blocks = b"\0\5\0\0\0\xff\0\0\0\0" * 3
    data = b"TLG5.0\0raw\x1a" + struct.pack("<BIIII", 3, 4096, 4096, 4096, 0) + blocks
    assert Image.open(io.BytesIO(png_of(data))).size == (4096, 4096)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"TLG5.0\0raw\x1a",
        b"TLG5.0\0raw\x1a" + struct.pack("<BIII", 3, 1 << 31, 2, 4),
        b"TLG5.0\0raw\x1a" + struct.pack("<BIII", 3, 8, 8, 0),
        b"TLG5.0\0raw\x1a" + struct.pack("<BIII", 9, 8, 8, 4),
        b"TLG5.0\0raw\x1a" + struct.pack("<BIII", 3, 0, 8, 4),
        b"TLG6.0\0raw\x1a" + struct.pack("<BBBBIII", 3, 1, 0, 0, 8, 8, 9),
        tlg.version_6(tlg.picture(9, 9, 3))[:-1],
        tlg.wrapped(tlg.version_5(tlg.picture(9, 9, 3)))[:60],
    ],
)
def test_a_picture_that_lies_is_told(data: bytes) -> None:
    with pytest.raises(Malformed):
        check(data)
    with pytest.raises(Malformed):
        png_of(data)


def test_what_passes_the_check_is_always_a_picture() -> None:
    chance = Random(1)
    passed = 0
    for number in range(300):
        whole = bytearray(
            tlg.version_6(tlg.picture(20, 12, 4)) if number % 2 else tlg.version_5(tlg.picture(20, 12, 3))
        )
        for _ in range(chance.choice((1, 3, 20))):
            whole[chance.randrange(11, len(whole))] = chance.randrange(256)
        try:
            check(bytes(whole))
        except Malformed:
            continue
        passed += 1
        assert png_of(bytes(whole)).startswith(b"\x89PNG")
    assert passed > 50


def test_pictures_of_a_game_become_png(tmp_path: Path) -> None:
    told = tlg.picture(12, 9, 4)
    files = {
        "startup.tjs": b"",
        "first.ks": b"[image storage=room layer=base]\nHello.[p]\n",
        "bgimage/Room.TLG": tlg.version_5(told),
        "fgimage/aoi.tlg6": tlg.version_6(told),
        "fgimage/aoi.png": b"\x89PNG",
        "fgimage/cut.tlg": tlg.version_5(told)[:50],
    }
    (tmp_path / "data.xp3").write_bytes(kag.xp3(files))
    incoming = READERS["kirikiri"].read(Files(tmp_path / "data.xp3"))
    names = [member.name for member in incoming.pack.members]
    assert names == ["bgimage/Room.png", "fgimage/aoi.png", "fgimage/aoi.tlg6.png"]
    assert len({*map(asset_id, names)}) == 3
    assert [(w.code, w.file) for w in incoming.pack.warnings] == [("picture_malformed", "fgimage/cut.tlg")]
    for name in ("bgimage/Room.png", "fgimage/aoi.tlg6.png"):
        assert pixels(b"".join(incoming.open_member(name))) == told
    assert b"".join(incoming.open_member("fgimage/aoi.png")) == b"\x89PNG"
