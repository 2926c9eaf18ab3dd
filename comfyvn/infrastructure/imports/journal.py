"""What an import did, line by line, in a file of its own in the log folder."""

import re
import time
from pathlib import Path
from typing import Final

from comfyvn.domain.kernel import Missing

MAX_BYTES: Final = 5_000_000
"""Bytes of the log of one import; what comes after them is left out."""
MAX_LOGS: Final = 500
"""Logs that are kept, the latest ones."""
_ID: Final = re.compile(r"[A-Za-z0-9]{1,50}")
_CONTROL: Final = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {0x2028: "\\u2028"}


class Journal:
    """The logs of imports by their ids, such as ``imports/k2f9.log``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, log_id: str, text: str) -> None:
        """Add a line; control characters in it are escaped."""
        path = self._path(log_id)
        self._folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            self._make_room()
        elif path.stat().st_size > MAX_BYTES:
            return
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{stamp} {text.translate(_CONTROL)}\n")

    def read(self, log_id: str) -> str:
        """Return the lines of an import; raise Missing("log_unknown")."""
        try:
            return self._path(log_id).read_text("utf-8")
        except OSError as error:
            raise Missing("log_unknown", f"There is no log of an import {log_id!r}.", job=log_id) from error

    def _path(self, log_id: str) -> Path:
        if not _ID.fullmatch(log_id):
            raise Missing("log_unknown", f"There is no log of an import {log_id[:50]!r}.", job=log_id[:50])
        return self._folder / f"{log_id}.log"

    def _make_room(self) -> None:
        logs = sorted(self._folder.glob("*.log"), key=lambda path: path.stat().st_mtime)
        for old in logs[: max(0, len(logs) - MAX_LOGS + 1)]:
            old.unlink(missing_ok=True)
