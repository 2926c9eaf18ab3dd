"""What a file is, told by its content and never by its name.

The signatures are those of the formats' specifications; the IANA registry and the WHATWG MIME Sniffing Standard
give the MIME types.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

from comfyvn.infrastructure.media.limits import HEAD

Family = Literal["image", "audio", "video", "font", "text", "archive", "document", "program", "unknown"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its MIME type, its family and its name in words."""

    mime: str
    family: Family
    words: str


UNKNOWN: Final = Format("application/octet-stream", "unknown", "nothing known")
EMPTY: Final = Format("application/x-empty", "unknown", "empty")
TEXT: Final = Format("text/plain", "text", "text")
HTML: Final = Format("text/html", "text", "an HTML page")
SVG: Final = Format("image/svg+xml", "text", "an SVG drawing")
AVIF: Final = Format("image/avif", "image", "an AVIF picture")
AAC: Final = Format("audio/aac", "audio", "AAC sound")
FLAC: Final = Format("audio/flac", "audio", "FLAC sound")
MP3: Final = Format("audio/mpeg", "audio", "MP3 sound")
M4A: Final = Format("audio/mp4", "audio", "MPEG-4 sound")
WEBM: Final = Format("video/webm", "video", "a WebM film")
MATROSKA: Final = Format("video/x-matroska", "video", "a Matroska film")
MP4: Final = Format("video/mp4", "video", "an MPEG-4 film")

