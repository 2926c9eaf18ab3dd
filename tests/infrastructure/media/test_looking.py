"""What is measured of every format, and how it is shown."""

import io
import json

import numpy as np
import pytest
import soundfile
from mutagen.mp4 import MP4, MP4Cover
from PIL import Image

from comfyvn.application.ports import MediaFacts
from comfyvn.infrastructure.media import looking
from tests.infrastructure.media.samples import SAMPLES, SVG, aac, animation, film, image, picture, sample, sound, tone

MEASURED = {
    "a.png": ("image/png", "image"),
    "a.jpg": ("image/jpeg", "image"),
    "a.webp": ("image/webp", "image"),
    "a.avif": ("image/avif", "image"),
    "a.gif": ("image/gif", "image"),
    "a.bmp": ("image/bmp", "image"),
    "a.tiff": ("image/tiff", "image"),
    "a.mp3": ("audio/mpeg", "sound"),
    "a.ogg": ("audio/ogg", "sound"),
    "a.opus": ("audio/ogg", "sound"),
    "a.flac": ("audio/flac", "sound"),
    "a.wav": ("audio/wav", "sound"),
    "a.m4a": ("audio/mp4", "sound"),
    "a.mp4": ("video/mp4", "video"),
    "a.webm": ("video/webm", "video"),
    "a.mkv": ("video/x-matroska", "video"),
    "a.ttf": ("font/ttf", "font"),
    "a.svg": ("image/svg+xml", "image"),
    "a.txt": ("text/plain", "text"),
}
PICTURES = [name for name, (_, type_) in MEASURED.items() if type_ == "image" and name != "a.svg"]
SOUNDS = {
    "a.mp3": "mp3",
    "a.ogg": "vorbis",
    "a.opus": "opus",
    "a.flac": "flac",
    "a.wav": "pcm_16",
    "a.m4a": "aac",
}
FILMS = {"a.mp4": "h264", "a.webm": "vp9", "a.mkv": "h264"}


def look(content: bytes, name: str = "file") -> MediaFacts:
    return looking.inspect(name, io.BytesIO(content))


def shown(content: bytes, facts: MediaFacts, edge: int = 320) -> Image.Image:
    drawn = looking.thumbnail(io.BytesIO(content), facts, edge)
    assert drawn is not None
    assert drawn == looking.thumbnail(io.BytesIO(content), facts, edge), "not the same bytes again"
    image = Image.open(io.BytesIO(drawn), formats=("WEBP",))
    image.load()
    return image


def test_every_sample_is_expected() -> None:
    assert MEASURED.keys() == SAMPLES.keys()


@pytest.mark.parametrize("name", MEASURED)
def test_a_format_is_told_by_its_content_and_not_by_its_name(name: str) -> None:
    named, unnamed = look(sample(name), name), look(sample(name))
    assert (named.mime, named.type) == MEASURED[name]
    assert named == unnamed
    assert "notes" not in named.facts
    assert json.loads(json.dumps(dict(named.facts))) == named.facts


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture(name: str) -> None:
    facts = look(sample(name))
    assert (facts.width, facts.height, facts.seconds) == (60, 40, None)
    assert facts.facts["alpha"] is False
    assert facts.facts["frames"] == (3 if name == "a.gif" else 1)
    colours = [tuple(bytes.fromhex(colour[1:])) for colour in facts.facts["palette"]]
    assert 2 <= len(colours) <= 6
    assert {max(range(3), key=colour.__getitem__) for colour in colours} == {0, 2}, "red and blue"
    assert shown(sample(name), facts).size == (60, 40)
    assert shown(sample(name), facts, 30).size == (30, 20)


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG", "AVIF"])
def test_frames_are_counted(format_: str) -> None:
    assert look(animation(format_, 5)).facts["frames"] == 5


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixel(mode: str) -> None:
    content = image("PNG", picture(mode="I").convert("I;16") if mode == "I;16" else picture(mode=mode))
    facts = look(content)
    assert facts.facts["alpha"] is (mode in ("LA", "RGBA"))
    assert shown(content, facts).size == (60, 40)


