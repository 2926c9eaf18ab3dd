"""Runs the shell blocks of a page as they stand there, command by command, in a folder of the test."""

import os
import re
import shlex
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from comfyvn.main import cli

ROOT = Path(__file__).parents[2]
EXPECTED = re.compile(r"\s+# exit code (\d+)$")


@dataclass(frozen=True)
class Said:
    """A command of a page, and what it said."""

    line: str
    words: str


def commands(page: Path) -> list[str]:
    """Return the commands of all blocks that are marked as ``sh``."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def run(page: Path, folder: Path) -> list[Said]:
    """Run the commands of a page in `folder`. A comment ``# exit code N`` names another exit code than 0."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COMFYVN_")}
    environ |= {"COMFYVN_HOME": str(folder / "home"), "COMFYVN_ACTOR": "reader"}
    said = []
    with patch.dict(os.environ, environ, clear=True), chdir(folder):
        for line in commands(page):
            expected = EXPECTED.search(line)
            program, script, *arguments = shlex.split(EXPECTED.sub("", line))
            assert (program, script) == ("python3", "run_comfyvn.py"), line
            words, errors = StringIO(), StringIO()
            with redirect_stdout(words), redirect_stderr(errors):
                code = cli(arguments)
            wanted = int(expected.group(1)) if expected else 0
            assert code == wanted, f"{line}\n{words.getvalue()}\n{errors.getvalue()}"
            said.append(Said(line, words.getvalue()))
    return said
