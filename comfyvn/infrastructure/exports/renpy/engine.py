"""Runs the installed Ren'Py on a project without a screen: lint, and plays that are logged.

It works on a copy of the project with throw-away saves. Both run the project's own Python: only for projects that are
trusted.
"""

import json
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comfyvn.domain.kernel import Missing, Refused

Record = dict[str, Any]
"""One thing that happened or was found; ``kind`` says what."""

_INSIDE = Path(__file__).parent / "inside"
_DEBIAN = Path("/usr/games/renpy")


class EngineMissing(Missing):
    """Ren'Py or one of its games is not installed."""

    def __init__(self, message: str) -> None:
        super().__init__("engine_missing", message)


class EngineFailed(Refused):
    """The engine stopped without having done what was asked; the text is what it said."""

    def __init__(self, message: str) -> None:
        super().__init__("engine_failed", message)


@dataclass(frozen=True, slots=True)
class Lint:
    """What lint found: exit code 0 no finding, 1 findings or errors, 255 a label twice; and its report."""

    code: int
    report: str


def command() -> list[str]:
    """Return the command that starts the engine: that of ``COMFYVN_RENPY``, else the installed one."""
    given = os.environ.get("COMFYVN_RENPY")
    if given:
        return shlex.split(given)
    if not _DEBIAN.exists():
        raise EngineMissing("Ren'Py is not installed: install the package renpy, or name its command in COMFYVN_RENPY.")
    return [str(_DEBIAN)]


def lint(folder: Path, timeout: float = 120) -> Lint:
    """Run the engine's lint on a game (the folder that holds ``game/``)."""
    with copied(folder) as copy:
        report = copy / "lint.txt"
        try:
            done = run(copy, ["lint", str(report), "--error-code"], {}, timeout)
        except subprocess.TimeoutExpired as error:
            raise EngineFailed(f"Lint took longer than {timeout:g} s.") from error
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

    It works on a copy of the game; see `play_in`.
    """
    with copied(folder) as copy:
        return play_in(
            copy, seed=seed, choices=choices, start=start, limit=limit, timeout=timeout, answer=answer, stage=stage
        )


def play_in(
    copy: Path,
    *,
    seed: int = 0,
    choices: Sequence[int | str] = (),
    start: str | None = None,
    limit: int = 10_000,
    timeout: float = 60,
    answer: str = "",
    stage: bool = False,
    picked: Mapping[str, Collection[int]] | None = None,
) -> list[Record]:
    """Play one path in the very folder that is given, and return what happened.

    `choices` are picked in order: an index (modulo the number of choices) or a shown caption; then the seed chooses.
    The play begins at the label `start` and ends after `limit` records or `timeout` seconds. `answer` is typed at
    every input. `stage` adds scene, show, hide, play, queue and stop. With `picked`, the options that were picked
    before by the places of their menus, new options come first.

    Kinds: ``say`` (who, what, interact), ``menu`` (choices, captions, pick; options: which of the statement's choices
    those shown are), ``screen`` (name, actions, pick),
    ``input`` (prompt, answer), ``movie``, ``interact``, ``no_such_choice``; all with ``at``, file:line. The last is
    ``end`` with why: ``finished``, ``limit``, ``timeout``, ``quit``, or ``crashed`` with the engine's ``traceback``.
    """
    for left in _left(copy, "comfyvn_play.jsonl"):
        left.unlink()
    log = copy / "comfyvn_play.jsonl"
    request = {"seed": seed, "choices": list(choices), "start": start, "limit": limit, "answer": answer}
    known = None if picked is None else {place: sorted(options) for place, options in picked.items()}
    try:
        done = run(copy, ["comfyvn_play"], {**request, "stage": stage, "picked": known, "log": str(log)}, timeout)
        why = "quit" if done.returncode == 0 else "crashed"
    except subprocess.TimeoutExpired:
        why = "timeout"
    records = read(log)
    if why != "timeout" and not records:
        raise EngineFailed("\n".join([*complaints(copy), done.stdout]))
    if not records or records[-1]["kind"] != "end":
        end: Record = {"kind": "end", "why": why}
        if why == "crashed":
            end["traceback"] = "\n".join(complaints(copy)) or done.stdout
        records.append(end)
    return [record for record in records if record["kind"] != "begin"]


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """Copy a game into a folder that is deleted afterwards; games write into their own folder."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "project"
        shutil.copytree(folder, copy)
        yield copy


def run(
    copy: Path, arguments: list[str], request: Mapping[str, Any], timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run one command of the engine on a copy of a project; `request` is for the commands of the probe."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": home,
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(_INSIDE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "RENPY_DISABLE_BACKUPS": "I take responsibility for this.",
            "RENPY_SIMPLE_EXCEPTIONS": "1",
            "RENPY_SKIP_MAIN_MENU": "1",
            "RENPY_SKIP_SPLASHSCREEN": "1",
            "SDL_AUDIODRIVER": "dummy",
            "SDL_VIDEODRIVER": "dummy",
        }
        if request:
            environment |= {"RENPY_SEARCHPATH": str(_INSIDE / "scripts"), "COMFYVN_PROBE": json.dumps(request)}
        return subprocess.run(  # noqa: S603 - the command is the installed engine's, without a shell
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


def read(log: Path) -> list[Record]:
    """Return the whole records of a log."""
    if not log.exists():
        return []
    whole = [line for line in log.read_text("utf-8").split("\n") if line.endswith("}")]
    return [json.loads(line) for line in whole]


def complaints(copy: Path) -> list[str]:
    """Return what the engine wrote about errors."""
    return [path.read_text("utf-8-sig") for path in _left(copy)]


def _left(copy: Path, *more: str) -> list[Path]:
    """Return the files that the engine left in a project."""
    return [path for name in ("errors.txt", "traceback.txt", *more) if (path := copy / name).exists()]
