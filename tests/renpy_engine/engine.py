"""Drive a real Ren'Py: lint a game, play one path of it, list the statements its parser finds.

The engine is Debian's (8.0.3), or the command in ``COMFYVN_TEST_RENPY``. It works on a copy of the game with throw-away
saves. Playing runs the game's own Python: only for games that are trusted.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = dict[str, Any]
"""One thing that happened or was found; ``kind`` says what."""

GAMES = Path("/usr/share/games/renpy")
"""Where Debian's packages put the engine and its games."""

_INSIDE = Path(__file__).parent / "inside"
_EMPTY_GAME = "label start:\n    return\n"


class EngineMissing(RuntimeError):
    """Ren'Py or one of its games is not installed."""


class EngineFailed(RuntimeError):
    """The engine stopped without having done what was asked; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Lint:
    """What lint found: exit code 0 no finding, 1 findings or errors, 255 a label twice; and its report."""

    code: int
    report: str


def command() -> list[str]:
    """Return the command that starts the engine."""
    given = os.environ.get("COMFYVN_TEST_RENPY")
    if given:
        return shlex.split(given)
    program = Path("/usr/games/renpy")
    if not program.exists():
        raise EngineMissing("Ren'Py is not installed: apt-get install renpy renpy-thequestion renpy-demo")
    return [str(program)]


def game(name: str) -> Path:
    """Return the folder of an installed game: ``the_question``, or ``demo`` (the tutorial)."""
    folder = GAMES / name
    if not (folder / "game").is_dir():
        raise EngineMissing(f"the game {name} is not installed: apt-get install renpy-thequestion renpy-demo")
    return folder


def lint(folder: Path, timeout: float = 120) -> Lint:
    """Run the engine's lint on a game (the folder that holds ``game/``)."""
    with _copied(folder) as copy:
        report = copy / "lint.txt"
        done = _run(copy, ["lint", str(report), "--error-code"], {}, timeout)
        found = [
            path.read_text("utf-8-sig")
            for path in (report, copy / "errors.txt", copy / "traceback.txt")
            if path.exists()
        ]
        return Lint(done.returncode, "\n".join([*found, done.stdout]))


def play(
    folder: Path,
    *,
    seed: int = 0,
    choices: Sequence[int | str] = (),
    start: str | None = None,
    limit: int = 10_000,
    timeout: float = 60,
    answer: str = "",
    stage: bool = False,
) -> list[Record]:
    """Play one path of a game without a display, and return what happened.

    `choices` are picked in order: an index (modulo the number of choices) or a shown caption; then the seed chooses.
    The play begins at the label `start` and ends after `limit` records or `timeout` seconds. `answer` is typed at
    every input. `stage` adds scene, show, hide, play, queue and stop.

    Kinds: ``say`` (who, what, interact), ``menu`` (choices, captions, pick), ``screen`` (name, actions, pick),
    ``input`` (prompt, answer), ``movie``, ``interact``, ``no_such_choice``; all with ``at``, file:line. The last is
    ``end`` with why: ``finished``, ``limit``, ``timeout``, ``quit``, or ``crashed`` with the engine's ``traceback``.
    """
    with _copied(folder) as copy:
        log = copy / "comfyvn_play.jsonl"
        request = {"seed": seed, "choices": list(choices), "start": start, "limit": limit, "answer": answer}
        try:
            done = _run(copy, ["comfyvn_play"], {**request, "stage": stage, "log": str(log)}, timeout)
            why = "quit" if done.returncode == 0 else "crashed"
        except subprocess.TimeoutExpired:
            why = "timeout"
        records = _read(log)
        if why != "timeout" and not records:
            raise EngineFailed("\n".join([*_complaints(copy), done.stdout]))
        if not records or records[-1]["kind"] != "end":
            end: Record = {"kind": "end", "why": why}
            if why == "crashed":
                end["traceback"] = "\n".join(_complaints(copy)) or done.stdout
            records.append(end)
        return [record for record in records if record["kind"] != "begin"]


def line_identifiers(folder: Path, timeout: float = 120) -> set[str]:
    """Return the identifiers of all lines, as the engine writes them into an empty translation."""
    with _copied(folder) as copy:
        done = _run(copy, ["translate", "klingon"], {}, timeout)
        files = list((copy / "game" / "tl" / "klingon").rglob("*.rpy"))
        if done.returncode or not files:
            raise EngineFailed("\n".join([*_complaints(copy), done.stdout]))
        found = (re.findall(r"^translate klingon (\w+):", file.read_text("utf-8-sig"), re.MULTILINE) for file in files)
        return {identifier for names in found for identifier in names} - {"strings"}


def picks(records: Iterable[Record]) -> list[int]:
    """Return the choices a play made; played again with them, it takes the same path whatever the seed."""
    return [record["pick"] for record in records if record["kind"] in ("menu", "screen") and record["pick"] is not None]


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
        done = _run(copy, [command], {"files": files, "log": str(log)}, timeout)
        records = _read(log)
        if not records or records[-1]["kind"] != "end":
            raise EngineFailed("\n".join([*_complaints(copy), done.stdout]))
        return records


@contextmanager
def _copied(folder: Path) -> Iterator[Path]:
    """Copy a game into a folder that is deleted afterwards; its files are links, for the engine only adds files."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "project"
        shutil.copytree(
            folder, copy, copy_function=lambda source, target: Path(target).symlink_to(Path(source).resolve())
        )
        yield copy


def _run(
    copy: Path, arguments: list[str], request: Mapping[str, Any], timeout: float
) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as home:
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": home,
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(_INSIDE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "RENPY_DISABLE_BACKUPS": "I take responsibility for this.",
            "RENPY_SIMPLE_EXCEPTIONS": "1",
            "RENPY_SKIP_MAIN_MENU": "1",
            "RENPY_SKIP_SPLASHSCREEN": "1",
            "SDL_AUDIODRIVER": "dummy",
            "SDL_VIDEODRIVER": "dummy",
        }
        if request:
            environment |= {"RENPY_SEARCHPATH": str(_INSIDE / "scripts"), "COMFYVN_PROBE": json.dumps(request)}
        return subprocess.run(
            [*command(), str(copy), *arguments, "--savedir", str(Path(home) / "saves")],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
        )


def _read(log: Path) -> list[Record]:
    if not log.exists():
        return []
    whole = [line for line in log.read_text("utf-8").split("\n") if line.endswith("}")]
    return [json.loads(line) for line in whole]


def _complaints(copy: Path) -> list[str]:
    return [path.read_text("utf-8-sig") for path in (copy / "errors.txt", copy / "traceback.txt") if path.exists()]
