"""The statements of a Ren'Py script as plain values.

Statement and clause names follow the engine's documentation ("Language Basics" and the pages it links to). Expressions,
arguments and parameters are source text, never evaluated; argument and parameter lists come without their parentheses.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    """One script file: its path below the game folder, its text without BOM, and the offset of each line.

    `starts` has one entry more than there are lines: where the line after the last one would start.
    """

    file: str
    text: str
    starts: Sequence[int]


@dataclass(frozen=True, slots=True)
class Span:
    """Whole lines of a source, 1-based, both ends included."""

    source: Source
    line: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement and its place. Two statements that say the same are equal wherever they stand."""

    span: Span = field(repr=False, compare=False)

    @property
    def file(self) -> str:
        return self.span.source.file

    @property
    def line(self) -> int:
        return self.span.line

    @property
    def end(self) -> int:
        return self.span.end

    @property
    def raw(self) -> str:
        """The statement's lines with its block, word for word, without the last line's newline."""
        source = self.span.source
        return source.text[source.starts[self.line - 1] : source.starts[self.end] - 1].removesuffix("\r")

    @property
    def children(self) -> "Block":
        """The statements directly inside this one, in the order of the source."""
        return ()


Block = tuple[Statement, ...]


def walk(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield statements and everything inside them, in the order of the source."""
    for statement in statements:
        yield statement
        yield from walk(statement.children)


# --- What is kept only so that nothing is lost -----------------------------------------------


@dataclass(frozen=True, slots=True)
class Comment(Statement):
    """A line that holds only a comment. `text` begins with ``#``."""

    text: str


@dataclass(frozen=True, slots=True)
class Blank(Statement):
    """A run of empty lines."""


@dataclass(frozen=True, slots=True)
class Raw(Statement):
    """A statement that is not read, with its block. `reason` is the code of the issue, or ``creator_defined``."""

    reason: str


# --- Dialogue --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say(Statement):
    """One line of dialogue.

    `who` is the speaker's source expression, None for the narrator; if it is a string literal, `who_text` is its value.
    `what` has its escapes resolved; text tags, [interpolation] and %% are as written. If this is one text of several in
    a triple-quoted string, its own lines are no whole statement: `monologue` is the place of that.
    """

    who: str | None
    who_text: str | None
    what: str
    attributes: tuple[str, ...] = ()
    temporary_attributes: tuple[str, ...] = ()
    arguments: str | None = None
    with_: str | None = None
    id: str | None = None
    nointeract: bool = False
    monologue: Span | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class MenuItem(Statement):
    """A choice, or a line of caption if `block` is None."""

    caption: str
    condition: str | None = None
    arguments: str | None = None
    block: Block | None = None

    @property
    def children(self) -> Block:
        return self.block or ()


@dataclass(frozen=True, slots=True)
class Menu(Statement):
    """A menu. `say` is the dialogue shown with it; `name` is also a label."""

    name: str | None
    items: tuple[MenuItem, ...]
    say: Say | None = None
    set_: str | None = None
    arguments: str | None = None
    with_: str | None = None

    @property
    def children(self) -> Block:
        inside: list[Statement] = [*self.items, *([self.say] if self.say else [])]
        return tuple(sorted(inside, key=lambda statement: statement.line))


# --- Flow ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Label(Statement):
    """A label by its full name: a local ``.name`` is resolved to ``global.name``."""

    name: str
    parameters: str | None
    hide: bool
    block: Block

    @property
    def children(self) -> Block:
        return self.block


@dataclass(frozen=True, slots=True)
class Jump(Statement):
    """A jump; `expression` says that `target` is an expression and no label."""

    target: str
    expression: bool = False


@dataclass(frozen=True, slots=True)
class Call(Statement):
    """A call of a label; `from_` is the label of the place it returns to."""

    target: str
    expression: bool = False
    arguments: str | None = None
    from_: str | None = None


@dataclass(frozen=True, slots=True)
class Return(Statement):
    expression: str | None = None


@dataclass(frozen=True, slots=True)
class Pass(Statement):
    pass


@dataclass(frozen=True, slots=True)
class If(Statement):
    """Conditions and their blocks in order; the condition of ``else`` is None."""

    branches: tuple[tuple[str | None, Block], ...]

    @property
    def children(self) -> Block:
        return tuple(statement for _, block in self.branches for statement in block)


@dataclass(frozen=True, slots=True)
class While(Statement):
    condition: str
    block: Block

    @property
    def children(self) -> Block:
        return self.block


# --- Stage -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Staging(Statement):
    """What scene, show and hide share: an image by its name or by an expression, and the clauses.

    A part of the name that was a string is kept as source, as in ``show text "Hello"``. `tag`, `layer` and `at` stand
    for the clauses ``as``, ``onlayer`` and ``at``; `atl` is the source of the block.
    """

    image: tuple[str, ...]
    expression: str | None = None
    tag: str | None = None
    at: tuple[str, ...] = ()
    layer: str | None = None
    zorder: str | None = None
    behind: tuple[str, ...] = ()
    with_: str | None = None
    atl: str | None = None


@dataclass(frozen=True, slots=True)
class Scene(Staging):
    """Clear a layer and show an image, or only clear it: then `image` is empty and `expression` None."""


@dataclass(frozen=True, slots=True)
class Show(Staging):
    pass


@dataclass(frozen=True, slots=True)
class Hide(Staging):
    pass


@dataclass(frozen=True, slots=True)
class ShowLayer(Statement):
    layer: str
    at: tuple[str, ...] = ()
    atl: str | None = None


@dataclass(frozen=True, slots=True)
class Camera(Statement):
    layer: str | None
    at: tuple[str, ...] = ()
    atl: str | None = None


@dataclass(frozen=True, slots=True)
class With(Statement):
    expression: str


@dataclass(frozen=True, slots=True)
class UserStatement(Statement):
    """A statement that the engine registers, such as ``play music``: its words, the rest of the line, its block."""

    name: str
    rest: str
    block: str | None = None


# --- Code and declarations -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Python(Statement):
    """Python code without the indentation of its block. `store` is the name after ``in``; None is the default store."""

    code: str
    one_line: bool = False
    early: bool = False
    hide: bool = False
    store: str | None = None


@dataclass(frozen=True, slots=True)
class Init(Statement):
    """Statements run at start. In the one-line form (``init python:``) the inner statement has the same lines."""

    priority: int
    block: Block

    @property
    def children(self) -> Block:
        return self.block


@dataclass(frozen=True, slots=True)
class InitOffset(Statement):
    offset: int


@dataclass(frozen=True, slots=True)
class Define(Statement):
    """``define store.name[index] operator expression``; `store` is ``store`` or ``store.<name>``."""

    name: str
    store: str
    operator: str
    expression: str
    index: str | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Default(Statement):
    name: str
    store: str
    expression: str
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Image(Statement):
    """An image by its name: an expression, or the source of an ATL block."""

    name: tuple[str, ...]
    expression: str | None = None
    atl: str | None = None


@dataclass(frozen=True, slots=True)
class Transform(Statement):
    name: str
    parameters: str | None
    atl: str
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Style(Statement):
    name: str


@dataclass(frozen=True, slots=True)
class Screen(Statement):
    name: str


@dataclass(frozen=True, slots=True)
class Testcase(Statement):
    name: str


@dataclass(frozen=True, slots=True)
class Translate(Statement):
    """A translation block. `language` None is the original language.

    `identifier` is the dialogue's identifier, or ``strings``, ``python`` or ``style``. `block` holds the statements of
    the block: dialogue, `TranslateString`, or the one Python or Style statement.
    """

    language: str | None
    identifier: str
    block: Block

    @property
    def children(self) -> Block:
        return self.block

    @property
    def strings(self) -> tuple[tuple[str, str], ...]:
        """The (old, new) pairs of a block of strings."""
        return tuple((pair.old, pair.new) for pair in self.block if isinstance(pair, TranslateString))


@dataclass(frozen=True, slots=True)
class TranslateString(Statement):
    """A string of the program and its translation."""

    old: str
    new: str


# --- The whole file --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ParseIssue:
    """Why something was not understood, and where. `code` is stable."""

    file: str
    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Script:
    """One file. `newline` is LF, CR LF, ``mixed``, or empty for a file of one line."""

    file: str
    statements: Block
    newline: str
    bom: bool
    errors: tuple[ParseIssue, ...]
