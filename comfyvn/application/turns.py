"""Taking turns: those who decide on what a branch holds now, in this process, come one after the other.

The store refuses what was decided on an older version, whoever wrote; that alone would let the slower of two starve.
"""

from contextlib import AbstractContextManager
from threading import RLock
from typing import Any, Final
from zlib import crc32

STRIPES: Final = 64


class Turns:
    """One lock for each branch; different branches seldom share one."""

    def __init__(self) -> None:
        self._locks = [RLock() for _ in range(STRIPES)]

    def of(self, branch: str) -> AbstractContextManager[Any]:
        """Return what is held while one decides on the present state of a branch and writes."""
        return self._locks[crc32(branch.encode()) % STRIPES]
