"""A stamp goes into every format that has a place for it, and out again without a trace."""

import io
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import mutagen
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from comfyvn.application.provenance.stamping import Recut, Stamp, StampUnfit
from comfyvn.infrastructure.media import looking
from comfyvn.infrastructure.media.sniff import sniff
from comfyvn.infrastructure.media.stamps.splices import reading
from comfyvn.infrastructure.media.stamps.stamping import FileStamps, text_in
from comfyvn.infrastructure.media.stamps.words import NAME, parsed
from tests.infrastructure.media.samples import SAMPLES, sample
from tests.infrastructure.media.stamps.tagged import TAGGED

STAMP = Stamp(
    "asset-1", "ab" * 32, "CC-BY-4.0", "Änn <& Co> \U0001f600", "trainedAlgorithmicMedia", "ComfyUI 0.3", "novel", "c0"
)
STAMPS = FileStamps()
PLAYED = [name for name in TAGGED if name != "empty.mp3"]  # decoders do not know what to make of an empty tag
WORDS = st.text(st.characters(codec="utf-8"), max_size=300)


def bytes_of(content: bytes, made: Recut) -> bytes:
    file = io.BytesIO(content)
    found = b"".join(made.part(lambda low, high: reading(file, low, high), 0, made.size))
    assert len(found) == made.size
    return found


def stamp(content: bytes, words: Stamp = STAMP) -> bytes:
    file = io.BytesIO(content)
    return bytes_of(content, STAMPS.stamped(file, words))


def strip(content: bytes) -> bytes:
    made = STAMPS.stripped(io.BytesIO(content))
    return content if made is None else bytes_of(content, made)


def said(content: bytes) -> Any:
    file = io.BytesIO(content)
    found = text_in(file, sniff(file).mime)
    return None if found is None else parsed(found)


@pytest.mark.parametrize("name", TAGGED)
def test_the_laws(name: str) -> None:
    content = TAGGED[name]()
    assert strip(content) == content
    once = stamp(content)
    assert once != content
    assert stamp(content) == once, "the same words give the same bytes"
    assert strip(once) == content
    other = Stamp("asset-2", "cd" * 32)
    assert stamp(once, other) == stamp(content, other), "a second stamp replaces the first"
    found = said(once)
    assert found.pop("with", [])[:0] == []
    assert found == {
        "v": 1,
        "asset": "asset-1",
        "sha256": "ab" * 32,
        "licence": "CC-BY-4.0",
        "credit": "Änn <& Co> \U0001f600",
        "source": "trainedAlgorithmicMedia",
        "tool": "ComfyUI 0.3",
        "project": "novel",
        "commit": "c0",
    }
    assert said(content) is None
    assert len(once) - len(content) < 1_500


@pytest.mark.parametrize("name", PLAYED)
def test_the_registry_measures_the_same(name: str) -> None:
    before, after = (looking.inspect(name, io.BytesIO(c)) for c in (TAGGED[name](), stamp(TAGGED[name]())))
    assert (after.mime, after.width, after.seconds, after.facts) == (
        *(before.mime, before.width, before.seconds),
        before.facts,
    )


MADE = {name: TAGGED[name]() for name in TAGGED}


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(TAGGED)), st.builds(Stamp, *[WORDS] * 8), st.binary(max_size=9))
def test_any_words_come_out_as_they_went_in(name: str, words: Stamp, tail: bytes) -> None:
    content = MADE[name] + (tail if name.endswith((".png", ".jpg", ".mp3", ".flac")) else b"")
    once = stamp(content, words)
    assert strip(once) == content
    assert said(once)["v"] == 1
    assert said(once).get("credit", "") == words.credit[:200]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(TAGGED)), st.booleans(), st.data())
def test_damaged_files_are_left_alone_or_keep_the_laws(name: str, stamped: bool, data: st.DataObject) -> None:
    content = bytearray(stamp(MADE[name]) if stamped else MADE[name])
    for place in data.draw(st.lists(st.integers(0, min(len(content) - 1, 4_000)), max_size=5)):
        content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.none() | st.integers(0, len(content)))
    whole = bytes(content[:cut])
    bare = strip(whole)
    try:
        once = stamp(whole)
    except StampUnfit:
        return
    assert strip(once) == bare
    assert strip(bare) == bare


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([sample(name)[:40] for name in sorted(SAMPLES)]), st.binary(max_size=300))
def test_any_bytes_are_stripped_of_nothing(start: bytes, rest: bytes) -> None:
    assert strip(start + rest) == start + rest


