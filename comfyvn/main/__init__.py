"""Composition root: the only package that knows every layer."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from comfyvn.interfaces import cli as command_line

if TYPE_CHECKING:
    from comfyvn.interfaces.cli.tools import Tools


def cli(argv: Sequence[str] | None = None) -> int:
    """Run one command of the command line and return its exit code."""
    return command_line.run(sys.argv[1:] if argv is None else argv, _tools)


def _tools() -> "Tools":
    from comfyvn.main.tools import tools  # noqa: PLC0415 - what needs no database answers before it is imported

    return tools(os.environ)
