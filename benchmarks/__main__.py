"""Measure and print the table."""

import gc
import json
import os
import platform
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks import (
    appending,
    assets,
    branches,
    jobs,
    lineage,
    media,
    playing,
    readers,
    refilling,
    scripts,
    starting,
    streaming,
)
from benchmarks.measuring import FULL, QUICK, Row, Sizes

GROUPS: Final[dict[str, Callable[[Path, Sizes], Iterator[Row]]]] = {
    "append": appending.append,
    "bulk": appending.bulk,
    "postgres": appending.bulk_postgres,
    "history": branches.history,
    "merge": branches.merging,
    "refill": refilling.refill,
    "media": media.looking,
    "assets": assets.registering,
    "lineage": lineage.tracing,
    "commands": starting.commands,
    "server": starting.server,
    "playing": playing.playing,
    "streaming": streaming.streaming,
    "jobs": jobs.jobs,
    "renpy": scripts.scripts,
    "readers": readers.readers,
}


def main(argv: list[str]) -> int:
    """Run the named groups of rows, all without names; exit code 1 where a target is missed."""
    parser = ArgumentParser("python -m benchmarks", description="Measure how fast it is, as ratios.")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--json", action="store_true", help="one JSON object per row")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: tells that the rows work, not how fast")
    args = parser.parse_args(argv)
    if unknown := sorted(set(args.groups) - GROUPS.keys()):
        parser.error(f"no such group: {', '.join(unknown)}")
    if not args.json:
        print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
        print("| row | what | ours | baseline | its time | ratio | target | |\n|---|---|---|---|---|---|---|---|")
    missed = False
    for row in measured(args.groups or list(GROUPS), QUICK if args.quick else FULL):
        missed |= row.met is False
        print(json.dumps({**asdict(row), "ratio": row.ratio}) if args.json else words(row), flush=True)
    return int(missed and not args.quick)


def measured(groups: list[str], sizes: Sizes) -> Iterator[Row]:
    """Yield the rows of groups; each group has a folder of its own, deleted when it is done.

    What was in memory before is not looked through when garbage is collected between rounds.
    """
    gc.freeze()
    try:
        for name in groups:
            with tempfile.TemporaryDirectory() as folder:
                yield from GROUPS[name](Path(folder), sizes)
    finally:
        gc.unfreeze()


def words(row: Row) -> str:
    """Return a row as a line of the table."""
    met = "met" if row.met else "missed"
    note = f" ({row.note})" if row.note else ""
    cells = (row.name, row.what, _time(row.ours) + note, row.baseline, _time(row.theirs), f"{row.ratio:.2f}")
    return f"| {' | '.join(cells)} | {row.target} | {met} |"


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
