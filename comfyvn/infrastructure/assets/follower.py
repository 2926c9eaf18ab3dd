"""A thread beside the server that lets the derived files of assets follow the history."""

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Final

PATIENCE: Final = 1.0
"""Seconds until the thread looks whether it shall stop."""
_LOG = logging.getLogger(__name__)

Stop = Callable[[], bool]


class Follower:
    """Makes what is missing when it starts, and then follows each commit until it is closed.

    `wait(after, seconds)` returns the last position as soon as it is beyond `after`.
    """

    def __init__(
        self,
        wait: Callable[[int, float], int],
        catch_up: Callable[[Stop], None],
        follow: Callable[[int, int, Stop], None],
    ) -> None:
        self._wait, self._catch_up, self._follow = wait, catch_up, follow
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="assets", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Stop after what is being made now."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        at = self._wait(-1, 0)
        stop = self._stopping.is_set
        self._tried(partial(self._catch_up, stop))
        while not stop():
            now = self._wait(at, PATIENCE)
            if now > at:
                self._tried(partial(self._follow, at, now, stop))
                at = now

    def _tried(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:  # the next commit is followed all the same; the log keeps the reason
            _LOG.exception("the derived files of assets could not follow")
