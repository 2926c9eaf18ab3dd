"""A file that was stamped and then signed loses both or neither: what comes back is what it was, or stays valid."""

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import c2pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comfyvn.domain.credentials import Work
from comfyvn.infrastructure.credentials.signing import C2paSigning
from comfyvn.infrastructure.media.sniff import sniff
from comfyvn.infrastructure.media.stamps.credential import carried, removal
from comfyvn.infrastructure.media.stamps.splices import recut
from tests.infrastructure.media.claims.signed import KIND, signed
from tests.infrastructure.media.samples import sample
from tests.infrastructure.media.stamps.test_stamping import STAMP, TAGGED, bytes_of, stamp, strip

CREATED = {"action": "c2pa.created", "digitalSourceType": KIND + "digitalArt"}
REWRITTEN = {"two.mp3", "three.mp3", "four.mp3", "empty.mp3"}
"""Sounds whose tag the library writes anew when it puts a credential in, as other programs let it."""
SIGNED = [name for name in TAGGED if not name.endswith((".ogg", ".opus", ".oga"))]


def mime_of(content: bytes) -> str:
    return sniff(io.BytesIO(content)).mime


def sign(content: bytes) -> bytes:
    return signed(content, mime_of(content), CREATED)


def true_stamp(content: bytes) -> bytes:
    return stamp(content, replace(STAMP, sha256=hashlib.sha256(content).hexdigest()))


@pytest.mark.parametrize("name", SIGNED)
def test_what_was_stamped_and_signed_becomes_what_it_was(name: str) -> None:
    content = TAGGED[name]()
    whole = sign(true_stamp(content))
    assert carried(io.BytesIO(whole), len(whole), mime_of(whole))
    assert strip(whole) == (whole if name in REWRITTEN else content)


@pytest.mark.parametrize("name", SIGNED)
def test_what_is_not_what_was_stamped_stays_as_it_is(name: str) -> None:
    whole = sign(stamp(TAGGED[name]()))  # the stamp tells another hash
    assert strip(whole) == whole
    with c2pa.Reader(mime_of(whole), io.BytesIO(whole)) as reader:
        assert str(reader.get_validation_state()) == "Valid"


def test_a_credential_without_a_stamp_stays() -> None:
    for name in ("a.png", "a.mp3", "a.mp4", "a.avif"):
        whole = sign(sample(name))
        assert strip(whole) == whole


def test_all_that_was_signed_becomes_what_it_was_where_that_is_known() -> None:
    for name in ("a.gif", "a.png", "a.flac", "a.mp3", "a.m4a"):
        whole = sign(sample(name))
        edits = removal(io.BytesIO(whole), len(whole), mime_of(whole))
        assert bytes_of(whole, recut(edits, len(whole))) == sample(name), name


def test_what_carries_none_has_none() -> None:
    for make in TAGGED.values():
        content = make()
        assert not carried(io.BytesIO(content), len(content), mime_of(content))
    assert removal(io.BytesIO(b""), 0, "image/png") == []


def test_a_large_credential_of_a_jpeg_has_many_segments(tmp_path: Path) -> None:
    parent, out = sign(true_stamp(sample("a.jpg"))), io.BytesIO()
    signing = C2paSigning(tmp_path)
    for _ in range(24):  # each signature keeps all that were before
        out = io.BytesIO()
        assert signing.media(io.BytesIO(parent), Work("a", "a.jpg", ""), out) is None
        parent = out.getvalue()
    assert len(parent) > 2 * 65_535
    assert strip(parent) == sample("a.jpg")


WHOLE = {name: sign(true_stamp(sample(name))) for name in ("a.png", "a.jpg", "a.webp", "a.avif", "a.wav", "a.mp4")}


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damage_does_no_harm(name: str, data: st.DataObject) -> None:
    content = bytearray(WHOLE[name])
    for place in data.draw(st.lists(st.integers(0, min(len(content), 9_000) - 1), min_size=1, max_size=6)):
        content[place] = data.draw(st.integers(0, 255))
    del content[data.draw(st.sampled_from([len(content), None]) | st.integers(0, len(content))) :]
    assert len(strip(bytes(content))) <= len(content)
