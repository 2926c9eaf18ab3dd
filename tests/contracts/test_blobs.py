"""What every store of blobs does: a folder, objects in memory, and a server that speaks S3."""

import hashlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer
from obstore.store import MemoryStore

from comfyvn.application.ports import BlobStore
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.infrastructure.storage import blobs_s3
from comfyvn.infrastructure.storage.blobs import FileBlobs

ABSENT = ["", "0" * 64, "A" * 64, "../" * 22, "x", "0" * 62 + "/."]
_numbers = count()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Return the address of a server that speaks S3, in this process."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture(params=["folder", "memory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BlobStore:
    """Return an empty store of blobs of each kind."""
    if request.param == "folder":
        return FileBlobs(tmp_path / "blobs")
    if request.param == "memory":
        return blobs_s3.ObjectBlobs(MemoryStore(), tmp_path / "scratch")
    address = request.getfixturevalue("server")
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
    for name, value in {**keys, "AWS_ENDPOINT_URL": address, "AWS_ALLOW_HTTP": "true"}.items():
        monkeypatch.setenv(name, value)
    bucket = f"blobs-{next(_numbers)}"
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1")
    client.create_bucket(Bucket=bucket)
    client.close()
    return blobs_s3.open_blobs(f"s3://{bucket}/studio", tmp_path / "scratch")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chunks=st.lists(st.binary(max_size=50)), data=st.data())
def test_bytes_come_back_whole_and_in_parts(blobs: BlobStore, chunks: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(chunks)
    digest, size = blobs.put(iter(chunks))
    assert (digest, size) == (hashlib.sha256(whole).hexdigest(), len(whole))
    assert (blobs.has(digest), blobs.size(digest)) == (True, size)
    assert b"".join(blobs.open(digest)) == whole
    start = data.draw(st.integers(0, size))
    stop = data.draw(st.integers(start, size + 3))
    assert b"".join(blobs.part(digest, start, stop)) == whole[start:stop]
    with blobs.file(digest) as file:
        file.seek(start)
        assert file.read() == whole[start:]


def test_the_same_bytes_are_there_once(blobs: BlobStore) -> None:
    digest, _ = blobs.put([b"one ", b"two"])
    assert blobs.put([b"one two"]) == (digest, 7)
    other, _ = blobs.put([b"three"])
    assert sorted(name for name, _ in blobs.names()) == sorted([digest, other])
    assert all(-5 < age < 60 for _, age in blobs.names())


def test_what_breaks_off_leaves_nothing(blobs: BlobStore) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError("the source is gone")

    with pytest.raises(OSError, match="gone"):
        blobs.put(broken())
    assert list(blobs.names()) == []


def test_what_is_taken_away_is_gone(blobs: BlobStore) -> None:
    digest, _ = blobs.put([b"content"])
    blobs.remove(digest)
    blobs.remove(digest)
    assert (blobs.has(digest), blobs.size(digest), list(blobs.names())) == (False, None, [])


@pytest.mark.parametrize("digest", ABSENT)
def test_what_is_not_there(blobs: BlobStore, digest: str) -> None:
    blobs.remove(digest)
    assert (blobs.has(digest), blobs.size(digest)) == (False, None)
    for asked in (blobs.open, blobs.file, lambda name: blobs.part(name, 0, 1)):
        with pytest.raises(Missing) as refusal:
            asked(digest)  # type: ignore[operator]
        assert refusal.value.code == "blob_unknown"


def test_more_than_one_chunk(blobs: BlobStore) -> None:
    block = bytes(range(256)) * 4096
    digest, size = blobs.put(block for _ in range(20))
    assert size == 20 << 20
    assert hashlib.sha256(b"".join(blobs.open(digest))).hexdigest() == digest
    assert b"".join(blobs.part(digest, (8 << 20) - 2, (8 << 20) + 2)) == block[-2:] + block[:2]


def test_an_address_that_no_store_has(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        blobs_s3.open_blobs("gopher://here", tmp_path)
    assert refusal.value.code == "blobs_unusable"
