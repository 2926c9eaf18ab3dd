"""Laws of the perceptual hash. They hold for nearly all pictures, so the examples are the same each time."""

import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from comfyvn.infrastructure.media import looking
from comfyvn.infrastructure.media.images import dhash
from tests.infrastructure.media.samples import image

seeds = st.integers(0, 2**32 - 1)


def scene(seed: int, width: int = 400, height: int = 300) -> Image.Image:
    """Return soft random shapes, as unlike each other as pictures are."""
    cells = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype="uint8")
    return Image.fromarray(cells).resize((width, height), Image.Resampling.BICUBIC)


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seeds, st.integers(90, 900), st.sampled_from([1.0, 0.9, 1.15]))
def test_a_resized_picture_looks_alike(seed: int, width: int, stretch: float) -> None:
    original = scene(seed)
    resized = original.resize((width, round(width * 0.75 * stretch)), Image.Resampling.LANCZOS)
    assert distance(dhash(original), dhash(resized)) <= 4


@settings(max_examples=20, deadline=None, derandomize=True)
@given(seeds, st.sampled_from(["JPEG", "WEBP", "AVIF", "PNG", "GIF"]))
def test_a_picture_looks_alike_in_another_format(seed: int, format_: str) -> None:
    found = [looking.inspect("a", io.BytesIO(image(f, scene(seed)))).facts["dhash"] for f in ("BMP", format_)]
    assert distance(*found) <= 6


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seeds, seeds)
def test_other_pictures_look_different(one: int, other: int) -> None:
    if one != other:
        assert distance(dhash(scene(one)), dhash(scene(other))) > 8


@settings(max_examples=20, deadline=None, derandomize=True)
@given(seeds)
def test_light_and_contrast_do_not_matter(seed: int) -> None:
    original = scene(seed).convert("L")
    assert distance(dhash(original), dhash(original.point(lambda value: 40 + value // 2))) <= 4


@settings(max_examples=20, deadline=None, derandomize=True)
@given(seeds)
def test_a_mirror_turns_each_row_around(seed: int) -> None:
    rows = [f"{int(dhash(scene(seed))[at : at + 2], 16):08b}" for at in range(0, 16, 2)]
    turned = "".join(f"{0xFF ^ int(row[::-1], 2):02x}" for row in rows)
    assert distance(dhash(ImageOps.mirror(scene(seed))), turned) <= 4, "but for equal neighbours"


def test_the_hash_is_sixteen_digits() -> None:
    assert dhash(Image.new("RGB", (1, 1))) == "0" * 16
    falling = Image.fromarray(np.tile(np.arange(255, 75, -20, dtype="uint8"), (8, 1)))
    assert dhash(falling) == "f" * 16
