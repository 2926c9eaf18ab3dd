"""Bombs, lies and damage: a stable code, bounded memory, nothing else."""

import io
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.ogg import OggPage
from PIL import Image

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.media import audio, films, looking
from tests.infrastructure.media.samples import SAMPLES, animation, archive, image, png_chunk, sample, sound, tone
from tests.patience import PATIENCE

CODES = {"media_bomb", "media_broken", "media_mismatch"}
ROOT = Path(__file__).parents[3]

WATCHED = """
import json, re, resource, sys, time
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.media import looking
from PIL import Image, WebPImagePlugin
import av, numpy, soundfile
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
before = peak()
for path in map(Path, sys.argv[1:]):
    begin = time.monotonic()
    try:
        with path.open("rb") as file:
            code = looking.inspect(path.name, file).mime
    except Refused as refused:
        code = refused.code
    print(json.dumps([path.name, code, (peak() - before) // 1024, time.monotonic() - begin]), flush=True)
"""
"""Inspects files in 1 GiB of address space; prints for each (name, code or MIME type, MiB grown so far, seconds)."""


def refusal(content: bytes, name: str = "file") -> str:
    with pytest.raises(Refused) as refused:
        looking.inspect(name, io.BytesIO(content))
    assert str(refused.value).endswith(".")
    return refused.value.code


def png(width: int, height: int, *before: bytes, data: bytes = b"") -> bytes:
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = png_chunk(b"IDAT", data or zlib.compress(bytes(1 << 20), 9))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(before) + pixels + png_chunk(b"IEND", b"")


def patched(content: bytes, mark: bytes, at: int, new: bytes) -> bytes:
    """Write `new` over what stands `at` bytes after a mark."""
    place = content.index(mark) + at
    return content[:place] + new + content[place + len(new) :]


def webp_canvas(side: int) -> bytes:
    """Return an animated WebP that states another canvas (24 bits each, less one)."""
    return patched(animation("WEBP"), b"VP8X", 12, (side - 1).to_bytes(3, "little") * 2)


def absurd_granule() -> bytes:
    """Return an Ogg whose last page states the greatest position there is."""
    source, pages = io.BytesIO(sample("a.ogg")), []
    while source.tell() < len(sample("a.ogg")):
        pages.append(OggPage(source))
    pages[-1].position = 2**62
    return b"".join(page.write() for page in pages)


BOMBS: dict[str, Callable[[], bytes]] = {
    "square.png": lambda: png(30_000, 30_000),
    "long.png": lambda: png(2**31 - 1, 1),
    "text.png": lambda: png(8, 8, png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200 << 20), 9))),
    "texts.png": lambda: png(8, 8, *[png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1 << 20), 9))] * 80),
    "profile.png": lambda: png(8, 8, png_chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(200 << 20), 9))),
    "square.jpg": lambda: patched(sample("a.jpg"), b"\xff\xc0", 5, struct.pack(">HH", 30_000, 30_000)),
    "square.gif": lambda: patched(sample("a.gif"), b"GIF89a", 6, b"\xff\xff\xff\xff"),
    "square.bmp": lambda: patched(sample("a.bmp"), b"BM", 18, struct.pack("<ii", 30_000, 30_000)),
    "square.webp": lambda: webp_canvas(16_384),
    "square.avif": lambda: patched(sample("a.avif"), b"ispe", 8, struct.pack(">II", 30_000, 30_000)),
}
STRANGE: dict[str, Callable[[], bytes]] = {
    "square.tiff": lambda: image("TIFF", Image.new("1", (30_000, 30_000)), compression="group4"),
    "claims.wav": lambda: patched(sample("a.wav"), b"data", 4, b"\xff\xff\xff\xff"),
    "claims.ogg": absurd_granule,
    "claims.flac": lambda: patched(sample("a.flac"), b"fLaC", 21, b"\xff\xff\xff\xff\xff"),
    "claims.m4a": lambda: patched(sample("a.m4a"), b"mvhd", 16, b"\x00\x00\x00\x01\xff\xff\xff\xff"),
    "claims.mp4": lambda: patched(sample("a.mp4"), b"mvhd", 16, b"\x00\x00\x00\x01\xff\xff\xff\xff"),
    "box.mp4": lambda: sample("a.mp4") + b"\0\0\0\1free" + b"\x7f" + b"\xff" * 7,
    "chunk.png": lambda: png(8, 8, b"\x7f\xff\xff\xffabCd"),
}


def test_bombs_are_refused_in_little_memory(tmp_path: Path) -> None:
    made = {**BOMBS, **STRANGE}
    for name, make in made.items():
        (tmp_path / name).write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WATCHED, *(str(tmp_path / name) for name in made)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    told = {name: (code, grown, seconds) for name, code, grown, seconds in map(json.loads, done.stdout.splitlines())}
    assert told.keys() == made.keys()
    assert {name: told[name][0] for name in BOMBS} == dict.fromkeys(BOMBS, "media_bomb")
    assert told["square.tiff"][0] == "media_bomb"
    assert told["box.mp4"][0] == told["chunk.png"][0] == "media_broken"
    assert max(grown for _, grown, _ in told.values()) < 150, told
    assert max(seconds for *_, seconds in told.values()) < 10, told


