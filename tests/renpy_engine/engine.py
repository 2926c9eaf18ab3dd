"""What tests ask of the real engine beside lint and play: identifiers of lines, statements, installed games.

The driver is that of the product; see there.
"""

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from comfyvn.infrastructure.exports.renpy.engine import (
    EngineFailed,
    EngineMissing,
    Lint,
    Record,
    complaints,
    copied,
    lint,
    play,
    read,
    run,
)

__all__ = [
    "EngineFailed",
    "EngineMissing",
    "Lint",
    "Record",
    "compile_files",
    "game",
    "line_identifiers",
    "lint",
    "parse_files",
    "parse_seconds",
    "picks",
    "play",
    "plays",
    "spoken",
]

GAMES = Path("/usr/share/games/renpy")
"""Where Debian's packages put the engine and its games."""

_EMPTY_GAME = "label start:\n    return\n"


def game(name: str) -> Path:
    """Return the folder of an installed game: ``the_question``, or ``demo`` (the tutorial)."""
    folder = GAMES / name
    if not (folder / "game").is_dir():
        raise EngineMissing(f"the game {name} is not installed: apt-get install renpy-thequestion renpy-demo")
    return folder


def plays(folder: Path, wanted: Sequence[Mapping[str, Any]], timeout: float = 60) -> list[list[Record]]:
    """Make several plays with one start of the engine; return the records of each, as `play` does.

    Each has choices, perhaps a seed, a start label and a limit; one that is ``brief`` ends once its choices are made.
    `timeout` is for one play.
    """
    with copied(folder) as copy, tempfile.TemporaryDirectory() as temporary:
        logs = [Path(temporary) / f"{number}.jsonl" for number in range(len(wanted))]
        usual = {"seed": 0, "choices": [], "start": None, "limit": 10_000, "answer": "", "stage": False}
        own = [{"log": str(log), "timeout": timeout} for log in logs]
        requests = [{**usual, **one, **more} for one, more in zip(wanted, own, strict=True)]
        done = run(copy, ["comfyvn_play"], {"plays": requests}, timeout * len(wanted) + 60)
        if done.returncode:
            raise EngineFailed("\n".join([*complaints(copy), done.stdout]))
        return [[record for record in read(log) if record["kind"] != "begin"] for log in logs]


def line_identifiers(folder: Path, timeout: float = 120) -> set[str]:
    """Return the identifiers of all lines, as the engine writes them into an empty translation."""
    with copied(folder) as copy:
        done = run(copy, ["translate", "klingon"], {}, timeout)
        files = list((copy / "game" / "tl" / "klingon").rglob("*.rpy"))
        if done.returncode or not files:
            raise EngineFailed("\n".join([*complaints(copy), done.stdout]))
        found = (re.findall(r"^translate klingon (\w+):", file.read_text("utf-8-sig"), re.MULTILINE) for file in files)
        return {identifier for names in found for identifier in names} - {"strings"}


def picks(records: Iterable[Record]) -> list[int]:
    """Return the choices a play made; played again with them, it takes the same path whatever the seed."""
    return [record["pick"] for record in records if record.get("pick") is not None]


def spoken(records: Iterable[Record]) -> list[tuple[Any, ...]]:
    """Return only what a reader sees: speakers and texts, menus with the pick, and the end. For comparing two plays."""
    found: list[tuple[Any, ...]] = []
    for record in records:
        if record["kind"] == "say":
            found.append(("say", record["who"], record["what"]))
        elif record["kind"] == "menu":
            found.append(("menu", tuple(record["choices"]), record["pick"]))
        elif record["kind"] == "end":
            found.append(("end", record["why"]))
    return found


def parse_files(files: Iterable[Path], timeout: float = 120) -> list[Record]:
    """List the statements the engine's parser finds in single files; nothing of them is run.

    ``kind`` is the engine's class (``Say``, ``Menu`` ...), ``file`` the path as given, ``line`` the first line. Broken
    statements are ``error`` records, and so are those a game registers itself; the others are listed all the same.
    """
    return _parsed(files, timeout)[:-1]


def parse_seconds(files: Iterable[Path], timeout: float = 600) -> float:
    """Return how long the engine's parser takes for files, without the engine's start and without the listing."""
    return float(_parsed(files, timeout)[-1]["seconds"])


def compile_files(files: Mapping[Path, Path], timeout: float = 120) -> None:
    """Compile scripts: each source to the target it maps to. Nothing of them is run."""
    for target in files.values():
        target.parent.mkdir(parents=True, exist_ok=True)
    _in_empty_game("comfyvn_compile", [[str(source), str(target)] for source, target in files.items()], timeout)


def _parsed(files: Iterable[Path], timeout: float) -> list[Record]:
    return _in_empty_game("comfyvn_parse", [str(file) for file in files], timeout)


def _in_empty_game(command: str, files: Sequence[Any], timeout: float) -> list[Record]:
    """Run a command that works on single files, and return what it logged."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        (copy / "game").mkdir()
        (copy / "game" / "script.rpy").write_text(_EMPTY_GAME, "utf-8")
        log = copy / f"{command}.jsonl"
        done = run(copy, [command], {"files": files, "log": str(log)}, timeout)
        records = read(log)
        if not records or records[-1]["kind"] != "end":
            raise EngineFailed("\n".join([*complaints(copy), done.stdout]))
        return records
