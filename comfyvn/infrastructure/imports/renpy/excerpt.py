"""Source text of statements: without their indentation, and without what stands in their blocks."""

from collections.abc import Iterable, Iterator

from comfyvn.infrastructure.imports.renpy.lexer import logical_lines
from comfyvn.infrastructure.imports.renpy.syntax import Comment, Menu, Pass, Source, Span, Statement


def dedented(statement: Statement) -> str:
    """Return a statement with its block, word for word, moved to the left margin.

    Lines that go on inside a string or brackets keep their white space, which may be part of a text.
    """
    source = statement.raw.replace("\r", "")
    indent = _indent(source.partition("\n")[0])
    if not indent:
        return source.rstrip()
    lines = source.split("\n")
    for begun in logical_lines(statement.file, source + "\n"):
        line = lines[begun.number - 1]
        lines[begun.number - 1] = line[min(indent, _indent(line)) :]
    return "\n".join(lines).rstrip()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def head(statement: Statement) -> str:
    """Return the lines of a statement that belong to no statement inside it, nor to `comments`."""
    if statement.line == statement.end:
        return first_line(statement)
    lines = (text.strip() for _, text in _own_lines(statement))
    return "\n".join(line for line in lines if not (isinstance(statement, Menu) and line.startswith("#")))


def first_line(statement: Statement) -> str:
    """Return the first line of a statement."""
    return _line(statement.span.source, statement.line).strip()


def comments(menu: Menu) -> list[Comment]:
    """Return the comments that stand between the items of a menu."""
    source = menu.span.source
    found = [(number, text.strip()) for number, text in _own_lines(menu)]
    return [Comment(Span(source, number, number), text) for number, text in found if text.startswith("#")]


def _own_lines(statement: Statement) -> Iterator[tuple[int, str]]:
    source, number = statement.span.source, statement.line
    for inner in sorted(_inner(statement), key=lambda found: found.line):
        yield from _lines(source, number, inner.line)
        number = max(number, inner.end + 1)
    yield from _lines(source, number, statement.end + 1)


def _inner(statement: Statement) -> Iterable[Statement]:
    """Yield the statements inside one that become nodes of their own."""
    for child in statement.children:
        if isinstance(statement, Menu) and child is not statement.say:
            yield from _inner(child)
        elif not isinstance(child, Pass):
            yield child


def _lines(source: Source, first: int, end: int) -> Iterator[tuple[int, str]]:
    for number in range(first, end):
        text = _line(source, number)
        if text.strip():
            yield number, text


def _line(source: Source, number: int) -> str:
    return source.text[source.starts[number - 1] : source.starts[number] - 1].removesuffix("\r")
