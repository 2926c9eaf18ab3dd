"""What the command line prints: JSON only on standard output where asked, words for people otherwise."""

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson

from comfyvn.application.ports import Commit
from comfyvn.application.studio import Outcome, plain
from comfyvn.domain.kernel import Json, Refused

DONE, CHECK_FAILED, WRONG_USE, CONFLICTS, REFUSED = 0, 1, 2, 3, 4
"""Exit codes."""

SIGNS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
"""How marked words are printed."""
WIDTH = 24
"""Characters of a progress bar."""


class Printer:
    """Prints results. With `as_json` standard output holds JSON only; all other words go to standard error."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._stage, self._began = "", (0.0, 0)

    def result(self, value: Json, words: Callable[[], Iterable[str]]) -> None:
        """Print one JSON document, or the words."""
        if self.as_json:
            self.line(value)
        else:
            for text in words():
                print(text)

    def line(self, value: Json) -> None:
        """Print one line of JSON."""
        sys.stdout.write(encode(value) + "\n")

    def say(self, text: str) -> None:
        """Tell the person something that is no result."""
        print(text, file=sys.stderr)

    def progress(self, stage: str, done: int, total: int) -> None:
        """Show how far a long work is, with its rate and how long it will go on, on a terminal only."""
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._began = stage, (now, done)
        since, first = self._began
        rate = (done - first) / (now - since) if now > since and done > first else None
        self.bar(stage, done, total, rate)

    def bar(self, stage: str, done: int, total: int, rate: float | None) -> None:
        """Show how far a stage is, on a terminal only."""
        if sys.stderr.isatty():
            end = "\n" if total and done >= total else ""
            sys.stderr.write(f"\r{bar_of(stage, done, total, rate)}\x1b[K{end}")
            sys.stderr.flush()

    def refusal(self, error: Refused) -> None:
        """Print why a command was refused."""
        if self.as_json:
            self.line({"error": {"code": error.code, "message": str(error), **plain(error.details)}})
        self.say(f"comfyvn: {error} [{error.code}]")


def bar_of(stage: str, done: int, total: int, rate: float | None) -> str:
    """Return how far a stage is, as one line; `rate` is what gets done in a second."""
    words = [f"{stage}:"]
    if total > 0:
        full = min(WIDTH, WIDTH * done // total)
        words.append(f"[{'#' * full}{'.' * (WIDTH - full)}] {100 * done // total} %")
    words.append(f"{done}/{total}" if total > 0 else str(done))
    if rate:
        words.append(f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
        if total > done:
            minutes, seconds = divmod(round((total - done) / rate), 60)
            words.append(f"{minutes}:{seconds:02} left")
    return " ".join(words)


def encode(value: Any) -> str:
    """Return JSON text."""
    return orjson.dumps(value, default=plain, option=orjson.OPT_NON_STR_KEYS).decode()


def commit_json(commit: Commit) -> Json:
    """Return a commit as `history --json` shows it."""
    names = ("seq", "kind", "actor", "at", "message", "events", "position", "branch", "reverts", "merge_parent")
    return {"commit": commit.id, **{name: getattr(commit, name) for name in names}}


def outcome_json(outcome: Outcome) -> Json:
    """Return an outcome as `undo --json` shows it."""
    return {
        "commit": outcome.commit.id if outcome.commit else None,
        "position": outcome.position,
        "events": outcome.events,
        "conflicts": [plain(item) for item in outcome.conflicts],
    }


def outcome_words(outcome: Outcome) -> list[str]:
    """Return an outcome in words."""
    if outcome.conflicts:
        return [
            f"{counted(len(outcome.conflicts), 'conflict')}; nothing was written:",
            *(f"  {c.id}\n    ours:   {c.ours!r}\n    theirs: {c.theirs!r}" for c in outcome.conflicts),
        ]
    if outcome.commit is None:
        return ["Nothing had to change."]
    return [f"{outcome.commit.message}: {counted(outcome.events, 'event')}, now at position {outcome.position}."]


def counted(count: int, thing: str) -> str:
    """Return a number of things in words, such as ``1 event`` and ``2 events``."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return rows as aligned lines under a head."""
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
