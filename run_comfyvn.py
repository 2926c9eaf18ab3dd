#!/usr/bin/env python3
"""Start ComfyVN from a checkout, with nothing but Python 3.11 or newer.

    python3 run_comfyvn.py [OPTION ...]              start the studio; options as in "serve --help"
    python3 run_comfyvn.py test [PYTEST ARGUMENT ...]
                                                     run all checks; with arguments, pytest alone
    python3 run_comfyvn.py COMMAND [ARGUMENT ...]    any command of the comfyvn program, such as demo

The first call creates the environment (.venv beside this file, or COMFYVN_VENV) and installs the pinned versions of
constraints.txt into it; later calls find it ready, need no network, and hand over at once.

What this file has to say goes to standard error, and with the time to launcher.log in the log folder (1 MB at most;
one older file is kept).
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 (the sentence is for those who have an older one)
    sys.stderr.write("ComfyVN needs Python 3.11 or newer; this is %s.\n" % sys.version.split()[0])  # noqa: UP031
    sys.exit(2)

import tomllib

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("COMFYVN_VENV") or ROOT / ".venv").absolute()
PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = PROGRAMS / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "comfyvn.stamp"
"""Says that the environment is ours and what it holds: "FINGERPRINT EXTRA", or "installing"."""

LOG_BYTES = 1_000_000

OPTIONAL = ("credentials", "studio", "video")
"""Optional parts of the program that a person who starts it this way gets as well."""

SYSTEM_PACKAGES = {
    "renpy": "/usr/games/renpy",
    "renpy-thequestion": "/usr/share/games/renpy/the_question",
    "renpy-demo": "/usr/share/games/renpy/demo",
    "xvfb": "/usr/bin/Xvfb",
    "python3-requests": "/usr/lib/python3/dist-packages/requests",
    "libimage-exiftool-perl": "/usr/bin/exiftool",
    "bubblewrap": "/usr/bin/bwrap",
    "libarchive-tools": "/usr/bin/bsdtar",
    "unzip": "/usr/bin/unzip",
    "chromium": "/usr/bin/chromium",
    "fonts-noto-core": "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
}
"""Debian packages that the tests need, and a file of each that shows it is there."""

CHECKS = (
    ("style", ("ruff", "check", ".")),
    ("format", ("ruff", "format", "--check", ".")),
    ("types", ("mypy",)),
    ("import contracts", ("lint-imports",)),
    ("dead code", ("vulture", "comfyvn", "--min-confidence", "80")),
    ("studio", ("python", "comfyvn/interfaces/studio/building.py", "--check")),
)

ONCE_MORE = ("pytest", "--last-failed", "--last-failed-no-failures", "none", "--maxfail", "1")
"""Runs the tests that failed, one after the other: three at a time share the machine, and may have had too little."""


class Failed(Exception):
    """The start cannot go on; the text says why and what to do."""


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` ask for; those that only the comfyvn program knows go there unchanged."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    if arguments[:1] == ["test"]:
        return test(arguments[1:])
    only_options = not arguments or (arguments[0].startswith("-") and arguments[0] != "--version")
    install("")
    asked = ["serve", *arguments] if only_options else arguments
    if asked[0] == "serve" and "--server-only" not in asked:
        build_studio()
    return hand_over(asked)


def hand_over(arguments: Sequence[str]) -> int:
    """Become the comfyvn program; on Windows, which cannot, run it and return its exit code."""
    log(f"start {arguments[0]}")
    command = [str(PYTHON), "-P", "-m", "comfyvn", *arguments]
    if os.name != "nt":
        os.execv(PYTHON, command)  # noqa: S606 (no shell is what we want)
    with subprocess.Popen(command) as program:
        while True:
            with suppress(KeyboardInterrupt):  # the program got it too, and ends when it has put things in order
                return program.wait()


# --- the environment


def install(extra: str) -> None:
    """Make the environment hold the program and what `extra` ("" or "test") adds. Quick where it does already.

    One process installs at a time. An environment of another state (older pins, another Python, moved, interrupted)
    is made anew; one that this file did not make is left alone.
    """
    if installed(extra):
        return
    with locked(VENV.with_name(VENV.name + ".lock")) as lock:
        if installed(extra):
            return
        if VENV.exists() and not STAMP.exists() and any(VENV.iterdir()):
            raise Failed(f"{VENV} holds something that ComfyVN did not make; remove it, or set COMFYVN_VENV")
        reusable = installed("")
        say(f"installing into {VENV} (once; it takes a minute or two) ...")
        if not reusable:
            shutil.rmtree(VENV, ignore_errors=True)
            VENV.mkdir(parents=True, exist_ok=True)
        STAMP.write_text("installing", encoding="ascii")
        if not reusable:
            require_ensurepip()
            execute("create the environment", [sys.executable, "-m", "venv", str(VENV)], lock)
        target = f"{ROOT}[{','.join(filter(None, (*OPTIONAL, extra)))}]"
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        environ = {**os.environ, "COMFYVN_STUDIO": "skip"}  # its pages are built when they are first served
        execute("install", [*pip, "-c", str(ROOT / "constraints.txt"), "-e", target], lock, environ=environ)
        STAMP.write_text(f"{fingerprint()} {extra}", encoding="ascii")
        say("installed")


def installed(extra: str) -> bool:
    """Tell whether the environment is complete, of this state of the checkout, and holds `extra`."""
    try:
        found, _, extras = STAMP.read_text(encoding="ascii").partition(" ")
    except OSError:
        return False
    return found == fingerprint() and extra in ("", extras) and PYTHON.exists()


def fingerprint() -> str:
    """Return a hash of all that an installed environment depends on."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    state = (sys.version, str(ROOT), str(VENV), declared["build-system"], declared["project"], pins)
    return hashlib.sha256(repr(state).encode()).hexdigest()


