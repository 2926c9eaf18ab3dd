"""Checks credentials in a process of its own, which may die of what it reads: exports come from anywhere."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from comfyvn.domain.kernel import Json, Refused
from comfyvn.infrastructure.credentials.checking import Checked
from comfyvn.infrastructure.media.guarded import Cell, on_disk

SECONDS: Final = 600.0
"""How long one file may take: all of it is hashed."""


class GuardedChecks:
    """Checks one file after the other. Not safe for threads; `close` ends the process."""

    def __init__(self) -> None:
        self._cell: Cell | None = None

    def media(self, content: Callable[[], BinaryIO], beside: bytes | None, root: bytes | None) -> Checked:
        """Check the credential in a file, or the one `beside` it; `root` (PEM) is trusted."""
        with on_disk(content) as path:
            kept = None if beside is None else base64.b64encode(beside).decode()
            return self._ask({"do": "credential", "path": path, "beside": kept}, root)

    def bundle(self, file: Path, root: bytes | None) -> Checked:
        """Check the credential of a zip file as a whole."""
        return self._ask({"do": "bundle-credential", "path": str(file)}, root)

    def close(self) -> None:
        """End the process."""
        if self._cell is not None:
            self._cell.end()
            self._cell = None

    def _ask(self, order: dict[str, Json], root: bytes | None) -> Checked:
        if self._cell is not None and not self._cell.alive:
            self.close()
        self._cell = self._cell or Cell()
        try:
            head, _ = self._cell.ask({**order, "root": root.decode("ascii", "replace") if root else None}, SECONDS)
        except Refused as refused:
            return Checked("broken", "", (refused.code,))
        return Checked(head["state"], head["signer"], tuple(head["codes"]))
