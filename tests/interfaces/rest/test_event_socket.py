"""What happens, heard over a WebSocket from a real server."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from comfyvn.application.streaming.hub import Limits
from comfyvn.infrastructure import access
from tests.desks import Desk
from tests.listening import Served, serving
from tests.patience import PATIENCE, until

BESIDE = {"open_timeout": PATIENCE, "close_timeout": PATIENCE}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(f"sqlite:///{tmp_path / 'novel.db'}")
    desk.open()
    yield desk
    desk.studio.store.close()


@pytest.fixture
def served(desk: Desk, tmp_path: Path) -> Iterator[Served]:
    with serving(desk.studio, tmp_path / "home", Limits(beat_seconds=0.2)) as served:
        yield served


def heard(socket: ClientConnection) -> Any:
    """Return the next frame that is no beat."""
    while True:
        frame = json.loads(socket.recv(PATIENCE))
        if frame["frame"] != "beat":
            return frame


def closed(socket: ClientConnection) -> tuple[int, str]:
    """Read to the end; return the code and reason of the close."""
    with pytest.raises(ConnectionClosed):
        while True:
            socket.recv(PATIENCE)
    return socket.close_code or 0, socket.close_reason or ""


def talk(served: Served, query: str = "", **more: Any) -> ClientConnection:
    return connect(f"ws://localhost:{served.port}/events/ws{query}", **BESIDE, **more)


def test_the_same_frames_come_over_a_socket(desk: Desk, served: Served) -> None:
    with talk(served, f"?topics=commits&project={desk.project.id}&branch=main") as socket:
        assert heard(socket) == {"frame": "ready", "position": desk.head()}
        outcome = desk.retitle("Roof", actor="bo")
        frame = heard(socket)
    assert (frame["frame"], frame["position"]) == ("event", outcome.position)
    assert frame["topic"] == f"commits/{desk.project.id}/{desk.main}"
    assert frame["data"]["actor"] == "bo"
    with talk(served, f"?topics=commits&after={outcome.position - 1}") as again:
        assert heard(again)["position"] == outcome.position - 1
        assert heard(again) == frame


def test_an_order_changes_what_is_heard(desk: Desk, served: Served) -> None:
    with talk(served, "?topics=jobs") as socket:
        assert heard(socket)["frame"] == "ready"
        socket.send(json.dumps({"topics": ["commits"], "after": 0}))
        assert heard(socket) == {"frame": "ready", "position": 0}
        every = [c.position for c in desk.studio.store.commits(desk.main, newest_first=False)]
        assert [heard(socket)["position"] for _ in every] == every
        socket.send(json.dumps({"topics": ["commits"], "actor": "bo"}))
        assert heard(socket) == {"frame": "ready", "position": every[-1]}
        desk.retitle("Ada's")
        desk.retitle("Bo's", actor="bo")
        assert heard(socket)["data"]["actor"] == "bo"


@pytest.mark.parametrize(
    ("message", "code", "reason"),
    [
        (b"{}", 1003, ""),
        ("not JSON", 1007, "listening_malformed"),
        ("[]", 1007, "listening_malformed"),
        ('{"topics": ["commits"], "speed": 9}', 1007, "listening_malformed"),
        ('{"after": -1}', 1007, "listening_malformed"),
        ('{"topics": ["gossip"]}', 1007, "topic_unknown"),
        ('{"project": "nowhere", "branch": "main"}', 1007, "project_unknown"),
        ("x" * 100_000, 1009, ""),
    ],
)
def test_what_is_no_order_ends_the_talk(served: Served, message: str | bytes, code: int, reason: str) -> None:
    with talk(served) as socket:
        heard(socket)
        socket.send(message)
        assert closed(socket)[0] == code
        assert reason in (socket.close_reason or "")
    until(lambda: served.hub.listeners == 0)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("?topics=gossip", 400, "topic_unknown"),
        ("?after=x", 400, "listening_malformed"),
        ("?speed=9", 400, "listening_malformed"),
        ("?project=nowhere&branch=main", 404, "project_unknown"),
    ],
)
def test_a_malformed_question_is_refused_before_the_talk(served: Served, query: str, status: int, code: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        talk(served, query)
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body or b"")["code"] == code


def test_pages_of_other_sites_may_not_listen(served: Served) -> None:
    for origin in ("http://evil.example", "null"):
        with pytest.raises(InvalidStatus) as refused:
            talk(served, additional_headers={"Origin": origin})
        assert refused.value.response.status_code == 403
        assert json.loads(refused.value.response.body or b"")["code"] == "origin_foreign"
    with pytest.raises(InvalidStatus) as refused:
        talk(served, additional_headers={"Host": "evil.example"})
    assert refused.value.response.status_code == 400
    own = {"Origin": f"http://localhost:{served.port}"}
    with talk(served, additional_headers=own) as socket:
        assert heard(socket)["frame"] == "ready"


def test_other_machines_bring_the_token(desk: Desk, tmp_path: Path) -> None:
    with serving(desk.studio, tmp_path / "home", overrides={"host": "0.0.0.0"}) as served:
        with pytest.raises(InvalidStatus) as refused:
            talk(served)
        assert refused.value.response.status_code == 401
        token = access.token(tmp_path / "home" / "config" / "keys")
        with talk(served, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
            assert heard(socket)["frame"] == "ready"


def test_a_server_that_stops_says_so(served: Served) -> None:
    with talk(served) as socket, served.ready("/events/sse") as ear:
        heard(socket)
        served.stop()
        assert closed(socket)[0] == 1012
        assert ear.rest() == []
