"""Thumbnails that are drawn: waveforms, samples of a font, a card where there is nothing to show."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import Image, ImageFont

PAPER: Final = (247, 246, 243)
INK: Final = (52, 58, 74)
QUALITY: Final = 80


def webp(image: Image.Image) -> bytes:
    """Return a picture as WebP without any metadata; the same pixels give the same bytes."""
    out = BytesIO()
    image.save(out, "WEBP", quality=QUALITY, method=4, exif=b"", xmp=b"", icc_profile=None)
    return out.getvalue()


def waveform(peaks: Sequence[tuple[float, float]], edge: int) -> bytes:
    """Draw one upright line per column from the least to the greatest sample (-1 to 1); no peaks, a flat line."""
    from PIL import Image, ImageDraw  # noqa: PLC0415

    height = max(2, edge * 3 // 8)
    image = Image.new("RGB", (edge, height), PAPER)
    pen, middle = ImageDraw.Draw(image), (height - 1) / 2
    for column, (low, high) in enumerate(peaks or [(0.0, 0.0)] * edge):
        pen.line((column, middle - high * middle, column, middle - low * middle), fill=INK)
    return webp(image)


def sample(faces: Sequence[tuple[str, ImageFont.FreeTypeFont]], edge: int) -> bytes:
    """Draw lines of text, each in its font, cut off at the right."""
    from PIL import Image, ImageDraw  # noqa: PLC0415

    image = Image.new("RGB", (edge, max(2, edge // 2)), PAPER)
    pen, step = ImageDraw.Draw(image), image.height // (len(faces) + 1)
    for row, (text, face) in enumerate(faces, 1):
        pen.text((edge // 20, row * step), text, fill=INK, font=face, anchor="lm")
    return webp(image)


def film(edge: int) -> bytes:
    """Draw a film without a picture: a dark frame and a triangle."""
    from PIL import Image, ImageDraw  # noqa: PLC0415

    height = max(2, edge * 9 // 16)
    image = Image.new("RGB", (edge, height), INK)
    size, x, y = height / 4, edge / 2, height / 2
    ImageDraw.Draw(image).polygon([(x - size / 2, y - size), (x - size / 2, y + size), (x + size, y)], fill=PAPER)
    return webp(image)
