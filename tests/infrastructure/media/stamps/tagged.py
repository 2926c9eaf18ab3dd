"""Files with metadata of others in them: a stamp has to live beside it."""

import io
import struct
from collections.abc import Callable
from typing import Any, Final

import mutagen.flac
import mutagen.id3
import mutagen.mp3
import mutagen.mp4
import mutagen.oggopus
import mutagen.oggvorbis
import mutagen.wave
from PIL import Image, PngImagePlugin

from tests.infrastructure.media.samples import image, picture, png_chunk, sample

XMP: Final = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description r:about=""'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/x"/></r:RDF></x:xmpmeta><?xpacket end="w"?>'
).encode()


def saved(name: str, change: Callable[[Any], None], type_: Any) -> bytes:
    """Return a sample that mutagen has changed."""
    file = io.BytesIO(sample(name))
    tags = type_(file)
    change(tags)
    file.seek(0)
    tags.save(file)
    return file.getvalue()


def with_frames(version: int) -> bytes:
    tags = mutagen.id3.ID3()  # type: ignore[no-untyped-call]
    tags.add(mutagen.id3.TPE1(encoding=3, text=["Änn"]))  # type: ignore[no-untyped-call]
    file = io.BytesIO(sample("a.mp3"))
    tags.save(file, v2_version=version)
    return file.getvalue()


def with_old_frames() -> bytes:
    """Return an MP3 with a tag of version 2.2."""
    frame = b"TP1\0\0\4\0Ann"
    return b"ID3\2\0\0\0\0\0" + bytes([len(frame)]) + frame + sample("a.mp3")


def exif() -> Image.Exif:
    found = Image.Exif()
    found[0x013B] = "Ann"
    return found


def text_png() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Ann")
    info.add_itxt("comfyvn_other", "x", zip=True)
    return image("PNG", pnginfo=info)


def info_wav() -> bytes:
    content = b"INFOIART" + struct.pack("<I", 4) + b"Ann\0"
    chunk = b"LIST" + struct.pack("<I", len(content)) + content
    whole = sample("a.wav")
    return whole[:4] + struct.pack("<I", len(whole) - 8 + len(chunk)) + whole[8:] + chunk


def late_moov() -> bytes:
    """Return the film of the samples with its pictures before their table."""
    whole = sample("a.mp4")
    assert whole.index(b"mdat") < whole.index(b"moov")
    return whole


def early_moov() -> bytes:
    """Return the film of the samples with its table first, as for streaming."""
    whole = late_moov()
    at, place = whole.index(b"moov") - 4, whole.index(b"mdat") - 4
    moov = whole[at:]
    table = moov.index(b"stco") + 8
    (count,) = struct.unpack_from(">I", moov, table)
    places = struct.unpack_from(f">{count}I", moov, table + 4)
    moved = struct.pack(f">{count}I", *(old + len(moov) for old in places))
    return whole[:place] + moov[: table + 4] + moved + moov[table + 4 + len(moved) :] + whole[place:at]


def long_comment(unit: int) -> bytes:
    return saved("a.ogg", lambda tags: tags.update({"note": ["x" * unit]}), mutagen.oggvorbis.OggVorbis)


TAGGED: Final[dict[str, Callable[[], bytes]]] = {
    **{name: lambda name=name: sample(name) for name in  # type: ignore[misc]
       ("a.png", "a.jpg", "a.webp", "a.avif", "a.mp3", "a.ogg", "a.opus", "a.flac", "a.wav", "a.m4a", "a.mp4")},
    "text.png": text_png,
    "exif.jpg": lambda: image("JPEG", exif=exif()),
    "xmp.jpg": lambda: image("JPEG", exif=exif(), xmp=XMP),
    "lossless.webp": lambda: image("WEBP", picture(mode="RGBA"), lossless=True),
    "exif.webp": lambda: image("WEBP", exif=exif()),
    "xmp.webp": lambda: image("WEBP", exif=exif(), xmp=XMP),
    "xmp.avif": lambda: image("AVIF", xmp=XMP),
    "uuid.avif": lambda: sample("a.avif") + struct.pack(">I", len(XMP) + 24) + b"uuid"
    + bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + XMP,
    "two.mp3": with_old_frames,
    "three.mp3": lambda: with_frames(3),
    "four.mp3": lambda: with_frames(4),
    "empty.mp3": lambda: b"ID3\3\0\0\0\0\0\0" + sample("a.mp3"),
    "named.ogg": lambda: saved("a.ogg", lambda t: t.update({"artist": ["Änn"]}), mutagen.oggvorbis.OggVorbis),
    "full.ogg": lambda: long_comment(255 * 230),
    "named.opus": lambda: saved("a.opus", lambda t: t.update({"artist": ["Änn"]}), mutagen.oggopus.OggOpus),
    "named.flac": lambda: saved("a.flac", lambda t: t.update({"artist": ["Änn"]}), mutagen.flac.FLAC),
    "bare.flac": lambda: saved("a.flac", lambda t: t.delete(io.BytesIO(sample("a.flac"))), mutagen.flac.FLAC),
    "info.wav": info_wav,
    "named.wav": lambda: saved(
        "a.wav", lambda t: (t.add_tags(), t.tags.add(mutagen.id3.TPE1(text=["Ann"]))), mutagen.wave.WAVE
    ),
    "named.m4a": lambda: saved("a.m4a", lambda t: t.update({"\xa9ART": ["Änn"]}), mutagen.mp4.MP4),
    "early.mp4": early_moov,
    "named.mp4": lambda: saved("a.mp4", lambda t: t.update({"\xa9ART": ["Änn"]}), mutagen.mp4.MP4),
    "late.mp4": late_moov,
    "tail.png": lambda: sample("a.png") + b"garbage",
    "tail.avif": lambda: sample("a.avif") + b"garbage",
    "chunk.png": lambda: sample("a.png")[:33] + png_chunk(b"iTXt", b"comfyvn\0\0\0\0\0x") + sample("a.png")[33:],
}  # fmt: skip
"""Files that carry a stamp."""
