"""Runs the shell blocks of a page as they stand there, each command on its own, in a folder of the test."""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXPECTED = re.compile(r"\s+# exit code (\d+)$")


@dataclass(frozen=True)
class Said:
    """A command of a page, and what it said."""

    line: str
    words: str


def commands(page: Path) -> list[str]:
    """Return the commands of all blocks that are marked as ``sh``; a backslash joins lines."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines() if line.strip()]


def run(page: Path, folder: Path, actor: str = "reader") -> list[Said]:
    """Run the commands of a page in `folder`. A comment ``# exit code N`` names another exit code than 0."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COMFYVN_")}
    environ |= {"COMFYVN_HOME": str(folder / "home"), "COMFYVN_ACTOR": actor, "PYTHONPATH": str(ROOT)}
    said = []
    for line in commands(page):
        expected = EXPECTED.search(line)
        program, script, *arguments = shlex.split(EXPECTED.sub("", line))
        assert (program, script) == ("python3", "run_comfyvn.py"), line
        done = subprocess.run(
            [sys.executable, "-m", "comfyvn", *arguments],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        wanted = int(expected.group(1)) if expected else 0
        assert done.returncode == wanted, f"{line}\n{done.stdout}\n{done.stderr}"
        said.append(Said(line, done.stdout))
    return said
