"""Archives of Electron (``app.asar``): a header of JSON, then the files. Format: the documentation of electron/asar."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

from comfyvn.domain.pack import Warned
from comfyvn.infrastructure.imports.containers.container import (
    Budget,
    Container,
    Entry,
    malformed,
    member_name,
    pieces,
    shown_name,
    spooled,
    unknown,
    usable,
)

MAX_HEADER: Final = 64 << 20
MAX_FOLDERS: Final = 100
"""Folders inside each other."""
BESIDE: Final = ".unpacked"
"""How the name of the folder ends in which files of an archive lie that are not packed."""


def is_asar(file: BinaryIO) -> bool:
    """Tell from the first bytes whether a file is such an archive."""
    file.seek(0)
    head = file.read(17)
    return len(head) == 17 and head[:4] == b"\x04\0\0\0" and head[16:17] == b"{"


class Asar:
    """An archive that is open, with the folder `beside` it that has the files which are not packed.

    Links are left out, with a warning, and so are unpacked files that are not there. Files are checked against the
    SHA-256 that the archive tells. Raises Refused: ``archive_malformed``, ``archive_bomb``, ``member_name_unsafe``.
    """

    def __init__(self, file: BinaryIO, name: str, budget: Budget, beside: Container | None = None) -> None:
        self._file, self._name, self._beside = file, name, beside
        self._sizes_beside = {entry.name: entry.size for entry in beside.entries} if beside else {}
        self.warnings: list[Warned] = []
        file.seek(0)
        head = file.read(16)
        size = int.from_bytes(head[4:8], "little") if len(head) == 16 else 0
        length = int.from_bytes(head[12:16], "little") if len(head) == 16 else 0
        if not 0 < length <= min(size, MAX_HEADER):
            raise malformed(name, "its header has no fitting length")
        try:
            header = json.loads(file.read(length))
        except (ValueError, RecursionError) as error:
            raise malformed(name, "its header is no JSON") from error
        self._base = 8 + size
        self._end = file.seek(0, 2)
        self._places: dict[str, tuple[int, int]] = {}
        self._sums: dict[str, str] = {}
        self._add(header, "", budget)
        self.entries: Sequence[Entry] = [Entry(n, size) for n, (_, size) in sorted(self._places.items())]

    def _add(self, header: Any, top: str, budget: Budget) -> None:
        waiting = [(header, top, 0)]
        while waiting:
            node, prefix, depth = waiting.pop()
            listed = node.get("files") if isinstance(node, dict) else None
            if not isinstance(listed, dict) or depth > MAX_FOLDERS:
                raise malformed(self._name, "its header does not list files")
            for key, entry in listed.items():
                name = f"{prefix}{key}"
                if isinstance(entry, dict) and "files" in entry:
                    waiting.append((entry, f"{name}/", depth + 1))
                else:
                    self._file_entry(member_name(name, self._name), entry, budget)

    def _file_entry(self, name: str, entry: Any, budget: Budget) -> None:
        if not isinstance(entry, dict) or "link" in entry:
            self.warnings.append(Warned("link_passed_over", "A link is not followed.", shown_name(name)))
            return
        size = entry.get("size")
        if entry.get("unpacked"):
            if name not in self._sizes_beside or self._sizes_beside[name] != size:
                message = f"The file lies beside the archive, in {self._name}{BESIDE}, and is not there."
                self.warnings.append(Warned("file_missing", message, shown_name(name)))
                return
            at = -1
        else:
            at = self._base + _offset(entry.get("offset"))
        if type(size) is not int or size < 0 or (at >= 0 and at + size > self._end):
            raise malformed(self._name, f"{shown_name(name)} lies outside of it")
        if not usable(name):
            self.warnings.append(Warned("name_unusable", "A file is left out for its name.", shown_name(name)))
            return
        budget.take(name, size, size)
        self._places[name] = (at, size)
        told = entry.get("integrity")
        if isinstance(told, dict) and told.get("algorithm") == "SHA256" and isinstance(told.get("hash"), str):
            self._sums[name] = told["hash"].lower()

    def open(self, name: str) -> Iterator[bytes]:
        """Yield a member in pieces; raise Missing("member_unknown"), Refused("archive_malformed")."""
        if name not in self._places:
            raise unknown(name)
        at, size = self._places[name]
        found = hashlib.sha256()
        for piece in pieces(self._file, at, size, self._name) if at >= 0 else self._open_beside(name):
            found.update(piece)
            yield piece
        if self._sums.get(name, found.hexdigest()) != found.hexdigest():
            raise malformed(self._name, f"{shown_name(name)} has another SHA-256 than the archive tells")

    def _open_beside(self, name: str) -> Iterator[bytes]:
        if self._beside is None:
            raise unknown(name)
        return self._beside.open(name)

    def seekable(self, name: str) -> BinaryIO:
        """Return a member to read anywhere in."""
        return spooled(self.open(name))


def _offset(told: Any) -> int:
    """Return the place of a file behind the header, beyond any archive where it is none."""
    plain = isinstance(told, str) and told.isascii() and told.isdigit() and len(told) < 20
    return int(told) if plain else 1 << 62
