"""The hub and its listeners: bounded, coalescing, and without a gap whenever somebody comes."""

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from typing import Any

import pytest

from comfyvn.application.ports import Commit
from comfyvn.application.streaming.hub import Beat, Frame, Hub, Limits, Ready, Resync
from comfyvn.application.streaming.listener import Told
from comfyvn.application.streaming.topics import Event, Wanted, body_of, topic, wanted_topics
from comfyvn.domain.kernel import Conflict, Refused
from tests.patience import PATIENCE

QUICK = Limits(queue=10, beat_seconds=0.05, gather_seconds=0.01)


class Log:
    """News that a test writes; `broken` makes it fail as a database does that is gone."""

    def __init__(self) -> None:
        self.commits: list[Commit] = []
        self.broken = False
        self.reads = 0
        self._changed = threading.Condition()

    def write(self, count: int = 1, branch: str = "b") -> None:
        with self._changed:
            for _ in range(count):
                n = len(self.commits) + 1
                self.commits.append(Commit(f"{n}", "p", branch, n, n, n, 1, "do", "ann", "", f"n{n}", f"c{n}"))
            self._changed.notify_all()

    def position(self) -> int:
        return len(self.commits)

    def wait(self, after: int, seconds: float) -> int:
        if self.broken:
            raise OSError("the database is gone")
        with self._changed:
            self._changed.wait_for(lambda: len(self.commits) > after, min(seconds, 0.05))
            return len(self.commits)

    def since(self, after: int, size: int) -> Sequence[Commit]:
        self.reads += 1
        return self.commits[after : after + size]


def expand(commit: Commit, asked: Callable[[str], bool]) -> Sequence[Event]:
    name = topic("commits", commit.project, commit.branch)
    found = [Event(name, body_of({"n": commit.position}), commit.position, None, "p", commit.branch, "ann")]
    if asked("vars"):
        found.append(Event("vars/changed/p", b"{}", commit.position, None, "p", None, "ann"))
    return found if asked(name) or asked("vars") else ()


def run(test: Callable[[Hub, Log], Coroutine[Any, Any, None]], limits: Limits = QUICK) -> None:
    async def main() -> None:
        log = Log()
        hub = Hub(log, expand, limits)
        await hub.start()
        try:
            await asyncio.wait_for(test(hub, log), PATIENCE)
        finally:
            await hub.close()

    asyncio.run(main())


Frames = AsyncGenerator[Frame, None]


async def next_events(frames: Frames, count: int) -> list[int]:
    """Return the positions of the next events; no frame but beats may come between."""
    found: list[int] = []
    async for frame in frames:
        if isinstance(frame, Beat):
            continue
        assert isinstance(frame, Told), frame
        found.append(frame.event.position or 0)
        if len(found) == count:
            break
    return found


def test_who_does_not_read_is_told_to_begin_again_and_finds_everything() -> None:
    async def test(hub: Hub, log: Log) -> None:
        async with aclosing(hub.listen(Wanted(("commits",)))) as frames:
            assert await anext(frames) == Ready(0)
            log.write()
            assert await next_events(frames, 1) == [1]
            log.write(500)
            while hub.position < 501:
                await asyncio.sleep(0.01)
            left = [frame async for frame in frames if not isinstance(frame, Beat)]
        told = [frame.event.position for frame in left[:-1] if isinstance(frame, Told)]
        assert isinstance(left[-1], Resync)
        assert left[-1] == Resync("slow", (told or [1])[-1] or 0)
        assert told == list(range(2, 2 + len(told)))
        async with aclosing(hub.listen(Wanted(("commits",)), left[-1].position)) as frames:
            await anext(frames)
            assert await next_events(frames, 501 - left[-1].position) == list(range(left[-1].position + 1, 502))
        assert hub.listeners == 0

    run(test)


