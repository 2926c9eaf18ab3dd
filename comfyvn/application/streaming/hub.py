"""The hub: one task follows the history, and each listener gets what it wants of it without a gap."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, TypeAlias, TypeVar

from comfyvn.application.ports import Commit, News
from comfyvn.application.streaming.listener import QUEUE, Listener, Told, told
from comfyvn.application.streaming.topics import Event, Wanted, body_of
from comfyvn.domain.kernel import Conflict

PAGE: Final = 200
"""Commits that are read at a time."""
PATIENCE: Final = 1.0
"""Seconds until the task that follows looks whether it is to stop, or tries again after an error."""
_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")

Expand: TypeAlias = Callable[[Commit, Callable[[str], bool]], Sequence[Event]]
"""Gives the events of a commit of the topics that are asked for."""


class Ready(NamedTuple):
    """The first frame: the listener stands here."""

    position: int


class Resync(NamedTuple):
    """Something was left out: ``slow`` (too much waited; begin again after `position`) or ``unknown_position``."""

    reason: Literal["slow", "unknown_position"]
    position: int


class Beat(NamedTuple):
    """Nothing wanted happened up to here."""

    position: int


Frame: TypeAlias = Ready | Told | Resync | Beat


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one listener may hold up, and all of them together."""

    listeners: int = 2000
    queue: int = QUEUE
    beat_seconds: float = 15.0
    send_seconds: float = 20.0
    gather_seconds: float = 0.1
    """How long what changes fast is gathered, so that only the latest of it is told."""


class Hub:
    """Tells what happens to whoever listens; a process has one, in the loop of its server."""

    def __init__(
        self,
        news: News,
        expand: Expand,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.present: Callable[[], Iterable[tuple[str, Any]]] = tuple
        """Gives the topics that have no position, each with what is so now; a listener is told it first."""
        self._news, self._expand = news, expand
        self._listeners: set[Listener] = set()
        self._position = 0
        self._pool: ThreadPoolExecutor | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._gathered: dict[str, Event] = {}
        self._gathering = threading.Lock()

    @property
    def position(self) -> int:
        """The position up to which listeners have been told."""
        return self._position

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    async def start(self) -> None:
        """Begin to follow the history, in the loop that runs."""
        self._loop = asyncio.get_running_loop()
        self._pool = ThreadPoolExecutor(4, "streaming")
        self._position = await self.in_thread(self._news.position)
        self._task = self._loop.create_task(self._follow())

    def release(self) -> None:
        """Let all listeners go, and take no new ones: the server is about to stop."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        for listener in self._listeners:
            listener.close()

    async def close(self) -> None:
        """Stop following."""
        task = self._task
        self.release()
        if task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await asyncio.to_thread(pool.shutdown)

    def publish(self, topic: str, data: Any) -> None:
        """Tell what has no position, from any thread; of a topic that changes fast only the latest is told."""
        loop = self._loop
        if loop is None or self._task is None or not self._listeners:
            return
        event = _passing(topic, data)
        with self._gathering:
            first = not self._gathered
            self._gathered[topic] = event
        if first:
            with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile, so nobody listens any more
                loop.call_soon_threadsafe(loop.call_later, self.limits.gather_seconds, self._flush)

    def admit(self) -> None:
        """Raise Conflict where nobody may listen now: ``streaming_stopped``, ``listeners_full``."""
        if self._task is None or self._loop is not asyncio.get_running_loop():
            raise Conflict("streaming_stopped", "The server is starting or stopping; try again.")
        if len(self._listeners) >= self.limits.listeners:
            raise Conflict("listeners_full", f"{self.limits.listeners} listeners are here already.")

    @contextmanager
    def hears(self, listener: Listener) -> Iterator[None]:
        """Offer what happens to a listener as long as it is there. Raises as `admit` does."""
        self.admit()
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)

    async def listen(self, wanted: Wanted, after: int | None = None) -> AsyncGenerator[Frame, None]:
        """Yield what is wanted of all that happens after a position (None: from now on). Raises as `admit` does."""
        listener = Listener(wanted, self._position if after is None else after, self.limits.queue)
        stands = listener.at
        with self.hears(listener):
            yield Ready(stands)
            if stands > self._position and stands > (known := await self.in_thread(self._news.position)):
                listener.at = stands = known
                yield Resync("unknown_position", known)
            for name, data in await self.in_thread(self._now):
                listener.note(_passing(name, data), older=True)
            while not listener.closed:
                batch = await listener.take(self.limits.beat_seconds)
                for item in batch:
                    yield item
                    stands = item.position or stands
                if listener.lagging and not batch:
                    yield Resync("slow", stands)
                    return
                if not listener.live:
                    async for frame in self._missed(listener):
                        yield frame
                        stands = frame.position or stands
                elif not (batch or listener.closed):
                    stands = listener.at
                    yield Beat(stands)

    async def _missed(self, listener: Listener) -> AsyncGenerator[Told | Beat, None]:
        """Yield from the store what came after the listener's position, until it can be told as it comes."""
        while listener.at < self._position and not listener.closed:
            page = await self.in_thread(self._page, listener.at, listener.wanted.asks_for)
            if not page:
                break
            for position, events in page:
                for item in told(listener.wanted, position, events):
                    yield item
                listener.at = position
            yield Beat(listener.at)
        listener.live = True  # no other task ran since the position was compared

    async def _follow(self) -> None:
        while True:
            try:
                now = await self.in_thread(self._news.wait, self._position, PATIENCE)
                while self._position < now:
                    audience = frozenset(self._listeners)
                    page = await self.in_thread(self._page, self._position, _asked(audience))
                    for listener in self._listeners - audience:
                        listener.fall_back()  # the page may be without what a newcomer asks for
                    for position, events in page:
                        for listener in self._listeners:
                            listener.offer(position, events)
                        self._position = position
                    if not page:
                        break
                    await asyncio.sleep(0)
            except Exception:  # the database may come back; the log keeps the reason
                _LOG.exception("the history cannot be followed at the moment")
                await asyncio.sleep(PATIENCE)

    def _page(self, after: int, asked: Callable[[str], bool]) -> list[tuple[int, Sequence[Event]]]:
        """Return the next commits with their events; runs in a thread."""
        return [(commit.position, self._expand(commit, asked)) for commit in self._news.since(after, PAGE)]

    def _now(self) -> list[tuple[str, Any]]:
        return list(self.present())

    def _flush(self) -> None:
        with self._gathering:
            gathered, self._gathered = self._gathered, {}
        for event in gathered.values():
            for listener in self._listeners:
                listener.note(event)

    async def in_thread(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """Do work that may wait for the database, in a thread of the hub."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)


def _asked(audience: Iterable[Listener]) -> Callable[[str], bool]:
    wanted = {listener.wanted for listener in audience}
    return lambda topic: any(one.asks_for(topic) for one in wanted)


def _passing(topic: str, data: Any) -> Event:
    return Event(topic, body_of(data), key=topic)
