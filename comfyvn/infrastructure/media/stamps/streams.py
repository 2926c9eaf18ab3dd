"""Stamps of files that come and go in chunks."""

import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

from comfyvn.application.provenance.stamping import Recut, Stamp, StampUnfit
from comfyvn.infrastructure.media.limits import HEAD
from comfyvn.infrastructure.media.sniff import sniff
from comfyvn.infrastructure.media.stamps.splices import reading
from comfyvn.infrastructure.media.stamps.stamping import CARRIERS, FileStamps

SPOOLED: Final = 16 << 20
"""Bytes of a file that are held in memory; a larger one is put on the disk."""


def unstamped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a file without our stamp; formats that carry none pass through."""
    left, head = iter(chunks), b""
    while len(head) < HEAD and (chunk := next(left, b"")):
        head += chunk
    if sniff(io.BytesIO(head)).mime not in CARRIERS:
        yield head
        yield from left
        return
    with _whole(head, left) as file:
        yield from _told(file, FileStamps().stripped(file))


def stamped(chunks: Iterable[bytes], stamp: Stamp) -> Iterator[bytes]:
    """Yield a file with a stamp, or as it is where it cannot carry one."""
    with _whole(b"", iter(chunks)) as file:
        try:
            made: Recut | None = FileStamps().stamped(file, stamp)
        except StampUnfit:
            made = None
        yield from _told(file, made)


@contextmanager
def _whole(head: bytes, left: Iterator[bytes]) -> Iterator[BinaryIO]:
    with tempfile.SpooledTemporaryFile(SPOOLED) as file:
        file.write(head)
        file.writelines(left)
        yield file  # type: ignore[misc]


def _told(file: BinaryIO, made: Recut | None) -> Iterator[bytes]:
    size = file.seek(0, io.SEEK_END)
    if made is None:
        yield from reading(file, 0, size)
    else:
        yield from made.part(lambda start, stop: reading(file, start, stop), 0, made.size)
