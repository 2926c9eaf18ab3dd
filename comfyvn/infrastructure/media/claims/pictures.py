"""Where pictures keep their words: chunks, segments and boxes, read with limits before anything is unpacked."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from comfyvn.infrastructure.media.stamps import avif, jpeg, png, riff
from comfyvn.infrastructure.media.stamps.splices import read

MAX_TEXT: Final = 1 << 20
"""Bytes of one text, unpacked."""
MAX_TEXTS: Final = 200
_XMP_IN_PNG: Final = "XML:com.adobe.xmp"


@dataclass(slots=True)
class Words:
    """The words of a picture: texts by name, blocks of EXIF, packets of XMP; `records` where those of IPTC may be."""

    texts: dict[str, str] = field(default_factory=dict)
    exif: list[bytes] = field(default_factory=list)
    xmp: list[bytes] = field(default_factory=list)
    records: bool = False
    notes: list[str] = field(default_factory=list)


def words_of(file: BinaryIO, size: int, mime: str) -> Words:
    """Return the words of a picture."""
    found = Words()
    if mime in _READERS:
        _READERS[mime](file, size, found)
    return found


def _png(file: BinaryIO, size: int, found: Words) -> None:
    for chunk in png.chunks(file, size):
        if chunk.end - chunk.start > MAX_TEXT + 1000:
            continue
        if chunk.name == b"eXIf":
            found.exif.append(b"Exif\0\0" + read(file, chunk.content, chunk.end - 4))
        elif chunk.name in (b"tEXt", b"zTXt", b"iTXt") and len(found.texts) < MAX_TEXTS:
            keyword, _, rest = read(file, chunk.content, chunk.end - 4).partition(b"\0")
            text = _text_of_png(chunk.name, rest)
            name = keyword[:79].decode("latin-1")
            if text is None:
                found.notes.append(f"Its text {name!r} cannot be read.")
            elif name == _XMP_IN_PNG:
                found.xmp.append(text.encode(errors="replace"))
            else:
                found.texts.setdefault(name, text)


def _text_of_png(kind: bytes, rest: bytes) -> str | None:
    """Return the text of a chunk; None where it is damaged or unpacks to too much."""
    try:
        if kind == b"tEXt":
            return _either(rest)
        if kind == b"zTXt":
            return _either(_unpacked(rest[1:]))
        packed, (_, _, text) = rest[:1] == b"\1", _split(rest[2:])
        return (_unpacked(text) if packed else text).decode()
    except (ValueError, zlib.error):
        return None


def _either(data: bytes) -> str:
    """Decode what should be Latin-1 and often is UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _split(data: bytes) -> tuple[bytes, bytes, bytes]:
    language, _, rest = data.partition(b"\0")
    translated, _, text = rest.partition(b"\0")
    return language, translated, text


def _unpacked(data: bytes) -> bytes:
    worker = zlib.decompressobj()
    found = worker.decompress(data, MAX_TEXT)
    if worker.unconsumed_tail or not worker.eof:
        raise ValueError("too large or cut short")
    return found


def _jpeg(file: BinaryIO, size: int, found: Words) -> None:
    for segment in jpeg.segments(file, size):
        if segment.marker == 0xE1:
            content = read(file, segment.content, segment.end)
            if content.startswith(jpeg.XMP):
                found.xmp.append(content[len(jpeg.XMP) :])
            elif content.startswith(jpeg.EXIF):
                found.exif.append(content)
        found.records = found.records or segment.marker == 0xED


def _webp(file: BinaryIO, size: int, found: Words) -> None:
    for chunk in riff.chunks(file, size):
        if chunk.stop - chunk.content > MAX_TEXT * 4:
            continue
        if chunk.name == b"XMP ":
            found.xmp.append(read(file, chunk.content, chunk.stop))
        elif chunk.name == b"EXIF":
            content = read(file, chunk.content, chunk.stop)
            found.exif.append(content if content.startswith(jpeg.EXIF) else jpeg.EXIF + content)


def _avif(file: BinaryIO, size: int, found: Words) -> None:
    _by_pillow(file, found, "AVIF")
    for box in avif.identified(file, size, avif.XMP):
        if box.end - box.start <= MAX_TEXT * 4:
            found.xmp.append(read(file, box.start + 16, box.end))


def _tiff(file: BinaryIO, size: int, found: Words) -> None:
    found.records = True
    _by_pillow(file, found, "TIFF")


def _by_pillow(file: BinaryIO, found: Words, format_: str) -> None:
    """Read what the decoder lays open without decoding."""
    from PIL import Image  # noqa: PLC0415

    file.seek(0)
    with Image.open(file, formats=(format_,)) as image:
        info: dict[Any, Any] = image.info
        block = info.get("exif") or (image.getexif().tobytes() if format_ == "TIFF" else None)
        if isinstance(block, bytes):
            found.exif.append(block if block.startswith(jpeg.EXIF) else jpeg.EXIF + block)
        if isinstance(info.get("xmp"), bytes):
            found.xmp.append(info["xmp"])


_READERS: Final[dict[str, Callable[[BinaryIO, int, Words], None]]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
    "image/avif": _avif,
    "image/tiff": _tiff,
}
