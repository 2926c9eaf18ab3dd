"""Content-addressed bytes in a folder.

A blob lies at ``ab/cd/<hash>``, named after the first digits of its SHA-256. It is written to ``incoming`` first,
flushed to the disk, and only then moved to its place: whoever is killed leaves nothing but files in ``incoming``.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from comfyvn.domain.kernel import Missing

INCOMING = "incoming"
CHUNK = 1 << 20
"""Bytes read at once."""
READ_ONLY = 0o444


class FileBlobs:
    """The port `BlobStore` on a folder. Safe for many threads and processes.

    Blobs are read-only files, as other names may be linked to them.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Keep the bytes, durably; return (hash, size). What is there already is not written twice."""
        incoming = self.root / INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=incoming)
        try:
            digest, size = _write(descriptor, chunks)
            place = self._place(digest)
            if self._holds(place, size):
                os.utime(place)  # whoever clears up sees that someone wants it now
            else:
                self._make_folder(place.parent)
                Path(name).chmod(READ_ONLY)
                Path(name).replace(place)
                _flush_folder(place.parent)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
        return digest, size

    def open(self, digest: str) -> Iterator[bytes]:
        """Return an iterator over the bytes in chunks; raise Missing("blob_unknown")."""
        return _read(self._known(digest))

    def part(self, digest: str, start: int, stop: int) -> Iterator[bytes]:
        """Return an iterator over the bytes from `start` up to `stop`; raise Missing("blob_unknown")."""
        return _read(self._known(digest), start, stop)

    def file(self, digest: str) -> BinaryIO:
        """Open the file of a blob; raise Missing("blob_unknown")."""
        return self._known(digest).open("rb")

    def size(self, digest: str) -> int | None:
        """Return how many bytes there are, None where there is no such blob."""
        return self._place(digest).stat().st_size if self.has(digest) else None

    def names(self) -> Iterator[tuple[str, float]]:
        """Yield each blob with the seconds since it was written."""
        now = time.time()
        for place in self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            with suppress(FileNotFoundError):
                if self.has(place.name):
                    yield place.name, now - place.stat().st_mtime

    def remove(self, digest: str) -> None:
        """Take a blob away; one that is not there is no error."""
        if self.has(digest):
            self._place(digest).unlink(missing_ok=True)

    def has(self, digest: str) -> bool:
        """Tell whether the bytes with this hash are here."""
        named = len(digest) == 64 and set(digest) <= set("0123456789abcdef")
        return named and self._place(digest).is_file()

    def clear(self, seconds: float) -> int:
        """Take away what was left half written longer ago than that; return how many files."""
        now, gone = time.time(), 0
        for file in (self.root / INCOMING).glob("*"):
            with suppress(FileNotFoundError):
                if now - file.stat().st_mtime > seconds:
                    file.unlink()
                    gone += 1
        return gone

    def _known(self, digest: str) -> Path:
        if not self.has(digest):
            raise Missing("blob_unknown", f"There is no content with the hash {digest[:64]!r}.", hash=digest[:64])
        return self._place(digest)

    def _place(self, digest: str) -> Path:
        return self.root / digest[:2] / digest[2:4] / digest

    def _holds(self, place: Path, size: int) -> bool:
        return place.is_file() and place.stat().st_size == size

    def _make_folder(self, folder: Path) -> None:
        """Create a folder below the root so that it is there after a power cut."""
        for made in (folder.parent, folder):
            if not made.is_dir():
                made.mkdir(exist_ok=True)
                _flush_folder(made.parent)


def _write(descriptor: int, chunks: Iterable[bytes]) -> tuple[str, int]:
    hashed, size = hashlib.sha256(), 0
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            hashed.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return hashed.hexdigest(), size


def _read(place: Path, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    with place.open("rb") as file:
        file.seek(start)
        left = (place.stat().st_size if stop is None else stop) - start
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _flush_folder(folder: Path) -> None:
    """Make new names in a folder durable. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
