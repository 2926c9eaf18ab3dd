"""Real Ren'Py games through an import and an export, with the real engine as judge of what came out.

    python -m benchmarks.round_trip GAME... [--seeds N] [--labels N] [--menus N] [--limit N] [--keep FOLDER]

GAME is a folder that holds ``game/``. Each game is imported into a fresh home and exported again; then the engine lints
both and plays both, from the beginning by each seed, from labels, and from those with menus once for each choice. Our
own plays take the same choices, and must say the same until they come to code. The exit code is 1 where the export has
a finding or a number that the original has not, or a play differs. This runs the code of the games.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from benchmarks.agreeing import agreement
from benchmarks.real_game import scripts_of
from tests.renpy_engine import engine
from tests.renpy_engine.engine import Record

Item = tuple[str, int]
"""A choice of a menu: the place of the menu and which of its choices."""

_PLACE: Final = re.compile(r"\bgame/([^:\n]*):\d+")
_STATISTICS: Final = "\nStatistics:\n"
_AFTERWARDS: Final = "\nLint is not a substitute"
_COLUMNS: Final = (
    *("game", "lines", "import", "memory", "modelled", "findings", "new"),
    *("statistics", "plays from the start", "from labels", "options", "records", "our plays"),
)


@dataclass(frozen=True, slots=True)
class Brought:
    """How an import went: seconds, megabytes at most, and statements modelled and all."""

    seconds: float
    megabytes: float
    recognised: int
    total: int


@dataclass(frozen=True, slots=True)
class Linted:
    """The findings of lint, without the numbers of lines, and its statistics."""

    findings: Counter[str]
    statistics: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is played of each game: how many seeds, labels, labels with menus and records, and how long."""

    seeds: int
    labels: int
    menus: int
    limit: int
    timeout: float

    def plays(self, labels: Sequence[str], before_menus: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Return the requests of all plays; labels are taken evenly over the game where they are too many."""
        chosen = [*_evenly(labels, self.labels), *_evenly(before_menus, self.menus)]
        begins = [*((seed, None) for seed in range(self.seeds)), *((0, label) for label in chosen)]
        usual = {"limit": self.limit, "stage": True, "labels": True, "picked": {}, "answer": "Ann"}
        return [{**usual, "seed": seed, "start": start} for seed, start in begins]


def _evenly(labels: Sequence[str], count: int) -> list[str]:
    step = max(len(labels) / max(count, 1), 1.0)
    return [labels[int(number * step)] for number in range(min(count, len(labels)))]


def round_trip(game: Path, home: Path, out: Path) -> Brought:
    """Import a game into a home and export it to `out`, by the commands."""
    environment = {**os.environ, "COMFYVN_HOME": str(home)}
    begin = time.perf_counter()
    told, memory = _command(["import", str(game), "--project", "game", "--json"], environment)
    seconds = time.perf_counter() - begin
    coverage = json.loads(told.splitlines()[-1])["coverage"]
    _command(["export", "renpy", str(out), "--project", "game", "--json"], environment)
    return Brought(seconds, memory, coverage["recognised"], coverage["total"])


def _command(arguments: Sequence[str], environment: dict[str, str]) -> tuple[str, float]:
    """Run a command of ours, and return what it said and how many megabytes it took."""
    with tempfile.TemporaryFile("w+") as said:
        started = subprocess.Popen([sys.executable, "-m", "comfyvn", *arguments], stdout=said, env=environment)
        _, status, usage = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read()
    if started.returncode:
        raise SystemExit(f"comfyvn {' '.join(arguments)} ended with {started.returncode}: {text[-2000:]}")
    return text, usage.ru_maxrss / 1024


def linted(folder: Path, timeout: float = 600) -> Linted:
    """Return what lint says about a game."""
    report = engine.lint(folder, timeout).report
    before, found, after = report.partition(_STATISTICS)
    if not found:
        raise engine.EngineFailed(report)
    lines = [_PLACE.sub(r"\1", line.strip()) for line in before.split("\n")[1:]]
    return Linted(Counter(line for line in lines if line), after.partition(_AFTERWARDS)[0].strip())


@dataclass(frozen=True, slots=True)
class Ways:
    """All choices of the menus of a game, its labels without parameters, and those of them before menus.

    A label stands among the last as often as the menus that follow it have choices.
    """

    items: set[Item]
    labels: list[str]
    before_menus: list[str]


def ways_of(folder: Path) -> Ways:
    """Return the ways through a game as the engine's parser finds them; translations have none."""
    files = [file for file in scripts_of(folder) if "tl" not in file.relative_to(folder).parts]
    found = Ways(set(), [], [])
    file = label = ""
    for record in engine.parse_files(files, timeout=1800):
        if record["file"] != file:
            file, label = record["file"], ""
        if record["kind"] == "Menu":
            place = f"{Path(file).relative_to(folder).as_posix()}:{record['line']}"
            count = sum(has_block for _, _, has_block in record["items"])
            found.items.update((place, number) for number in range(count))
            found.before_menus.extend([label] * count if label else ())
        elif record["kind"] == "Label":
            label = "" if record["parameters"] or record["name"].startswith("_") else record["name"]
            found.labels.extend([label] if label else ())
    return found


def picked(records: Sequence[Record]) -> Iterator[Item]:
    """Yield the choices that a play made in menu statements."""
    for record in records:
        if record["kind"] == "menu" and (option := record["options"][record["pick"]]) is not None:
            yield record["at"], option


def difference(one: Sequence[Record], other: Sequence[Record]) -> str | None:
    """Say where two plays part; None if they are one. Places in files do not count, nor what comes after a timeout."""
    for number, (left, right) in enumerate(zip_longest(_told(one), _told(other))):
        if left == right:
            continue
        if "timeout" in (one[-1]["why"], other[-1]["why"]) and None in (left, right):
            return None
        return f"record {number}: {left} / {right}"
    return None


def _told(records: Sequence[Record]) -> Iterator[str]:
    for record in records:
        if record["kind"] != "end" or record["why"] != "timeout":
            told = {key: value for key, value in record.items() if key not in ("at", "traceback")}
            yield json.dumps(told, ensure_ascii=False, sort_keys=True)


def account(game: Path, plan: Plan, folder: Path) -> tuple[dict[str, str], list[str]]:
    """Take one game through, and return its row of the table and what differs."""
    original = folder / "game"
    shutil.copytree(game, original, ignore=_saved)
    game, name = original, _name(game)
    out = folder / "export"
    brought = round_trip(game, folder / "home", out)
    try:
        before = linted(game)
    except engine.EngineFailed as refusal:
        row = dict.fromkeys(_COLUMNS, "") | {"game": name, "findings": "the engine refuses it as it is"}
        return row, [str(refusal).strip().split("\n")[-1]]
    after = linted(out)
    new = after.findings - before.findings
    wrong = [f"new finding: {finding}" for finding in new.elements()]
    if before.statistics != after.statistics:
        wrong.append(f"other statistics:\n{before.statistics}\n  ---\n{after.statistics}")
    ways = ways_of(game)
    requests = plan.plays(ways.labels, ways.before_menus)
    ours = engine.plays(game, [{**request, "choices": []} for request in requests], plan.timeout)
    again = [{**request, "choices": engine.picks(play)} for request, play in zip(requests, ours, strict=True)]
    theirs = engine.plays(out, again, plan.timeout)
    reached: set[Item] = set()
    equal: Counter[bool] = Counter()
    for request, one, other in zip(requests, ours, theirs, strict=True):
        reached |= ways.items & set(picked(one))
        parted = difference(one, other)
        equal[request["start"] is None] += parted is None
        if parted:
            wrong.append(f"play {request['start'] or request['seed']} differs at {parted}")
    agreed = agreement(
        folder / "home", [(request["start"], play) for request, play in zip(requests, ours, strict=True)]
    )
    wrong += [f"our play differs at {one}" for one in agreed.differing]
    same = "equal" if before.statistics == after.statistics else "OTHER"
    size = sum(file.read_bytes().count(b"\n") for file in scripts_of(game))
    ends = Counter(play[-1]["why"] for play in ours)
    cells = (
        *(name, f"{size:,}", f"{brought.seconds:.1f} s"),
        *(f"{brought.megabytes:,.0f} MB", f"{100 * brought.recognised / max(brought.total, 1):.1f} %"),
        *(str(before.findings.total()), str(new.total()), same),
        *(f"{equal[True]} of {plan.seeds} equal", f"{equal[False]} of {len(requests) - plan.seeds} equal"),
        *(f"{len(reached)} of {len(ways.items)}", f"{sum(map(len, ours)):,}; {_counted(ends)}"),
        f"{agreed.before_code:,} before code; {agreed.equal:,} in all; {agreed.whole} plays without code",
    )
    return dict(zip(_COLUMNS, cells, strict=True)), wrong


def _saved(folder: str, names: list[str]) -> set[str]:
    """Leave out what the engine puts into a game while it is played: an import leaves it out too."""
    return {"cache", "saves"} & set(names) if Path(folder).name == "game" else set()


def _name(game: Path) -> str:
    return game.parent.name if game.name == "game" else game.name


def _counted(ends: Counter[str]) -> str:
    return ", ".join(f"{count} {why}" for why, count in ends.most_common())


def main(argv: list[str]) -> int:
    """Print the table of games, and what differs."""
    parser = ArgumentParser("python -m benchmarks.round_trip", description="Games in and out, judged by the engine.")
    parser.add_argument("games", nargs="+", type=Path, metavar="GAME")
    parser.add_argument("--seeds", type=int, default=10, help="plays from the beginning")
    parser.add_argument("--labels", type=int, default=40, help="at most so many plays from labels")
    parser.add_argument("--menus", type=int, default=100, help="at most so many plays from labels before menus")
    parser.add_argument("--limit", type=int, default=2000, help="records of one play")
    parser.add_argument("--timeout", type=float, default=60, help="seconds of one play")
    parser.add_argument("--keep", type=Path, help="leave the homes and exports in this folder")
    given = parser.parse_args(argv)
    plan = Plan(given.seeds, given.labels, given.menus, given.limit, given.timeout)
    print(f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}", flush=True)
    failed = False
    for game in given.games:
        with tempfile.TemporaryDirectory() as temporary:
            folder = given.keep / game.resolve().name if given.keep else Path(temporary)
            row, wrong = account(game.resolve(), plan, folder)
        print(f"| {' | '.join(row[column] for column in _COLUMNS)} |", flush=True)
        for one in wrong:
            print(f"  {one}", flush=True)
        failed |= bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
