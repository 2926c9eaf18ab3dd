"""Sounds: length, channels, loudness and waveform.

libsndfile decodes WAV, FLAC, MP3 and Ogg, FFmpeg (the extra `video`) the sound of MPEG-4 and WebM. Nothing that the
file states is believed where it can be counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from comfyvn.domain.kernel import Json
from comfyvn.infrastructure.media import drawing, films
from comfyvn.infrastructure.media.decoding import decoding
from comfyvn.infrastructure.media.limits import MAX_CHANNELS, MAX_SOUND, MIN_BITS
from comfyvn.infrastructure.media.loudness import CONTEXT, RATES, Meter, Peaks

if TYPE_CHECKING:
    from comfyvn.infrastructure.media.loudness import Samples

BY_SNDFILE: Final = frozenset({"audio/wav", "audio/flac", "audio/mpeg", "audio/ogg"})
BY_FFMPEG: Final = {"audio/mp4": "mp4", "audio/webm": "matroska", "audio/aac": "aac"}
"""MIME type -> the one demuxer of FFmpeg that may read it."""

_BLOCK: Final = (1 << 17) - CONTEXT
"""Sample frames decoded at once; with what filtering sees before them, a power of two."""
_LOUDEST: Final = 16.0
"""Greatest absolute sample of a sound in floating point that is taken as it is; full scale is 1."""
_CODECS: Final = {"VORBIS": "vorbis", "OPUS": "opus", "MPEG_LAYER_III": "mp3"}


@dataclass(frozen=True, slots=True)
class Sound:
    """An open sound: what it states of itself, and its samples, (frames, channels), full scale 1."""

    rate: int
    channels: int
    codec: str
    stated: int
    """Sample frames that the file claims to hold; -1: it does not tell."""
    blocks: Iterator[Samples]


def inspect(file: BinaryIO, size: int, mime: str) -> tuple[float | None, dict[str, Json]]:
    """Return the seconds and the facts of a sound; the first half hour of it is decoded."""
    if mime in BY_FFMPEG and not films.installed():
        return films.tagged(file, mime)
    with decoding("sound"), _opened(file, mime) as sound:
        facts: dict[str, Json] = {"sample_rate": sound.rate, "channels": sound.channels, "codec": sound.codec}
        notes: list[str] = []
        if sound.channels > MAX_CHANNELS:
            return None, facts | {"notes": [f"Sounds of more than {MAX_CHANNELS} channels are not measured."]}
        meter = Meter(sound.rate, sound.channels) if sound.rate in RATES else None
        counted, complete = 0, True
        for block in _tame(sound.blocks, notes):
            counted += len(block)
            if meter:
                meter.take(block)
            if counted >= MAX_SOUND:
                complete = sound.stated == counted
                break
        seconds = _seconds(sound, size, counted, complete, notes)
        lufs = meter.loudness if meter else None
        if lufs is None:
            notes.append("It is too short or too quiet for a measure of loudness.")
        else:
            facts["lufs"] = round(lufs, 2)
            if not complete:
                notes.append("The loudness is that of the first half hour.")
    return seconds, facts | ({"notes": notes} if notes else {})


def thumbnail(file: BinaryIO, mime: str, edge: int) -> bytes:
    """Draw the waveform of the first half hour; a flat line where nothing here decodes it."""
    if mime in BY_FFMPEG and not films.installed():
        return drawing.waveform([], edge)
    peaks, counted = Peaks(), 0
    with decoding("sound"), _opened(file, mime) as sound:
        if sound.channels <= MAX_CHANNELS:
            for block in _tame(sound.blocks, []):
                peaks.take(block)
                counted += len(block)
                if counted >= MAX_SOUND:
                    break
        return drawing.waveform(peaks.columns(edge), edge)


def _seconds(sound: Sound, size: int, counted: int, complete: bool, notes: list[str]) -> float | None:
    """Return the length that was counted or, beyond the limit of decoding, the stated one where it can be true."""
    if complete:
        if sound.stated >= 0 and abs(sound.stated - counted) > sound.rate:
            notes.append(f"It states {sound.stated} samples and holds {counted}.")
        return round(counted / sound.rate, 3)
    seconds = sound.stated / sound.rate
    if counted <= sound.stated and seconds * MIN_BITS <= size * 8:
        return round(seconds, 3)
    notes.append("The length that it states cannot be true; it is longer than half an hour.")
    return None


def _tame(blocks: Iterator[Samples], notes: list[str]) -> Iterator[Samples]:
    """Yield blocks without samples that are no numbers or far beyond full scale; such are noted once."""
    import numpy as np  # noqa: PLC0415

    for block in blocks:
        if not len(block):
            continue
        if not (block.min() >= -_LOUDEST and block.max() <= _LOUDEST):
            if not notes:
                notes.append("Some samples are no numbers or far too loud; they count as silence.")
            block = np.where(np.abs(block) <= _LOUDEST, block, np.float32(0))
        yield block


@contextmanager
def _opened(file: BinaryIO, mime: str) -> Iterator[Sound]:
    file.seek(0)
    if mime in BY_FFMPEG:
        with films.sound(file, BY_FFMPEG[mime], _BLOCK) as (rate, channels, codec, stated, blocks):
            yield Sound(rate, channels, codec, stated, blocks)
        return
    import soundfile  # type: ignore[import-untyped]  # noqa: PLC0415

    with soundfile.SoundFile(file) as opened:
        codec = _CODECS.get(opened.subtype, "flac" if mime == "audio/flac" else opened.subtype.lower())
        yield Sound(opened.samplerate, opened.channels, codec, opened.frames, _decoded(opened))


def _decoded(opened: Any) -> Iterator[Samples]:
    while len(block := opened.read(_BLOCK, dtype="float32", always_2d=True)):
        yield block
