"""Second files inside a file.

Some formats are read from their begin (pictures, sounds), others from their end (ZIP) or from anywhere near the
begin (PDF, HTML, PHP), so that one file can be two, and the second one passes where only the first was looked at.
A second file that unpacks, runs or is a page is refused; anything else after the end is noted.
"""

import re
from collections.abc import Callable
from typing import BinaryIO, Final

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.media import boxes
from comfyvn.infrastructure.media.limits import CHUNK, MAX_BOXES
from comfyvn.infrastructure.media.sniff import Format

_ZIP_END: Final = b"PK\x05\x06"
_ZIP_REACH: Final = 22 + 0xFFFF
"""Bytes before the end of a file within which readers of ZIP look for the end record (APPNOTE 4.3.16)."""
_PDF_REACH: Final = 1024
"""Bytes from the begin of a file within which readers of PDF look for its header."""
_SCANNED: Final = 1 << 24
"""Bytes after the end that are searched."""
_UNWANTED: Final = re.compile(
    rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|%PDF-|<\?php|<!doctype\s+html|<(?:html|script|svg|iframe)[\s>]",
    re.IGNORECASE,
)
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def check(file: BinaryIO, size: int, format_: Format) -> str | None:
    """Return a note about bytes after the end, None where there are none; raise Refused("media_mismatch")."""
    file.seek(0)
    if b"%PDF-" in file.read(_PDF_REACH):
        raise Refused("media_mismatch", f"The file is {format_.words} and a PDF document at once.")
    if _ends_as_zip(file, size):
        raise Refused("media_mismatch", f"The file is {format_.words} and a ZIP archive at once.")
    end = _end(file, size, format_)
    file.seek(end if end is not None else max(0, size - _ZIP_REACH))
    rest = file.read(_SCANNED)
    if rest.startswith((b"MZ", b"\x7fELF")) or _UNWANTED.search(rest):
        raise Refused("media_mismatch", f"The file is {format_.words}, and another file is hidden in its end.")
    if end is None or not rest.strip(b"\0"):
        return None
    return f"{size - end} bytes follow after its end."


def _ends_as_zip(file: BinaryIO, size: int) -> bool:
    """Tell whether a reader of ZIP would find members: an end record that points at a directory."""
    start = max(0, size - _ZIP_REACH)
    file.seek(start)
    tail = file.read(_ZIP_REACH)
    at = tail.rfind(_ZIP_END)
    while at >= 0:
        members = int.from_bytes(tail[at + 10 : at + 12], "little")
        directory = start + at - int.from_bytes(tail[at + 12 : at + 16], "little")
        if members and directory >= 0:
            file.seek(directory)
            if file.read(4) == b"PK\x01\x02" or tail[at - 20 : at - 16] == b"PK\x06\x07":
                return True
        at = tail.rfind(_ZIP_END, 0, at)
    return False


def _end(file: BinaryIO, size: int, format_: Format) -> int | None:
    """Return where the first file ends; None for formats that have no end of their own."""
    if format_.mime in ("image/webp", "audio/wav"):
        file.seek(0)
        start = file.read(8)
        stated = int.from_bytes(start[4:], "big" if start.startswith(b"RIFX") else "little")
        return min(size, 8 + stated + stated % 2)
    walk = _WALKS.get(format_.mime)
    return walk(file, size) if walk else None


def _end_of_png(file: BinaryIO, size: int) -> int:
    """Walk the chunks up to IEND (PNG specification, 5.3); raise Refused("media_broken") where it is missing."""
    at = 8
    for _ in range(MAX_BOXES):
        file.seek(at)
        header = file.read(8)
        at += 12 + int.from_bytes(header[:4], "big")
        if len(header) < 8 or at > size:
            break
        if header[4:] == b"IEND":
            return at
    raise Refused("media_broken", "The file is cut short: its last chunk is missing.")


def _end_of_gif(file: BinaryIO, size: int) -> int:
    """Walk the blocks up to the trailer (GIF89a specification)."""
    file.seek(10)
    flags = file.read(1) or b"\0"
    file.seek(13 + _colours(flags[0]))
    while (kind := file.read(1)) in (b"!", b","):
        if kind == b"!":
            file.seek(1, 1)
        else:
            image = file.read(9)
            if len(image) < 9:
                return size
            file.seek(_colours(image[8]) + 1, 1)
        while (length := file.read(1)) not in (b"", b"\0"):
            file.seek(length[0], 1)
    return min(size, file.tell()) if kind == b";" else size


def _colours(flags: int) -> int:
    """Return the bytes of the colour table that packed flags of GIF announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _end_of_jpeg(file: BinaryIO, size: int) -> int:
    """Walk the segments and scans up to EOI (ITU-T T.81, annex B)."""
    at = 2
    while (marker := _next_marker(file, at)) is not None:
        at, code = marker
        if code == 0xD9:
            return at
        if code not in (0x01, 0xD8):
            file.seek(at)
            length = file.read(2)
            at += max(2, int.from_bytes(length, "big"))
        if at >= size:
            break
    return size


def _next_marker(file: BinaryIO, at: int) -> tuple[int, int] | None:
    """Return (place after it, its code) of the next marker, past entropy-coded data."""
    file.seek(at)
    kept = b""
    while chunk := file.read(CHUNK):
        data = kept + chunk
        if found := _MARKER.search(data):
            return at + found.end(), data[found.end() - 1]
        kept = data[-1:]
        at += len(data) - 1
    return None


_WALKS: Final[dict[str, Callable[[BinaryIO, int], int]]] = {
    "image/png": _end_of_png,
    "image/gif": _end_of_gif,
    "image/jpeg": _end_of_jpeg,
    **dict.fromkeys(("image/avif", "audio/mp4", "video/mp4", "video/quicktime"), boxes.end_of_boxes),
}
