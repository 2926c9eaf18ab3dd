"""What playthroughs tell, worked out once for all who listen, and a bell that rings when one goes on."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from comfyvn.application.plays.playing import Plays
from comfyvn.application.plays.telling import Told, tell
from comfyvn.application.streaming.hub import Hub
from comfyvn.application.streaming.listener import Listener
from comfyvn.application.streaming.topics import Event, Wanted, topic

KEPT: Final = 16
"""Versions of playthroughs that are kept, with their pieces."""

Key = tuple[str, str, int]


class Bell(Listener):
    """Rings when a playthrough goes on. It holds no queue: who is late looks where the play stands by then."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__(wanted, 0)
        self.version: int | None = None
        """The version that it rang for last, None where only the store knows."""

    def offer(self, position: int, events: Sequence[Event]) -> None:
        """Ring where a wanted event is among those of a commit."""
        for event in events:
            if self.wanted.fits(event):
                self.version = json.loads(event.body)["version"]
                self._news.set()

    def fall_back(self) -> None:
        """Ring: something may have happened that was not offered."""
        self.version = None
        self._news.set()

    async def rings(self, seconds: float, *, keep: bool = False) -> bool:
        """Wait until it rings, at most some seconds; tell whether it did, or the server stops.

        With `keep` it goes on ringing.
        """
        if not self.closed:
            try:
                await asyncio.wait_for(self._news.wait(), seconds)
            except TimeoutError:
                return False
        if not keep:
            self._news.clear()
        return True


class Dialogues:
    """What the playthroughs of a studio tell. Used in the loop of the server alone."""

    def __init__(self, plays: Plays, hub: Hub) -> None:
        self.hub = hub
        self._plays = plays
        self._kept: OrderedDict[Key, asyncio.Task[Told]] = OrderedDict()

    async def version(self, project: str, play_id: str) -> int:
        """Return the version where a playthrough stands. Raises Missing("playthrough_unknown")."""
        return (await self.hub.in_thread(self._plays.get, project, play_id)).version

    async def told(self, project: str, play_id: str, version: int) -> Told:
        """Return what there is to tell of a version. Raises as `tell` does."""
        key = (project, play_id, version)
        task = self._kept.get(key)
        if task is None or (task.done() and _failed(task)):
            earlier = self._kept.get((project, play_id, version - 1))
            before = earlier.result().session if earlier and earlier.done() and not _failed(earlier) else None
            work = self.hub.in_thread(tell, self._plays.studio, project, play_id, version, before)
            task = self._kept[key] = asyncio.ensure_future(work)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return await asyncio.shield(task)

    @contextmanager
    def bell(self, project: str, play_id: str) -> Iterator[Bell]:
        """Yield a bell of a playthrough. Raises as `Hub.admit` does."""
        bell = Bell(Wanted((topic("plays", project, play_id),)))
        with self.hub.hears(bell):
            yield bell


def _failed(task: "asyncio.Task[Told]") -> bool:
    return task.cancelled() or task.exception() is not None