@pytest.mark.parametrize("mode", ["CMYK", "LAB", "F"])
def test_kinds_of_pixels_of_print_and_science(mode: str) -> None:
    content = image("TIFF", Image.new(mode, (30, 20)))
    assert shown(content, look(content)).size == (30, 20)


def test_a_deep_picture_keeps_its_lights() -> None:
    deep = Image.fromarray(np.full((20, 20), 0x8080, "uint16"))
    assert look(image("PNG", deep)).facts["palette"] == ["#808080"]


def test_transparent_pixels_have_no_colour() -> None:
    drawn = Image.new("RGBA", (40, 40), (0, 255, 0, 0))
    assert look(image("PNG", drawn)).facts == {"alpha": True, "frames": 1, "palette": [], "dhash": "0" * 16}
    drawn.paste((255, 0, 0, 255), (0, 0, 20, 40))
    assert look(image("PNG", drawn)).facts["palette"] == ["#ff0000"]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", ["JPEG", "WEBP", "PNG", "TIFF"])
def test_a_picture_is_turned_as_its_exif_says(orientation: int, format_: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = look(image(format_, picture(), exif=exif))
    expected = (60, 40) if orientation < 5 else (40, 60)
    assert (turned.width, turned.height) == expected
    thumb = shown(image(format_, picture(), exif=exif), turned).convert("RGB")
    assert thumb.size == expected
    left_is_red = {1: True, 2: False, 3: False, 4: True}
    if orientation in left_is_red:
        red, _, blue = thumb.getpixel((10, 20))
        assert (red > blue) is left_is_red[orientation]
    top_is_red = {5: True, 6: True, 7: False, 8: False}
    if orientation in top_is_red:
        red, _, blue = thumb.getpixel((20, 10))
        assert (red > blue) is top_is_red[orientation]
    top_is_dark = {1: True, 2: True, 3: False, 4: False}
    if orientation in top_is_dark:
        assert (max(thumb.getpixel((10, 5))) < max(thumb.getpixel((10, 35)))) is top_is_dark[orientation]


def test_exif_that_cannot_be_read_is_noted() -> None:
    content = image("WEBP", picture(), exif=b"Exif\0\0MM\0*\0\0\0\1garbage")
    facts = look(content)
    assert (facts.width, facts.height) == (60, 40)
    assert shown(content, facts).size == (60, 40)


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound(name: str) -> None:
    facts = look(sample(name))
    assert facts.seconds == pytest.approx(1.0, abs=0.05)
    assert facts.facts["lufs"] == pytest.approx(-6.0, abs=0.3)
    assert (facts.facts["sample_rate"], facts.facts["channels"]) == (48_000, 2)
    assert facts.facts["codec"] == SOUNDS[name]
    drawn = shown(sample(name), facts)
    assert drawn.size == (320, 120)
    assert max(drawn.convert("L").getpixel((160, 60)), drawn.convert("L").getpixel((160, 20))) < 100, "ink"


def test_the_waveform_follows_the_sound() -> None:
    half_silent = np.concatenate([tone(1), np.zeros((48_000, 2))])
    content = sound("WAV", "PCM_16", half_silent)
    drawn = shown(content, look(content)).convert("L")
    assert drawn.getpixel((80, 20)) < 100
    assert drawn.getpixel((240, 20)) > 200


def test_a_long_sound_is_music() -> None:
    quiet = np.zeros((31 * 8_000, 1))
    assert look(sound("FLAC", "PCM_16", quiet, 8_000)).type == "music"


@pytest.mark.parametrize("frames", [0, 1, 100, 4_800])
def test_a_sound_too_short_for_loudness(frames: int) -> None:
    content = sound("WAV", "PCM_16", tone(1)[:frames])
    facts = look(content)
    assert facts.seconds == pytest.approx(frames / 48_000, abs=0.001)
    assert "lufs" not in facts.facts
    assert facts.facts["notes"] == ["It is too short or too quiet for a measure of loudness."]
    assert shown(content, facts).size == (320, 120)


def test_silence_has_no_loudness() -> None:
    assert "lufs" not in look(sound("WAV", "PCM_16", np.zeros((48_000, 2)))).facts


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1e30])
def test_samples_that_are_no_numbers(wrong: float) -> None:
    samples = tone(1)
    samples[1000] = wrong
    content = sound("WAV", "FLOAT", samples)
    facts = look(content)
    assert facts.facts["lufs"] == pytest.approx(-6.0, abs=0.1)
    assert "no numbers" in facts.facts["notes"][0]
    assert shown(content, facts).size == (320, 120)


