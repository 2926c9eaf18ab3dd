"""Archives of KiriKiri (XP3), plain and packed by zlib, as its own tools write them; keys of games are not known."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final, NamedTuple

from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Warned
from comfyvn.infrastructure.imports.containers.container import (
    CHUNK,
    Budget,
    Entry,
    malformed,
    member_name,
    pieces,
    shown_name,
    spooled,
    unknown,
    usable,
)

MAGIC: Final = b"XP3\r\n \n\x1a\x8bg\x01"
MAX_INDEX: Final = 64 << 20
MAX_SEGMENTS: Final = 1_000_000
_PROTECTED: Final = 1 << 31


class Segment(NamedTuple):
    """A stretch of a member: whether it is packed, where it lies, its size unpacked and packed."""

    packed: bool
    at: int
    size: int
    stored: int


def is_xp3(file: BinaryIO) -> bool:
    """Tell from the first bytes whether a file is such an archive."""
    file.seek(0)
    return file.read(len(MAGIC)) == MAGIC


class Xp3:
    """An archive that is open; `hidden` tells how many members are protected by the game, and left out.

    A member whose checksum is not the one that the archive tells is either damaged or encrypted by the game: it reads
    as it is, and `checked` tells. Raises Refused: ``archive_malformed``, ``archive_bomb``, ``member_name_unsafe``.
    """

    def __init__(self, file: BinaryIO, name: str, budget: Budget) -> None:
        self._file, self._name = file, name
        self._end = file.seek(0, 2)
        self.warnings: list[Warned] = []
        self._members: dict[str, tuple[int, list[Segment], int | None]] = {}
        self._segments = self.hidden = 0
        try:
            self._read_index(self._index(), budget)
        except struct.error as error:
            raise malformed(name, "its index ends too early") from error
        self.entries: Sequence[Entry] = [Entry(n, size) for n, (size, _, _) in sorted(self._members.items())]

    def _index(self) -> bytes:
        """Return the unpacked index."""
        at = self._number(len(MAGIC))
        if self._at(at, 1) == b"\x80":  # a second header, which only says where the index is
            at = self._number(at + 9)
        flag = self._at(at, 1)[0]
        size = self._number(at + 1)
        if flag & 7 == 0:
            if size > MAX_INDEX:
                raise malformed(self._name, "its index is too long")
            return self._at(at + 9, size)
        unpacked = self._number(at + 9)
        if size > MAX_INDEX or unpacked > MAX_INDEX:
            raise malformed(self._name, "its index is too long")
        try:
            found = zlib.decompressobj().decompress(self._at(at + 17, size), unpacked + 1)
        except zlib.error as error:
            raise malformed(self._name, f"its index cannot be unpacked ({error})") from error
        if len(found) != unpacked:
            raise malformed(self._name, "its index has another length than it says")
        return found

    def _at(self, at: int, size: int) -> bytes:
        if not 0 <= at <= self._end - size:
            raise malformed(self._name, "its index lies outside of it")
        self._file.seek(at)
        return self._file.read(size)

    def _number(self, at: int) -> int:
        return int.from_bytes(self._at(at, 8), "little")

    def _read_index(self, index: bytes, budget: Budget) -> None:
        for kind, body in self._chunks(index):
            if kind == b"File":
                self._add(dict(self._chunks(body)), budget)

    def _chunks(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        at = 0
        while at + 12 <= len(data):
            kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 12], "little")
            if size > len(data) - at - 12:
                raise malformed(self._name, "a part of its index is longer than the index")
            yield kind, data[at + 12 : at + 12 + size]
            at += 12 + size

    def _add(self, parts: dict[bytes, bytes], budget: Budget) -> None:
        info, spans = parts.get(b"info", b""), parts.get(b"segm", b"")
        flags, size, _, length = struct.unpack_from("<IQQH", info)
        raw = info[22 : 22 + 2 * length].decode("utf-16-le", errors="replace").rstrip("\0")
        if flags & _PROTECTED and len(raw) < 1_000 and not raw.startswith("$"):
            self.hidden += 1
        if not raw.strip("./ \\") or len(raw) > 1_000 or flags & _PROTECTED:
            self.warnings.append(Warned("name_unusable", "A file is left out for its name.", shown_name(raw)))
            return
        name = member_name(raw, self._name)
        if not usable(name):
            self.warnings.append(Warned("name_unusable", "A file is left out for its name.", shown_name(name)))
            return
        found = [
            Segment(bool(f & 7), at, s, p)
            for f, at, s, p in struct.iter_unpack("<IQQQ", spans[: len(spans) // 28 * 28])
        ]
        self._segments += len(found)
        outside = any(s.at + s.stored > self._end or (not s.packed and s.size != s.stored) for s in found)
        if outside or sum(segment.size for segment in found) != size or self._segments > MAX_SEGMENTS:
            raise malformed(self._name, f"{shown_name(name)} lies outside of it")
        budget.take(name, size, sum(segment.stored for segment in found))
        adler = parts.get(b"adlr")
        self._members[name] = (size, found, struct.unpack("<I", adler)[0] if adler and len(adler) == 4 else None)

    def checked(self, name: str) -> bool:
        """Tell whether a member has the checksum that the archive tells, if it tells one."""
        adler = self._members[name][2]
        found = 1
        for piece in self.open(name):
            found = zlib.adler32(piece, found)
        return adler is None or adler == found

    def open(self, name: str) -> Iterator[bytes]:
        """Yield a member in pieces; raise Missing("member_unknown"), Refused("archive_malformed")."""
        if name not in self._members:
            raise unknown(name)
        for segment in self._members[name][1]:
            stored = pieces(self._file, segment.at, segment.stored, self._name)
            yield from self._unpacked(stored, segment, name) if segment.packed else stored

    def _unpacked(self, stored: Iterator[bytes], segment: Segment, name: str) -> Iterator[bytes]:
        unpacker, left = zlib.decompressobj(), segment.size
        try:
            for piece in stored:
                data = piece
                while data and left >= 0:
                    found = unpacker.decompress(data, CHUNK)
                    data = unpacker.unconsumed_tail
                    left -= len(found)
                    if left < 0:
                        break
                    yield found
            while left > 0 and (found := unpacker.decompress(b"", CHUNK)):
                left -= len(found)
                yield found
        except zlib.error as error:
            raise malformed(self._name, f"{shown_name(name)} cannot be unpacked ({error})") from error
        if left:
            raise malformed(self._name, f"{shown_name(name)} has another length than it says")

    def seekable(self, name: str) -> BinaryIO:
        """Return a member to read anywhere in."""
        return spooled(self.open(name))


def encrypted(name: str) -> Refused:
    """Return the refusal of an archive that its game encrypts."""
    message = (
        f"The archive {name} is encrypted by its game; its keys are not known here. Unpack it with a program that you "
        "may use for it, and import the folder."
    )
    return Refused("archive_encrypted", message, archive=name)
