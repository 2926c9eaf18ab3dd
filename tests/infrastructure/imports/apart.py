"""Import stories made to be wrong in a process of its own that may do nothing but read them and keep blobs.

``python -m tests.infrastructure.imports.apart ENGINE FOLDER FIRST COUNT SIZE`` prints a line of JSON for each story.
"""

import json
import os
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.desks import open_studio
from tests.infrastructure.imports import damage
from tests.infrastructure.imports.archives import ARCHIVES, Files
from tests.infrastructure.imports.damage import Case

MEMORY: Final = 700 << 20
"""Bytes of address space beyond those that the process has before it reads anything."""
SECONDS: Final = 8, 100
"""Of the processor, for one story, and in addition for each of its megabytes."""
_FORBIDDEN: Final = (
    *("subprocess.Popen", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.symlink"),
    *("socket.connect", "socket.bind", "pickle.find_class", "ctypes.dlopen", "code.__new__"),
)


class Forbidden(BaseException):
    """Something was done that reading a story never needs."""


def main(engine: str, folder: Path, first: int, count: int, size: int) -> None:
    tempfile.tempdir = str(folder / "temporary")
    Path(tempfile.tempdir).mkdir()
    studio = open_studio("sqlite://")
    cases = [*_cases(engine, first, count, size)]
    damage.bring(Case(engine, "sound", *next(iter(damage.stories(engine).items()))), folder, studio)
    watch(folder)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    for name, found in cases:
        begun = time.process_time()
        row: dict[str, Any] = {"name": name, "kind": found.kind}
        try:
            row["outcome"] = damage.bring(found, folder, studio)
        except BaseException as error:
            row |= {"finding": repr(error)[:300], "trace": traceback.format_exc()[-1500:]}
        row["seconds"] = time.process_time() - begun
        if row["seconds"] > SECONDS[0] + SECONDS[1] * len(found.data) / 1e6:
            row["finding"] = f"took {row['seconds']:.1f} s"
        sys.stdout.write(f"{json.dumps(row)}\n")
        sys.stdout.flush()


def _cases(engine: str, first: int, count: int, size: int) -> Iterator[tuple[str, Case]]:
    plain: Files = {n: d for n, d in damage.stories(engine).items() if n in damage.plain_names(engine)}
    for name, (make, _) in ARCHIVES.items() if first == 0 else ():
        yield name, Case(engine, "hostile", "a.zip", make(plain))
    for name, data in damage.large(engine, size).items() if first == 0 else ():
        yield name, Case(engine, "large", damage.first_name(engine), data)
    for number in range(first, first + count):
        yield str(number), damage.case(number, engine)


def watch(folder: Path) -> None:
    """Forbid, from here on, to run anything, to talk to anybody, and to write anywhere but into the folder."""

    def audit(event: str, given: tuple[Any, ...]) -> None:
        if event in _FORBIDDEN:
            raise Forbidden(event, given[:2])
        if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.link", "os.chmod"):
            path, flags = given[0], given[2] if event == "open" else os.O_WRONLY
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if writes and isinstance(path, str) and not Path(path).resolve().is_relative_to(folder):
                raise Forbidden(event, path)

    sys.addaudithook(audit)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]).resolve(), *map(int, sys.argv[3:]))
