"""The tour in the README runs as it stands there."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tour() -> list[str]:
    """Return the commands of the README's tour."""
    block = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert block is not None
    return block.group(1).strip().splitlines()


def test_the_tour_of_the_readme_works(tmp_path: Path) -> None:
    environ = {**os.environ, "COMFYVN_HOME": str(tmp_path / "home"), "COMFYVN_ACTOR": "reader", "PYTHONPATH": str(ROOT)}
    said = {}
    for line in tour():
        launcher, script, *arguments = shlex.split(line)
        assert (launcher, script) == ("python3", "run_comfyvn.py")
        done = subprocess.run(
            [sys.executable, "-m", "comfyvn", *arguments],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        said[line] = done.stdout
    assert len(said) >= 10
    words = "\n".join(said.values())
    assert "Night Shift" in words
    assert "-- end" in words
    assert "the history is whole" in words
    assert (tmp_path / "night-shift-renpy" / "game" / "tram_nine.rpy").is_file()
