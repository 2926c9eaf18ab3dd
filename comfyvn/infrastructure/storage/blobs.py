"""Content-addressed bytes in a folder.

A blob lies at ``ab/cd/<hash>``, named after the first digits of its SHA-256. It is written to ``incoming`` first,
flushed to the disk, and only then moved to its place: whoever is killed leaves nothing but files in ``incoming``.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from comfyvn.domain.kernel import Missing

INCOMING = "incoming"
CHUNK = 1 << 20
"""Bytes read at once."""


class FileBlobs:
    """The port `Blobs` on a folder. Safe for many threads and processes."""

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
            if not self._holds(place, size):
                self._make_folder(place.parent)
                Path(name).replace(place)
                _flush_folder(place.parent)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
        return digest, size

    def open(self, digest: str) -> Iterator[bytes]:
        """Return an iterator over the bytes in chunks; raise Missing("blob_unknown")."""
        if not self.has(digest):
            raise Missing("blob_unknown", f"There is no content with the hash {digest[:64]!r}.", hash=digest[:64])
        return _read(self._place(digest))

    def has(self, digest: str) -> bool:
        """Tell whether the bytes with this hash are here."""
        named = len(digest) == 64 and set(digest) <= set("0123456789abcdef")
        return named and self._place(digest).is_file()

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


def _read(place: Path) -> Iterator[bytes]:
    with place.open("rb") as file:
        while chunk := file.read(CHUNK):
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