@pytest.mark.parametrize("name", FILMS)
def test_a_film(name: str) -> None:
    facts = look(sample(name))
    assert (facts.width, facts.height, facts.facts["codec"]) == (64, 48, FILMS[name])
    assert facts.seconds == pytest.approx(0.5, abs=0.1)
    drawn = shown(sample(name), facts, 32).convert("RGB")
    assert drawn.size == (32, 24)
    left, right = drawn.getpixel((6, 12)), drawn.getpixel((26, 12))
    assert left[0] > left[2]
    assert right[0] < right[2]


@pytest.mark.parametrize(("format_", "codec", "mime"), [("mp4", "aac", "audio/mp4"), ("webm", "libopus", "audio/webm")])
def test_a_film_without_pictures_is_a_sound(format_: str, codec: str, mime: str) -> None:
    facts = look(aac(format_, codec))
    assert (facts.mime, facts.type, facts.width) == (mime, "sound", None)
    assert facts.facts["lufs"] == pytest.approx(-6.0, abs=0.3)


@pytest.mark.parametrize("codec", ["libvpx", "libsvtav1", "mpeg4", "libx265"])
def test_codecs_of_films(codec: str) -> None:
    content = film("matroska", codec)
    facts = look(content)
    assert facts.facts["codec"] == {"libvpx": "vp8", "libsvtav1": "av1", "mpeg4": "mpeg4", "libx265": "hevc"}[codec]
    assert shown(content, facts).size == (64, 48)


@pytest.mark.parametrize("tag", [b"", b"ID3\4\0\0\0\0\1\0" + bytes(128)])
def test_sound_without_a_container(tag: bytes) -> None:
    assert look(tag + sample("a.mp3")).mime == "audio/mpeg"
    assert look(tag + sample("a.flac")).mime == "audio/flac"
    plain = look(tag + aac("adts"))
    assert (plain.mime, plain.facts["codec"]) == ("audio/aac", "aac")
    assert plain.seconds == pytest.approx(1.0, abs=0.05)


def test_a_wav_for_other_processors() -> None:
    file = io.BytesIO()
    soundfile.write(file, tone(1), 48_000, format="WAV", subtype="PCM_16", endian="BIG")
    facts = look(file.getvalue(), "a.wav")
    assert file.getvalue().startswith(b"RIFX")
    assert (facts.mime, facts.seconds, "notes" in facts.facts) == ("audio/wav", 1.0, False)


def test_a_font() -> None:
    facts = look(sample("a.ttf"))
    assert facts.facts == {"family": "Sample Face", "style": "Regular"}
    assert shown(sample("a.ttf"), facts).size == (320, 160)


@pytest.mark.parametrize("start", [b"wOFF", b"wOF2"])
def test_packed_fonts_are_recognised(start: bytes) -> None:
    facts = look(start + bytes(100))
    assert facts.type == "font"
    assert looking.thumbnail(io.BytesIO(start), facts) is None


