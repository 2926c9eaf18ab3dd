"""Files in memory, for games that are written and read again at once."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from comfyvn.domain.pack import Warned
from comfyvn.infrastructure.imports.containers.container import Entry, unknown


class Memory:
    """Files by their names. Of those in `sizes` only names and sizes in bytes are known: they read as empty."""

    warnings: Sequence[Warned] = ()

    def __init__(self, files: Mapping[str, bytes], sizes: Mapping[str, int]) -> None:
        self._files = {**dict.fromkeys(sizes, b""), **files}
        self.entries: Sequence[Entry] = [
            Entry(name, sizes[name] if name in sizes and name not in files else len(self._files[name]))
            for name in sorted(self._files)
        ]

    def open(self, name: str) -> Iterator[bytes]:
        """Yield the content of a file; raise Missing("member_unknown")."""
        if name not in self._files:
            raise unknown(name)
        yield self._files[name]

    def seekable(self, name: str) -> BinaryIO:
        """Return a file to read anywhere in."""
        return io.BytesIO(b"".join(self.open(name)))
