"""One listener: a bounded queue between what happens and a reader who may be slow."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from comfyvn.application.streaming.topics import Event, Wanted

QUEUE: Final = 256
"""Events that wait for one listener before it counts as too slow."""


class Told(NamedTuple):
    """An event on its way; `position` is where the listener stands once it has this one, None: nowhere new."""

    event: Event
    position: int | None


class Listener:
    """What waits for one reader. All methods are called in the loop of the server.

    `at` is the position up to which all that is wanted is queued or told; what comes before is not queued again.
    Until `live` the listener reads commits from the store itself. Where the queue would grow beyond its bound it is
    emptied and `lagging`: the reader is to begin again from where it stands.
    """

    def __init__(self, wanted: Wanted, at: int, size: int = QUEUE) -> None:
        self.wanted, self.at, self._size = wanted, at, size
        self.live = self.lagging = self.closed = False
        self._queue: deque[Told | str] = deque()
        self._latest: dict[str, Event] = {}
        self._news = asyncio.Event()

    def offer(self, position: int, events: Sequence[Event]) -> None:
        """Queue what is wanted of one commit."""
        if not self.live or self.lagging or position <= self.at:
            return
        self.at = position
        self._put(told(self.wanted, position, events))

    def note(self, event: Event, *, older: bool = False) -> None:
        """Queue an event of which only the latest counts; one that waits already is replaced, or kept if `older`."""
        if older and event.key in self._latest:
            return
        if self.lagging or event.key is None or not self.wanted.fits(event):
            return
        if event.key not in self._latest:
            self._put([event.key])
        if not self.lagging:
            self._latest[event.key] = event

    def fall_back(self) -> None:
        """Let the reader read from the store itself what comes after `at`."""
        self.live = False
        self._news.set()

    def close(self) -> None:
        """Let the reader go."""
        self.closed = True
        self._news.set()

    async def take(self, seconds: float) -> list[Told]:
        """Return what waits, in order; nothing where nothing came within some seconds, or there is else to do."""
        if self.live and not (self._queue or self.closed or self.lagging):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), seconds)
        self._news.clear()
        taken = [Told(self._latest[e], None) if isinstance(e, str) else e for e in self._queue]
        self._queue.clear()
        self._latest.clear()
        return taken

    def _put(self, entries: Sequence[Told | str]) -> None:
        if not entries:
            return
        if len(self._queue) + len(entries) > self._size:
            self.lagging = True
            self._queue.clear()
            self._latest.clear()
        else:
            self._queue.extend(entries)
        self._news.set()


def told(wanted: Wanted, position: int, events: Iterable[Event]) -> list[Told]:
    """Return what is wanted of one commit; only with the last of it does the listener stand behind the commit."""
    fitting = [event for event in events if wanted.fits(event)]
    return [Told(event, position if event is fitting[-1] else None) for event in fitting]
