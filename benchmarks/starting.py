"""How long a person waits for a cold process: the command line, and the server until it answers."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.measuring import Act, Prepare, Row, Sizes, by_turns

PATIENCE = 60.0

BARE = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()
app.get("/health")(lambda: {"status": "ok"})
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_config=None)
"""
"""The framework with one route."""


def commands(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """Commands that do almost nothing, against Python itself."""
    home = home_of(folder)
    bare = [sys.executable, "-c", "pass"]

    def run(command: Sequence[str], code: int) -> Prepare:
        return lambda _: _process(command, home, code)

    for name, arguments, code, limit in (
        ("version", ["--version"], 0, 0.25),
        ("wrong-use", ["history", "--limit", "many"], 2, 0.25),
        ("projects", ["projects"], 0, 0.6),
    ):
        _process(ours(arguments), home, code)()
        taken, baseline = by_turns(sizes.rounds, run(ours(arguments), code), run(bare, 0))
        what = f"comfyvn {' '.join(arguments)}"
        yield Row(name, what, taken, "python -c pass", baseline, f"less than {limit} s", taken < limit)


def server(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """The server from the start of its process until /health answers."""
    home = home_of(folder)
    _answered(lambda port: ours(["serve", "--server-only", "--port", str(port)]), home)()
    taken, baseline = by_turns(
        sizes.rounds,
        lambda _: _answered(lambda port: ours(["serve", "--server-only", "--port", str(port)]), home),
        lambda _: _answered(lambda port: [sys.executable, "-c", BARE, str(port)], home),
    )
    what, target = "server answers /health, from the start of its process", "less than 2 s"
    yield Row("health", what, taken, "FastAPI with one route", baseline, target, taken < 2)


def home_of(folder: Path) -> Mapping[str, str]:
    home = folder / "home"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COMFYVN_")}
    return {**kept, "COMFYVN_HOME": str(home)}


def ours(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "comfyvn", *arguments]


def _process(command: Sequence[str], environment: Mapping[str, str], code: int) -> Act:
    def act() -> None:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE, check=False)
        if done.returncode != code:
            raise AssertionError(f"exit code {done.returncode}: {done.stderr.decode()}")

    return act


def _answered(command: Callable[[int], Sequence[str]], environment: Mapping[str, str]) -> Act:
    """Return an act that starts a server and waits until it answers; the next one finds it stopped."""

    def act() -> None:
        port = free_port()
        with subprocess.Popen(
            command(port), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                _wait(f"http://127.0.0.1:{port}/health", process)
            finally:
                process.kill()

    return act


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                answer.read()
                return
        except OSError:
            time.sleep(0.01)
    raise AssertionError(f"the server did not answer at {url}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
