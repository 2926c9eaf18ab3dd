"""Fonts, by FreeType through Pillow: the names of the face, and a sample of it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final

from comfyvn.domain.kernel import Json, Refused
from comfyvn.infrastructure.media import drawing
from comfyvn.infrastructure.media.decoding import decoding
from comfyvn.infrastructure.media.limits import MAX_FONT_BYTES, MAX_NAME

if TYPE_CHECKING:
    from PIL import ImageFont

MEASURED: Final = frozenset({"font/ttf", "font/otf", "font/collection"})
"""Packed fonts (WOFF) are recognised and kept, not unpacked."""
_SAMPLES: Final = ("AaBbGg 0123", "The quick fox, the lazy dog", "äéñß Жя Ωπ あ漢")


def inspect(file: BinaryIO, size: int) -> dict[str, Json]:
    """Return family and style of a font."""
    with decoding("font"):
        family, style = _face(file, size, 16).getname()
        return {"family": _printable(family), "style": _printable(style)}


def thumbnail(file: BinaryIO, size: int, edge: int) -> bytes:
    """Draw a few words in the font."""
    with decoding("font"):
        heights = (edge // 7, edge // 14, edge // 10)
        return drawing.sample(
            [(text, _face(file, size, max(4, height))) for text, height in zip(_SAMPLES, heights, strict=True)], edge
        )


def _face(file: BinaryIO, size: int, height: int) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415

    if size > MAX_FONT_BYTES:
        raise Refused("media_bomb", f"A font has at most {MAX_FONT_BYTES} bytes.")
    file.seek(0)
    return ImageFont.truetype(BytesIO(file.read()), height, layout_engine=ImageFont.Layout.BASIC)


def _printable(name: str | None) -> str:
    return "".join(letter for letter in name or "" if letter.isprintable())[:MAX_NAME]