@contextmanager
def locked(path: Path) -> Iterator[int]:
    """Hold the lock file; the system lets go of it when the process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        told = False
        while not try_lock(file.fileno()):
            if not told:
                say("another start is installing; waiting for it ...")
                told = True
            time.sleep(0.1)
        yield file.fileno()


def try_lock(descriptor: int) -> bool:
    """Lock an open file for this process, or return False where another one holds it."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def execute(purpose: str, command: Sequence[str], *held: int, environ: Mapping[str, str] | None = None) -> None:
    """Run a program quietly; its words go to the log, their end to the error. It keeps the locks `held` open.

    So a new start waits for a pip that outlives a killed one.
    """
    keep = () if os.name == "nt" else held
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, pass_fds=keep, env=environ
    )
    output = done.stdout.decode(errors="replace").strip()
    log(f"{' '.join(command)}\n{output}")
    if done.returncode:
        end = "\n".join(output.splitlines()[-20:])
        raise Failed(f"could not {purpose} (exit code {done.returncode}):\n{end}\nAll of it: {log_dir()}")


# --- the studio


STUDIO = ROOT / "comfyvn" / "interfaces" / "studio"


def build_studio() -> None:
    """Have the pages of the studio built where their sources have changed; the builder says so."""
    with locked(STUDIO / "static.lock"):
        if subprocess.run([str(PYTHON), str(STUDIO / "building.py")]).returncode:
            raise Failed("the studio could not be built; `serve --server-only` starts the API without it")


# --- system programs


def require_ensurepip() -> None:
    """Debian keeps the part of Python that makes environments in a package of its own."""
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python3.{sys.version_info.minor}-venv"
        if not can_apt():
            raise Failed(f"this Python cannot make environments; on Debian and Ubuntu: apt-get install {package}")
        apt([package])


def can_apt() -> bool:
    """Tell whether this process may install Debian packages."""
    return sys.platform == "linux" and shutil.which("apt-get") is not None and os.geteuid() == 0


def apt(packages: Sequence[str]) -> None:
    """Install Debian packages."""
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    say(f"installing system packages: {' '.join(packages)} ...")
    execute("update the list of system packages", ["apt-get", "update"], environ=environ)
    install_command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    execute(f"install {' '.join(packages)}", install_command, environ=environ)


def missing_packages() -> list[str]:
    """Return the system packages that are not there."""
    return [package for package, file in SYSTEM_PACKAGES.items() if not Path(file).exists()]


# --- the checks


def test(arguments: Sequence[str]) -> int:
    """Run everything that CI runs; with `arguments`, only pytest, which takes them."""
    install("test")
    if missing_packages() and can_apt():
        apt(missing_packages())
    selection: tuple[str, ...] = ()
    missing = missing_packages()
    if missing:
        say(f"missing: {', '.join(missing)}; on Debian and Ubuntu: apt-get install {' '.join(missing)}")
        if os.environ.get("CI") == "true":
            raise Failed("in CI nothing may be missing")
        say("the tests that need them are left out")
        selection = ("-m", "not engine")
    failed = [title for title, command in (() if arguments else CHECKS) if not passes(title, command)]
    if failed:
        say(f"failed before the tests: {', '.join(failed)}")
    if not passes("tests", ("pytest", "-n", "3", "--dist", "worksteal", *selection, *arguments)):
        if arguments or not passes("tests that failed, alone", (*ONCE_MORE, *selection)):
            failed.append("tests")
        else:
            say("UNSTEADY: the tests that failed above pass when they run alone; each of them wants mending")
    if failed:
        say(f"FAILED: {', '.join(failed)}")
    return 1 if failed else 0


def passes(title: str, command: Sequence[str]) -> bool:
    """Run one check of the environment under a headline."""
    say(f"--- {title}: {' '.join(command)}")
    return subprocess.run([str(PROGRAMS / command[0]), *command[1:]], cwd=ROOT).returncode == 0


# --- words


def say(text: str) -> None:
    """Tell the person, and the log."""
    print(f"comfyvn: {text}", file=sys.stderr, flush=True)
    log(text)


def log(text: str) -> None:
    """Write to launcher.log; a start does not fail because it cannot."""
    with suppress(OSError):
        path = log_dir() / "launcher.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_name("launcher.log.1"))
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}\n")


def log_dir(platform: str = sys.platform, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the log folder by the rule of comfyvn/settings.py, without its libraries."""
    if environ.get("COMFYVN_LOG_DIR"):
        return Path(environ["COMFYVN_LOG_DIR"]).expanduser().absolute()
    if environ.get("COMFYVN_HOME"):
        return Path(environ["COMFYVN_HOME"]).expanduser().absolute() / "logs"
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "comfyvn" / "Logs"
    if platform == "darwin":
        return Path.home() / "Library/Logs/comfyvn"
    state = Path(environ.get("XDG_STATE_HOME", ""))
    return (state if state.is_absolute() else Path.home() / ".local/state") / "comfyvn" / "log"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failed as e:
        say(str(e))
        sys.exit(1)
    except KeyboardInterrupt:
        say("stopped")
        sys.exit(130)
