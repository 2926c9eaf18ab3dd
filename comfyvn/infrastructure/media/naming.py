"""Whether a file's name tells the truth about its content."""

from pathlib import PurePosixPath
from typing import Final

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.media.sniff import EMPTY, Family, Format

_ENDINGS: Final[dict[Family, str]] = {
    "image": "png jpg jpeg jpe jfif webp avif gif bmp tif tiff heic",
    "audio": "mp3 ogg oga opus flac wav m4a aac",
    "video": "mp4 m4v webm mkv ogv mov avi",
    "font": "ttf otf ttc woff woff2",
    "text": "txt md json yaml yml toml csv tsv ini po srt vtt ass lrc xml svg html htm rpy rpym py js css",
    "archive": "zip gz 7z rar xz rpa",
    "document": "pdf psd",
    "program": "exe dll",
}
FAMILIES: Final = {ending: family for family, endings in _ENDINGS.items() for ending in endings.split()}
_SAME: Final = {
    "image/jpeg": "jpg jpeg jpe jfif",
    "image/tiff": "tif tiff",
    "image/svg+xml": "svg xml",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/ogg": "ogg oga opus",
    "audio/mp4": "m4a mp4",
    "audio/webm": "webm mkv",
    "video/mp4": "mp4 m4v mov m4a",
    "video/ogg": "ogv ogg",
    "video/x-matroska": "mkv",
    "video/x-msvideo": "avi",
    "video/quicktime": "mov mp4",
    "text/html": "html htm",
    "font/ttf": "ttf otf",
    "font/otf": "otf ttf",
    "font/collection": "ttc",
}
_PLAYED: Final = frozenset({"audio", "video"})


def check(name: str, format_: Format) -> str | None:
    """Return a note where the ending belongs to another format of the same family, None where all is well.

    Raises Refused("media_mismatch") where content and ending belong to different families. An ending that says
    nothing, and a text in an unknown encoding, are no lie.
    """
    ending = PurePosixPath(name).suffix[1:].lower()
    promised = FAMILIES.get(ending)
    if promised is None:
        return None
    if promised == "text" and format_.family == "unknown":
        return None if format_ == EMPTY else f"Its content is no text, though its name ends in .{ending}."
    if promised in ("archive", "document", "program") and format_.family == "unknown":
        return None
    if promised != format_.family and not {promised, format_.family} <= _PLAYED:
        raise Refused("media_mismatch", f"The name ends in .{ending}, but the content is {format_.words}.")
    fits = _SAME.get(format_.mime, format_.mime.partition("/")[2]).split()
    if promised == "text" and format_.mime == "text/plain":
        return None
    return None if ending in fits else f"Its name ends in .{ending}, its content is {format_.words}."
