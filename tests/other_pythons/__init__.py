"""Other versions of Python, built for Node: for code that needs nothing but the standard library and immutables."""

from pathlib import Path
from typing import Final

import immutables

from tests import node_packages

VERSIONS: Final = ("3.12", "3.13", "3.14")

_HERE: Final = Path(__file__).parent
_CHECKOUT: Final = _HERE.parents[1]


def output(version: str, module: str, hash_seed: str) -> bytes:
    """Return what a module of this checkout prints on another Python. The first call on a machine installs it."""
    python = node_packages.installed(_HERE) / f"python-{version}"
    package = Path(immutables.__file__).parent
    told = node_packages.output(_HERE / "run.cjs", python, _CHECKOUT, package, hash_seed, module)
    said, _, printed = told.partition(b"\n")
    assert said.decode() == version
    return printed
