"""A KAG script as a row of tokens: text, tags, labels, speakers, and code that is kept whole."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

MAX_TAG: Final = 20_000
"""Characters of one tag; what is longer is text."""

_WHOLE: Final[Mapping[str, str]] = {"iscript": "endscript", "html": "endhtml", "macro": "endmacro"}
"""Tags whose content is code, up to the tag that ends it."""
_ATTRIBUTE: Final = re.compile(
    r"""\s*(?P<name>[^\s=\]]+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s\]]+))?""",
)


_LOOSE: Final = re.compile(
    r"""\s*(?P<name>[^\s=]+)(?:\s*=\s*(?P<value>"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|`(?:\\.|[^`\\])*`?|\S+))?""",
)
"""How TyranoScript gives attributes."""
_NOTE_END: Final = re.compile(r"^\s*\*/\s*$")


@dataclass(frozen=True, slots=True)
class Words:
    """Text; `more` tells that the line of the script goes on."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag with its attributes; the value of one that stands alone is the text "true"."""

    name: str
    given: Mapping[str, str]
    line: int
    raw: str

    def get(self, *names: str) -> str:
        """Return the first attribute that is there and not empty; else an empty text."""
        return next((value for name in names if (value := self.given.get(name, ""))), "")


@dataclass(frozen=True, slots=True)
class Label:
    name: str
    title: str
    line: int


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks from here on (empty: nobody), and the face."""

    name: str
    face: str
    line: int


@dataclass(frozen=True, slots=True)
class Whole:
    """Code that is kept word for word: `kind` is the tag that began it, `name` the macro that it defines."""

    kind: str
    text: str
    line: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    line: int


Token: TypeAlias = Words | Tag | Label | Speaker | Whole | Note


@dataclass(slots=True)
class _Rows:
    """The lines of a script, numbered from 1."""

    rows: list[str]
    at: int = 0
    found: list[str] = field(default_factory=list)

    def until(self, pattern: re.Pattern[str]) -> list[str]:
        """Return the lines up to one that fits, that one too, and go past it."""
        begun = self.at
        while self.at < len(self.rows):
            self.at += 1
            if pattern.search(self.rows[self.at - 1]):
                break
        return self.rows[begun : self.at]


def tokens(text: str, tyrano: bool = False) -> Iterator[Token]:
    """Yield the tokens of a script, as TyranoScript reads it or as KAG does.

    TyranoScript knows notes of several lines, takes a sign behind a backslash for what it is, lets brackets stand in
    brackets, and reads a tag that is not closed up to the end of the line.
    """
    rows = _Rows(text.split("\n"))
    while rows.at < len(rows.rows):
        number = rows.at + 1
        bare = rows.rows[rows.at].strip() if tyrano else rows.rows[rows.at].lstrip("\t ")
        rows.at += 1
        if tyrano and bare == "/*":
            rows.at -= 1
            yield Note("\n".join(rows.until(_NOTE_END)), number)
        elif bare.startswith(";"):
            yield Note(bare[1:].strip(), number)
        elif bare.startswith("*") and (tyrano or len(bare) > 1):
            name, _, title = bare[1:].partition("|")
            yield Label(name.strip(), title.strip(), number)
        elif bare.startswith("#"):
            name, _, face = bare[1:].strip().partition(":")
            yield Speaker(name.strip(), face.partition(":")[0].strip(), number)
        elif bare.startswith("@"):
            yield from _held(_tag(bare[1:], number, bare, tyrano), rows, "")
        elif bare:
            yield from _Line(bare.removeprefix("_") if tyrano else bare, number, rows, tyrano).tokens()


class _Line:
    """A line of text with tags in it."""

    def __init__(self, row: str, number: int, rows: _Rows, tyrano: bool) -> None:
        self._row, self._number, self._rows, self._tyrano = row, number, rows, tyrano
        self._words: list[str] = []
        self._special = re.compile(r"[\[\\]" if tyrano else r"\[")

    def tokens(self) -> Iterator[Token]:
        row, tyrano, at = self._row, self._tyrano, 0
        while found := self._special.search(row, at):
            begun = found.start()
            self._words.append(row[at:begun])
            if found[0] == "\\" or (not tyrano and row.startswith("[[", begun)):
                self._words.append(row[begun + 1 : begun + 2])
                at = begun + 2
                continue
            end = _nested_end(row, begun) if tyrano else _end(row, begun + 1)
            if end is None:
                at = begun
                break
            yield from self._said()
            inside = row[begun + 1 : end].removesuffix("]" if end == len(row) else "")
            if end == len(row) and not inside:
                return
            tag = _tag(inside, self._number, row[begun : end + 1], tyrano)
            if tag.name in _WHOLE:
                yield from _held(tag, self._rows, row[end + 1 :])
                return
            yield tag
            at = end + 1
        self._words.append(row[at:])
        yield from self._said()

    def _said(self) -> Iterator[Words]:
        if text := "".join(self._words):
            yield Words(text, self._number)
        self._words = []


def _nested_end(row: str, at: int) -> int | None:
    """Return the place of the bracket that closes a tag, or the end of the line where none does."""
    quote, depth = "", 0
    for place in range(at, min(len(row), at + MAX_TAG)):
        sign = row[place]
        if sign in "\"'`":
            quote = "" if sign == quote else quote or sign
        elif not quote and sign in "[]":
            depth += 1 if sign == "[" else -1
            if depth == 0:
                return place
    return len(row) if len(row) - at <= MAX_TAG else None


def _end(row: str, at: int) -> int | None:
    """Return the place of the bracket that closes a tag; those in quotes do not."""
    quote = ""
    for place in range(at, min(len(row), at + MAX_TAG)):
        sign = row[place]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "]":
            return place
    end = row.find("]", at, at + MAX_TAG)
    return end if end >= 0 else None


def _tag(inside: str, line: int, raw: str, tyrano: bool) -> Tag:
    name, _, rest = inside.strip().partition(" ")
    given: dict[str, str] = {}
    for found in (_LOOSE if tyrano else _ATTRIBUTE).finditer(rest[:MAX_TAG]):
        value = found["value"]
        given[found["name"].lower()] = ("" if tyrano else "true") if value is None else _value(value, tyrano)
    return Tag(name.strip().lower(), given, line, raw)


def _value(given: str, tyrano: bool) -> str:
    quoted = given[0] in ("\"'`" if tyrano else "\"'")
    if not tyrano:
        return given.strip("\"'") if quoted else given
    bare = given[1:].removesuffix(given[0]) if quoted and len(given) > 1 else given
    return re.sub(r"\\(.)", r"\1", bare).strip()


def _held(tag: Tag, rows: _Rows, rest: str) -> Iterator[Token]:
    """Yield a tag; of one whose content is code, all of it as one token."""
    ending = _WHOLE.get(tag.name)
    if ending is None:
        yield tag
        return
    closes = re.compile(rf"[@\[]{ending}\b")
    held = [rest] if rest and closes.search(rest) else [rest, *rows.until(closes)] if rest else rows.until(closes)
    yield Whole(tag.name, "\n".join([tag.raw, *held]), tag.line, tag.get("name") if tag.name == "macro" else "")
