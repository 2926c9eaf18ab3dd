"""Small files of every format, made when they are asked for."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any, Final

import av
import numpy as np
import soundfile
from PIL import Image

RATE: Final = 48_000


def picture(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Return a picture whose left is red, whose right is blue, brighter downwards."""
    rows = np.linspace(60, 255, height, dtype="uint8")
    pixels = np.zeros((height, width, 3), "uint8")
    pixels[:, : width // 2, 0] = rows[:, None]
    pixels[:, width // 2 :, 2] = rows[:, None]
    return Image.fromarray(pixels).convert(mode)


def image(format_: str, drawn: Image.Image | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    (drawn or picture()).save(out, format_, **options)
    return out.getvalue()


def animation(format_: str, frames: int = 3) -> bytes:
    pictures = [picture().rotate(90 * number) for number in range(frames)]
    return image(format_, pictures[0], save_all=True, append_images=pictures[1:], duration=100)


def tone(seconds: float = 1.0, hertz: float = 997.0, level: float = 0.5, channels: int = 2, rate: int = RATE) -> Any:
    """Return a sine in all channels, (frames, channels)."""
    wave = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return np.repeat(wave[:, None], channels, axis=1).astype("float32")


def sound(format_: str, subtype: str, samples: Any = None, rate: int = RATE) -> bytes:
    out = io.BytesIO()
    samples = tone() if samples is None else samples
    with soundfile.SoundFile(out, "w", rate, samples.shape[1], format=format_, subtype=subtype) as file:
        file.write(samples)
    return out.getvalue()


def film(format_: str = "mp4", codec: str = "libx264", frames: int = 5, **options: str) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=format_, options=options) as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(frames):
            frame = av.VideoFrame.from_image(picture(64, 48).rotate(number))
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def aac(format_: str = "ipod", codec: str = "aac", samples: Any = None) -> bytes:
    out = io.BytesIO()
    samples = tone() if samples is None else samples
    with av.open(out, "w", format=format_) as container:
        stream = container.add_stream(codec, rate=RATE, layout="stereo")
        for start in range(0, len(samples), 960):
            part = np.ascontiguousarray(samples[start : start + 960].T.astype("float32"))
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def font(family: str = "Sample Face") -> bytes:
    """Return a TrueType font with one square glyph, table by table (OpenType specification)."""
    glyph = struct.pack(">hhhhhHH", 1, 100, 0, 900, 800, 3, 0) + bytes([1, 1, 1, 1])
    glyph += struct.pack(">4h4h", 100, 800, 0, -800, 0, 0, 800, 0)
    names = [(1, family), (2, "Regular"), (4, family), (6, family.replace(" ", ""))]
    texts = [text.encode("utf-16-be") for _, text in names]
    records, at = b"", 0
    for (number, _), text in zip(names, texts, strict=True):
        records += struct.pack(">6H", 3, 1, 0x409, number, len(text), at)
        at += len(text)
    cmap = struct.pack(">4HI", 0, 1, 3, 1, 12) + struct.pack(">100H", 6, 200, 0, 32, 95, *[1] * 95)
    tables = {
        b"OS/2": struct.pack(">HhHHH", 4, 1000, 400, 5, 0) + bytes(86),
        b"cmap": cmap,
        b"glyf": glyph + bytes(-len(glyph) % 4),
        b"head": struct.pack(
            ">4I2H2q4h2H3h", 1 << 16, 1 << 16, 0, 0x5F0F3CF5, 0, 1000, 0, 0, 0, 0, 1000, 1000, 0, 8, 2, 1, 0
        ),
        b"hhea": struct.pack(">I3hH11hH", 1 << 16, 800, -200, 0, 1000, 0, 0, 1000, 1, 0, 0, 0, 0, 0, 0, 0, 2),
        b"hmtx": struct.pack(">HhHh", 1000, 100, 1000, 100),
        b"loca": struct.pack(">3I", 0, 0, len(glyph) + -len(glyph) % 4),
        b"maxp": struct.pack(">I14H", 1 << 16, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": struct.pack(">3H", 0, len(names), 6 + len(records)) + records + b"".join(texts),
        b"post": struct.pack(">I", 3 << 16) + bytes(28),
    }
    head = struct.pack(">I4H", 1 << 16, len(tables), 128, 3, len(tables) * 16 - 128)
    directory, body, at = b"", b"", len(head) + 16 * len(tables)
    for tag, content in sorted(tables.items()):
        directory += tag + struct.pack(">3I", zlib.adler32(content), at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    return head + directory + body


def archive(name: str = "inside.txt", content: bytes = b"hidden") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, content)
    return out.getvalue()


def png_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


SVG: Final = b"<svg xmlns='http://www.w3.org/2000/svg' width='30' height='20'><rect width='9' height='9'/></svg>"

SAMPLES: Final[dict[str, Callable[[], bytes]]] = {
    "a.png": lambda: image("PNG"),
    "a.jpg": lambda: image("JPEG"),
    "a.webp": lambda: image("WEBP"),
    "a.avif": lambda: image("AVIF"),
    "a.gif": lambda: animation("GIF"),
    "a.bmp": lambda: image("BMP"),
    "a.tiff": lambda: image("TIFF"),
    "a.mp3": lambda: sound("MP3", "MPEG_LAYER_III"),
    "a.ogg": lambda: sound("OGG", "VORBIS"),
    "a.opus": lambda: sound("OGG", "OPUS"),
    "a.flac": lambda: sound("FLAC", "PCM_16"),
    "a.wav": lambda: sound("WAV", "PCM_16"),
    "a.m4a": aac,
    "a.mp4": film,
    "a.webm": lambda: film("webm", "libvpx-vp9"),
    "a.mkv": lambda: film("matroska", "libx264"),
    "a.ttf": font,
    "a.svg": lambda: SVG,
    "a.txt": lambda: "Grüße\nzwei\n".encode(),
}


@cache
def sample(name: str) -> bytes:
    return SAMPLES[name]()
