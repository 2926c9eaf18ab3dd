"""Zip files: stored and deflated members, read as streams. Format: PKWARE's APPNOTE, through Python's `zipfile`."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Warned
from comfyvn.infrastructure.imports.containers.container import (
    CHUNK,
    Budget,
    Entry,
    malformed,
    member_name,
    repeated,
    shown_name,
    spooled,
    unknown,
    usable,
)

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
MAX_DIRECTORY = 16 << 20
"""Bytes of the list of members."""

_BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError),
    *(NotImplementedError, ValueError, OverflowError, IndexError),
)
_ENCRYPTED = 0x1 | 0x40
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_zip(file: BinaryIO) -> bool:
    """Tell from the first bytes whether a file is a zip file."""
    file.seek(0)
    return file.read(4) in MAGIC


class _Bounded:
    """A file of which nobody reads more than `MAX_DIRECTORY` bytes at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size if 0 <= size <= MAX_DIRECTORY else MAX_DIRECTORY + 1)
        if len(data) > MAX_DIRECTORY:
            raise zipfile.BadZipFile("the list of members is too long")
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class Zip:
    """A zip file that is open. It is refused as a whole where a member is unsafe or hides a bomb.

    Raises Refused: ``archive_malformed``, ``archive_encrypted``, ``archive_method``, ``archive_bomb``,
    ``member_name_unsafe``.
    """

    def __init__(self, file: BinaryIO, name: str, budget: Budget) -> None:
        self.name = name
        self.warnings: list[Warned] = []
        try:
            self._zip = zipfile.ZipFile(_Bounded(file))
        except _BROKEN as error:
            raise malformed(name, str(error) or type(error).__name__) from error
        self._infos: dict[str, zipfile.ZipInfo] = {}
        names: list[str] = []
        for info in self._zip.infolist():
            if info.filename.endswith("/"):
                continue
            member = member_name(info.filename, name)
            if stat.S_ISLNK(info.external_attr >> 16):
                self.warnings.append(Warned("link_passed_over", "A link is not followed.", shown_name(member)))
            elif not usable(member):
                message = "A file is left out for its name."
                self.warnings.append(Warned("name_unusable", message, shown_name(member)))
            else:
                budget.take(member, info.file_size, info.compress_size)
                self._infos[member] = info
                names.append(member)
        self.warnings += repeated(names, name)
        self.entries: Sequence[Entry] = [Entry(n, self._infos[n].file_size) for n in sorted(self._infos)]

    def open(self, name: str) -> Iterator[bytes]:
        """Yield a member in pieces, its checksum checked at the end."""
        info = self._infos.get(name)
        if info is None:
            raise unknown(name)
        if info.flag_bits & _ENCRYPTED:
            message = f"The archive {self.name} is encrypted; unpack it with its password first."
            raise Refused("archive_encrypted", message, archive=self.name)
        if info.compress_type not in _METHODS:
            message = f"The archive {self.name} is packed by method {info.compress_type}; only deflate is read."
            raise Refused("archive_method", message, archive=self.name, method=info.compress_type)
        left = info.file_size
        try:
            with self._zip.open(info) as member:
                while data := member.read(CHUNK):
                    left -= len(data)
                    yield data
        except _BROKEN as error:
            raise malformed(self.name, str(error) or type(error).__name__) from error
        if left:
            raise malformed(self.name, f"{name} has not the size that it is said to have")

    def seekable(self, name: str) -> BinaryIO:
        """Return a member to read anywhere in."""
        return spooled(self.open(name))
