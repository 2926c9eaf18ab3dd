"""The credentials of an export: its media are signed one by one as they are written, a bundle once more as a whole."""

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final, cast

from comfyvn.application.provenance.credentials import Signing
from comfyvn.domain.credentials import Work
from comfyvn.infrastructure.media.stamps.splices import reading
from comfyvn.infrastructure.media.stamps.streams import SPOOLED

BESIDE: Final = ".c2pa"
"""What is added to the name of a file for the one beside it that holds its credential."""


def signed(
    path: str, content: Iterable[bytes], work: Work, signing: Signing, free: Callable[[str], bool]
) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield a file with its credential, or the file and its credential beside it, where that name is `free`."""
    with tempfile.SpooledTemporaryFile(SPOOLED) as spooled, tempfile.SpooledTemporaryFile(SPOOLED) as signed_file:
        file, out = cast("BinaryIO", spooled), cast("BinaryIO", signed_file)
        file.writelines(content)
        beside = signing.media(file, work, out)
        yield path, _whole(out if out.seek(0, io.SEEK_END) else file)
        if beside and free(path + BESIDE):
            yield path + BESIDE, iter((beside,))


def _whole(file: BinaryIO) -> Iterator[bytes]:
    return reading(file, 0, file.seek(0, io.SEEK_END))
