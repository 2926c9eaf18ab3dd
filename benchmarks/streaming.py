"""Many listeners on a real server: how soon all of them have what happens, and what their server needs of memory."""

import asyncio
import json
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measuring import Row, Sizes, by_turns
from benchmarks.starting import free_port, home_of, ours
from comfyvn.application.handle import handle
from comfyvn.application.ports import Ref
from comfyvn.application.projects import found_project
from comfyvn.application.studio import Request, Studio
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.story.commands import OpenScene, WriteLine
from comfyvn.infrastructure.storage.store import open_store
from comfyvn.infrastructure.system import RandomIds, SystemClock

PATIENCE = 300.0
LISTENERS, COMMITS, LINES = 200, 50, 20
WORDS = "It rains on the roof, {w=0.1}and nobody comes for a long while. " * 4
RETITLE = "/api/projects/bench/branches/main/scenes/s/retitle-scene"

BARE = """
import asyncio, sys

writers = []

async def come(reader, writer):
    first = await reader.readline()
    if first.startswith(b"GET"):
        await reader.readuntil(b"\\r\\n\\r\\n")
        writer.write(b"HTTP/1.1 200 OK\\r\\n\\r\\nevent: ready\\n\\n")
        writers.append(writer)
        return
    while first:
        message = b"x" * (int(first) - 14) + b"event: final\\n\\n"
        for other in writers:
            other.write(message)
        for other in writers:
            await other.drain()
        first = await reader.readline()

async def main(port):
    async with await asyncio.start_server(come, "127.0.0.1", port) as server:
        await server.serve_forever()

asyncio.run(main(int(sys.argv[1])))
"""
"""A fan-out and nothing else: for each line with a size every listener gets a message of that size."""


