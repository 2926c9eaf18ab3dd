"""A server in a thread, and ears that hear its streams as clients do: over a socket, frame by frame."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comfyvn import settings as settings_file
from comfyvn.application.streaming.hub import Hub, Limits
from comfyvn.application.studio import Studio
from comfyvn.main.server import create_app
from comfyvn.main.streams_over_http import Doors, StreamingServer, config
from tests.patience import PATIENCE, until


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of Server-Sent Events. `name` is None for comments."""

    id: str | None
    name: str | None
    data: Any

    @property
    def told(self) -> Any:
        """What an event tells."""
        return self.data["data"]


class Ear:
    """Listens to a stream of Server-Sent Events; keeps the last id as a browser does."""

    def __init__(self, port: int, path: str, last: str | int | None = None, small: bool = False) -> None:
        """With `small` the kernel keeps next to nothing for a reader that does not read."""
        self.socket = socket.socket()
        if small:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        resumed = "" if last is None else f"Last-Event-ID: {last}\r\n"
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{resumed}\r\n".encode())
        self._file = self.socket.makefile("rb")
        self._rest = b""
        self.last = None if last is None else str(last)
        self.status = int(self._file.readline().split()[1])
        self.headers = dict(self._header_lines())

    def __enter__(self) -> "Ear":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Go away without a word."""
        self._file.close()
        self.socket.close()

    def body(self) -> Any:
        """Return the answer where it is no stream."""
        return json.loads(self._file.read(int(self.headers["content-length"])))

    def frame(self) -> Frame | None:
        """Return the next frame, comments included; None where the stream has ended."""
        while b"\n\n" not in self._rest:
            chunk = self._chunk()
            if not chunk:
                return None
            self._rest += chunk
        text, _, self._rest = self._rest.partition(b"\n\n")
        found: dict[str, str] = {}
        for line in text.decode().split("\n"):
            name, _, value = line.partition(": ")
            if name:
                found[name] = value
        self.last = found.get("id", self.last)
        return Frame(found.get("id"), found.get("event"), json.loads(found["data"]) if "data" in found else None)

    def named(self) -> Frame | None:
        """Return the next frame that is no comment; None where the stream has ended."""
        end = time.monotonic() + PATIENCE
        while (frame := self.frame()) is not None:
            if frame.name is not None:
                return frame
            assert time.monotonic() < end, "nothing but comments"
        return None

    def events(self, count: int) -> list[Frame]:
        """Return the next events."""
        found: list[Frame] = []
        for _ in range(count):
            frame = self.named()
            assert frame is not None, f"the stream ended after {len(found)} of {count} events"
            assert frame.name == "event", frame
            found.append(frame)
        return found

    def rest(self) -> list[Frame]:
        """Return all frames until the stream ends, without comments, and go away."""
        found = list(iter(self.named, None))
        self.close()
        return found

    def _header_lines(self) -> Iterator[tuple[str, str]]:
        while (line := self._file.readline().decode().strip()) != "":
            name, _, value = line.partition(": ")
            yield name.lower(), value

    def _chunk(self) -> bytes:
        try:
            size = int(self._file.readline().strip() or b"0", 16)
            content = self._file.read(size)
            self._file.readline()
        except ConnectionError:
            return b""
        return content


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs: its port, and its hub to look into."""

    port: int
    hub: Hub
    stop: Callable[[], None]
    connections: Callable[[], int]

    def ear(self, path: str, last: str | int | None = None, small: bool = False) -> Ear:
        """Return an ear whose stream has begun."""
        ear = Ear(self.port, path, last, small)
        assert ear.status == 200, ear.body()
        return ear

    def ready(self, path: str, last: str | int | None = None, small: bool = False) -> Ear:
        """Return an ear that has heard the first frame."""
        ear = self.ear(path, last, small)
        frame = ear.frame()
        assert frame is not None
        assert frame.name == "ready"
        return ear


@contextmanager
def serving(
    studio: Studio, home: Path, limits: Limits | None = None, overrides: Mapping[str, Any] | None = None
) -> Iterator[Served]:
    """Serve a studio from a thread of this process."""
    doors = Doors()
    settings = settings_file.load({"COMFYVN_HOME": str(home)}, overrides)
    app = create_app(settings, studio, doors)
    hub: Hub = app.state.streams.hub
    hub.limits = limits or hub.limits
    server = StreamingServer(config(app, "127.0.0.1", 0), app.state.streams, doors)
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)

    def stop() -> None:
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()

    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Served(port, hub, stop, lambda: len(server.server_state.connections))
    finally:
        stop()
