"""What can hold a program on this machine, and the command that runs it held."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from comfyvn.application.extractors import Confinement

_LAUNCH: Final = Path(__file__).parent / "inside" / "launch.py"
_SYSTEM: Final = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SETUP: Final = (
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime", "/etc/fonts"),
    *("/etc/mono", "/etc/nsswitch.conf"),
)
_DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_NAMESPACES: Final = (
    *("--user", "--map-current-user", "--net", "--ipc", "--uts", "--pid", "--fork", "--kill-child", "--mount"),
    "--mount-proc",
)
_TRIED_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use: seconds of processor and clock, bytes of memory of all its processes, and of one file.

    What it unpacks has at most so many `files` and bytes (`size`), and is at most `ratio` times as large as its input
    beyond `free` bytes; it prints at most `printed` bytes.
    """

    seconds: float = 900.0
    cpu_seconds: int = 600
    memory: int = 4 << 30
    file_size: int = 1 << 30
    processes: int = 64
    files: int = 100_000
    size: int = 8 << 30
    ratio: int = 200
    free: int = 64 << 20
    printed: int = 64 << 20


@dataclass(frozen=True, slots=True)
class Cage:
    """The folder of one run: `input` is read, `output` is written, nothing else is there."""

    input: Path
    output: Path
    scratch: Path


@cache
def confinement() -> Confinement:
    """Return the most that can hold a program here; found out by trying it once."""
    if not sys.platform.startswith("linux"):
        why = "Only Linux has what keeps a program from the network and from other files."
        return Confinement("limits", False, False, False, sys.platform != "win32", why)
    if (bwrap := shutil.which("bwrap")) and _works([bwrap, *_bubble(), "--", "/bin/true"]):
        return Confinement("bubblewrap", True, True, True, True)
    unshare = shutil.which("unshare")
    if not unshare or not _works([unshare, *_NAMESPACES, "--", "/bin/true"]):
        why = "There is no bubblewrap that works here, and namespaces of users are not allowed."
        return Confinement("limits", False, False, False, True, why)
    nothing: dict[str, list[str]] = {"read": [*_SYSTEM, *_SETUP], "write": []}
    files = _works([*_launch({}, nothing), "/bin/true"])
    why = (
        ""
        if files
        else "The kernel has no Landlock: the program can read and write what you can. Bubblewrap would help."
    )
    return Confinement("namespaces", True, files, True, True, why)


def command(held: Confinement, program: Path, arguments: Sequence[str], cage: Cage, limits: Limits) -> list[str]:
    """Return the command that runs a program in a cage."""
    bounds = {
        "RLIMIT_CPU": limits.cpu_seconds,
        "RLIMIT_AS": limits.memory,
        "RLIMIT_FSIZE": limits.file_size,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": 1024,
    }
    called = [str(program), *arguments]
    needed = [str(place) for place in folders_of(program)]
    if held.kind == "bubblewrap":
        del bounds["RLIMIT_NPROC"]  # it would count what the user runs outside too, and be met at once
        binds = [part for place in needed for part in ("--ro-bind", place, place)]
        binds += ["--ro-bind", str(cage.input), str(cage.input)]
        binds += ["--bind", str(cage.output), str(cage.output), "--bind", str(cage.scratch), str(cage.scratch)]
        bwrap = shutil.which("bwrap") or "bwrap"
        return [*_launch(bounds, None), bwrap, *_bubble(), *binds, "--chdir", str(cage.output), "--", *called]
    if held.kind == "namespaces":
        read = [*_SYSTEM, *_SETUP, *_DEVICES, "/proc", *needed, str(cage.input)]
        write = [str(cage.output), str(cage.scratch), "/dev/null"]
        inner = _launch(bounds, {"read": read, "write": write} if held.files else None)
        return [shutil.which("unshare") or "unshare", *_NAMESPACES, "--", *inner, *called]
    return [*_launch(bounds, None), *called] if held.limits else called


def folders_of(program: Path) -> list[Path]:
    """Return what a program needs to read beside the system: its folder, and that of the interpreter of a script."""
    found = [*_homes(program), *_homes(program.resolve())]
    with program.open("rb") as file:
        head = file.read(200)
    if head.startswith(b"#!"):
        interpreter = Path(head[2:].split(b"\n")[0].split()[0].decode(errors="replace") if head[2:].split() else "/")
        places = (interpreter, interpreter.resolve())
        found += [place.parent.parent for place in places if place.parent.name == "bin" and place.is_file()]
    return [place for place in dict.fromkeys(found) if not _of_system(place)]


def _homes(program: Path) -> list[Path]:
    """Return the folder of a program; the program alone where the folder is one of many things."""
    folder = program.parent
    shared = folder in (Path("/"), Path.home(), Path("/tmp"), Path("/var/tmp"), Path("/home"), Path("/root"))  # noqa: S108
    return [program if shared else folder]


def _of_system(place: Path) -> bool:
    return place == Path("/") or any(place.is_relative_to(folder) for folder in _SYSTEM)


def _bubble() -> list[str]:
    """Return the arguments of bubblewrap that hide all but the programs of the system."""
    binds = [part for place in (*_SYSTEM, *_SETUP) for part in ("--ro-bind-try", place, place)]
    return [
        *("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *binds,
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"),  # noqa: S108
    ]


def _launch(bounds: Mapping[str, int], landlock: Mapping[str, Sequence[str]] | None) -> list[str]:
    asked = json.dumps({"limits": bounds, "landlock": landlock})
    return [sys.executable, "-I", "-S", str(_LAUNCH), asked]


def _works(tried: Sequence[str]) -> bool:
    try:
        done = subprocess.run(tried, capture_output=True, timeout=_TRIED_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
