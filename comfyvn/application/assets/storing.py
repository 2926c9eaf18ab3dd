"""Bytes on their way into the blob store, within limits."""

import errno
from collections.abc import Iterable, Iterator

from comfyvn.application.assets.registry import DiskFull, TooLarge
from comfyvn.application.ports import Blobs

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def store(blobs: Blobs, chunks: Iterable[bytes], limit: int) -> tuple[str, int]:
    """Keep a file and return (hash, size); nothing is left of one that is refused.

    Raises TooLarge("asset_too_large"), DiskFull("disk_full").
    """
    try:
        return blobs.put(_bounded(chunks, limit))
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull("disk_full", "The disk is full; the file was not taken.") from error
        raise


def _bounded(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    taken = 0
    for chunk in chunks:
        taken += len(chunk)
        if taken > limit:
            raise TooLarge("asset_too_large", f"A file has at most {limit} bytes.", limit=limit)
        yield chunk
