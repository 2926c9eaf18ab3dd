"""Films and sound in film containers, by FFmpeg (the library `av`, an extra): size, length, codecs, first frame.

FFmpeg is given the open file, the one demuxer that fits, and a list of codecs; it opens nothing by name. Without it
mutagen tells the length of MPEG-4 files, and films have a drawn thumbnail.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from comfyvn.domain.kernel import Json, Refused
from comfyvn.infrastructure.media import drawing
from comfyvn.infrastructure.media.decoding import decoding
from comfyvn.infrastructure.media.limits import MAX_PACKETS, MAX_PIXELS, MIN_BITS

if TYPE_CHECKING:
    import av

    from comfyvn.infrastructure.media.loudness import Samples

DEMUXERS: Final = {
    "video/mp4": "mp4",
    "video/quicktime": "mp4",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "video/ogg": "ogg",
}
"""MIME type -> the one demuxer of FFmpeg that may read it."""

_CODECS: Final = (
    "h264,hevc,libdav1d,av1,vp8,vp9,libvpx,libvpx-vp9,theora,mpeg4,mjpeg,png,"
    "aac,alac,mp3float,mp3,opus,libopus,vorbis,libvorbis,flac,ac3,pcm_s16le,pcm_s24le,pcm_f32le,pcm_s16be"
)
_FORMATS: Final = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg,aac"
NOT_INSTALLED: Final = "Films are measured where the library av is installed (the extra video)."


def installed() -> bool:
    """Tell whether FFmpeg is here."""
    try:
        return find_spec("av") is not None
    except ValueError:
        return False


def inspect(file: BinaryIO, size: int, mime: str) -> tuple[int | None, int | None, float | None, dict[str, Json]]:
    """Return width, height, seconds and facts of a film; a film without pictures has no width."""
    if not installed():
        if mime in ("video/mp4", "video/quicktime"):
            return None, None, *tagged(file, mime)
        return None, None, None, {"notes": [NOT_INSTALLED]}
    with decoding("film"), _opened(file, DEMUXERS[mime]) as container:
        facts: dict[str, Json] = {}
        notes: list[str] = []
        seconds = container.duration / 1_000_000 if container.duration else None
        if seconds is not None and not 0 <= seconds * MIN_BITS <= size * 8:
            notes.append("The length that it states cannot be true.")
            seconds = None
        if container.streams.audio:
            sound = container.streams.audio[0].codec_context
            facts |= {
                "audio_codec": sound.codec.canonical_name,
                "sample_rate": sound.sample_rate,
                "channels": sound.channels,
            }
        if not _pictures(container):
            return None, None, seconds and round(seconds, 3), facts | ({"notes": notes} if notes else {})
        stream = _pictures(container)[0]
        width, height = stream.codec_context.width, stream.codec_context.height
        _check_size(width, height)
        facts["codec"] = stream.codec_context.codec.canonical_name
        if not (width and height):
            notes.append("It does not tell the size of its pictures.")
        return width or None, height or None, seconds and round(seconds, 3), facts | ({"notes": notes} if notes else {})


def thumbnail(file: BinaryIO, mime: str, edge: int) -> bytes:
    """Return the first frame; a drawn picture where nothing here decodes it."""
    if not installed():
        return drawing.film(edge)
    with decoding("film"), _opened(file, DEMUXERS[mime]) as container:
        frame = _first_frame(container)
        if frame is None:
            return drawing.film(edge)
        _check_size(frame.width, frame.height)
        scale = min(1.0, edge / max(frame.width, frame.height))
        width, height = (max(1, round(side * scale)) for side in (frame.width, frame.height))
        return drawing.webp(frame.reformat(width, height, "rgb24").to_image())  # type: ignore[no-untyped-call]


@contextmanager
def sound(file: BinaryIO, demuxer: str, size: int) -> Iterator[tuple[int, int, str, int, Iterator[Samples]]]:
    """Open the first sound of a file: (rate, channels, codec, stated frames, blocks of about `size` frames)."""
    with _opened(file, demuxer) as container:
        if not container.streams.audio:
            raise Refused("media_broken", "The file holds no sound.")
        stream = container.streams.audio[0]
        rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
        if not (rate and channels):
            raise Refused("media_broken", "The file does not tell what its sound is like.")
        stated = int(container.duration * rate / 1_000_000) if container.duration else -1
        yield rate, channels, stream.codec_context.codec.canonical_name, stated, _blocks(container, stream, size)


def tagged(file: BinaryIO, mime: str) -> tuple[float | None, dict[str, Json]]:
    """Return what the header of an MPEG-4 file tells without FFmpeg."""
    if mime not in ("audio/mp4", "video/mp4", "video/quicktime"):
        return None, {"notes": [NOT_INSTALLED]}
    from mutagen.mp4 import MP4  # noqa: PLC0415

    file.seek(0)
    with decoding("film"):
        info: Any = MP4(file).info  # type: ignore[no-untyped-call]
        facts: dict[str, Json] = {"notes": [NOT_INSTALLED]}
        if info.sample_rate:
            facts |= {"sample_rate": info.sample_rate, "channels": info.channels, "codec": str(info.codec)[:40]}
        return round(float(info.length), 3), facts


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Refused("media_bomb", f"A film has at most {MAX_PIXELS} pixels; this one has {width} by {height}.")


@contextmanager
def _opened(file: BinaryIO, demuxer: str) -> Iterator[av.container.InputContainer]:
    import av  # noqa: PLC0415

    file.seek(0)
    options = {"codec_whitelist": _CODECS, "format_whitelist": _FORMATS, "max_streams": "32", "protocol_whitelist": ""}
    with av.open(file, "r", format=demuxer, options=options) as container:
        for stream in container.streams:
            if stream.type in ("video", "audio"):
                stream.codec_context.options = {"max_pixels": str(MAX_PIXELS), "threads": "1"}
        yield container


def _pictures(container: av.container.InputContainer) -> list[av.VideoStream]:
    """Return the films of a container; the cover of a sound is none."""
    return [stream for stream in container.streams.video if not stream.disposition & _attached()]


def _attached() -> Any:
    from av.stream import Disposition  # noqa: PLC0415

    return Disposition.attached_pic


def _first_frame(container: av.container.InputContainer) -> av.VideoFrame | None:
    pictures = _pictures(container)
    if not pictures:
        return None
    _check_size(pictures[0].codec_context.width, pictures[0].codec_context.height)
    for number, packet in enumerate(container.demux(pictures[0])):
        for frame in packet.decode():
            return frame
        if number > MAX_PACKETS:
            break
    return None


def _blocks(container: av.container.InputContainer, stream: av.AudioStream, size: int) -> Iterator[Samples]:
    """Gather the frames of a sound, a thousand samples each, into blocks."""
    import av  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    context = stream.codec_context
    resampler = av.AudioResampler(format="fltp", layout=context.layout, rate=context.sample_rate)
    gathered: list[Any] = []
    count = 0
    for frame in container.decode(stream):
        for part in resampler.resample(frame):
            gathered.append(part.to_ndarray().T)
            count += part.samples
        if count >= size:
            yield np.concatenate(gathered)
            gathered, count = [], 0
    if gathered:
        yield np.concatenate(gathered)