def test_nobody_misses_anything_whenever_he_comes() -> None:
    async def test(hub: Hub, log: Log) -> None:
        async def hear(after: int | None, kinds: tuple[str, ...]) -> None:
            async with aclosing(hub.listen(Wanted(kinds), after)) as frames:
                ready = await anext(frames)
                assert isinstance(ready, Ready)
                want = list(range(ready.position + 1, 401))
                assert await next_events(frames, len(want)) == want

        tasks = []
        for n in range(40):
            log.write(10)
            kinds = ("commits",) if n % 2 else ("vars",)
            tasks.append(asyncio.create_task(hear(None if n % 3 else max(0, n - 5), kinds)))
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)

    run(test, Limits(queue=1000, beat_seconds=0.05))


def test_of_what_changes_fast_only_the_latest_is_told() -> None:
    async def test(hub: Hub, log: Log) -> None:
        hub.present = lambda: [("jobs/a", {"done": 0})]
        async with aclosing(hub.listen(Wanted(("jobs",)))) as frames:
            await anext(frames)
            first = await anext(frames)
            assert isinstance(first, Told)
            told: list[Any] = [json.loads(first.event.body)]
            worker = asyncio.to_thread(lambda: [hub.publish("jobs/a", {"done": n}) for n in range(1, 10_001)])
            task = asyncio.ensure_future(worker)
            while told[-1] != {"done": 10_000}:
                frame = await anext(frames)
                if isinstance(frame, Told):
                    assert frame.position is None
                    told.append(json.loads(frame.event.body))
            await task
        assert told[0] == {"done": 0}
        assert len(told) < 1000
        assert [item["done"] for item in told] == sorted(item["done"] for item in told)

    run(test)


def test_what_a_listener_does_not_want_moves_it_on_all_the_same() -> None:
    async def test(hub: Hub, log: Log) -> None:
        async with aclosing(hub.listen(Wanted(("commits",), branch="other"))) as frames:
            await anext(frames)
            log.write(3)
            while await anext(frames) != Beat(3):
                pass
            log.write(1, branch="other")
            assert await next_events(frames, 1) == [4]

    run(test)


def test_a_database_that_was_gone_for_a_while_is_followed_again(caplog: pytest.LogCaptureFixture) -> None:
    async def test(hub: Hub, log: Log) -> None:
        async with aclosing(hub.listen(Wanted(("commits",)))) as frames:
            await anext(frames)
            log.broken = True
            while "cannot be followed" not in caplog.text:
                await asyncio.sleep(0.01)
            log.write(3)
            log.broken = False
            assert await next_events(frames, 3) == [1, 2, 3]

    run(test, Limits(beat_seconds=0.05))


def test_a_server_that_stops_lets_listeners_go_and_takes_no_new_ones() -> None:
    async def test(hub: Hub, log: Log) -> None:
        async with aclosing(hub.listen(Wanted())) as frames:
            await anext(frames)
            hub.release()
            assert [frame async for frame in frames] == []
        with pytest.raises(Conflict) as refused:
            hub.admit()
        assert refused.value.code == "streaming_stopped"

    run(test)


def test_only_so_many_may_listen() -> None:
    async def test(hub: Hub, log: Log) -> None:
        async with aclosing(hub.listen(Wanted())) as frames:
            await anext(frames)
            with pytest.raises(Conflict) as refused:
                hub.admit()
            assert refused.value.code == "listeners_full"

    run(test, Limits(listeners=1))


def test_topics_hold_what_stands_below_them() -> None:
    def event(name: str, **more: Any) -> Event:
        return Event(name, b"{}", **more)

    wanted = Wanted(wanted_topics(["commits/p", " vars "]), project="p", actor="ann")
    assert wanted.fits(event("commits/p/b", project="p", actor="ann"))
    assert not wanted.fits(event("commits/pq/b", project="p", actor="ann"))
    assert not wanted.fits(event("vars/changed/q", project="q", actor="ann"))
    assert not wanted.fits(event("vars/changed/p", project="p", actor="bo"))
    assert Wanted(project="p").fits(event("jobs/1"))
    assert wanted_topics([]) == ("commits", "plays", "vars", "jobs")
    assert topic("plays", "a/b", "50%", "ok ü") == "plays/a%2Fb/50%25/ok ü"
    with pytest.raises(Refused, match="There is no topic"):
        wanted_topics(["commit"])
