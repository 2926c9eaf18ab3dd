"""What stands in a passage, in the order of reading, and the steps that it becomes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from comfyvn.domain.interpolation import escape
from comfyvn.infrastructure.imports.steps import Option, Step, act, code, jump, line


@dataclass(frozen=True, slots=True)
class Words:
    """Text as the reader sees it; line feeds end lines."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Text in the studio's own notation: a tag such as ``{b}``, or the value of an expression, ``[hp]``."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link: to a passage, through `pieces` first. Without a `target` the reader stays."""

    text: str
    target: str | None
    line: int
    pieces: tuple["Piece", ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """Arms, each with its condition (None: else) and what it holds."""

    arms: tuple[tuple[str | None, tuple["Piece", ...]], ...]
    line: int


@dataclass(frozen=True, slots=True)
class Assigned:
    """An assignment of the studio's language."""

    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Gone:
    """The play goes on in another passage; with `returns` it comes back."""

    target: str
    line: int
    returns: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Code that is kept word for word, and the kind it is counted by."""

    text: str
    kind: str
    line: int


@dataclass(frozen=True, slots=True)
class Note:
    """A comment."""

    text: str
    line: int


Piece: TypeAlias = Words | Mark | Link | Branch | Assigned | Gone | Kept | Note


def steps_of(pieces: Sequence[Piece], language: str) -> tuple[Step, ...]:
    """Return the steps of a passage: lines and directions in order, then one choice of all its links."""
    writer = _Writer(language)
    found = writer.block(pieces)
    options = [*_options(pieces, (), language)]
    if options:
        found.append(Step("choice", options=tuple(options), line=next(_links(pieces)).line))
    return tuple(found)


class _Writer:
    """Writes text line by line; a line that goes on behind a branch is an extension of the one before it."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.open = False
        """Whether a line has begun in this paragraph that further words belong to."""

    def block(self, pieces: Sequence[Piece]) -> list[Step]:
        found: list[Step] = []
        words: list[str] = []
        at = 0

        def end(*, paragraph: bool) -> None:
            text = "".join(words)
            words.clear()
            if text.strip():
                shown = text if self.open else text.lstrip()
                step = line(shown.rstrip() if paragraph else shown, at)
                found.append(replace(step, directives={"extend": True}) if self.open else step)
                self.open = True
            if paragraph:
                self.open = False

        for piece in pieces:
            match piece:
                case Words(text, number):
                    for offset, part in enumerate(text.split("\n")):
                        if offset:
                            end(paragraph=True)
                        if part and not words:
                            at = number + offset
                        words.append(escape(part))
                case Mark(text, number):
                    at = at if words else number
                    words.append(text)
                case Link():
                    words.append(escape(piece.text) if _inside(piece, pieces) else "")
                case Branch() | Assigned() | Gone() | Kept() | Note():
                    end(paragraph=False)
                    found += self._other(piece)
        end(paragraph=True)
        return found

    def _other(self, piece: Branch | Assigned | Gone | Kept | Note) -> Iterator[Step]:
        match piece:
            case Branch(arms, number):
                begun = self.open
                options: list[Option] = []
                for condition, held in arms:
                    self.open = begun
                    steps = tuple(self.block(held))
                    options.append(Option(condition=condition, steps=steps))
                self.open = begun
                if any(option.steps for option in options):
                    yield act("branch", at=number, options=tuple(options))
            case Assigned(source, number):
                yield act("set", source, number)
            case Gone(target, number, returns):
                yield replace(jump(target, number), verb="call") if returns else jump(target, number)
            case Note(text, number):
                yield act("comment", text, number)
            case Kept(text, kind, number):
                yield code(self.language, kind, text, number)


def _inside(link: Link, pieces: Sequence[Piece]) -> bool:
    """Tell whether a link stands in a sentence: other words are on its line."""
    at = next(number for number, piece in enumerate(pieces) if piece is link)
    before = pieces[at - 1] if at else None
    after = pieces[at + 1] if at + 1 < len(pieces) else None
    ahead = isinstance(before, Words) and before.text.rpartition("\n")[2].strip(" \t*-•>") != ""
    behind = isinstance(after, Words) and after.text.partition("\n")[0].strip(" \t") != ""
    return ahead or (behind and not isinstance(before, Link))


def _links(pieces: Sequence[Piece]) -> Iterator[Link]:
    for piece in pieces:
        if isinstance(piece, Link):
            yield piece
        elif isinstance(piece, Branch):
            for _, held in piece.arms:
                yield from _links(held)


def _options(pieces: Sequence[Piece], conditions: tuple[str, ...], language: str) -> Iterator[Option]:
    """Yield the options of the links, each under the conditions of the branches around it."""
    for piece in pieces:
        if isinstance(piece, Link):
            steps = tuple(_Writer(language).block(piece.pieces))
            condition = " and ".join(conditions) or None
            yield Option(escape(piece.text), condition, target=piece.target, steps=steps)
        elif isinstance(piece, Branch):
            others: tuple[str, ...] = ()
            for condition, held in piece.arms:
                own = () if condition is None else (_grouped(condition),)
                yield from _options(held, (*conditions, *others, *own), language)
                others = (*others, f"not {_grouped(condition)}") if condition else others


def _grouped(condition: str) -> str:
    return condition if condition.isidentifier() else f"({condition})"
