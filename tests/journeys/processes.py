"""Other processes: servers, and writers to the same database."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.patience import PATIENCE

CHECKOUT = Path(__file__).parent.parent.parent


def start_writer(*arguments: str) -> "subprocess.Popen[str]":
    """Start a writer and wait until its database is open."""
    command = [sys.executable, "-m", "tests.journeys.writer", *arguments]
    writer = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    return writer


def said(writer: "subprocess.Popen[str]") -> str:
    """Return the next line of a writer, without its end."""
    assert writer.stdout is not None
    return writer.stdout.readline().strip()


def kill(writer: "subprocess.Popen[str]") -> list[str]:
    """Kill a writer in the midst of its work and return what else it had said."""
    writer.kill()
    rest, _ = writer.communicate()
    return rest.split()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(home: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Serve a home folder and yield (process, port); the process is killed afterwards."""
    port = _free_port()
    command = [sys.executable, "-m", "comfyvn", "serve", "--server-only", "--no-browser", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=CHECKOUT, env={**os.environ, "COMFYVN_HOME": str(home)}, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10).close()
                break
            except OSError:
                assert time.monotonic() < end
                time.sleep(0.1)
        yield process, port
    finally:
        process.kill()
        process.wait()
