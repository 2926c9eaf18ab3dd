"""Script text to logical lines, and logical lines to indented blocks.

A logical line goes on over newlines inside brackets and strings and after a backslash; comments are left out of it.
The rules are the engine's, but where the engine gives up on a whole file (a tab, a bracket never closed, indentation
that fits nowhere) the line is marked as broken and reading goes on.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from comfyvn.infrastructure.imports.renpy.syntax import ParseIssue

_PLAIN = r"[^\n\t#\"'`()\[\]{}\\]"
_ONE_LINE = re.compile(
    rf"""(\ *+)((?:{_PLAIN}++
        |"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"(?!")
        |[(\[{{]{_PLAIN}*+[)\]}}]
    )*+)(\#[^\n]*+)?\n""",
    re.VERBOSE,
)
"""A logical line on one line with nothing nested: nearly all lines of real scripts."""

_RUN = re.compile(rf"{_PLAIN}*+")
_STRINGS = {
    quote: (
        re.compile(rf"{quote}[^{quote}\\]*+(?:\\.[^{quote}\\]*+)*+{quote}", re.DOTALL),
        re.compile(
            rf"{quote * 3}[^{quote}\\]*+(?:(?:\\.|{quote}(?!{quote * 2}))[^{quote}\\]*+)*+{quote * 3}", re.DOTALL
        ),
    )
    for quote in "\"'`"
}
_SEARCHES = 200_000, 4
"""Each line that never ends costs a search to the end of the file. When all searches together have passed so many
characters, plus so many times the file's length, the rest of the file is one broken line."""


@dataclass(slots=True)
class Line:
    """A logical line and the lines indented below it. Empty `text`: a comment, or `end - number + 1` blank lines."""

    number: int
    end: int
    indent: int
    text: str
    comment: str = ""
    broken: ParseIssue | None = None
    block: list["Line"] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The last line of the block, or of the line itself."""
        line = self
        while line.block:
            line = line.block[-1]
        return line.end


def logical_lines(file: str, text: str) -> Iterator[Line]:
    """Yield the lines of `text`, which has no carriage returns and ends with a newline."""
    position, number = 0, 1
    budget = _SEARCHES[0] + _SEARCHES[1] * len(text)
    while position < len(text):
        match = _ONE_LINE.match(text, position)
        if match:
            position = match.end()
            end, body = number, match[2]
            if body and not body.isspace():
                yield Line(number, end, len(match[1]), body)
            else:
                yield Line(number, end, len(match[1]), "", match[3] or "")
        else:
            start = position
            body, position, tab = _long_line(text, start)
            broken = None
            if position < 0:
                budget -= len(text) - start
                position = text.index("\n", start) + 1 if budget > 0 else len(text)
                body = text[start : position - 1]
                broken = ParseIssue(file, number, "unterminated", "a string or bracket that starts here never ends")
            elif tab >= 0:
                broken = ParseIssue(
                    file, number + text.count("\n", start, tab), "tab", "tab characters are not allowed"
                )
            end = number + text.count("\n", start, position) - 1
            stripped = body.lstrip(" \t")
            indent = len(body[: len(body) - len(stripped)].expandtabs(8))
            yield Line(number, end, indent, stripped, "", broken)
        number = end + 1


def blocks(file: str, lines: Iterable[Line]) -> list[Line]:
    """Put each line below the line it belongs to, and return the top level.

    A comment after a block belongs to the block if it is indented like it; blank lines go with what follows them.
    """
    top: list[Line] = []
    open_blocks = [(0, top)]
    waiting: list[Line] = []
    parent: Line | None = None
    for line in lines:
        if not line.text:
            if waiting and not (line.comment or line.broken or waiting[-1].comment or waiting[-1].broken):
                waiting[-1].end = line.end
            else:
                waiting.append(line)
            continue
        if parent and line.indent > open_blocks[-1][0]:
            open_blocks.append((line.indent, parent.block))
        else:
            while len(open_blocks) > 1 and line.indent <= open_blocks[-2][0]:
                waiting = _keep_comments(open_blocks.pop(), waiting)
            if line.indent != open_blocks[-1][0] and not line.broken:
                line.broken = ParseIssue(file, line.number, "indentation", "the indentation fits no line above")
        block = open_blocks[-1][1]
        block.extend(waiting)
        block.append(line)
        waiting, parent = [], line
    while len(open_blocks) > 1:
        waiting = _keep_comments(open_blocks.pop(), waiting)
    top.extend(waiting)
    return top


def _keep_comments(ended: tuple[int, list[Line]], waiting: list[Line]) -> list[Line]:
    """Give a block that ended the comments indented like it, and return the other lines."""
    indent, block = ended
    count = next(
        (i for i in range(len(waiting), 0, -1) if waiting[i - 1].comment and waiting[i - 1].indent >= indent), 0
    )
    block.extend(waiting[:count])
    return waiting[count:]


def _long_line(text: str, start: int) -> tuple[str, int, int]:
    """Return the logical line without comments, where the next one starts (-1: never), and its first tab (-1: none)."""
    parts: list[str] = []
    position, taken, depth, tab = start, start, 0, -1
    while True:
        position = _RUN.match(text, position).end()  # type: ignore[union-attr]  # matches always
        if position == len(text):
            return "", -1, tab
        mark = text[position]
        if mark == "\n" and not depth:
            parts.append(text[taken:position])
            return "".join(parts), position + 1, tab
        if mark in _STRINGS:
            single, triple = _STRINGS[mark]
            string = (triple if text.startswith(mark * 3, position) else single).match(text, position)
            if not string:
                return "", -1, tab
            position = string.end()
        elif mark == "#":
            parts.append(text[taken:position])
            position = taken = text.index("\n", position)
        elif mark == "\\" and text.startswith("\n", position + 1):
            position += 2
        else:
            if mark == "\t" and tab < 0:
                tab = position
            elif mark in "([{":
                depth += 1
            elif mark in ")]}" and depth:
                depth -= 1
            position += 1