@pytest.mark.parametrize("name", ["a.gif", "a.ttf", "a.txt", "a.svg", "a.bmp", "a.tiff", "a.webm", "a.mkv"])
def test_formats_without_a_place_say_so(name: str) -> None:
    with pytest.raises(StampUnfit) as refusal:
        stamp(sample(name))
    assert (refusal.value.code, str(refusal.value)) == ("stamp_unfit", "This format carries no stamp.")
    assert strip(sample(name)) == sample(name)


def pixels(content: bytes) -> list[bytes]:
    with Image.open(io.BytesIO(content)) as opened:
        return [opened.mode.encode(), opened.convert("RGBA").tobytes()]


def samples(content: bytes) -> list[bytes]:
    found, rate = soundfile.read(io.BytesIO(content), dtype="float32")
    return [str(rate).encode(), found.tobytes()]


def frames(content: bytes) -> list[bytes]:
    with av.open(io.BytesIO(content)) as opened:
        return [np.ascontiguousarray(frame.to_ndarray()).tobytes() for frame in opened.decode()]


DECODERS: dict[str, Callable[[bytes], list[bytes]]] = {
    **dict.fromkeys(("png", "jpg", "webp", "avif"), pixels),
    **dict.fromkeys(("mp3", "ogg", "opus", "flac", "wav"), samples),
    **dict.fromkeys(("m4a", "mp4"), frames),
}


@pytest.mark.parametrize("name", PLAYED)
def test_pixels_and_samples_are_the_same(name: str) -> None:
    content = TAGGED[name]()
    decode = DECODERS[name.rpartition(".")[2]]
    before, after = decode(content), decode(stamp(content))
    assert before
    assert after == before


def by_pillow(content: bytes) -> str:
    with Image.open(io.BytesIO(content)) as opened:
        return str(opened.info.get(NAME) or opened.info["xmp"].decode())


def by_mutagen(content: bytes) -> str:
    tags = mutagen.File(io.BytesIO(content)).tags  # type: ignore[attr-defined]
    for key in (f"TXXX:{NAME}", f"----:com.comfyvn:{NAME}", NAME):
        if key in tags:
            found = tags[key]
            value = found.text[0] if hasattr(found, "text") else found[0]
            return value.decode() if isinstance(value, bytes) else str(value)
    raise AssertionError(f"mutagen finds no stamp among {list(tags)}")


@pytest.mark.parametrize("name", [name for name in TAGGED if not name.endswith(".avif")])
def test_others_read_it(name: str) -> None:
    content = stamp(TAGGED[name]())
    words = (by_pillow if name.endswith((".png", ".jpg", ".webp")) else by_mutagen)(content)
    start = words.index('{"asset"')
    assert json.loads(words[start : words.rindex("}") + 1])["sha256"] == "ab" * 32


@pytest.mark.engine
@pytest.mark.parametrize("name", [n for n in TAGGED if n.endswith((".png", ".jpg", ".webp", ".avif", ".m4a", ".mp4"))])
def test_exiftool_reads_it(name: str, tmp_path: Path) -> None:
    exiftool = shutil.which("exiftool")
    assert exiftool
    file = tmp_path / name
    file.write_bytes(stamp(TAGGED[name]()))
    done = subprocess.run([exiftool, "-j", "-G1", str(file)], capture_output=True, text=True, check=True)
    (shown,) = json.loads(done.stdout)
    values = [value for value in shown.values() if isinstance(value, str) and value.startswith('{"asset"')]
    assert [json.loads(value)["asset"] for value in values] == ["asset-1"], shown
    if "XMP-iptcExt:DigitalSourceType" in shown:
        assert shown["XMP-iptcExt:DigitalSourceType"].lower().replace(" ", "").startswith(("http", "trained"))
    elif not name.endswith((".png", ".m4a", ".mp4")):
        raise AssertionError(f"the digital source type is not read: {shown}")
