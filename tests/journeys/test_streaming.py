"""Streams of real servers: killed and started again, two at once, with readers who do not read, and with a crowd."""

import asyncio
import json
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from comfyvn.application.handle import handle
from comfyvn.application.plays.playing import Plays
from comfyvn.application.ports import Ref
from comfyvn.application.streaming.hub import Limits
from comfyvn.application.studio import Request
from comfyvn.domain.story.commands import OpenScene, RetitleScene, WriteLine
from tests.desks import SCENE, Desk
from tests.journeys.crowd import Hearer, gather, resident
from tests.journeys.processes import served, start_writer
from tests.listening import Ear, serving
from tests.patience import PATIENCE, until

STORY = "/events/sse?topics=commits"
LONG = "It rains on the roof, {w=0.1}and nobody comes{p}for a long while. " * 20
ASKED = Request(actor="bo")


@pytest.fixture(params=["file", "postgres"])
def desk(request: pytest.FixtureRequest, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Return a desk on the database that the servers of the home folder use."""
    if request.param == "file":
        url = f"sqlite:///{tmp_path / 'novel.db'}"
    else:
        create: Callable[[], str] = request.getfixturevalue("postgres_database")
        url = create()
    monkeypatch.setenv("COMFYVN_DATABASE_URL", url)
    desk = Desk(url)
    desk.open()
    yield desk
    desk.studio.store.close()


@pytest.fixture
def file(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Return a desk on a file alone."""
    url = f"sqlite:///{tmp_path / 'novel.db'}"
    monkeypatch.setenv("COMFYVN_DATABASE_URL", url)
    desk = Desk(url)
    desk.open()
    yield desk
    desk.studio.store.close()


def ready(port: int, path: str, last: str | None = None) -> Ear:
    ear = Ear(port, path, last)
    frame = ear.frame()
    assert frame is not None
    assert frame.name == "ready"
    return ear


def everything(desk: Desk, after: int) -> list[int]:
    return [c.position for c in desk.studio.store.commits(desk.main, after=after, newest_first=False)]


def test_nothing_is_missed_over_kills_and_starts(desk: Desk, home: Path) -> None:
    begun, heard, last = desk.head(), list[int](), None
    for round_ in range(3):
        with served(home) as (server, port):
            ear = ready(port, STORY, last)
            writer = start_writer(_url(desk), "changes", desk.main, "ada", "s", "60")
            heard += [frame.data["position"] for frame in ear.events(20 + round_)]
            server.kill()  # the writer goes on
            heard += [frame.data["position"] for frame in ear.rest()]
            last = ear.last
            writer.communicate()
    with served(home) as (_, port), ready(port, STORY, last) as ear:
        heard += [frame.data["position"] for frame in ear.events(180 - len(heard))]
    assert heard == everything(desk, begun)


def _url(desk: Desk) -> str:
    store: Any = desk.studio.store
    url: str = store.database.engine.url.render_as_string(hide_password=False)
    return url.replace("postgresql+psycopg", "postgresql")


def test_a_line_is_whole_over_a_kill(desk: Desk, home: Path) -> None:
    desk.do(WriteLine("n2", LONG, after="n1"))
    plays = Plays(desk.studio)
    play = plays.begin(desk.studio.store.branch(desk.main), ASKED).id
    plays.read_on("a-novel", play, ASKED)
    path = f"/api/playthroughs/{play}/dialogue?project=a-novel&follow=false"
    with served(home) as (server, port):
        ear = ready(port, f"{path}&paced=true&cps=200")
        frames = [frame for frame in (ear.named() for _ in range(20)) if frame and frame.name == "piece"]
        server.kill()
        frames += [frame for frame in ear.rest() if frame.name == "piece"]
    assert 19 <= len(frames) < 400
    with served(home) as (_, port), ready(port, path, ear.last) as again:
        rest = again.rest()
    (final,) = [frame for frame in rest if frame.name == "final"]
    frames += [frame for frame in rest if frame.name == "piece"]
    assert "".join(frame.data["text"] for frame in frames) == final.data["text"] == desk.words("n2") == LONG


def test_listeners_of_two_servers_hear_the_same(desk: Desk, home: Path, tmp_path: Path) -> None:
    scenes, count = ("s0", "s1"), 40  # one for each writer: the title that a scene has already is no change
    for scene in scenes:
        desk.do(OpenScene("0"), Ref("scene", scene))
    begun = desk.head()
    with served(home) as (_, one), served(tmp_path / "second") as (_, two):
        ears = [ready(one, STORY), ready(two, STORY)]
        writers = [start_writer(_url(desk), "changes", desk.main, "ada", scene, str(count)) for scene in scenes]
        for n in range(count):
            desk.retitle(f"Title {n}")
        for writer in writers:
            writer.communicate()
            assert writer.returncode == 0
        heard = [[frame.data["position"] for frame in ear.events(3 * count)] for ear in ears]
        for ear in ears:
            ear.close()
    assert heard[0] == heard[1] == everything(desk, begun)


def flood(desk: Desk, count: int) -> None:
    """Make commits with long messages: more than all buffers on the way to a reader take."""
    for n in range(count):
        request = Request(actor="ada", message=f"{n} " + "x" * 50_000)
        handle(desk.studio, desk.main, SCENE, RetitleScene(f"Title {n}"), request)


def test_a_slow_reader_is_told_to_begin_again_and_then_misses_nothing(file: Desk, home: Path) -> None:
    begun = file.head()
    with (
        serving(file.studio, home, Limits(queue=16, send_seconds=PATIENCE)) as server,
        server.ready(STORY, small=True) as slow,
        server.ready(STORY) as quick,
        connect(f"ws://localhost:{server.port}/events/ws?topics=commits", max_queue=1, max_size=None) as socket,
    ):
        assert json.loads(socket.recv(PATIENCE))["frame"] == "ready"
        for _ in range(20):
            flood(file, 10)
            quick.events(10)
        left = slow.rest()
        assert (left[-1].name, left[-1].data["reason"]) == ("resync", "slow")
        heard = [frame.data["position"] for frame in left[:-1]]
        assert heard == everything(file, begun)[: len(heard)]
        assert slow.last == str(left[-1].data["position"]) == str((heard or [begun])[-1])
        assert server.hub.listeners <= 2
        with server.ready(STORY, last=slow.last) as again:
            heard += [frame.data["position"] for frame in again.events(200 - len(heard))]
        assert heard == everything(file, begun)
        frames = list[Any]()
        with pytest.raises(ConnectionClosed):
            while True:
                frames.append(json.loads(socket.recv(PATIENCE)))
        assert (frames[-1]["frame"], frames[-1]["reason"], socket.close_code) == ("resync", "slow", 1013)
        told = [frame["position"] for frame in frames if frame["frame"] == "event"]
        assert told == everything(file, begun)[: len(told)]


def test_who_takes_nothing_at_all_is_cut_off(file: Desk, home: Path) -> None:
    with (
        serving(file.studio, home, Limits(send_seconds=0.5, beat_seconds=0.2)) as server,
        server.ready(STORY, small=True),
        connect(f"ws://localhost:{server.port}/events/ws?topics=commits", max_queue=1, max_size=None),
    ):
        until(lambda: server.hub.listeners == 2)
        flood(file, 150)
        until(lambda: server.hub.listeners == 0)
        until(lambda: server.connections() == 0)


def test_a_server_that_is_told_to_stop_lets_its_listeners_go(file: Desk, home: Path) -> None:
    play = Plays(file.studio).begin(file.studio.store.branch(file.main), ASKED).id
    with served(home) as (server, port), connect(f"ws://localhost:{port}/events/ws") as socket:
        ears = [ready(port, path) for path in (STORY, f"/api/playthroughs/{play}/dialogue?project=a-novel")]
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE)
        assert [frame.name for frame in ears[0].rest()] == []
        assert {frame.name for frame in ears[1].rest()} <= {"line", "piece", "final"}
        with pytest.raises(ConnectionClosed):
            while True:
                socket.recv(PATIENCE)
        assert socket.close_code == 1012


