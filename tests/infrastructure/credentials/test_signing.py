"""Which files take their credential in and which have it beside them, and that signing a large one stays small."""

import io
import json
import subprocess
import sys
from pathlib import Path

import mutagen.id3
import pytest

from comfyvn.domain.credentials import Work
from comfyvn.infrastructure.credentials import signing as module
from comfyvn.infrastructure.credentials.certificates import root_of
from comfyvn.infrastructure.credentials.checking import check_media, has_credential
from comfyvn.infrastructure.credentials.signing import C2paSigning
from tests.infrastructure.media.samples import SAMPLES, sample
from tests.infrastructure.media.stamps.test_stamping import TAGGED, stamp

WORK = Work("a", "a", "0" * 64, "human")
INSIDE = {"a.png", "a.jpg", "a.webp", "a.avif", "a.gif", "a.mp3", "a.flac", "a.wav", "a.m4a", "a.mp4"}
NEITHER = {"a.svg", "a.txt"}
ROOT = Path(__file__).parents[3]

WATCHED = """
import io, json, re, sys, tempfile
from pathlib import Path
from comfyvn.domain.credentials import Work
from comfyvn.infrastructure.credentials.checking import check_media
from comfyvn.infrastructure.credentials.signing import C2paSigning
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) >> 10
signing = C2paSigning(Path(sys.argv[1]))
with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as out:
    file.write(Path(sys.argv[2]).read_bytes())
    for _ in range(int(sys.argv[3])):
        file.write(bytes(1 << 20))
    before = peak()
    beside = signing.media(file, Work("a", "a", ""), out)
    state = check_media(file, beside, None).state
    print(json.dumps([state, out.seek(0, 2), peak() - before]))
"""
"""Signs and checks a file with so many MiB more; prints the state, the size of what was signed, MiB grown."""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def signing(keys: Path) -> C2paSigning:
    return C2paSigning(keys)


def state(keys: Path, content: bytes, beside: bytes | None = None) -> str:
    return check_media(io.BytesIO(content), beside, root_of(keys)).state


@pytest.mark.parametrize("name", SAMPLES)
def test_each_format_has_its_place_for_a_credential(signing: C2paSigning, keys: Path, name: str) -> None:
    out = io.BytesIO()
    beside = signing.media(io.BytesIO(sample(name)), WORK, out)
    assert (bool(out.getvalue()), bool(beside)) == (name in INSIDE, name not in INSIDE | NEITHER)
    if name in INSIDE:
        assert has_credential(io.BytesIO(out.getvalue()))
        assert state(keys, out.getvalue()) == "trusted"
    elif name not in NEITHER:
        assert state(keys, sample(name), beside) == "trusted"
        assert state(keys, sample(name)[:-1] + b"!", beside) == "broken"


def test_a_file_that_the_library_cannot_take_apart_has_it_beside(signing: C2paSigning, keys: Path) -> None:
    for content in (sample("a.png")[:40], sample("a.webp")[:60], b"\xff\xd8\xff\xe0\0"):
        out = io.BytesIO()
        beside = signing.media(io.BytesIO(content), WORK, out)
        if beside is not None:
            assert out.getvalue() == b""
        assert state(keys, out.getvalue() or content, beside) == "trusted"


@pytest.mark.parametrize("name", ["a.mp3", "two.mp3", "three.mp3", "four.mp3", "empty.mp3"])
def test_a_tag_of_others_is_not_written_anew(signing: C2paSigning, keys: Path, name: str) -> None:
    """The library writes ID3 tags anew and loses some frames; such a file has its credential beside it."""
    content, out = stamp(TAGGED[name]()), io.BytesIO()
    beside = signing.media(io.BytesIO(content), WORK, out)
    assert (bool(out.getvalue()), bool(beside)) == ((True, False) if name == "a.mp3" else (False, True))
    assert state(keys, out.getvalue() or content, beside) == "trusted"


def test_synchronised_lyrics_stay(signing: C2paSigning) -> None:
    file, tags = io.BytesIO(sample("a.mp3")), mutagen.id3.ID3()
    tags.add(mutagen.id3.SYLT(encoding=3, lang="eng", format=2, type=1, desc="", text=[("la", 10)]))
    tags.save(file)
    out = io.BytesIO()
    assert signing.media(file, WORK, out) is not None
    assert out.getvalue() == b""


def test_a_large_file_has_it_beside(signing: C2paSigning, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 1_000)
    out = io.BytesIO()
    beside = signing.media(io.BytesIO(sample("a.wav")), WORK, out)
    assert beside is not None
    assert (out.getvalue(), state(keys, sample("a.wav"), beside)) == (b"", "trusted")
    assert signing.media(io.BytesIO(sample("a.mp4")), WORK, out) is None


def test_a_large_file_is_signed_in_little_memory(keys: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.ogg"
    file.write_bytes(sample("a.ogg"))
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(keys), str(file), "400"], cwd=ROOT, capture_output=True, check=True
    )
    found, written, grown = json.loads(done.stdout)
    assert (found, written) == ("valid", 0)
    assert grown < 700, "the library holds two parts of 256 MiB"


def test_two_signatures_are_never_the_same(signing: C2paSigning) -> None:
    made = []
    for _ in range(2):
        out = io.BytesIO()
        signing.media(io.BytesIO(sample("a.png")), WORK, out)
        made.append(out.getvalue())
    assert made[0] != made[1]
