"""Measures a file and makes its thumbnail: the one place that knows which format is read by what."""

from dataclasses import replace
from typing import BinaryIO

from comfyvn.application.ports import MediaFacts
from comfyvn.domain.assets import AssetType
from comfyvn.domain.kernel import Json
from comfyvn.infrastructure.media import audio, boxes, films, fonts, images, naming, tails, writing
from comfyvn.infrastructure.media.claims import reading
from comfyvn.infrastructure.media.limits import EDGE
from comfyvn.infrastructure.media.sniff import EMPTY, HTML, SVG, UNKNOWN, Format, sniff

MUSIC = 30.0
"""Seconds from which a sound is taken for music."""

_TAILED = frozenset({"image", "audio", "video", "font"})
_TRACKED = frozenset({"audio/mp4", "video/mp4", "video/quicktime"})


def inspect(name: str, file: BinaryIO) -> MediaFacts:
    """Return what a file is; raise Refused: ``media_bomb``, ``media_broken``, ``media_mismatch``."""
    size = file.seek(0, 2)
    format_ = sniff(file)
    notes = [naming.check(name, format_)]
    if format_.family in _TAILED:
        notes.append(tails.check(file, size, format_))
    found = _measured(file, size, format_)
    claims, unread = reading.read(file, size, found.mime)
    said = list(dict.fromkeys([*(note for note in notes if note), *found.facts.get("notes", []), *unread]))
    facts = {key: value for key, value in found.facts.items() if key != "notes"} | ({"notes": said} if said else {})
    return replace(found, facts=facts, claims=tuple(claims))


def thumbnail(file: BinaryIO, facts: MediaFacts, edge: int = EDGE) -> bytes | None:
    """Return a small picture as WebP, None for what has nothing to show; raise Refused as `inspect` does."""
    size = file.seek(0, 2)
    mime = facts.mime
    if mime in images.FORMATS:
        return images.thumbnail(file, size, mime, edge)
    if mime in audio.BY_SNDFILE or mime in audio.BY_FFMPEG:
        return audio.thumbnail(file, mime, edge)
    if mime in films.DEMUXERS:
        return films.thumbnail(file, mime, edge)
    return fonts.thumbnail(file, size, edge) if mime in fonts.MEASURED else None


def _measured(file: BinaryIO, size: int, format_: Format) -> MediaFacts:
    mime = format_.mime
    if mime in images.FORMATS:
        width, height, facts = images.inspect(file, size, mime)
        return MediaFacts(mime, "image", width, height, None, facts)
    if mime in films.DEMUXERS:
        return _film(file, size, mime)
    if mime in audio.BY_SNDFILE or mime in audio.BY_FFMPEG:
        return _sound(mime, *audio.inspect(file, size, mime))
    if format_.family == "font":
        return MediaFacts(mime, "font", facts=fonts.inspect(file, size) if mime in fonts.MEASURED else {})
    if format_.family == "text":
        return _written(file, size, format_)
    note = "It is empty." if format_ == EMPTY else "This format is not measured." if format_.family in _TAILED else None
    return MediaFacts(mime, "other", facts={"notes": [note]} if note else {})


def _written(file: BinaryIO, size: int, format_: Format) -> MediaFacts:
    if format_ == SVG:
        width, height, facts = writing.inspect_svg(file, size)
        return MediaFacts(format_.mime, "image", width, height, None, facts)
    facts = writing.inspect(file)
    if format_ == HTML:
        return MediaFacts(format_.mime, "other", facts=facts | {"active": True})
    if "characters" not in facts:
        return MediaFacts(UNKNOWN.mime, "other", facts=facts)
    return MediaFacts(format_.mime, "text", facts=facts)


def _film(file: BinaryIO, size: int, mime: str) -> MediaFacts:
    """Measure what may turn out to be a sound in the container of a film."""
    if mime in _TRACKED and b"vide" not in boxes.handlers(file, size):
        return _sound("audio/mp4", *audio.inspect(file, size, "audio/mp4"))
    width, height, seconds, facts = films.inspect(file, size, mime)
    if mime in ("video/webm", "video/x-matroska") and "audio_codec" in facts and "codec" not in facts:
        return _sound("audio/webm", *audio.inspect(file, size, "audio/webm"))
    return MediaFacts(mime, "video", width, height, seconds, facts)


def _sound(mime: str, seconds: float | None, facts: dict[str, Json]) -> MediaFacts:
    type_: AssetType = "music" if seconds is None or seconds >= MUSIC else "sound"
    return MediaFacts(mime, type_, None, None, seconds, facts)
