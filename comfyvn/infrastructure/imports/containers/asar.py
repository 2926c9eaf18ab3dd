"""Archives of Electron (``app.asar``): a header of JSON, then the files. Format: the documentation of electron/asar."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

from comfyvn.domain.pack import Warned
from comfyvn.infrastructure.imports.containers.container import (
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

MAX_HEADER: Final = 64 << 20
MAX_FOLDERS: Final = 100
"""Folders inside each other."""
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


def is_asar(file: BinaryIO) -> bool:
    """Tell from the first bytes whether a file is such an archive."""
    file.seek(0)
    head = file.read(17)
    return len(head) == 17 and head[:4] == b"\x04\0\0\0" and head[16:17] == b"{"


class Asar:
    """An archive that is open. Links and files that lie beside the archive are left out, with a warning.

    Raises Refused: ``archive_malformed``, ``archive_bomb``, ``member_name_unsafe``.
    """

    def __init__(self, file: BinaryIO, name: str, budget: Budget) -> None:
        self._file, self._name = file, name
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
        if not isinstance(entry, dict) or "link" in entry or entry.get("unpacked"):
            self.warnings.append(Warned("link_passed_over", "A link is not followed.", shown_name(name)))
            return
        size, offset = entry.get("size"), entry.get("offset")
        at = (
            int(offset)
            if isinstance(offset, str) and offset.isascii() and offset.isdigit() and len(offset) < 20
            else -1
        )
        if not isinstance(size, int) or size < 0 or at < 0 or self._base + at + size > self._end:
            raise malformed(self._name, f"{shown_name(name)} lies outside of it")
        if not usable(name):
            self.warnings.append(Warned("name_unusable", "A file is left out for its name.", shown_name(name)))
            return
        budget.take(name, size, size)
        self._places[name] = (self._base + at, size)

    def open(self, name: str) -> Iterator[bytes]:
        """Yield a member in pieces; raise Missing("member_unknown")."""
        if name not in self._places:
            raise unknown(name)
        return pieces(self._file, *self._places[name], self._name)

    def seekable(self, name: str) -> BinaryIO:
        """Return a member to read anywhere in."""
        return spooled(self.open(name))
