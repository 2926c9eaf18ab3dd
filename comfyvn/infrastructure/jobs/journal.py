"""What a job did, line by line, in a file of its own in the log folder."""

import re
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final

from comfyvn.domain.kernel import Missing

MAX_BYTES: Final = 5_000_000
"""Bytes of the log of one job; what comes after them is left out."""
MAX_LOGS: Final = 10_000
"""Logs that are kept in a folder, the latest ones."""
ROUND: Final = 200
"""New logs after which the oldest ones are taken away."""
_PATH: Final = re.compile(r"[a-z]{1,20}/[A-Za-z0-9]{1,50}\.log")
_CONTROL: Final = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {0x2028: "\\u2028"}


class Journal:
    """The logs of jobs by their paths below the log folder, such as ``imports/k2f9.log``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begun = count()

    def write(self, log: str, text: str) -> None:
        """Add a line; control characters in it are escaped."""
        path = self._path(log)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            if next(self._begun) % ROUND == 0:
                _make_room(path.parent)
        elif path.stat().st_size > MAX_BYTES:
            return
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{stamp} {text.translate(_CONTROL)}\n")

    def read(self, log: str) -> str:
        """Return the lines of a job; raise Missing("log_unknown")."""
        try:
            return self._path(log).read_text("utf-8")
        except OSError as error:
            raise Missing("log_unknown", f"There is no log {log!r} on this machine.", log=log) from error

    def _path(self, log: str) -> Path:
        if not _PATH.fullmatch(log):
            raise Missing("log_unknown", f"There is no log {log[:80]!r}.", log=log[:80])
        return self._folder / log


def _make_room(folder: Path) -> None:
    found: list[tuple[float, Path]] = []
    for path in folder.glob("*.log"):
        with suppress(FileNotFoundError):  # another worker took it away
            found.append((path.stat().st_mtime, path))
    for _, old in sorted(found)[: max(0, len(found) - MAX_LOGS)]:
        old.unlink(missing_ok=True)