@pytest.mark.parametrize(
    ("name", "seconds"), [("claims.wav", 1.0), ("claims.ogg", 1.0), ("claims.flac", 1.0), ("claims.m4a", 1.0)]
)
def test_a_stated_length_is_not_believed(name: str, seconds: float) -> None:
    try:
        facts = looking.inspect(name, io.BytesIO(STRANGE[name]()))
    except Refused as refused:
        assert refused.code == "media_broken"
    else:
        assert facts.seconds == pytest.approx(seconds, abs=0.05)


def test_a_stated_length_of_a_film_is_not_believed() -> None:
    facts = looking.inspect("a.mp4", io.BytesIO(STRANGE["claims.mp4"]()))
    assert facts.seconds is None or facts.seconds < 10


def test_what_is_not_decoded_is_stated_and_must_be_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio, "MAX_SOUND", 48_000)
    monkeypatch.setattr(audio, "_BLOCK", 4_800)
    honest = looking.inspect("a.flac", io.BytesIO(sound("FLAC", "PCM_16", tone(3))))
    assert (honest.seconds, honest.facts["notes"]) == (3.0, ["The loudness is that of the first half hour."])
    lying = looking.inspect("a.flac", io.BytesIO(patched(sound("FLAC", "PCM_16", tone(3)), b"fLaC", 22, b"\xff" * 4)))
    assert lying.seconds is None
    assert "cannot be true" in lying.facts["notes"][0]


def test_more_channels_than_there_are_ears() -> None:
    facts = looking.inspect("a.wav", io.BytesIO(sound("WAV", "PCM_16", np.zeros((4_800, 200)))))
    assert facts.facts["channels"] == 200
    assert "not measured" in facts.facts["notes"][0]


@pytest.mark.parametrize("name", ["a.png", "a.mp4", "a.m4a", "a.avif"])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_files_that_were_cut_short(name: str, kept: float) -> None:
    content = sample(name)
    assert refusal(content[: int(len(content) * kept)], name) == "media_broken"


LIES = [
    ("a.png", archive),
    ("a.png", lambda: b"#!/bin/sh\nrm -r ."),
    ("a.png", lambda: b"\x01\x02\x03\x04" * 99),
    ("a.jpg", lambda: b"<html><script>1</script>"),
    ("a.png", lambda: b"<svg onload='a()'/>"),
    ("a.gif", lambda: b"MZ" + bytes(200)),
    ("a.mp3", lambda: sample("a.png")),
    ("a.txt", lambda: sample("a.png")),
    ("a.ttf", lambda: sample("a.jpg")),
    ("a.zip", lambda: sample("a.jpg")),
    ("a.exe", lambda: sample("a.jpg")),
    ("a.mp4", lambda: b"\x7fELF" + bytes(200)),
    ("folder/a.PNG", archive),
    ("a.png", lambda: b""),
]


@pytest.mark.parametrize(("name", "make"), LIES)
def test_a_name_that_lies(name: str, make: Callable[[], bytes]) -> None:
    assert refusal(make(), name) == "media_mismatch"


@pytest.mark.parametrize(
    ("name", "true"),
    [("a.png", "a.jpg"), ("a.jpg", "a.webp"), ("a.mp3", "a.ogg"), ("a.ogg", "a.mp4"), ("a.wav", "a.mp4")],
)
def test_another_format_of_the_family_is_a_note(name: str, true: str) -> None:
    facts = looking.inspect(name, io.BytesIO(sample(true)))
    assert facts.mime == looking.inspect(true, io.BytesIO(sample(true))).mime
    assert facts.facts["notes"][0].startswith(f"Its name ends in .{name[2:]}, its content is ")


@pytest.mark.parametrize(
    ("name", "true"),
    [("a.jpeg", "a.jpg"), ("a.tif", "a.tiff"), ("a.oga", "a.ogg"), ("a.opus", "a.ogg"), ("a.dat", "a.png"),
     ("a", "a.mp4"), ("a.rpy", "a.txt"), ("a.md", "a.txt"), ("a.m4v", "a.mp4"), ("a.otf", "a.ttf"), ("a.xml", "a.svg")],
)  # fmt: skip
def test_other_endings_of_the_same_format_are_well(name: str, true: str) -> None:
    assert "notes" not in looking.inspect(name, io.BytesIO(sample(true))).facts


WHOLE = ["a.png", "a.jpg", "a.gif", "a.webp", "a.bmp", "a.tiff", "a.avif", "a.wav", "a.mp3", "a.ogg", "a.flac", "a.mp4"]
SECOND: dict[str, Callable[[], bytes]] = {
    "zip": archive,
    "zip after a gap": lambda: bytes(5_000) + archive(),
    "page": lambda: b"\n<!DOCTYPE html><script>alert(1)</script>",
    "php": lambda: b"<?PHP system('ls'); ?>",
    "pdf": lambda: b"%PDF-1.7\n%%EOF",
    "rar": lambda: b"Rar!\x1a\x07\0" + bytes(20),
}


