"""Files of this machine that may become assets: one file, or a folder with all that is in it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from comfyvn.application.assets.placing import SIDECAR
from comfyvn.domain.kernel import Missing

CHUNK: Final = 1 << 20
"""Bytes read at once."""


class DiskSource:
    """The port `Source` on a path. Links are not followed; hidden files and sidecars are left out of folders."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise Missing("path_unknown", f"There is nothing at {path}.", path=str(path))
        self._path = path
        self.single = path.is_file()

    def names(self) -> Iterator[str]:
        """Yield the files by their paths below the folder, in order."""
        if self.single:
            yield self._path.name
            return
        for folder, folders, files in os.walk(self._path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                file = Path(folder, name)
                if not (name.startswith(".") or name.endswith(SIDECAR) or file.is_symlink()) and file.is_file():
                    yield file.relative_to(self._path).as_posix()

    def open(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of one of the files in chunks."""
        with (self._path if self.single else self._path / name).open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