_STARTS: Final[tuple[tuple[bytes, Format], ...]] = (
    (b"\x89PNG\r\n\x1a\n", Format("image/png", "image", "a PNG picture")),
    (b"\xff\xd8\xff", Format("image/jpeg", "image", "a JPEG picture")),
    (b"GIF87a", Format("image/gif", "image", "a GIF picture")),
    (b"GIF89a", Format("image/gif", "image", "a GIF picture")),
    (b"II*\0", Format("image/tiff", "image", "a TIFF picture")),
    (b"MM\0*", Format("image/tiff", "image", "a TIFF picture")),
    (b"II+\0", Format("image/tiff", "image", "a TIFF picture")),
    (b"MM\0+", Format("image/tiff", "image", "a TIFF picture")),
    (b"fLaC", FLAC),
    (b"OTTO", Format("font/otf", "font", "an OpenType font")),
    (b"wOFF", Format("font/woff", "font", "a WOFF font")),
    (b"wOF2", Format("font/woff2", "font", "a WOFF2 font")),
    (b"ttcf", Format("font/collection", "font", "a collection of fonts")),
    (b"PK\x03\x04", Format("application/zip", "archive", "a ZIP archive")),
    (b"PK\x05\x06", Format("application/zip", "archive", "a ZIP archive")),
    (b"\x1f\x8b\x08", Format("application/gzip", "archive", "a gzip archive")),
    (b"7z\xbc\xaf\x27\x1c", Format("application/x-7z-compressed", "archive", "a 7z archive")),
    (b"Rar!\x1a\x07", Format("application/vnd.rar", "archive", "a RAR archive")),
    (b"\xfd7zXZ\0", Format("application/x-xz", "archive", "an xz archive")),
    (b"RPA-", Format("application/x-renpy-archive", "archive", "a Ren'Py archive")),
    (b"%PDF-", Format("application/pdf", "document", "a PDF document")),
    (b"8BPS", Format("image/vnd.adobe.photoshop", "document", "a Photoshop document")),
    (b"\x7fELF", Format("application/x-executable", "program", "a program")),
    (b"MZ", Format("application/vnd.microsoft.portable-executable", "program", "a program")),
    (b"\xca\xfe\xba\xbe", Format("application/java-vm", "program", "a program")),
)
_RIFF: Final = {
    b"WAVE": Format("audio/wav", "audio", "WAV sound"),
    b"WEBP": Format("image/webp", "image", "a WebP picture"),
    b"AVI ": Format("video/x-msvideo", "video", "an AVI film"),
}
_OGG: Final = (
    (b"\x80theora", Format("video/ogg", "video", "an Ogg film")),
    (b"\x01vorbis", Format("audio/ogg", "audio", "Ogg Vorbis sound")),
    (b"OpusHead", Format("audio/ogg", "audio", "Ogg Opus sound")),
    (b"\x7fFLAC", Format("audio/ogg", "audio", "Ogg FLAC sound")),
)
_TABLE: Final = re.compile(rb"[A-Za-z][A-Za-z0-9/ ]{3}")
"""The tag of a table of a font."""
_BITMAP_HEADERS: Final = frozenset({12, 40, 52, 56, 64, 108, 124})
_HTML: Final = re.compile(r"<(?:!doctype\s+html|html|head|body|script|iframe)[\s>/]", re.IGNORECASE)
_SVG: Final = re.compile(r"<(?:[\w.-]+:)?svg[\s>/]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def sniff(file: BinaryIO) -> Format:
    """Return the format of a file by its first 64 KiB; the place in the file is lost."""
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        return EMPTY
    if head.startswith(b"ID3"):
        return _after_tag(file, head)
    for start, format_ in _STARTS:
        if head.startswith(start) and (format_.family != "program" or len(head) > 64):
            return format_
    return _by_structure(head) or _of_text(head) or UNKNOWN


def encoding(head: bytes) -> str:
    """Return the encoding that the byte order mark of a text states, UTF-8 without one."""
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if head.startswith(BOM_UTF8) else "utf-8"


def _by_structure(head: bytes) -> Format | None:
    if head[:4] in (b"RIFF", b"RF64", b"RIFX"):
        return _RIFF.get(head[8:12])
    if head[:4] == b"OggS":
        found = (format_ for mark, format_ in _OGG if mark in head[:4096])
        return next(found, Format("application/ogg", "audio", "an Ogg file"))
    if head[:4] == b"\x1aE\xdf\xa3":
        return WEBM if b"webm" in head[:64] else MATROSKA
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    return _of_tables(head) or _of_frames(head)


def _of_tables(head: bytes) -> Format | None:
    """Tell formats whose signature is too short to stand alone by the numbers after it."""
    if head[:4] in (b"\0\1\0\0", b"true") and 0 < int.from_bytes(head[4:6], "big") < 100:
        return Format("font/ttf", "font", "a TrueType font") if _TABLE.match(head, 12) else None
    if head[:2] == b"BM" and head[6:10] == bytes(4) and int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS:
        return Format("image/bmp", "image", "a BMP picture")
    return None


def _of_brands(head: bytes) -> Format:
    """Tell the users of ISO/IEC 14496-12 apart by their brands."""
    size = min(int.from_bytes(head[:4], "big"), 1024)
    major, brands = head[8:12], {head[at : at + 4] for at in range(8, size - 3, 4)}
    if brands & {b"avif", b"avis"}:
        return AVIF
    if brands & {b"heic", b"heix", b"mif1", b"msf1"}:
        return Format("image/heic", "image", "a HEIC picture")
    if major in (b"M4A ", b"M4B "):
        return M4A
    return Format("video/quicktime", "video", "a QuickTime film") if major == b"qt  " else MP4


def _after_tag(file: BinaryIO, head: bytes) -> Format:
    """Tell what an ID3 tag is put before, which is MP3 where nothing else is to be seen."""
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    file.seek(10 + size)
    rest = file.read(HEAD)
    return FLAC if rest.startswith(b"fLaC") else _of_frames(rest) or MP3


def _of_frames(head: bytes) -> Format | None:
    """Find MPEG sound without a tag: two frames, one after the other, after nothing but zeros."""
    start = len(head) - len(head.lstrip(b"\0"))
    for length, format_ in ((_frame, MP3), (_adts, AAC)):
        size = length(head[start : start + 7])
        if size and (start + size >= len(head) or length(head[start + size : start + size + 7])):
            return format_
    return None


def _adts(header: bytes) -> int:
    """Return the bytes of a frame of AAC (ISO/IEC 13818-7, 6.2); 0 if it is none."""
    if len(header) < 7 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or header[2] >> 2 & 15 > 12:
        return 0
    size = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return size if size >= 7 else 0


def _frame(header: bytes) -> int:
    """Return the bytes of an MPEG layer III frame (ISO/IEC 11172-3, 2.4.1.3); 0 if it is none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, rate, speed = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or rate in (0, 15) or speed == 3:
        return 0
    rates = (
        (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
        if version == 3
        else (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
    )
    hertz = (44_100, 48_000, 32_000)[speed] >> {3: 0, 2: 1, 0: 2}[version]
    return (144 if version == 3 else 72) * rates[rate - 1] * 1000 // hertz + (header[2] >> 1 & 1)


def _of_text(head: bytes) -> Format | None:
    try:
        text = getincrementaldecoder(encoding(head))().decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError:
        return None
    if _CONTROL.search(text):
        return None
    root = _after_prologue(text)
    if _SVG.match(root):
        return SVG
    return HTML if _HTML.match(root) else TEXT


def _after_prologue(text: str) -> str:
    """Return a text from its first element on: past white space, declarations, comments and a document type of XML."""
    text = text.lstrip("\ufeff \t\r\n")
    while text.startswith(("<?xml", "<!--", "<!DOCTYPE svg", "<?xml-stylesheet")):
        end = "?>" if text.startswith("<?") else "-->" if text.startswith("<!--") else ">"
        if end == ">" and "[" in text.partition(">")[0]:
            end = "]>"
        _, found, rest = text.partition(end)
        if not found:
            return ""
        text = rest.lstrip()
    return text
