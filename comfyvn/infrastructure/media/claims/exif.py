"""EXIF and the older records of the IPTC, by Pillow."""

from typing import Any, Final

from comfyvn.infrastructure.media.claims.rights import Rights

MAX_BLOCK: Final = 4 << 20
"""Bytes of EXIF that are read."""
_DESCRIPTION, _MAKE, _MODEL, _SOFTWARE, _ARTIST, _COPYRIGHT = 0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x8298
_EXIF_IFD, _COMMENT = 0x8769, 0x9286
_GRAPHS: Final = (_DESCRIPTION, _MAKE, _MODEL)
"""Where ComfyUI puts ``name:text`` in WebP."""
_BYLINE, _CREDIT, _NOTICE = (2, 80), (2, 110), (2, 116)


def of_exif(block: bytes) -> tuple[Rights, dict[str, str]]:
    """Return the rights in a block of EXIF, and the texts that generators leave there by their names in PNG."""
    from PIL import Image  # noqa: PLC0415

    if len(block) > MAX_BLOCK:
        raise ValueError("too large")
    found = Image.Exif()
    found.load(block)
    texts: dict[str, str] = {}
    for tag in _GRAPHS:
        name, colon, value = _text(found.get(tag)).partition(":")
        if colon and name.strip().lower() in ("prompt", "workflow"):
            texts[name.strip().lower()] = value.strip()
    comment = _comment(found.get_ifd(_EXIF_IFD).get(_COMMENT))
    if comment:
        texts["parameters"] = comment
    copyright_ = _text(found.get(_COPYRIGHT)).replace("\0", " / ").strip(" /")
    return Rights(copyright=copyright_, creator=_text(found.get(_ARTIST)), software=_text(found.get(_SOFTWARE))), texts


def of_records(image: Any) -> Rights:
    """Return the rights in the records of the IPTC (IIM 4) of an open picture."""
    from PIL import IptcImagePlugin  # noqa: PLC0415

    found = IptcImagePlugin.getiptcinfo(image) or {}

    def said(key: tuple[int, int]) -> str:
        value = found.get(key, b"")
        parts = value if isinstance(value, list) else [value]
        return ", ".join(_text(part) for part in parts[:10])

    return Rights(creator=said(_BYLINE), credit=said(_CREDIT), copyright=said(_NOTICE))


def _comment(value: Any) -> str:
    """Return a comment of EXIF, whose first eight bytes name its encoding; UTF-16 comes in both orders."""
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes) or len(value) < 9:
        return ""
    name, rest = value[:8], value[8:]
    if name != b"UNICODE\0":
        return _text(rest)
    big = rest[::2].count(0) > rest[1::2].count(0)
    return rest.decode("utf-16-be" if big else "utf-16-le", errors="replace")


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode().strip("\0 ")
        except UnicodeDecodeError:
            return value.decode("latin-1").strip("\0 ")
    return value.strip("\0 ") if isinstance(value, str) else ""
