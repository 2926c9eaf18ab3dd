"""News of new positions between the threads of one process."""

import threading


class Signal:
    """Holds the highest position heard of and wakes who waits for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._position = 0

    def set(self, position: int) -> None:
        """Tell that the store has come to `position`."""
        with self._changed:
            if position > self._position:
                self._position = position
                self._changed.notify_all()

    def wait(self, after: int, seconds: float) -> bool:
        """Wait until a position beyond `after` is heard of; False when time is up."""
        with self._changed:
            return self._changed.wait_for(lambda: self._position > after, seconds)