@pytest.mark.parametrize(
    ("content", "characters", "lines"),
    [
        (b"one", 3, 1),
        (b"one\n", 4, 1),
        (b"one\ntwo", 7, 2),
        ("\ufeffé".encode(), 1, 1),
        ("日本\n".encode("utf-16"), 3, 1),
        ("ü".encode() * 200_000, 200_000, 1),
    ],
)
def test_a_text(content: bytes, characters: int, lines: int) -> None:
    facts = look(content, "a.txt")
    assert facts.type == "text"
    assert (facts.facts["characters"], facts.facts["lines"]) == (characters, lines)


def test_a_text_that_stops_being_one() -> None:
    facts = look(b"text " * 20_000 + b"\xff\xfe\xfd", "a.txt")
    assert (facts.type, facts.mime) == ("other", "application/octet-stream")


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><p>", b" <html><body>", b"\xef\xbb\xbf<script>1</script>"])
def test_a_page_is_no_text_to_show(page: bytes) -> None:
    facts = look(page)
    assert (facts.mime, facts.type, facts.facts["active"]) == ("text/html", "other", True)


ACTIVE = [
    b"<script>alert(1)</script>",
    b"<x:script xmlns:x='http://www.w3.org/2000/svg'>alert(1)</x:script>",
    b"<rect onload='alert(1)'/>",
    b"<rect ONCLICK = 'alert(1)'/>",
    b"<a href='javascript:alert(1)'/>",
    b"<a xlink:href=' &#106;avascript:alert(1)'/>",
    b"<image href='https://example.org/a.png'/>",
    b"<image href='data:image/svg+xml;base64,PHN2Zz4='/>",
    b"<foreignObject><p/></foreignObject>",
    b"<style>@import 'x.css'</style>",
    b"<rect style='fill:url(https://example.org/a)'/>",
]


@pytest.mark.parametrize("part", ACTIVE)
def test_a_drawing_that_does_something_is_active(part: bytes) -> None:
    facts = look(SVG.replace(b"<rect", part + b"<rect"))
    assert (facts.mime, facts.type, facts.facts["active"]) == ("image/svg+xml", "image", True)
    assert looking.thumbnail(io.BytesIO(SVG), facts) is None


@pytest.mark.parametrize("prologue", [b"<!DOCTYPE svg [<!ENTITY a 'b'>]>", b"<?xml version='1.0' encoding='utf-7'?>"])
def test_a_drawing_with_a_hidden_meaning_is_active(prologue: bytes) -> None:
    facts = look(prologue + SVG)
    assert (facts.mime, facts.facts["active"]) == ("image/svg+xml", True)


@pytest.mark.parametrize(
    "part",
    [
        b"<use href='#a'/>",
        b"<image href='data:image/png;base64,iVBORw0='/>",
        b"<rect fill='url(#a)'/>",
        b"<text>one on = two</text>",
    ],
)
def test_a_drawing_that_only_shows_is_not_active(part: bytes) -> None:
    facts = look(b"<?xml version='1.0'?><!-- made by hand -->\n" + SVG.replace(b"<rect", part + b"<rect"))
    assert (facts.width, facts.height, facts.facts["active"]) == (30, 20, False)


@pytest.mark.parametrize(
    "content", [b"", b"\x01\x02\x03", b"PK\x05\x06" + bytes(18), b"%PDF-1.7\n", b"MZ" + bytes(100)]
)
def test_anything_else_is_kept_as_other(content: bytes) -> None:
    facts = look(content)
    assert facts.type == "other"
    assert looking.thumbnail(io.BytesIO(content), facts) is None


def test_the_cover_of_a_sound_does_not_make_it_a_film() -> None:
    file = io.BytesIO(aac("mp4"))
    tags = MP4(file)
    tags["covr"] = [MP4Cover(image("PNG"), MP4Cover.FORMAT_PNG)]
    tags.save(file)
    assert look(file.getvalue()).type == "sound"


def test_a_film_in_fragments() -> None:
    content = film(movflags="frag_keyframe+empty_moov")
    facts = look(content)
    assert (facts.mime, facts.width, facts.height) == ("video/mp4", 64, 48)
    assert shown(content, facts).size == (64, 48)
