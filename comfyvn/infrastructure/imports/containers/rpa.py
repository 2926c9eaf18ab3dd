"""Ren'Py archives (``.rpa`` 2.0, 3.0 and 3.2): a header, the files, and an index that is a zlib-packed pickle.

Layout, as the engine's loader reads it: a first line ``RPA-3.0 <offset> <key>`` in hexadecimal (2.0 has no key, 3.2 one
more number before it). The index maps each name to stretches (offset, length[, first bytes]); offsets and lengths are
combined with the key by exclusive or. The first bytes come before what the stretch holds and count in its length.
"""

import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Warned
from comfyvn.infrastructure.imports import pickled
from comfyvn.infrastructure.imports.containers.container import (
    Budget,
    Entry,
    malformed,
    member_name,
    pieces,
    repeated,
    shown_name,
    spooled,
    unknown,
    usable,
)

VERSIONS = {b"RPA-2.0": 1, b"RPA-3.0": 2, b"RPA-3.2": 3}
"""How many numbers follow the name of each version."""
MAX_INDEX = 32 << 20
"""Bytes of an unpacked index."""
MAX_HEADER = 200
"""Bytes of the first line."""
MAX_STRETCHES = 500_000
"""Stretches of all files of an archive."""
MAX_PREFIX = 1 << 12
"""Bytes that an index may hold of a file itself."""

Stretch = tuple[int, int, bytes]
"""Offset and length in the archive, and bytes that come first."""


def is_archive(file: BinaryIO) -> bool:
    """Tell from the first bytes whether a file is an archive of a version that is read."""
    file.seek(0)
    return file.read(7) in VERSIONS


class Rpa:
    """An archive that is open. `file` stays with the caller, who closes it.

    Raises Refused: ``archive_malformed``, ``archive_index_hostile``, ``archive_bomb``, ``member_name_unsafe``.
    """

    def __init__(self, file: BinaryIO, name: str, budget: Budget) -> None:
        self.name = name
        self.warnings: list[Warned] = []
        self._file = file
        self._size = file.seek(0, 2)
        offset, key = self._header()
        self._members: dict[str, list[Stretch]] = {}
        self._left = MAX_STRETCHES
        found: list[Entry] = []
        for raw, given in self._index(offset).items():
            member = member_name(_name(raw, name), name)
            stretches = self._stretches(given, key)
            size = sum(length + len(first) for _, length, first in stretches)
            if not usable(member):
                message = "A file is left out for its name."
                self.warnings.append(Warned("name_unusable", message, shown_name(member)))
            elif member not in self._members:
                budget.take(member, size)
                self._members[member] = stretches
                found.append(Entry(member, size))
        self.entries: Sequence[Entry] = sorted(found, key=lambda entry: entry.name)
        self.warnings += repeated((entry.name for entry in self.entries), name)

    def open(self, name: str) -> Iterator[bytes]:
        """Yield a member in pieces."""
        if name not in self._members:
            raise unknown(name)
        for start, length, first in self._members[name]:
            yield first
            yield from pieces(self._file, start, length, self.name)

    def seekable(self, name: str) -> BinaryIO:
        """Return a member to read anywhere in."""
        return spooled(self.open(name))

    def _header(self) -> tuple[int, int]:
        """Return where the index stands, and the key."""
        self._file.seek(0)
        version, *words = self._file.readline(MAX_HEADER).split()[:4]
        count = VERSIONS.get(version, 0)
        try:
            numbers = [int(word[:16], 16) for word in words[:count]]
        except ValueError:
            numbers = []
        if not count or len(numbers) != count or not 0 < numbers[0] < self._size:
            raise malformed(self.name, "its first line says not where the index is")
        return numbers[0], numbers[-1] if count > 1 else 0

    def _index(self, offset: int) -> dict[object, object]:
        unpacker = zlib.decompressobj()
        data = bytearray()
        try:
            for chunk in pieces(self._file, offset, self._size - offset, self.name):
                data += unpacker.decompress(chunk, MAX_INDEX + 1 - len(data))
                if len(data) > MAX_INDEX:
                    raise Refused("archive_bomb", f"The index of {self.name} has more than {MAX_INDEX} bytes.")
                if unpacker.eof:
                    break
        except zlib.error as error:
            raise malformed(self.name, "its index cannot be unpacked") from error
        if not unpacker.eof:
            raise malformed(self.name, "its index ends too early")
        try:
            index = pickled.load(bytes(data))
        except Refused as refusal:
            if refusal.code != "pickle_hostile":
                raise malformed(self.name, f"its index cannot be read ({refusal.code})") from refusal
            message = f"The index of the archive {self.name} asks for code to run. It was not run."
            raise Refused("archive_index_hostile", message, archive=self.name, **refusal.details) from refusal
        if not isinstance(index, dict):
            raise malformed(self.name, "its index is no table of names")
        return index

    def _stretches(self, given: object, key: int) -> list[Stretch]:
        if not isinstance(given, list):
            raise malformed(self.name, "its index has another shape")
        self._left -= len(given)
        if self._left < 0:
            raise malformed(self.name, "its files have too many parts")
        return [self._stretch(part, key) for part in given]

    def _stretch(self, part: object, key: int) -> Stretch:
        match part:
            case (int(start), int(length)):
                first = b""
            case (int(start), int(length), bytes(first)):
                pass
            case (int(start), int(length), str(text)):
                try:
                    first = text.encode("latin-1")
                except UnicodeEncodeError as error:
                    raise malformed(self.name, "its index has another shape") from error
            case _:
                raise malformed(self.name, "its index has another shape")
        start, length = start ^ key, (length ^ key) - len(first)
        if len(first) > MAX_PREFIX or start < 0 or length < 0 or start + length > self._size:
            raise malformed(self.name, "a file in it would stand outside of it")
        return start, length, first


def _name(raw: object, archive: str) -> str:
    if isinstance(raw, bytes):
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("latin-1")
    if not isinstance(raw, str):
        raise malformed(archive, "a name in it is no text")
    return raw
