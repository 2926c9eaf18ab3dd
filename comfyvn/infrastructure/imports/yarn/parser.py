"""The statements of a node's body."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from comfyvn.infrastructure.imports.yarn.source import Row

MAX_DEPTH: Final = 40
"""Blocks inside each other; what is deeper is kept as code."""
MAX_COMMAND: Final = 1_000
"""Characters of a command."""
MAX_VALUE: Final = 300
"""Characters of a value in a text."""

_COMMAND: Final = re.compile(r'<<(?:"(?:\\.|[^"\\])*+"|\\.|[^"\\>]|>(?!>))*+>>')
_VALUE: Final = re.compile(r'\{(?:"(?:\\.|[^"\\])*+"|[^"}])*+\}')
_ARROWS: Final = ("->", "=>")
_TAG: Final = re.compile(r"#\s*([^\s#$<]+)")
_KEYWORD: Final = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands, without the condition, ``once`` and hashtags behind it."""

    text: str
    line: int
    condition: str | None = None
    once: bool = False
    tags: tuple[str, ...] = ()
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """Options (``->``), or with `drawn` a line group (``=>``): each a line, and what follows it."""

    items: tuple[tuple[Line, tuple["Statement", ...]], ...]
    line: int
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Arms:
    """Branches: each a condition (None: else) and what it holds; with `once` the first is met a single time."""

    arms: tuple[tuple[str | None, tuple["Statement", ...]], ...]
    line: int
    once: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its first word, what follows it, and how it stands in the source."""

    name: str
    rest: str
    line: int
    raw: str


Statement: TypeAlias = Line | Items | Arms | Command


def statements(rows: Sequence[Row]) -> tuple[Statement, ...]:
    """Return what a body says."""
    parser = _Parser([piece for row in rows for piece in _split(row)])
    return parser.block(0, len(parser.rows), 0, ())[0]


def _split(row: Row) -> list[Row]:
    """Return a row as rows of one statement each: what stands behind a command stands alone."""
    found: list[Row] = []
    text = row.text
    while text.startswith("<<") and (end := command_end(text, 0)) is not None:
        found.append(Row(row.indent, text[:end], row.line))
        text = text[end:].lstrip()
        if text.startswith(("#", "//")):
            text = ""
        if not text:
            return found
    return [*found, Row(row.indent, text, row.line)]


def command_end(text: str, at: int) -> int | None:
    """Return the place behind the ``>>`` that closes the ``<<`` at a place; texts in quotes do not count."""
    found = _COMMAND.match(text, at, at + MAX_COMMAND)
    if found:
        return found.end()
    plain = text.find(">>", at + 2, at + MAX_COMMAND)
    return None if plain < 0 else plain + 2


def line_of(text: str, number: int) -> Line:
    """Read a line: words, then conditions, hashtags and a comment in any order."""
    end = _words_end(text)
    words, at = text[:end], end
    condition: str | None = None
    once = False
    tags: list[str] = []
    while at < len(text):
        if text.startswith("<<", at) and (after := command_end(text, at)) is not None:
            name, rest = _named(text[at + 2 : after - 2])
            if name == "once":
                once = True
                name, rest = _named(rest) if rest else ("", "")
            condition = rest if name == "if" else condition
            at = after
        elif found := _TAG.match(text, at):
            tags.append(found[1].partition("//")[0])
            at = found.start(1) + len(tags[-1])
        elif text.startswith("//", at):
            break
        else:
            at += 1
    return Line(words.rstrip(), number, condition, once, tuple(tags), text)


def _words_end(text: str) -> int:
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text[at] == "{":
            at = value_end(text, at) or at + 1
        elif text[at] == "#" or text.startswith("//", at) or _command_at(text, at):
            return at
        else:
            at += 1
    return len(text)


def _command_at(text: str, at: int) -> bool:
    return text.startswith("<<", at) and command_end(text, at) is not None


def value_end(text: str, at: int) -> int | None:
    """Return the place behind the ``}`` that closes the ``{`` at a place."""
    found = _VALUE.match(text, at, at + MAX_VALUE)
    return found.end() if found else None


def _named(words: str) -> tuple[str, str]:
    found = _KEYWORD.match(words.strip())
    name = found[0] if found else ""
    return name, words.strip()[len(name) :].strip()


class _Parser:
    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    def block(
        self, at: int, end: int, depth: int, stops: tuple[str, ...]
    ) -> tuple[tuple[Statement, ...], int, Command | None]:
        """Return the statements up to `end` or a command named in `stops`, where they end, and that command."""
        found: list[Statement] = []
        while at < end:
            row = self.rows[at]
            if not row.text or row.text.startswith("//"):
                at += 1
            elif row.text.startswith(_ARROWS):
                items, at = self._items(at, end, depth)
                found.append(items)
            elif row.text.startswith("<<") and row.text.endswith(">>"):
                command = _command(row)
                if command.name in stops:
                    return tuple(found), at + 1, command
                if command.name in ("if", "once") and depth < MAX_DEPTH:
                    arms, at = self._arms(command, at + 1, end, depth)
                    found.append(arms)
                else:
                    found.append(command)
                    at += 1
            else:
                found.append(line_of(row.text, row.line))
                at += 1
        return tuple(found), at, None

    def _arms(self, opened: Command, at: int, end: int, depth: int) -> tuple[Arms, int]:
        once = opened.name == "once"
        stops = ("else", "endonce") if once else ("elseif", "else", "endif")
        arms: list[tuple[str | None, tuple[Statement, ...]]] = []
        condition: str | None = opened.rest
        if once:
            condition = _named(opened.rest)[1] if opened.rest else "true"
        while True:
            held, at, stop = self.block(at, end, depth + 1, stops)
            arms.append((condition, held))
            if stop is None or stop.name in ("endif", "endonce"):
                return Arms(tuple(arms), opened.line, once), at
            condition = stop.rest if stop.name == "elseif" else None
            if stop.name == "else" and _named(stop.rest)[0] == "if":
                condition = _named(stop.rest)[1]

    def _items(self, at: int, end: int, depth: int) -> tuple[Items, int]:
        """Return the options at a place: an empty row ends them, as does a row that is not further in."""
        rows = self.rows
        first = rows[at]
        arrow = first.text[:2]
        items: list[tuple[Line, tuple[Statement, ...]]] = []
        while at < end and rows[at].text.startswith(arrow) and rows[at].indent == first.indent:
            line = line_of(rows[at].text[2:].lstrip(), rows[at].line)
            begun = at = at + 1
            while at < end and rows[at].indent > first.indent and (rows[at].text or at > begun):
                at += 1
            if depth < MAX_DEPTH:
                body, _, _ = self.block(begun, at, depth + 1, ())
            else:
                body = tuple(Command("", "", row.line, row.text) for row in rows[begun:at] if row.text)
            items.append((line, body))
            while at < end and rows[at].text.startswith("//"):
                at += 1
            if at < end and not rows[at].text:
                at += 1
                break
        return Items(tuple(items), first.line, arrow == "=>"), at


def _command(row: Row) -> Command:
    name, rest = _named(row.text[2:-2])
    return Command(name, rest, row.line, row.text)
