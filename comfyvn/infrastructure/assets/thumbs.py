"""Thumbnails as files in the cache folder; what has nothing to show is remembered by an empty file."""

from pathlib import Path

from comfyvn.application.assets.placing import thumb_path
from comfyvn.infrastructure.assets.shelf import INCOMING, write


class FileThumbs:
    """The port `Thumbs` on the cache folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def known(self, digest: str) -> bool:
        """Tell whether it was tried to make a picture."""
        return self._file(digest).is_file()

    def get(self, digest: str) -> bytes | None:
        """Return the picture; None where there is none (yet)."""
        try:
            return self._file(digest).read_bytes() or None
        except FileNotFoundError:
            return None

    def put(self, digest: str, picture: bytes | None) -> None:
        """Keep a picture, or that there is nothing to show."""
        write(self._file(digest), picture or b"", self._root / INCOMING)

    def _file(self, digest: str) -> Path:
        return self._root / thumb_path(digest)