def test_200_hear_every_commit_and_every_line_while_memory_stays_flat(file: Desk, home: Path) -> None:
    for n in range(2, 42):
        file.do(WriteLine(f"n{n}", f"Line {n}: {LONG}", after=f"n{n - 1}"))
    plays = Plays(file.studio)
    play = plays.begin(file.studio.store.branch(file.main), ASKED).id
    dialogue = f"/api/playthroughs/{play}/dialogue?project=a-novel"
    with served(home) as (server, port):
        asyncio.run(_crowd(file, plays, play, server, port, dialogue))


async def _crowd(
    desk: Desk, plays: Plays, play: str, server: "subprocess.Popen[bytes]", port: int, dialogue: str
) -> None:
    hearers, readers = await gather(port, STORY, 100), await gather(port, dialogue, 100)
    await asyncio.gather(*(_line(reader, desk.words("n1")) for reader in readers))
    held = []
    for round_ in range(4):
        begun = desk.head()
        work = asyncio.create_task(asyncio.to_thread(_work, desk, plays, play, 10))
        heard = await asyncio.gather(*(_positions(hearer, 10) for hearer in hearers))
        for n in range(10):
            text = desk.words(f"n{2 + round_ * 10 + n}")
            await asyncio.gather(*(_line(reader, text) for reader in readers))
        await work
        assert heard == [everything(desk, begun)] * len(hearers)
        held.append(resident(server.pid))
    assert held[-1] - held[0] < 16 * 1024 * 1024, held
    for hearer in [*hearers, *readers]:
        hearer.close()


def _work(desk: Desk, plays: Plays, play: str, count: int) -> None:
    for n in range(count):
        desk.retitle(f"Title {n}")
        plays.read_on("a-novel", play, ASKED)


async def _positions(hearer: Hearer, count: int) -> Sequence[int]:
    return [(await hearer.frame())[2]["position"] for _ in range(count)]


async def _line(reader: Hearer, text: str) -> None:
    pieces = []
    while True:
        _, name, data = await reader.frame()
        if name == "piece":
            pieces.append(data["text"])
        if name == "final":
            assert "".join(pieces) == data["text"] == text
            return
