"""Pictures, by Pillow: size, frames, transparency, colours, perceptual hash, thumbnail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, Final

from comfyvn.domain.kernel import Json, Refused
from comfyvn.infrastructure.media import boxes, drawing
from comfyvn.infrastructure.media.decoding import decoding
from comfyvn.infrastructure.media.limits import MAX_FRAMES, MAX_IMAGE_BYTES, MAX_PIXELS

if TYPE_CHECKING:
    from PIL import Image

FORMATS: Final = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
    "image/gif": "GIF",
    "image/bmp": "BMP",
    "image/tiff": "TIFF",
}
"""MIME type -> the one decoder of Pillow that may read it."""

COLOURS: Final = 6
"""Colours of a palette."""
_SMALL: Final = 512
"""Pixels of the longer side from which colours and hash are taken."""
_SWATCH: Final = (64, 64)
_ORIENTATION: Final = 0x0112
_OPAQUE: Final = 128


def inspect(file: BinaryIO, size: int, mime: str) -> tuple[int, int, dict[str, Json]]:
    """Return width and height as shown, and the facts of a picture; its first frame is decoded whole."""
    notes: list[str] = []
    with decoding("picture"), _opened(file, size, mime) as image:
        turned = _orientation(image, notes) in (5, 6, 7, 8)
        width, height = reversed(image.size) if turned else image.size
        facts: dict[str, Json] = {"alpha": image.has_transparency_data}
        frames = int(getattr(image, "n_frames", 1))
        if frames > MAX_FRAMES:
            notes.append(f"It states {frames} frames.")
        else:
            facts["frames"] = frames
        small = _shrunk(image, _SMALL, notes)
        facts |= {"palette": palette(small), "dhash": dhash(small)}
    return width, height, facts | ({"notes": notes} if notes else {})


def thumbnail(file: BinaryIO, size: int, mime: str, edge: int) -> bytes:
    """Return the first frame as WebP, no side longer than `edge`, never enlarged."""
    with decoding("picture"), _opened(file, size, mime) as image:
        return drawing.webp(_shrunk(image, edge, []))


def dhash(image: Image.Image) -> str:
    """Return 64 bits as hex: for each row of an 8 by 9 reduction, whether a pixel is brighter than the next one.

    Pictures whose hashes differ in few bits look alike. What is transparent counts as grey.
    """
    from PIL import Image  # noqa: PLC0415

    ground = Image.new("RGBA", image.size, (128, 128, 128, 255))
    grey = Image.alpha_composite(ground, image.convert("RGBA")).convert("L")
    cells = grey.resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = (cells[9 * row + column] > cells[9 * row + column + 1] for row in range(8) for column in range(8))
    return f"{sum(bit << at for at, bit in enumerate(bits)):016x}"


def palette(image: Image.Image) -> list[str]:
    """Return up to six colours that stand for the picture, the most frequent first; none if all is transparent."""
    from PIL import Image  # noqa: PLC0415

    small = image.convert("RGBA")
    small.thumbnail(_SWATCH, Image.Resampling.BOX)
    data = small.tobytes()
    shown = b"".join(data[at : at + 3] for at in range(0, len(data), 4) if data[at + 3] >= _OPAQUE)
    if not shown:
        return []
    row = Image.frombytes("RGB", (len(shown) // 3, 1), shown)
    counted = row.quantize(COLOURS, Image.Quantize.MEDIANCUT).convert("RGB").getcolors() or []
    ranked = sorted(((count, colour) for count, colour in counted if isinstance(colour, tuple)), reverse=True)
    return [f"#{red:02x}{green:02x}{blue:02x}" for _, (red, green, blue) in ranked]


@contextmanager
def _opened(file: BinaryIO, size: int, mime: str) -> Iterator[Image.Image]:
    """Open a picture with its one decoder; refuse it by its stated size before a pixel is decoded."""
    from PIL import Image  # noqa: PLC0415

    if size > MAX_IMAGE_BYTES:
        raise Refused("media_bomb", f"A picture has at most {MAX_IMAGE_BYTES} bytes.")
    if mime == "image/avif":
        for extent in boxes.extents(file):
            _check_size(*extent)
    file.seek(0)
    with Image.open(file, formats=(FORMATS[mime],)) as image:
        _check_size(*image.size)
        yield image


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Refused("media_bomb", f"A picture has at most {MAX_PIXELS} pixels; this one has {width} by {height}.")


def _orientation(image: Image.Image, notes: list[str]) -> int:
    """Return the EXIF orientation, 1 to 8; EXIF that cannot be read is noted and means 1. Pillow turns TIFF itself."""
    if image.format == "TIFF":
        return 1
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # what a damaged block raises is not to be foreseen, and the pixels are whole without it
        notes.append("Its EXIF cannot be read.")
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _shrunk(image: Image.Image, edge: int, notes: list[str]) -> Image.Image:
    """Return the picture as shown, RGB or RGBA, with no side longer than `edge`; JPEG is decoded at a smaller scale."""
    from PIL import Image  # noqa: PLC0415

    orientation = _orientation(image, notes)
    with suppress(ValueError):
        image.draft(None, (edge, edge))
    image.load()
    small = _plain(image)
    small.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=1.5)
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    return small.transpose(turns[orientation]) if orientation in turns else small


def _plain(image: Image.Image) -> Image.Image:
    """Return an RGB or RGBA picture; of modes without a way to RGB, the lightness."""
    if image.mode in ("RGB", "RGBA"):
        return image
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L").convert("RGB")
    if image.mode in ("LAB", "HSV"):
        return image.getchannel(0 if image.mode == "LAB" else 2).convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")
