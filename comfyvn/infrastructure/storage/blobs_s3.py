"""Content-addressed bytes in a store of objects that speaks S3 (or another that `obstore` knows).

Blobs have the names that they have in a folder: ``ab/cd/<hash>`` below the prefix of the address. Credentials and
endpoint come from the environment (``AWS_*``), as everywhere. Bytes come to a file of this machine first, since their
name is only known after the last of them.
"""

import hashlib
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from comfyvn.domain.kernel import Missing, Refused

CHUNK: Final = 8 << 20
"""Bytes that are sent or asked for at once."""
FRESH: Final = 43_200.0
"""Seconds in which a blob is not written anew when it is put again."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def open_blobs(url: str, scratch: Path) -> "ObjectBlobs":
    """Return the blobs at ``s3://BUCKET/PREFIX``; `scratch` is a folder of this machine for bytes on their way.

    Raises Refused: ``blobs_unusable`` (the optional packages are not installed, or the address is unknown to them).
    """
    try:
        from obstore.store import from_url  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise Refused("blobs_unusable", "Blobs in S3 need the extra packages: comfyvn[s3].") from error
    try:
        store = from_url(url)
    except Exception as error:
        raise Refused("blobs_unusable", f"No store of blobs can be at {url!r}: {error}.") from error
    return ObjectBlobs(store, scratch)


class ObjectBlobs:
    """The port `BlobStore` on a store of objects. Safe for many threads and processes."""

    def __init__(self, store: Any, scratch: Path) -> None:
        import obstore  # noqa: PLC0415 - an optional package

        self._api, self._store, self._scratch = obstore, store, scratch

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Keep the bytes, durably; return (hash, size). What is there already is not sent again."""
        self._scratch.mkdir(parents=True, exist_ok=True)
        hashed, size = hashlib.sha256(), 0
        with tempfile.TemporaryFile(dir=self._scratch) as file:
            for chunk in chunks:
                hashed.update(chunk)
                size += len(chunk)
                file.write(chunk)
            digest = hashed.hexdigest()
            there = self._head(digest)
            if there is None or there["size"] != size or _age(there) > FRESH:
                file.seek(0)
                self._api.put(self._store, _place(digest), file, chunk_size=CHUNK, max_concurrency=4)
        return digest, size

    def open(self, digest: str) -> Iterator[bytes]:
        """Return an iterator over the bytes in chunks; raise Missing("blob_unknown")."""
        return self.part(digest, 0, self._known(digest)["size"])

    def part(self, digest: str, start: int, stop: int) -> Iterator[bytes]:
        """Return an iterator over the bytes from `start` up to `stop`; raise Missing("blob_unknown")."""
        size = self._known(digest)["size"]
        return self._read(digest, start, min(stop, size))

    def file(self, digest: str) -> BinaryIO:
        """Return a copy of the bytes to be read and sought in, which ends when it is closed."""
        chunks = self.open(digest)
        self._scratch.mkdir(parents=True, exist_ok=True)
        file = tempfile.TemporaryFile(dir=self._scratch)  # noqa: SIM115 - the caller closes it
        try:
            for chunk in chunks:
                file.write(chunk)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def has(self, digest: str) -> bool:
        """Tell whether the bytes with this hash are here."""
        return self._head(digest) is not None

    def size(self, digest: str) -> int | None:
        """Return how many bytes there are, None where there is no such blob."""
        found = self._head(digest)
        return None if found is None else int(found["size"])

    def names(self) -> Iterator[tuple[str, float]]:
        """Yield each blob with the seconds since it was written."""
        for page in self._api.list(self._store):
            for found in page:
                digest = found["path"].rpartition("/")[2]
                if _DIGEST.fullmatch(digest) and found["path"] == _place(digest):  # files of jobs lie deeper
                    yield digest, _age(found)

    def remove(self, digest: str) -> None:
        """Take a blob away; one that is not there is no error."""
        if _DIGEST.fullmatch(digest):
            with suppress(FileNotFoundError):
                self._api.delete(self._store, _place(digest))

    def clear(self, seconds: float) -> int:
        """Return 0: what is on its way has no name, so the system clears it away."""
        return 0

    def _head(self, digest: str) -> Any:
        if not _DIGEST.fullmatch(digest):
            return None
        try:
            return self._api.head(self._store, _place(digest))
        except FileNotFoundError:
            return None

    def _known(self, digest: str) -> Any:
        found = self._head(digest)
        if found is None:
            raise Missing("blob_unknown", f"There is no content with the hash {digest[:64]!r}.", hash=digest[:64])
        return found

    def _read(self, digest: str, start: int, stop: int) -> Iterator[bytes]:
        while start < stop:
            end = min(stop, start + CHUNK)
            yield bytes(self._api.get_range(self._store, _place(digest), start=start, end=end))
            start = end


def _place(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def _age(found: Any) -> float:
    return time.time() - float(found["last_modified"].timestamp())
