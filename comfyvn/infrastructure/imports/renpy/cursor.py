"""Reading the lines of one block, statement by statement."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from comfyvn.infrastructure.imports.renpy.lexer import Line
from comfyvn.infrastructure.imports.renpy.scanner import Broken, Scanner
from comfyvn.infrastructure.imports.renpy.syntax import (
    Blank,
    Block,
    Comment,
    ParseIssue,
    Raw,
    Source,
    Span,
    Statement,
)

MAX_DEPTH = 60
"""Blocks inside blocks that are read as statements; each takes seven nested calls, of which Python allows 1,000."""

Read = Callable[["Cursor"], Statement | tuple[Statement, ...]]


@dataclass(slots=True)
class Session:
    """What all blocks of one file share: how to read a statement, and what was not understood."""

    source: Source
    read: Read
    creator_defined: frozenset[tuple[str, ...]]
    issues: dict[tuple[int, str], ParseIssue] = field(default_factory=dict)

    def report(self, issue: ParseIssue) -> None:
        """Note an issue, once."""
        self.issues.setdefault((issue.line, issue.code), issue)


class Cursor(Scanner):
    """The lines of one block; scans the present line. `outer` is the cursor of the block around it."""

    def __init__(self, session: Session, lines: list[Line], outer: "Cursor | None" = None) -> None:
        self.session = session
        self.lines = lines
        self.index = -1
        self.depth: int = outer.depth + 1 if outer else 0
        self.global_label: str | None = outer.global_label if outer else None
        self.monologue_delimiter: str = outer.monologue_delimiter if outer else "\n\n"

    @property
    def line(self) -> Line:
        """The present line."""
        return self.lines[self.index]

    def advance(self) -> bool:
        """Go to the next line, if there is one."""
        if self.index + 1 >= len(self.lines):
            return False
        self.index += 1
        self.text, self.pos = self.line.text, 0
        return True

    @contextmanager
    def located(self) -> Iterator[None]:
        """Let what breaks here be reported at the present line, not at the statement around the block."""
        try:
            yield
        except Broken as broken:
            broken.line = broken.line or self.line.number
            raise

    def require_whole(self) -> None:
        """Break the statement if the present line is broken."""
        issue = self.line.broken
        if issue:
            raise Broken(issue.code, issue.message, issue.line)

    def advance_to(self, *words: str) -> tuple[Block, str | None]:
        """Go over comments to the next line if it begins with one of the words; return the comments and the word."""
        back = self.index, self.text, self.pos
        comments: list[Statement] = []
        while self.advance() and not self.text:
            comments += self.trivia()
        word = self.word()
        if word in words:
            self.require_whole()
            return tuple(comments), word
        self.index, self.text, self.pos = back
        return (), None

    def statements(self) -> Block:
        """Read all lines as statements."""
        found: list[Statement] = []
        while self.advance():
            found += self._statement() if self.text else self.trivia()
        return tuple(found)

    def trivia(self) -> Block:
        """Return the present line, which has no statement, as a comment or blank lines."""
        comment = self.line.comment
        return (Comment(self.span(), comment) if comment else Blank(self.span()),)

    def _statement(self) -> tuple[Statement, ...]:
        start = self.index
        try:
            self.require_whole()
            return self.statement()
        except Broken as broken:
            line = broken.line or self.line.number
            self.session.report(ParseIssue(self.session.source.file, line, broken.code, str(broken)))
            return (Raw(self.span(start), broken.code),)

    def statement(self) -> tuple[Statement, ...]:
        """Read one statement from here on, which may take several lines."""
        read = self.session.read(self)
        return read if isinstance(read, tuple) else (read,)

    def span(self, start: int | None = None) -> Span:
        """Return the place from a line of this block (None: the present one) to the end of the present line's block."""
        return Span(self.session.source, self.lines[self.index if start is None else start].number, self.line.last)

    # What may follow a statement.

    def end(self) -> None:
        """Break the statement if anything follows it, on the line or as a block."""
        self.require_end()
        if self.line.block:
            raise Broken("unexpected_block", "this statement takes no block", self.line.block[0].number)

    def begin_block(self, empty: bool = False) -> None:
        """Read the colon at the end of the line; a block must follow, unless it may be empty."""
        self.require_mark(":")
        self.require_end()
        if not empty and not any(line.text for line in self.line.block):
            raise Broken("block_expected", "this statement needs a block")

    def inner(self) -> "Cursor":
        """Return a cursor of the block below the present line."""
        if self.depth >= MAX_DEPTH:
            raise Broken("too_deep", f"blocks are nested more than {MAX_DEPTH} deep")
        return Cursor(self.session, self.line.block, self)

    def block(self) -> Block:
        """Read the block below the present line."""
        return self.inner().statements()

    def code(self) -> str:
        """Return the source of the block below the present line without its indentation, comments included."""
        texts = self.session.source.text
        starts = self.session.source.starts
        found: list[str] = []
        indent = next((line.indent for line in self.line.block if line.text), 0)
        waiting = self.line.block[::-1]
        while waiting:
            line = waiting.pop()
            for number in range(line.number, line.end + 1):
                text = texts[starts[number - 1] : starts[number] - 1].removesuffix("\r")
                if number == line.number or not line.text:
                    text = text[min(indent, len(text) - len(text.lstrip(" "))) :]
                found.append(text)
            waiting += line.block[::-1]
        return "\n".join(found)

    # Labels.

    def label_name(self, declare: bool = False) -> str | None:
        """Read a label's name and resolve a local one. `declare`: it must not belong to another global label."""
        start = self.pos
        global_name = self.name()
        if self.take("."):
            foreign = declare and global_name not in (None, self.global_label)
            global_name = global_name or self.global_label
            local_name = self.name()
            if global_name and local_name and not foreign:
                return f"{global_name}.{local_name}"
        elif global_name:
            return global_name
        self.pos = start
        return None

    def declare(self, name: str | None) -> None:
        """Make a label the one that local names belong to."""
        if name:
            self.global_label = name.split(".")[0]
