"""Stories made to be wrong, for every reader: each is read or refused with a code, in bounded time and memory.

`apart` forbids its process to run anything and to write outside of its folder; `benchmarks/fuzz_imports.py` makes many
more of them.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.infrastructure.imports import apart, damage
from tests.infrastructure.imports.archives import ARCHIVES

COUNT, SIZE = 50, 1 << 14


@pytest.mark.parametrize("engine", damage.ENGINES)
def test_each_is_read_or_refused_and_nothing_else_happens(engine: str, tmp_path: Path) -> None:
    outside = tmp_path / "up" / "up" / "up"
    outside.mkdir(parents=True)
    command = [sys.executable, "-m", apart.__name__, engine, str(outside), "0", str(COUNT), str(SIZE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row for row in rows if "finding" in row] == []
    hostile = {row["name"]: row["outcome"] for row in rows if row["kind"] == "hostile"}
    assert {name: code for name, code in hostile.items() if code not in ARCHIVES[name][1]} == {}
    assert len(hostile) >= 20
    outcomes = Counter(row["outcome"] == "read" for row in rows)
    assert outcomes[True] >= 8
    assert outcomes[False] >= 20
    assert len(rows) == len(ARCHIVES) + len(damage.large(engine, 8)) + COUNT
    left = {path.relative_to(tmp_path).parts[:4] for path in tmp_path.rglob("*") if path.is_file()}
    assert left <= {("up", "up", "up", "blobs")}


def test_what_reading_never_needs_is_a_finding(tmp_path: Path) -> None:
    words = (
        "import pathlib, subprocess, sys; from tests.infrastructure.imports import apart; "
        "apart.watch(pathlib.Path(sys.argv[1]))\n"
        "write, run = lambda: open('/tmp/evil', 'w'), lambda: subprocess.run(['true'])\n"
        "for act in (write, run, pathlib.Path('x').mkdir):\n"
        "    try: act()\n"
        "    except apart.Forbidden: print('forbidden')\n"
        "open(sys.argv[1] + '/fine', 'w').close()"
    )
    done = subprocess.run([sys.executable, "-c", words, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (["forbidden"] * 3, "")
