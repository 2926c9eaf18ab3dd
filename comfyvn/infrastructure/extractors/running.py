"""Running a program in its cage, watched: it ends in time, and what it makes has bounds."""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comfyvn.application.extractors import Confinement
from comfyvn.application.imports import Progress
from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.extractors.confining import Cage, Limits, command

TAIL: Final = 16 << 10
"""Bytes of what a program printed that are kept."""
STAGE: Final = "unpack"
_TICK: Final = 0.05
_LOOK: Final = 0.5
"""Seconds between two looks at what the program made."""
_PIECE: Final = 1 << 16
_GRACE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended, and what it made: how many files, of how many bytes, in how many seconds."""

    code: int
    files: int
    size: int
    seconds: float
    said: str


def run(
    held: Confinement,
    program: Path,
    arguments: Sequence[str],
    cage: Cage,
    limits: Limits,
    progress: Progress | None = None,
) -> Ran:
    """Run a program to its end; whatever `progress` raises ends it too.

    Raises Refused: ``tool_too_slow``, ``tool_too_greedy``, ``tool_output_unsafe``, ``tool_unusable``.
    """
    begun = time.monotonic()
    pipe, end = os.pipe()
    words = command(held, program, arguments, cage, limits)
    try:
        process = subprocess.Popen(  # noqa: S603
            words,
            cwd=cage.output,
            env=_environment(cage),
            stdin=subprocess.DEVNULL,
            stdout=end,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            close_fds=True,
        )
    except OSError as error:
        os.close(pipe)
        message = f"{program.name} cannot be started: {error.strerror}."
        raise Refused("tool_unusable", message, path=str(program)) from error
    finally:
        os.close(end)
    watch = _Watch(process, pipe, program.name, cage, limits)
    try:
        _watched(watch, begun, progress)
    finally:
        _end(process)
        os.close(pipe)
    files, size = watch.made()
    return Ran(process.returncode, files, size, time.monotonic() - begun, watch.said.decode(errors="replace"))


def _watched(watch: "_Watch", begun: float, progress: Progress | None) -> None:
    looked = 0.0
    while True:
        over = watch.process.poll() is not None
        watch.listen()
        now = time.monotonic()
        if now - begun > watch.limits.seconds and not over:
            message = f"{watch.name} did not end in {watch.limits.seconds:.0f} seconds."
            raise Refused("tool_too_slow", message, tool=watch.name)
        if over or now - looked > _LOOK:
            looked = now
            files, _ = watch.made()
            watch.counted()
            if progress:
                progress(STAGE, files, 0)
        if over:
            return
        time.sleep(_TICK)


class _Watch:
    """Looks at a program from outside."""

    def __init__(self, process: subprocess.Popen[bytes], pipe: int, name: str, cage: Cage, limits: Limits) -> None:
        self.process, self.name, self.cage, self.limits = process, name, cage, limits
        self.said = b""
        self._printed = 0
        packed = cage.input.stat().st_size
        self._most = min(limits.size, max(limits.free, limits.ratio * packed))
        self._pipe = pipe
        if sys.platform != "win32":
            os.set_blocking(pipe, False)

    def listen(self) -> None:
        """Take what the program printed since; the end of it is kept."""
        if sys.platform == "win32":
            return
        with contextlib.suppress(BlockingIOError):
            for _ in range(64):
                piece = os.read(self._pipe, _PIECE)
                if not piece:
                    return
                self._printed += len(piece)
                self.said = (self.said + piece)[-TAIL:]
        if self._printed > self.limits.printed:
            raise self._greedy(f"prints more than {self.limits.printed} bytes")

    def made(self) -> tuple[int, int]:
        """Return how many files there are, and their bytes."""
        files = folders = size = 0
        for _, found in entries(self.cage.output):
            files += not stat.S_ISDIR(found.st_mode)
            folders += stat.S_ISDIR(found.st_mode)
            size += found.st_size if stat.S_ISREG(found.st_mode) else 0
            if files + folders > self.limits.files:
                raise self._greedy(f"makes more than {self.limits.files} files")
            if size > self._most:
                raise self._greedy(f"unpacks more than {self._most} bytes")
        return files, size

    def counted(self) -> None:
        """Count the processes that there are, and the memory that they hold."""
        count = memory = 0
        for found in _family(self.process.pid):
            count += 1
            memory += _resident(found)
        if count > self.limits.processes + 4:
            raise self._greedy(f"runs more than {self.limits.processes} processes")
        if memory > self.limits.memory:
            raise self._greedy(f"takes more than {self.limits.memory} bytes of memory")

    def _greedy(self, what: str) -> Refused:
        return Refused("tool_too_greedy", f"{self.name} {what}; it was ended.", tool=self.name)


def entries(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield what lies below a folder, with folders; links are not followed. Raises Refused("tool_output_unsafe")."""
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as listed:
                for entry in listed:
                    found = entry.stat(follow_symlinks=False)
                    if stat.S_ISDIR(found.st_mode):
                        waiting.append(entry.path)
                    yield entry.path, found
        except FileNotFoundError:
            continue  # the program took it away meanwhile
        except OSError as error:
            message = f"The program made a folder that cannot be read: {error.strerror}."
            raise Refused("tool_output_unsafe", message) from error


def check(folder: Path, name: str) -> None:
    """See that a program made plain files alone. Raises Refused("tool_output_unsafe")."""
    for path, found in entries(folder):
        plain = stat.S_ISREG(found.st_mode) and found.st_nlink == 1
        if not plain and not stat.S_ISDIR(found.st_mode):
            shown = Path(path).relative_to(folder).as_posix().encode(errors="replace").decode()[:200]
            message = f"{name} made something that is no plain file: {shown}; nothing of it is taken."
            raise Refused("tool_output_unsafe", message, tool=name, file=shown)
        os.chmod(path, 0o700 if stat.S_ISDIR(found.st_mode) else 0o600)  # noqa: PTH101


def clear(folder: Path) -> None:
    """Take a folder away that a program wrote into, whatever it did there."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists() and sys.platform != "win32":
        for words in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
            subprocess.run([*words, "--", str(folder)], capture_output=True, check=False)  # noqa: S603


def _environment(cage: Cage) -> Mapping[str, str]:
    named = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(cage.scratch), "TMPDIR": str(cage.scratch)}
    if sys.platform == "win32":
        named = {"SYSTEMROOT": os.environ.get("SYSTEMROOT", ""), "TEMP": str(cage.scratch), "TMP": str(cage.scratch)}
    return named


def _family(root: int) -> Iterator[int]:
    """Yield a process and all below it, where the system tells (Linux)."""
    waiting = [root]
    while waiting:
        process = waiting.pop()
        yield process
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{process}/task").iterdir():
                waiting += map(int, (task / "children").read_text("ascii").split())


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program with all that it started."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait(_GRACE)
