"""Credentials are checked in a process of its own, whatever is in them."""

import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comfyvn.domain.credentials import Work
from comfyvn.infrastructure.credentials.certificates import root_of
from comfyvn.infrastructure.credentials.checking import Checked, check_media, has_credential
from comfyvn.infrastructure.credentials.guarded import GuardedChecks
from comfyvn.infrastructure.credentials.signing import C2paSigning
from tests.infrastructure.media.samples import sample

NAMES = ["a.png", "a.jpg", "a.webp", "a.avif", "a.gif", "a.mp3", "a.flac", "a.wav", "a.m4a", "a.mp4", "a.ogg"]
WORK = Work("a", "a", "0" * 64)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def made(keys: Path) -> dict[str, tuple[bytes, bytes | None]]:
    signing, found = C2paSigning(keys), {}
    for name in NAMES:
        out = io.BytesIO()
        beside = signing.media(io.BytesIO(sample(name)), WORK, out)
        found[name] = out.getvalue() or sample(name), beside
    return found


@pytest.fixture
def checks() -> Iterator[GuardedChecks]:
    with closing(GuardedChecks()) as found:
        yield found


def test_the_guarded_check_says_what_the_library_says(
    made: dict[str, tuple[bytes, bytes | None]], keys: Path, checks: GuardedChecks
) -> None:
    root = root_of(keys)
    for content, beside in made.values():
        for changed in (content, content[:-30] + b"!" + content[-29:]):
            told = checks.media(lambda changed=changed: io.BytesIO(changed), beside, root)  # type: ignore[misc]
            assert told == check_media(io.BytesIO(changed), beside, root)
            assert told.state == ("trusted" if changed == content else "broken")
    stranger = checks.media(lambda: io.BytesIO(made["a.png"][0]), None, None)
    assert (stranger.state, stranger.signer.startswith("ComfyVN")) == ("valid", True)


def test_a_process_that_died_is_followed_by_another(
    made: dict[str, tuple[bytes, bytes | None]], checks: GuardedChecks
) -> None:
    content = made["a.png"][0]
    assert checks.media(lambda: io.BytesIO(content), None, None).state == "valid"
    assert checks._cell is not None
    checks._cell.end()
    assert checks.media(lambda: io.BytesIO(content), None, None).state == "valid"


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_damage_is_a_broken_credential_or_none(
    made: dict[str, tuple[bytes, bytes | None]], name: str, data: st.DataObject
) -> None:
    content, beside = made[name]
    hostile = bytearray(beside or content)
    for place in data.draw(st.lists(st.integers(0, min(len(hostile), 6_000) - 1), min_size=1, max_size=6)):
        hostile[place] = data.draw(st.integers(0, 255))
    del hostile[data.draw(st.sampled_from([len(hostile), None]) | st.integers(0, len(hostile))) :]
    file = io.BytesIO(content if beside else bytes(hostile))
    has_credential(file)
    assert isinstance(check_media(file, bytes(hostile) if beside else None, None), Checked)
