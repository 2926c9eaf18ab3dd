"""Plays that were made once are made the same for ever, in every process and on every Python."""

import subprocess
import sys
from pathlib import Path

import pytest

from comfyvn.domain.playthrough.outputs import TRACE_FORMAT
from tests import other_pythons

CHECKOUT = Path(__file__).parents[2]
GOLDEN = CHECKOUT / "tests" / "golden" / "traces" / f"harbour.{TRACE_FORMAT}.json"


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_another_process_makes_the_same_bytes(hash_seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.domain.one_trace"],
        cwd=CHECKOUT,
        env={"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
    )
    assert done.stdout == GOLDEN.read_bytes()


@pytest.mark.parametrize(("version", "hash_seed"), [*zip(other_pythons.VERSIONS, ("1", "4242", "0"), strict=True)])
def test_another_python_makes_the_same_bytes(version: str, hash_seed: str) -> None:
    assert other_pythons.output(version, "tests.domain.one_trace", hash_seed) == GOLDEN.read_bytes()
