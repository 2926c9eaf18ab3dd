"""What all story formats share: links, comments, markup, and finding the end of what has begun."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Final

from comfyvn.infrastructure.imports.twine.pieces import Kept, Link, Mark, Note, Piece, Words

MAX_DEPTH: Final = 40
"""Branches and hooks inside each other; what is deeper is kept as code."""

LINK: Final = re.compile(r"\[\[(?P<inside>(?:[^\[\]]|\[(?!\[)|\](?!\]))*)\]\]")
MAX_STYLED: Final = 5_000
"""Characters up to which the end of a style is looked for."""

_PLAIN: Final = re.compile(r"[^\W_](?:[^\W_]|[ ,.])*")
"""Words in which nothing begins in any format."""
_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
_STYLED: Final = re.compile(r"<(?P<end>/?)(?P<tag>b|strong|i|em|u|s)>", re.IGNORECASE)
_HTML: Final = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_TAGS: Final = {"b": "b", "strong": "b", "i": "i", "em": "i", "u": "u", "s": "s"}
_QUOTED: Final = re.compile(r"""["'](?:\\.|[^\\])*?["']""")


class Source:
    """The text of a passage with a place in it; `line` is that of its first character."""

    def __init__(self, text: str, line: int) -> None:
        self.text, self.at = text, 0
        self._absent: set[str] = set()
        self._counted, self._line = 0, line

    def line(self) -> int:
        """Return the line of the place; 0 where lines are not known."""
        if self._line:
            self._line += self.text.count("\n", self._counted, self.at)
            self._counted = self.at
        return self._line

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Match a pattern at the place and go past it."""
        found = pattern.match(self.text, self.at)
        if found:
            self.line()
            self.at = found.end()
        return found

    def holds(self, sign: str) -> bool:
        """Tell whether a sign stands anywhere from the place on."""
        if sign not in self._absent and self.text.find(sign, self.at) >= 0:
            return True
        self._absent.add(sign)
        return False

    def between(self, opened: str, closed: str) -> str | None:
        """Return what stands between two signs, the first of them at the place, and go past it; else None."""
        begun = self.at + len(opened)
        if not self.text.startswith(opened, self.at) or closed in self._absent:
            return None
        end = self.text.find(closed, begun)
        if end < 0:
            self._absent.add(closed)
            return None
        self.line()
        self.at = end + len(closed)
        return self.text[begun:end]

    @cached_property
    def closed(self) -> dict[int, int]:
        """The place behind the bracket that closes each square one, by the place of that."""
        found: dict[int, int] = {}
        open_: list[int] = []
        for at, sign in enumerate(self.text):
            if sign == "[":
                open_.append(at)
            elif sign == "]" and open_:
                found[open_.pop()] = at + 1
        return found

    @property
    def over(self) -> bool:
        return self.at >= len(self.text)


def closing(text: str, at: int, opened: str, closed: str) -> int | None:
    """Return the place behind the bracket that closes the one before `at`; texts in quotes do not count."""
    depth = 1
    quote = ""
    while at < len(text):
        sign = text[at]
        if quote:
            if sign == "\\":
                at += 1
            elif sign == quote:
                quote = ""
        elif sign in "\"'" and opened == "(":
            quote = sign
        elif sign == opened:
            depth += 1
        elif sign == closed:
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    return None


def link(inside: str, line: int, pieces: Sequence[Piece] = ()) -> Link:
    """Return the link that ``[[inside]]`` is: ``text->target``, ``target<-text``, ``text|target`` or a name."""
    for arrow, turned in (("->", False), ("<-", True), ("|", False)):
        if arrow in inside:
            head, tail = inside.rsplit(arrow, 1) if arrow == "->" else inside.split(arrow, 1)
            text, target = (tail, head) if turned else (head, tail)
            return Link(text.strip(), target.strip(), line, tuple(pieces))
    return Link(inside.strip(), inside.strip(), line, tuple(pieces))


def common(source: Source, styles: Callable[[Source], Iterator[Piece]]) -> Iterator[Piece]:
    """Yield what stands at the place by the rules of all formats, at least one character of it."""
    line = source.line()
    if (note := source.between("<!--", "-->")) is not None:
        yield Note(note.strip(), line)
    elif source.match(_BREAK):
        yield Words("\n", line)
    elif styled := source.match(_STYLED):
        yield Mark("{" + styled["end"] + _TAGS[styled["tag"].lower()] + "}", line)
    elif tag := source.match(_HTML):
        yield Kept(tag[0], "html", line)
    else:
        pieces = list(styles(source))
        if pieces:
            yield from pieces
        else:
            words = _PLAIN.match(source.text, source.at)
            found = words[0] if words else source.text[source.at]
            source.at += len(found)
            yield Words(found, line)


class Styles:
    """Pairs of signs that begin and end a style, such as ``''bold''``."""

    def __init__(self, pairs: dict[str, str]) -> None:
        self._pairs = pairs
        self._open: set[str] = set()

    def __call__(self, source: Source) -> Iterator[Piece]:
        """Yield the tag of a sign that stands at the place; a sign without its pair is text."""
        for sign, tag in self._pairs.items():
            if not source.text.startswith(sign, source.at):
                continue
            line = source.line()
            if sign in self._open:
                self._open.discard(sign)
                source.at += len(sign)
                yield Mark("{/" + tag + "}", line)
            elif source.text[source.at - 1 : source.at] != ":" and _ends(source, sign):
                self._open.add(sign)
                source.at += len(sign)
                yield Mark("{" + tag + "}", line)
            return


def _ends(source: Source, sign: str) -> bool:
    """Tell whether a style that begins at the place ends in the same paragraph."""
    begun = source.at + len(sign)
    end = source.text.find("\n\n", begun, begun + MAX_STYLED)
    return source.text.find(sign, begun, begun + MAX_STYLED if end < 0 else end) >= 0


def joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return pieces with words that stand side by side in one."""
    found: list[Piece] = []
    run: list[str] = []
    begun = 0
    for piece in pieces:
        if isinstance(piece, Words):
            begun = begun if run else piece.line
            run.append(piece.text)
            continue
        if run:
            found.append(Words("".join(run), begun))
            run.clear()
        found.append(piece)
    if run:
        found.append(Words("".join(run), begun))
    return tuple(found)


def quoted(source: str) -> str | None:
    """Return the text in quotes that a source is as a whole; None for anything else."""
    source = source.strip()
    if len(source) >= 2 and _QUOTED.fullmatch(source) and source[0] == source[-1]:
        return re.sub(r"\\(.)", r"\1", source[1:-1])
    return None


def arguments(source: str) -> list[str]:
    """Return the parts between commas outside of brackets and quotes."""
    parts: list[str] = []
    depth, quote, begun = 0, "", 0
    for at, sign in enumerate(source):
        if quote:
            quote = "" if sign == quote and source[at - 1] != "\\" else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(source[begun:at])
            begun = at + 1
    parts.append(source[begun:])
    return [part.strip() for part in parts]
