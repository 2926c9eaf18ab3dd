"""Texts: characters and lines. Drawings (SVG) and pages (HTML) are read as text and never rendered."""

import re
from codecs import getincrementaldecoder
from typing import BinaryIO, Final

from comfyvn.domain.kernel import Json, Refused
from comfyvn.infrastructure.media.limits import CHUNK, MAX_SVG_BYTES
from comfyvn.infrastructure.media.sniff import encoding

_ACTIVE: Final = re.compile(
    r"<(?:[\w.-]+:)?(?:script|foreignObject|iframe|object|embed|handler|listener)\b"
    r"|\bon[a-z]+\s*=|javascript:|vbscript:|<!ENTITY|<!\[CDATA\[|<\?xml-stylesheet|@import|\bxml:base\b"
    r"|\bsrc\s*=|\bhref\s*=\s*(?![\"']?(?:#|data:image/(?:png|jpeg|webp|gif)[;,]))|url\(\s*[\"']?(?!#)",
    re.IGNORECASE,
)
"""What makes a drawing run code, or load something from elsewhere, when a browser shows it."""
_DECLARED: Final = re.compile(r"<\?xml[^>]*\bencoding\s*=\s*[\"']([\w.-]+)")
_PLAIN_ENCODINGS: Final = frozenset({"utf-8", "us-ascii", "ascii"})
_ROOT: Final = re.compile(r"<(?:[\w.-]+:)?svg\b[^>]*>")
_LENGTH: Final = r"[^>]*\s{}\s*=\s*[\"']\s*(\d{{1,6}}(?:\.\d{{1,6}})?)(?:px)?\s*[\"']"
_WIDTH: Final = re.compile(_LENGTH.format("width"))
_HEIGHT: Final = re.compile(_LENGTH.format("height"))


def inspect(file: BinaryIO) -> dict[str, Json]:
    """Return characters, lines and encoding of a text; a note where it does not stay text to its end."""
    file.seek(0)
    chunk = file.read(CHUNK)
    name = encoding(chunk)
    decoder = getincrementaldecoder(name)()
    characters = lines = 0
    last = ""
    try:
        while True:
            text = decoder.decode(chunk, final=not chunk)
            characters += len(text)
            lines += text.count("\n")
            last = text[-1:] or last
            if not chunk:
                break
            chunk = file.read(CHUNK)
    except UnicodeDecodeError:
        return {"notes": ["It is not text to its end, or its encoding is not known."]}
    return {"characters": characters, "lines": lines + (last not in ("", "\n")), "encoding": name.removesuffix("-sig")}


def inspect_svg(file: BinaryIO, size: int) -> tuple[int | None, int | None, dict[str, Json]]:
    """Return width and height in pixels where the root states them, and whether the drawing is `active`."""
    if size > MAX_SVG_BYTES:
        raise Refused("media_bomb", f"A drawing has at most {MAX_SVG_BYTES} bytes.")
    file.seek(0)
    content = file.read()
    try:
        text = content.decode(encoding(content))
    except UnicodeDecodeError as error:
        raise Refused("media_broken", "The drawing is not text to its end.") from error
    declared = _DECLARED.search(text[:1000])
    odd = declared is not None and declared[1].lower() not in _PLAIN_ENCODINGS and encoding(content) != "utf-16"
    root = _ROOT.search(text)
    if root is None:
        raise Refused("media_broken", "The drawing has no root element.")
    width, height = (
        found and (round(float(found[1])) or None) for found in (p.match(root[0]) for p in (_WIDTH, _HEIGHT))
    )
    return width, height, {"active": odd or _ACTIVE.search(text) is not None}