class Ears:
    """Listeners in a loop of their own."""

    def __init__(self, port: int, path: str, count: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._open: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._run(self._come(port, path, count))

    def hear(self, mark: bytes, count: int) -> int:
        """Wait until each has got so many marks more; return how many bytes came."""
        return sum(self._run(self._all(mark, count)))

    def close(self) -> None:
        """Let all go."""
        self._run(self._go())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    async def _come(self, port: int, path: str, count: int) -> None:
        for _ in range(count):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            await reader.readuntil(b"event: ready")
            self._open.append((reader, writer))

    async def _all(self, mark: bytes, count: int) -> list[int]:
        return await asyncio.gather(*(_marks(reader, mark, count) for reader, _ in self._open))

    async def _go(self) -> None:
        for _, writer in self._open:
            writer.close()


async def _marks(reader: asyncio.StreamReader, mark: bytes, count: int) -> int:
    found, taken, rest = 0, 0, b""
    while found < count:
        chunk = await reader.read(65536)
        if not chunk:
            raise AssertionError("the stream ended")
        taken += len(chunk)
        found += (rest + chunk).count(mark)
        rest = (rest + chunk)[-len(mark) + 1 :]
    return taken


def streaming(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """Commits with all listening against commits that nobody hears; lines told to all against a bare fan-out."""
    listeners = min(LISTENERS, sizes.lines // 10)
    commits, lines = (COMMITS, LINES) if listeners == LISTENERS else (3, 2)
    with ExitStack() as stack:
        home = home_of(folder)
        _story(folder / "home" / "data", lines * (sizes.rounds + 2))
        command = ours(["serve", "--server-only", "--no-browser", "--port"])
        port, pid = stack.enter_context(_served(command, home))
        alone, _ = stack.enter_context(_served(command, home_of(folder / "alone")))

        yield _commits(port, pid, alone, listeners, commits, sizes.rounds)
        bare, _ = stack.enter_context(_served([sys.executable, "-c", BARE], home))
        yield _lines(port, pid, bare, listeners, lines, sizes.rounds)


def _commits(port: int, pid: int, alone: int, listeners: int, commits: int, rounds: int) -> Row:
    _post(alone, "/api/projects", {"name": "bench"})
    _post(alone, "/api/scenes/save", {"id": "s", "title": "Roof", "nodes": []})

    def commit(at: int, n: int) -> None:
        for k in range(commits):
            _post(at, RETITLE, {"title": f"Title {n}.{k}"})

    ears = Ears(port, "/events/sse?topics=commits", listeners)

    def heard(n: int) -> None:
        commit(port, n)
        ears.hear(b"event: event", commits)

    heard(-1)
    held = resident(pid)
    taken, silent = by_turns(rounds, lambda n: lambda: heard(n), lambda n: lambda: commit(alone, n))
    note = f"{listeners * commits / taken:.0f} frames/s, {_memory(held, resident(pid))}"
    ears.close()
    what = f"{commits} commits over HTTP until {listeners} listeners have them"
    return Row("stream-commits", what, taken, "nobody listens", silent, "at most 4 times", taken < 4 * silent, note)


def _lines(port: int, pid: int, bare: int, listeners: int, lines: int, rounds: int) -> Row:
    play = _post(port, "/replay/start", {})["id"]
    ears = Ears(port, f"/api/playthroughs/{play}/dialogue?project=bench", listeners)
    ears.hear(b"event: final", 1)
    plain = Ears(bare, "/", listeners)

    def read(_: int) -> int:
        _post(port, "/replay/auto", {"id": play, "steps": lines})
        return ears.hear(b"event: final", lines)

    size = read(-1) // (listeners * lines)
    held = resident(pid)

    def fanned(_: int) -> int:
        with socket_to(bare) as send:
            send(f"{size}\n" * lines)
            return plain.hear(b"event: final", lines)

    taken, one = by_turns(rounds, lambda n: lambda: read(n), lambda n: lambda: fanned(n))
    note = f"{listeners * lines * size / taken / 1e6:.0f} MB/s, {_memory(held, resident(pid))}"
    ears.close()
    plain.close()
    what = f"{lines} lines in pieces, {size} bytes each, until {listeners} listeners have them"
    return Row("stream-lines", what, taken, "bare fan-out, same bytes", one, "at most 4 times", taken < 4 * one, note)


@contextmanager
def socket_to(port: int) -> Iterator[Any]:
    """Yield what sends text to a port."""
    with socket.create_connection(("127.0.0.1", port)) as found:
        yield lambda text: found.sendall(text.encode())


def resident(pid: int) -> int:
    """Return how many bytes of memory a process holds (Linux alone tells; 0 elsewhere)."""
    file = Path(f"/proc/{pid}/status")
    found = re.search(r"VmRSS:\s+(\d+) kB", file.read_text("ascii")) if file.exists() else None
    return int(found[1]) * 1024 if found else 0


def _memory(before: int, after: int) -> str:
    return f"{before / 1e6:.0f} MB before, {after / 1e6:.0f} MB after"


def _story(folder: Path, lines: int) -> None:
    folder.mkdir(parents=True)
    studio = Studio(open_store(f"sqlite:///{folder / 'comfyvn.db'}", KINDS), SystemClock(), RandomIds())
    asked, scene = Request(actor="bench"), Ref("scene", "s")
    main = found_project(studio, "bench", asked).main
    handle(studio, main, scene, OpenScene("Roof", label="start"), asked)
    for n in range(lines):
        handle(studio, main, scene, WriteLine(f"n{n}", f"{n} {WORDS}", after=f"n{n - 1}" if n else None), asked)
    studio.store.close()


@contextmanager
def _served(command: list[str], environment: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Yield the port and the number of the process of a server."""
    port = free_port()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([*command, str(port)], env=environment, **quiet) as process:
        try:
            wait_for_port(port, process)
            yield port, process.pid
        finally:
            process.kill()


def wait_for_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a process listens on a port."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server did not start")


def _post(port: int, path: str, body: Any) -> Any:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), method="POST")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)
