"""States that were folded before, so that a load folds only what came since."""

import threading
from bisect import bisect_right
from collections import OrderedDict
from typing import Any

ENTITIES = 4096
VERSIONS = 16
EVERY = 256
"""A long fold leaves a state behind after this many events, for loads of the past."""


class States:
    """The most recently used states by (branch, entity) and version. States never change, so versions share memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], list[tuple[int, Any]]] = OrderedDict()

    def nearest(self, branch: str, entity: str, version: int) -> tuple[int, Any]:
        """Return the latest known (version, state) at or before `version`; (0, None) where none is."""
        with self._lock:
            known = self._known.get((branch, entity))
            if not known:
                return 0, None
            self._known.move_to_end((branch, entity))
            at = bisect_right(known, version, key=lambda pair: pair[0])
            return known[at - 1] if at else (0, None)

    def put(self, branch: str, entity: str, version: int, state: Any) -> None:
        """Remember a state."""
        with self._lock:
            known = self._known.setdefault((branch, entity), [])
            at = bisect_right(known, version, key=lambda pair: pair[0])
            if at and known[at - 1][0] == version:
                return
            known.insert(at, (version, state))
            if len(known) > VERSIONS:
                del known[len(known) // 2 if at == len(known) - 1 else 0]
            self._known.move_to_end((branch, entity))
            if len(self._known) > ENTITIES:
                self._known.popitem(last=False)
