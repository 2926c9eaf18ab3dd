"""The blob store: by hash, once, and whole or not at all."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.kernel import Missing
from comfyvn.infrastructure.storage.blobs import FileBlobs


def files(root: Path) -> list[str]:
    return sorted(place.relative_to(root).as_posix() for place in root.rglob("*") if place.is_file())


@given(chunks=st.lists(st.binary(max_size=50)))
def test_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes]) -> None:
    blobs = FileBlobs(tmp_path_factory.mktemp("blobs"))
    whole = b"".join(chunks)
    digest, size = blobs.put(iter(chunks))
    assert (digest, size) == (hashlib.sha256(whole).hexdigest(), len(whole))
    assert blobs.has(digest)
    assert b"".join(blobs.open(digest)) == whole


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path / "blobs")
    digest, _ = blobs.put([b"one ", b"two"])
    place = tmp_path / "blobs" / digest[:2] / digest[2:4] / digest
    written = place.stat().st_ino
    assert blobs.put([b"one two"]) == (digest, 7)
    assert place.stat().st_ino == written
    assert files(tmp_path / "blobs") == [f"{digest[:2]}/{digest[2:4]}/{digest}"]


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError("the source is gone")

    blobs = FileBlobs(tmp_path)
    with pytest.raises(OSError, match="gone"):
        blobs.put(broken())
    assert files(tmp_path) == []


def test_until_the_move_all_is_in_incoming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def killed(self: Path, target: Path) -> Path:
        seen.append(files(tmp_path))
        raise SystemExit

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(SystemExit):
        FileBlobs(tmp_path).put([b"content"])
    ((only,),) = seen
    assert only.startswith("incoming/")


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    digest, _ = blobs.put([b"content"])
    (tmp_path / digest[:2] / digest[2:4] / digest).write_bytes(b"cont")
    blobs.put([b"content"])
    assert b"".join(blobs.open(digest)) == b"content"


@pytest.mark.parametrize("digest", ["", "0" * 64, "A" * 64, "../" * 22, "x", "0" * 62 + "/."])
def test_what_is_not_there(tmp_path: Path, digest: str) -> None:
    blobs = FileBlobs(tmp_path)
    assert not blobs.has(digest)
    with pytest.raises(Missing) as refusal:
        blobs.open(digest)
    assert refusal.value.code == "blob_unknown"
