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


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a script."""
    rows = _Rows(text.split("\n"))
    while rows.at < len(rows.rows):
        number = rows.at + 1
        row = rows.rows[rows.at]
        rows.at += 1
        bare = row.lstrip("\t ")
        if bare.startswith("/*"):
            rows.at -= 1
            yield Note("\n".join(rows.until(re.compile(r"\*/"))), number)
        elif bare.startswith(";"):
            yield Note(bare[1:].strip(), number)
        elif row.startswith("*") and len(row) > 1:
            name, _, title = row[1:].partition("|")
            yield Label(name.strip(), title.strip(), number)
        elif row.startswith("#"):
            name, _, face = row[1:].strip().partition(":")
            yield Speaker(name.strip(), face.strip(), number)
        elif bare.startswith("@"):
            yield from _held(_tag(bare[1:], number, bare), rows, "")
        elif bare:
            yield from _inline(row.removeprefix("_") if row.startswith("_") else bare, number, rows)


def _inline(row: str, number: int, rows: _Rows) -> Iterator[Token]:
    words: list[str] = []
    at = 0
    while at < len(row):
        begun = row.find("[", at)
        if begun < 0:
            words.append(row[at:])
            break
        words.append(row[at:begun])
        if row.startswith("[[", begun):
            words.append("[")
            at = begun + 2
            continue
        end = _end(row, begun + 1)
        if end is None:
            words.append(row[begun:])
            break
        if text := "".join(words):
            yield Words(text, number)
            words = []
        tag = _tag(row[begun + 1 : end], number, row[begun : end + 1])
        if tag.name in _WHOLE:
            yield from _held(tag, rows, row[end + 1 :])
            return
        yield tag
        at = end + 1
    if text := "".join(words):
        yield Words(text, number)


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


def _tag(inside: str, line: int, raw: str) -> Tag:
    name, _, rest = inside.strip().partition(" ")
    given: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(rest[:MAX_TAG]):
        value = found["value"]
        given[found["name"].lower()] = "true" if value is None else value.strip("\"'") if value[0] in "\"'" else value
    return Tag(name.strip().lower(), given, line, raw)


def _held(tag: Tag, rows: _Rows, rest: str) -> Iterator[Token]:
    """Yield a tag; of one whose content is code, all of it as one token."""
    ending = _WHOLE.get(tag.name)
    if ending is None:
        yield tag
        return
    closes = re.compile(rf"[@\[]{ending}\b")
    held = [rest] if rest and closes.search(rest) else [rest, *rows.until(closes)] if rest else rows.until(closes)
    yield Whole(tag.name, "\n".join([tag.raw, *held]), tag.line, tag.get("name") if tag.name == "macro" else "")