@pytest.mark.parametrize("name", [*WHOLE, "a.ttf", "a.m4a", "a.webm"])
@pytest.mark.parametrize("second", SECOND)
def test_a_second_file_in_the_end(name: str, second: str) -> None:
    assert refusal(sample(name) + SECOND[second](), name) == "media_mismatch"


@pytest.mark.parametrize("start", [b"MZ", b"\x7fELF"])
def test_a_program_after_a_picture(start: bytes) -> None:
    assert refusal(sample("a.png") + start + bytes(100)) == "media_mismatch"


def test_a_long_tail_hides_nothing() -> None:
    assert refusal(sample("a.png") + bytes(300_000) + b"<script>1</script>" + bytes(300_000)) == "media_mismatch"


def test_a_document_in_the_begin() -> None:
    hidden = png(8, 8, png_chunk(b"tEXt", b"a\0%PDF-1.4"), data=zlib.compress(bytes(8 * 25)))
    assert refusal(hidden) == "media_mismatch"


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.webp", "a.avif", "a.mp4", "a.wav"])
def test_garbage_after_the_end_is_noted(name: str) -> None:
    facts = looking.inspect(name, io.BytesIO(sample(name) + b"garbage!" * 10))
    assert facts.facts["notes"][0] == "80 bytes follow after its end."
    assert "notes" not in looking.inspect(name, io.BytesIO(sample(name) + bytes(80))).facts, "padding"


def test_pixels_that_look_like_markup_are_pixels() -> None:
    drawn = Image.frombytes("RGB", (6, 1), b"<script>alert(1)  ")
    for format_ in ("BMP", "PNG"):
        assert looking.inspect(
            "a", io.BytesIO(image(format_, drawn, **({"compress_level": 0} if format_ == "PNG" else {})))
        )


def test_a_jpeg_is_walked_past_its_thumbnail_and_scans() -> None:
    noise = Image.effect_noise((300, 200), 90)
    exif = Image.Exif()
    exif[0x9286] = "\xff\xd9 a marker in a comment"
    content = image("JPEG", noise, progressive=True, exif=exif, comment=b"\xff\xd9")
    assert "notes" not in looking.inspect("a.jpg", io.BytesIO(content)).facts


@pytest.mark.parametrize("garbage", [b"\0", b"\xff"])
def test_garbage_after_a_header(garbage: bytes, tmp_path: Path) -> None:
    starts = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\xff\0\0\0WEBP", b"II*\0", b"fLaC", b"OTTO"]
    starts += [b"RIFF\xff\0\0\0WAVE", b"\0\0\0\x18ftypisom", b"\x1aE\xdf\xa3", b"ID3\4\0\0", b"ttcf"]
    for start in starts:
        path = tmp_path / "secret"
        path.write_bytes(start + garbage * 200)
        with path.open("rb") as file, pytest.raises(Refused) as refused:
            looking.inspect("file", file)
        assert refused.value.code == "media_broken", start
        assert "secret" not in str(refused.value)


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_damage_is_refused_or_lived_with(name: str, data: st.DataObject) -> None:
    content = bytearray(sample(name))
    del content[data.draw(st.sampled_from([len(content), None]) | st.integers(0, len(content))) :]
    for place in data.draw(st.lists(st.integers(0, max(0, len(content) - 1)), max_size=8)):
        if content:
            content[place] = data.draw(st.integers(0, 255))
    try:
        facts = looking.inspect(name if data.draw(st.booleans()) else "file", io.BytesIO(content))
        looking.thumbnail(io.BytesIO(content), facts)
    except Refused as refused:
        assert refused.code in CODES
    else:
        json.dumps(dict(facts.facts), allow_nan=False)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([b"", b"RIFF", b"OggS", b"\0\1\0\0", b"BM", b"<", b"\xff\xfb\x90\0", b"\0\0\0\x18ftyp"]),
    st.binary(),
)
def test_any_bytes_are_something(start: bytes, rest: bytes) -> None:
    try:
        assert looking.inspect("file", io.BytesIO(start + rest)).mime
    except Refused as refused:
        assert refused.code in CODES


@pytest.mark.parametrize(("name", "type_", "size"), [("a.m4a", "sound", (320, 120)), ("a.mp4", "video", (320, 180)),
                                                     ("a.webm", "video", (320, 180))])  # fmt: skip
def test_without_the_library_for_films(
    name: str, type_: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    facts = looking.inspect(name, io.BytesIO(sample(name)))
    assert facts.type == type_
    assert films.NOT_INSTALLED in facts.facts["notes"]
    if name != "a.webm":
        assert facts.seconds == pytest.approx(1.0 if name == "a.m4a" else 0.5, abs=0.1)
    drawn = looking.thumbnail(io.BytesIO(sample(name)), facts)
    assert drawn is not None
    assert Image.open(io.BytesIO(drawn)).size == size
