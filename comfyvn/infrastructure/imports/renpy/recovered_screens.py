"""Screens of compiled scripts back to source lines. Class and field names are those of the engine's screen language.

Each statement comes with its properties first, one on a line, and then what stands in it: the order among the two is
not kept by the compiled form, and changes nothing. ``has`` comes back as a block, which is the same.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.imports.renpy import animation
from comfyvn.infrastructure.imports.renpy.inert import arguments, fields, items, kind, pairs, parameters, text
from comfyvn.infrastructure.imports.renpy.lexer import logical_lines

Line = tuple[int, str, int]
"""Depth, text, and the line where it stood; 0 where that is not known."""

MAX_DEPTH = 60
"""Statements inside statements."""
AS_IT_IS = -1
"""The depth of a line inside a string: it takes no indent."""
MAX_CHARACTERS = 4 << 20
"""Characters of one screen."""

_NAMED_BY_STYLE = frozenset(
    "bar button fixed frame grid hbox image input label side text timer vbar vbox viewport vpgrid window".split()
)
"""Statements that older games do not name, but whose style is called as they are."""
_PATTERN = "_sl2_i"
"""The variable of a loop over several names at once; the first statement of its block takes it apart."""


class Unknown(Refused):
    """A statement of a screen that cannot be written as source."""

    def __init__(self, what: str) -> None:
        super().__init__("screen_not_recovered", what)


def lines(node: object) -> list[Line]:
    """Return the lines of a screen statement; raise `Unknown` for one that holds something else."""
    screen = fields(node).get("screen")
    if kind(screen) != "SLScreen":
        raise Unknown("the code of an older version of the engine")
    given = fields(screen)
    head = f"screen {text(given.get('name'))}{parameters(given.get('parameters'))}"
    tag = [f"tag {text(given.get('tag'))}"] if text(given.get("tag")) else []
    return list(_Writer().block(head, given, 0, _place(screen), tag))


def _place(node: object) -> int:
    location = items(fields(node).get("location"))
    return location[1] if len(location) > 1 and isinstance(location[1], int) else 0


_SIMPLE: dict[str, Callable[[Mapping[Any, Any]], str]] = {
    "SLPass": lambda given: "pass",
    "SLBreak": lambda given: "break",
    "SLContinue": lambda given: "continue",
    "SLTransclude": lambda given: "transclude",
    "SLDefault": lambda given: f"default {text(given.get('variable'))} = {text(given.get('expression'))}",
}


class _Writer:
    """Writes one screen, and counts what it writes: statements may hold each other."""

    def __init__(self) -> None:
        self._left = MAX_CHARACTERS

    def line(self, depth: int, source: str, at: int = 0) -> Line:
        self._left -= len(source) + 10
        if self._left < 0:
            raise Unknown("more than a screen can")
        return depth, source, at

    def block(
        self, head: str, given: Mapping[Any, Any], depth: int, at: int, first: list[str] | None = None
    ) -> Iterator[Line]:
        """Yield a statement with its properties and what stands in it."""
        inside = [
            *(self.line(depth + 1, source) for source in first or ()),
            *self.properties(given, depth + 1),
            *self.animated(given.get("atl_transform"), depth + 1),
            *self.children(given, depth + 1),
        ]
        yield self.line(depth, f"{head}:" if inside else head, at)
        yield from inside

    def properties(self, given: Mapping[Any, Any], depth: int) -> Iterator[Line]:
        for name, value in pairs(given.get("keyword")):
            yield self.line(depth, f"{text(name)} {text(value) or ''}".rstrip())

    def animated(self, block: object, depth: int) -> Iterator[Line]:
        if block is not None:
            yield self.line(depth, "at transform:")
            for level, source in animation.lines(block):
                yield self.line(depth + 1 + level, source)

    def children(self, given: Mapping[Any, Any], depth: int) -> Iterator[Line]:
        if depth > MAX_DEPTH:
            raise Unknown("too many statements inside each other")
        for child in items(given.get("children")):
            self._left -= 1
            yield from self.statement(child, depth)

    def statement(self, node: object, depth: int) -> Iterator[Line]:
        name, given, at = kind(node), fields(node), _place(node)
        if name == "SLDisplayable":
            yield from self.displayable(given, depth, at)
        elif name in ("SLIf", "SLShowIf"):
            yield from self.ways("if" if name == "SLIf" else "showif", given, depth)
        elif name == "SLFor":
            yield from self.loop(given, depth, at)
        elif name == "SLPython":
            yield from self.python(text(given.get("code")) or "", depth, at)
        elif name == "SLCustomUse":
            words = [text(given.get("name")) or text(given.get("target")) or "", *_sources(given.get("positional"))]
            yield from self.block(" ".join(words), fields(given.get("block")), depth, at)
        elif name == "SLUse":
            yield from self.use(given, depth, at)
        elif name in _SIMPLE:
            yield self.line(depth, _SIMPLE[name](given), at)
        else:
            raise Unknown(name or "something that is no statement")

    def displayable(self, given: Mapping[Any, Any], depth: int, at: int) -> Iterator[Line]:
        style = text(given.get("style"))
        name = text(given.get("name")) or (style if style in _NAMED_BY_STYLE else None)
        if not name:
            raise Unknown("a statement without a name")
        words = [name, *_sources(given.get("positional"))]
        words += ["as", text(given.get("variable")) or ""] if text(given.get("variable")) else []
        yield from self.block(" ".join(words), given, depth, at)

    def ways(self, word: str, given: Mapping[Any, Any], depth: int) -> Iterator[Line]:
        for number, (condition, block) in enumerate(pairs(given.get("entries"))):
            tested = text(condition)
            way = "else" if tested is None else f"{'elif' if number else word} {tested}"
            yield self.line(depth, f"{way}:", 0 if number else _place(block))
            yield from self.filled(fields(block), depth + 1)

    def filled(self, given: Mapping[Any, Any], depth: int) -> Iterator[Line]:
        """Yield the lines of a block that must not be empty."""
        inside = [*self.properties(given, depth), *self.children(given, depth)]
        yield from inside or [self.line(depth, "pass")]

    def loop(self, given: Mapping[Any, Any], depth: int, at: int) -> Iterator[Line]:
        variable, children = text(given.get("variable")) or "", items(given.get("children"))
        if variable == _PATTERN and children:
            taken = text(fields(children[0]).get("code")) or ""
            variable, children = taken.removesuffix(f"= {_PATTERN}").strip(), children[1:]
        index = text(given.get("index_expression"))
        words = [variable, *(["index", index] if index else []), "in", text(given.get("expression")) or ""]
        yield self.line(depth, f"for {' '.join(words)}:", at)
        yield from self.filled({"keyword": given.get("keyword"), "children": children}, depth + 1)

    def python(self, code: str, depth: int, at: int) -> Iterator[Line]:
        """Yield code; in a block, lines are indented but for those inside strings and brackets."""
        if not code.startswith("\n"):
            yield self.line(depth, f"$ {code}", at)
            return
        yield self.line(depth, "python:", at)
        code = code.strip("\n")
        starts = {logical.number for logical in logical_lines("", f"{code}\n")}
        for number, source in enumerate(code.split("\n"), 1):
            yield self.line(depth + 1 if number in starts and source.strip() else AS_IT_IS, source)

    def use(self, given: Mapping[Any, Any], depth: int, at: int) -> Iterator[Line]:
        target, listed, block = given.get("target"), arguments(given.get("args")), given.get("block")
        if kind(target) == "PyExpr":
            head = f"use expression {text(target)}{f' pass {listed}' if listed else ''}"
        else:
            head = f"use {text(target)}{listed}"
        head += f" id {text(given.get('id'))}" if text(given.get("id")) else ""
        yield self.line(depth, head if block is None else f"{head}:", at)
        if block is not None:
            yield from self.filled(fields(block), depth + 1)


def _sources(value: object) -> list[str]:
    return [text(part) or "" for part in items(value)]
