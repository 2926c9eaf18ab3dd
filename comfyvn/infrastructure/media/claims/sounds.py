"""Where sounds and films keep their words: ID3, Vorbis comments, items of MPEG-4 (by mutagen), INFO of WAV.

The name of the encoder stands in most of them and tells nothing of an origin; it is left out.
"""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

from comfyvn.infrastructure.media.claims.rights import Rights
from comfyvn.infrastructure.media.stamps import riff, wav
from comfyvn.infrastructure.media.stamps.splices import read

Tagged = tuple[str, Rights, dict[str, str]]
"""The form of the tags, the rights in them, and the texts of generators by their names in PNG."""

_GRAPHS: Final = ("prompt", "workflow", "parameters")
_MAX_TEXT: Final = 1 << 22
_INFO: Final = {b"IART": "creator", b"ICOP": "copyright", b"ILIC": "licence"}
_COMMENTS: Final = {"artist": "creator", "copyright": "copyright", "license": "licence", "licence": "licence",
                    "organization": "credit", "digital_source_type": "source_type"}  # fmt: skip
_FRAMES: Final = {"TPE1": "creator", "TCOP": "copyright", "USER": "terms", "TOWN": "credit"}
_ITEMS: Final = {"\xa9ART": "creator", "cprt": "copyright"}


def tagged(file: BinaryIO, size: int, mime: str) -> Iterator[Tagged]:
    """Yield what the tags of a sound or film say."""
    file.seek(0)
    if mime == "audio/mpeg":
        yield "id3", *_of_frames(_frames(file))
    elif mime == "audio/wav":
        if any(chunk.name in wav.NAMES for chunk in riff.chunks(file, size)):
            file.seek(0)
            yield "id3", *_of_frames(_tags("wave", "WAVE", file))
        yield "riff-info", _of_info(file, size), {}
    elif mime == "audio/flac":
        yield "vorbis-comment", *_of_comments(_tags("flac", "FLAC", file))
    elif mime == "audio/ogg":
        yield "vorbis-comment", *_of_comments(_ogg(file))
    elif mime in ("audio/mp4", "video/mp4", "video/quicktime"):
        yield "mp4", *_of_items(_tags("mp4", "MP4", file))


def _tags(module: str, name: str, file: BinaryIO) -> Any:
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"mutagen.{module}"), name)(file).tags


def _frames(file: BinaryIO) -> Any:
    from mutagen import id3  # noqa: PLC0415

    try:
        return id3.ID3(file)  # type: ignore[no-untyped-call]
    except id3.ID3NoHeaderError:
        return None


def _ogg(file: BinaryIO) -> Any:
    head = read(file, 0, 4096)
    file.seek(0)
    for mark, module, name in ((b"OpusHead", "oggopus", "OggOpus"), (b"\x01vorbis", "oggvorbis", "OggVorbis")):
        if mark in head:
            return _tags(module, name, file)
    return None


def _of_frames(tags: Any) -> tuple[Rights, dict[str, str]]:
    found, texts = Rights(), {}
    for frame in list(tags.values())[:1000] if tags is not None else []:
        key, words = str(frame.FrameID), _joined(getattr(frame, "text", ()))
        if key == "TXXX":
            name = str(frame.desc).strip().lower()
            if name in _GRAPHS:
                texts[name] = words
            elif name in ("license", "licence"):
                found.licence = words
            elif name in ("digitalsourcetype", "digital_source_type"):
                found.source_type = words
        elif key == "WCOP":
            found.statement = str(frame.url)
        elif key in _FRAMES:
            setattr(found, _FRAMES[key], words)
    return found, texts


def _of_comments(tags: Any) -> tuple[Rights, dict[str, str]]:
    found, texts = Rights(), {}
    said: dict[str, list[str]] = {}
    for key, value in list(tags or ())[:2000]:
        said.setdefault(key.lower(), []).append(value)
    for key, values in said.items():
        if key in _COMMENTS:
            setattr(found, _COMMENTS[key], _joined(values))
        elif key in _GRAPHS:
            texts[key] = values[0][:_MAX_TEXT]
    return found, texts


def _of_items(tags: Any) -> tuple[Rights, dict[str, str]]:
    found, texts = Rights(), {}
    for key, values in list(tags.items())[:1000] if tags is not None else []:
        name = key.rpartition(":")[2].lower() if key.startswith("----:") else ""
        if key in _ITEMS:
            setattr(found, _ITEMS[key], _joined(values))
        elif name in ("license", "licence"):
            found.licence = _joined(values)
        elif name in _GRAPHS:
            texts[name] = _joined(values)
    return found, texts


def _of_info(file: BinaryIO, size: int) -> Rights:
    found = Rights()
    for chunk in riff.chunks(file, size):
        if chunk.name != b"LIST" or read(file, chunk.content, chunk.content + 4) != b"INFO":
            continue
        at = chunk.content + 4
        while at + 8 <= min(chunk.stop, chunk.content + (1 << 16)):
            head = read(file, at, at + 8)
            stop = at + 8 + int.from_bytes(head[4:], "little")
            if name := _INFO.get(head[:4]):
                setattr(found, name, _decoded(read(file, at + 8, min(stop, at + 2000))))
            at = stop + (stop - at) % 2
    return found


def _joined(values: Iterable[Any]) -> str:
    return ", ".join(_decoded(value) if isinstance(value, bytes) else str(value) for value in values)[:_MAX_TEXT]


def _decoded(data: bytes) -> str:
    try:
        return data.decode().strip("\0 ")
    except UnicodeDecodeError:
        return data.decode("latin-1").strip("\0 ")
