"""Content credentials that a file brings along are told, not trusted; and a stamp does not break them."""

import io
from collections.abc import Iterator
from typing import Any

import pytest

from comfyvn.application.provenance.stamping import StampUnfit
from comfyvn.infrastructure.media.guarded import GuardedMedia
from tests.infrastructure.media.claims.signed import KIND, signed
from tests.infrastructure.media.samples import sample
from tests.infrastructure.media.stamps.test_stamping import stamp

CREATED = {
    "action": "c2pa.created",
    "softwareAgent": {"name": "Painter", "version": "3.1"},
    "digitalSourceType": KIND + "trainedAlgorithmicMedia",
}
DRAWN = {"action": "c2pa.created", "digitalSourceType": KIND + "digitalCreation"}
CROPPED = {"action": "c2pa.cropped"}
MIMES = {
    "a.png": "image/png",
    "a.jpg": "image/jpeg",
    "a.webp": "image/webp",
    "a.avif": "image/avif",
    "a.gif": "image/gif",
    "a.mp3": "audio/mpeg",
    "a.wav": "audio/wav",
    "a.flac": "audio/flac",
    "a.m4a": "audio/mp4",
    "a.mp4": "video/mp4",
}


@pytest.fixture(scope="module")
def media() -> Iterator[GuardedMedia]:
    found = GuardedMedia()
    yield found
    found.close()


def claim(media: GuardedMedia, content: bytes) -> dict[str, Any]:
    (found,) = [c for c in media.inspect("a", lambda: io.BytesIO(content)).claims if c["details"]["form"] == "c2pa"]
    return dict(found)


@pytest.mark.parametrize("name", MIMES)
def test_credentials_are_told(media: GuardedMedia, name: str) -> None:
    content = signed(sample(name), MIMES[name], CREATED)
    found = claim(media, content)
    details = found.pop("details")
    assert found == {
        "activity": "generated",
        "method": "stamp",
        "tool": "Painter 3.1",
        "kind_of_source": "trainedAlgorithmicMedia",
    }
    assert (details["state"], details["title"], details["actions"]) == ("Valid", "tram", ["c2pa.created"])
    assert details["generator"] == "Painter 3"
    assert details["signature"]["issuer"] == "Tests"
    with pytest.raises(StampUnfit) as refusal:
        stamp(content)
    assert ("carries no stamp" if name == "a.gif" else "content credentials") in str(refusal.value)


def test_what_was_drawn_is_not_generated(media: GuardedMedia) -> None:
    assert claim(media, signed(sample("a.png"), "image/png", DRAWN))["activity"] == "imported"
    assert claim(media, signed(sample("a.png"), "image/png", DRAWN, CROPPED))["activity"] == "edited"


def test_a_file_that_was_changed_afterwards_says_so(media: GuardedMedia) -> None:
    content = signed(sample("a.wav"), "audio/wav", CREATED)
    at = content.index(b"data") + 400
    changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    assert claim(media, changed)["details"]["state"] == "Invalid"
