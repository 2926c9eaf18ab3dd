"""How long it takes to look into a file and to make its thumbnail, against decoding it once."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
import soundfile
from PIL import Image

from benchmarks.measuring import Row, Sizes, by_turns
from comfyvn.infrastructure.media.guarded import GuardedMedia

RATE = 48_000
FULL_SIDE, QUICK_SIDE = 2_000, 64
"""Pixels of a side of the pictures."""
FULL_SECONDS, QUICK_SECONDS = 60, 1
"""Seconds of the sounds."""
LIMITS: Mapping[str, float] = {
    **dict.fromkeys(("png", "jpg", "webp", "avif", "gif"), 8),
    **dict.fromkeys(("mp3", "ogg", "opus"), 8),
    **dict.fromkeys(("flac", "wav"), 60),
}
"""Times the duration of decoding that both together may take. WAV needs next to no decoding: measuring is all."""


def looking(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """Each format in a process that is warm already, as in a server."""
    quick = sizes.rounds == 1
    made = {
        **_pictures(folder, QUICK_SIDE if quick else FULL_SIDE),
        **_sounds(folder, QUICK_SECONDS if quick else FULL_SECONDS),
        "mp4": _film(folder / "a.mp4"),
    }
    media = GuardedMedia()
    try:
        for ending, decode in made.items():
            path = folder / f"a.{ending}"
            _look(media, path)
            ours, theirs = by_turns(
                sizes.rounds, lambda _, at=path: partial(_look, media, at), lambda _, once=decode: once
            )
            limit = LIMITS.get(ending)
            target, met = (
                (f"ratio below {limit:g}", ours < limit * theirs) if limit else ("less than 0.1 s", ours < 0.1)
            )
            what = f"inspect and thumbnail of {ending.upper()}, {path.stat().st_size / 1e6:.1f} MB"
            yield Row(f"media-{ending}", what, ours, "decode once", theirs, target, met)
    finally:
        media.close()


def _look(media: GuardedMedia, path: Path) -> None:
    facts = media.inspect(path.name, lambda: path.open("rb"))
    if media.thumbnail(lambda: path.open("rb"), facts) is None:
        raise AssertionError(f"{path.name} has no thumbnail")


def _pictures(folder: Path, side: int) -> Mapping[str, Callable[[], object]]:
    """Write a picture of soft shapes in each format; return for each what decodes it."""
    cells = np.random.default_rng(1).integers(0, 256, (24, 24, 3), dtype="uint8")
    picture = Image.fromarray(cells).resize((side, side), Image.Resampling.BICUBIC)
    for ending in ("png", "jpg", "webp", "avif", "gif"):
        picture.save(folder / f"a.{ending}")
    return {ending: partial(_decode, folder / f"a.{ending}") for ending in ("png", "jpg", "webp", "avif", "gif")}


def _decode(path: Path) -> None:
    with Image.open(path) as image:
        image.load()


def _sounds(folder: Path, seconds: int) -> Mapping[str, Callable[[], object]]:
    """Write a stereo sound in each format; return for each what decodes it."""
    noise = np.random.default_rng(1).normal(0, 0.1, (RATE, 2)).clip(-1, 1)
    kinds = {
        "mp3": ("MP3", "MPEG_LAYER_III"),
        "ogg": ("OGG", "VORBIS"),
        "opus": ("OGG", "OPUS"),
        "flac": ("FLAC", "PCM_16"),
        "wav": ("WAV", "PCM_16"),
    }
    for ending, (format_, subtype) in kinds.items():
        with soundfile.SoundFile(folder / f"a.{ending}", "w", RATE, 2, format=format_, subtype=subtype) as file:
            for _ in range(seconds):
                file.write(noise)
    return {ending: partial(soundfile.read, folder / f"a.{ending}") for ending in kinds}


def _film(path: Path) -> Callable[[], object]:
    """Write a film of a second; return what decodes its first frame."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for number in range(24):
            frame = av.VideoFrame.from_image(Image.new("RGB", (1280, 720), (10 * number, 90, 90)))
            frame.pts, frame.time_base = number, Fraction(1, 24)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return partial(_first_frame, path)


def _first_frame(path: Path) -> None:
    with av.open(str(path)) as container:
        next(container.decode(video=0))
