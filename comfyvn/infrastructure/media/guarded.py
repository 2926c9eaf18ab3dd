"""The port `Media`: looks at files in processes of their own, which may die of what they see.

A decoder that hangs, crashes or eats memory takes its process with it and nothing else. A process is used again for
the next file, and for a few hundred at most.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import BoundedSemaphore, Event, Timer
from typing import BinaryIO, Final

import comfyvn
from comfyvn.application.ports import MediaFacts
from comfyvn.domain.kernel import Json, Refused
from comfyvn.infrastructure.media.limits import CHUNK, EDGE, SECONDS

CELLS: Final = 2
"""Processes that decode at the same time."""
FILES: Final = 500
"""Files that one process looks at."""
_ROOT: Final = str(Path(comfyvn.__file__).parent.parent)


class Cell:
    """One process that decodes. Not safe for threads."""

    def __init__(self) -> None:
        path = os.pathsep.join(filter(None, (_ROOT, os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "comfyvn.infrastructure.media.cell"],
            env={**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._asked = self._answered = 0

    def ask(self, order: dict[str, Json], seconds: float) -> tuple[dict[str, Json], bytes]:
        """Return the answer to an order; raise Refused: ``media_slow``, ``media_broken``, or what the cell refuses."""
        late = Event()

        def stop() -> None:
            late.set()
            self._process.kill()

        timer = Timer(seconds, stop)
        timer.start()
        self._asked += 1
        try:
            head, body = self._exchange(order)
        finally:
            timer.cancel()
        if head is None:
            if late.is_set():
                raise Refused("media_slow", f"The file could not be read within {seconds:g} seconds.")
            raise Refused("media_broken", "The file cannot be read: its decoder crashed.")
        self._answered += 1
        if "failed" in head:
            raise RuntimeError(head["failed"])
        if "refused" in head:
            raise Refused(*head["refused"])
        return head, body

    @property
    def alive(self) -> bool:
        """Tell whether the process can be asked once more."""
        return self._asked == self._answered < FILES and self._process.poll() is None

    def end(self) -> None:
        """Kill the process and wait for it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(BrokenPipeError):
                    pipe.close()

    def _exchange(self, order: dict[str, Json]) -> tuple[dict[str, Json] | None, bytes]:
        """Return (None, ...) where the process died before it answered."""
        orders, answers = self._process.stdin, self._process.stdout
        if orders is None or answers is None:
            return None, b""
        try:
            orders.write(json.dumps(order).encode() + b"\n")
            orders.flush()
        except BrokenPipeError:
            return None, b""
        line = answers.readline()
        if not line.endswith(b"\n"):
            return None, b""
        head: dict[str, Json] = json.loads(line)
        body = answers.read(head["size"])
        return (head, body) if len(body) == head["size"] else (None, b"")


class GuardedMedia:
    """Looks at files with a few `Cell`s, started when they are needed. Safe for threads; `close` ends the cells."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._idle: list[Cell] = []
        self._places = BoundedSemaphore(CELLS)
        self._finish = weakref.finalize(self, _end, self._idle)

    def inspect(self, name: str, content: Callable[[], BinaryIO]) -> MediaFacts:
        """Measure a file; see the port `Media`."""
        with on_disk(content) as path:
            head, _ = self._ask({"do": "inspect", "name": name, "path": path})
        return MediaFacts(**{**head["facts"], "claims": tuple(head["facts"]["claims"])})

    def thumbnail(self, content: Callable[[], BinaryIO], facts: MediaFacts, edge: int = EDGE) -> bytes | None:
        """Return a small picture as WebP; see the port `Media`."""
        with on_disk(content) as path:
            head, body = self._ask({"do": "thumbnail", "mime": facts.mime, "path": path, "edge": edge})
        return body if head["shown"] else None

    def close(self) -> None:
        """End the processes that wait; those at work end after it."""
        self._finish()

    def _ask(self, order: dict[str, Json]) -> tuple[dict[str, Json], bytes]:
        with self._places:
            cell = self._idle.pop() if self._idle else Cell()
            try:
                return cell.ask(order, self._seconds)
            finally:
                if cell.alive and self._finish.alive:
                    self._idle.append(cell)
                else:
                    cell.end()


def _end(cells: list[Cell]) -> None:
    while cells:
        cells.pop().end()


@contextmanager
def on_disk(content: Callable[[], BinaryIO]) -> Iterator[str]:
    """Name a file with the content: its own where it has one, else a copy that is deleted afterwards."""
    with content() as file:
        if own := _own_path(file):
            yield own
            return
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "content"
            with copy.open("wb") as written:
                shutil.copyfileobj(file, written, CHUNK)
            yield str(copy)


def _own_path(file: BinaryIO) -> str | None:
    """Return the path of an open file, if that is still this file."""
    name = getattr(file, "name", None)
    try:
        if isinstance(name, str) and os.path.samestat(os.fstat(file.fileno()), Path(name).stat()):
            return str(Path(name).absolute())
    except OSError:
        return None
    return None
