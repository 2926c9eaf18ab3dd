"""Import stories made to be wrong, for as long as told: each is read or refused, in bounded time and memory.

They come in batches, by turns games of Ren'Py and stories for one of all readers; each batch is a process of its own
with limits on memory and time, so that one that passes them is found by its number.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.infrastructure.imports import apart, damage
from tests.infrastructure.imports.renpy import fuzzing
from tests.infrastructure.imports.renpy.packing import with_index

BATCH = 200
"""Games of one process."""
MEMORY = 2 << 30
"""Bytes of address space of a process."""
SLOW = 10, 1.5
"""Seconds of one game, and in addition for each of its megabytes."""
LONG = 120
"""Seconds of the processor for one batch."""
LARGE = 1 << 18
"""Bytes of stories that are wrong by their size alone, in the first batch of each reader."""


def main(argv: list[str]) -> int:
    """Run batches until the time is over; exit code 1 where something was found."""
    parser = ArgumentParser("python -m benchmarks.fuzz_imports", description="Import stories made to be wrong.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0, help="the number of the first game")
    parser.add_argument("--batch", type=int, help="run one batch in this process, with its limits")
    args = parser.parse_args(argv)
    if args.batch is not None:
        return _batch(args.batch)
    end = time.monotonic() + args.minutes * 60
    number, found = args.seed, 0
    outcomes: Counter[str] = Counter()
    slowest, largest = 0.0, 0
    turns = cycle(_turns())
    while time.monotonic() < end:
        turn = next(turns)
        for row in _reader(turn, number) if turn else _apart(number):
            outcomes.update(row.get("outcomes", {}))
            slowest, largest = max(slowest, row.get("seconds", 0.0)), max(largest, row.get("memory", 0))
            if "finding" in row:
                found += 1
                print(json.dumps(row), flush=True)
        number += 0 if turn else BATCH
    total = {"games": outcomes.total(), "findings": found, "slowest": slowest, "memory": largest, "outcomes": outcomes}
    print(json.dumps(total))
    return int(found > 0)


def _turns() -> list[str]:
    """Return the readers, and an empty text for the games of Ren'Py alone, which come last."""
    return [*damage.ENGINES, ""]


def _reader(engine: str, first: int) -> Iterator[dict[str, Any]]:
    """Yield what a batch of stories for a reader tells."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", apart.__name__, engine, folder, *map(str, (first, BATCH, LARGE))]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10 * LONG, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    for row in rows:
        outcome = f"{engine}: {row.get('outcome', 'found')}"
        yield {**row, "game": f"{engine} {row['name']}", "outcomes": {outcome: 1}}
    if done.returncode:
        last = rows[-1]["name"] if rows else first
        yield {
            "game": f"{engine}, after {last}",
            "finding": f"exit code {done.returncode}",
            "trace": done.stderr[-2000:],
        }


def _apart(first: int) -> Iterator[dict[str, Any]]:
    """Yield what a batch tells; a process that dies is a finding of its last game."""
    command = [sys.executable, "-m", "benchmarks.fuzz_imports", "--batch", str(first)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10 * LONG, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    yield from (row for row in rows if "began" not in row)
    if done.returncode:
        last = next((row["began"] for row in reversed(rows) if "began" in row), first)
        yield {"game": last, "finding": f"exit code {done.returncode}", "trace": done.stderr[-2000:]}


def _batch(first: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (LONG, LONG))
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name, found in _games(first):
            print(json.dumps({"began": name}), flush=True)
            begin = time.process_time()
            try:
                outcomes[f"{found.kind}: {fuzzing.bring(found, folder)}"] += 1
            except Exception as error:
                outcomes[f"{found.kind}: found"] += 1
                print(json.dumps({"game": name, "finding": repr(error)[:300], "trace": traceback.format_exc()[-1500:]}))
            taken = time.process_time() - begin
            slowest = max(slowest, taken)
            if taken > SLOW[0] + SLOW[1] * len(found.data) / 1e6:
                print(json.dumps({"game": name, "finding": f"took {taken:.1f} s"}))
        outcomes["Hypothesis: read or refused"] += _by_hypothesis(first, folder)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    print(json.dumps({"outcomes": outcomes, "seconds": slowest, "memory": memory}))
    return 0


def _games(first: int) -> Iterator[tuple[str, fuzzing.Case]]:
    large = list(fuzzing.LARGE.items())
    if first // BATCH < len(large):
        name, make = large[first // BATCH]
        yield name, make()  # type: ignore[no-untyped-call]  # Hypothesis does not say its type
    for number in range(first, first + BATCH):
        yield str(number), fuzzing.case(number)


def _by_hypothesis(first: int, folder: Path) -> int:
    """Run games that Hypothesis makes of opcodes and of lines, and return how many there were."""
    count = 0
    opcodes = st.lists(st.binary(max_size=3) | st.sampled_from(OPCODES), max_size=40).map(b"".join)
    indexes = opcodes.map(lambda data: fuzzing.Case("index", "a.rpa", with_index(b"\x80\x02" + data + b".")))
    lines = st.lists(st.sampled_from(fuzzing.PIECES) | st.text(max_size=20).map(str.encode), max_size=30)
    scripts = lines.map(lambda data: fuzzing.Case("lines", "a.rpy", b"".join(data)))

    @seed(first)
    @settings(max_examples=100, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(indexes | scripts)
    def bring(found: fuzzing.Case) -> None:
        nonlocal count
        count += 1
        fuzzing.bring(found, folder)

    try:
        bring()
    except Exception as error:
        print(
            json.dumps({"game": f"Hypothesis {first}", "finding": repr(error)[:300], "trace": traceback.format_exc()})
        )
    return count


OPCODES = [
    bytes((code,)) for code in b"(.012NIJKMLFGSTUVX]lae)td}sughjpqrcRboi\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x93\x94"
]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
