"""Parsing: Python's own grammar reads the source, and the subset is copied into our tree."""

import ast
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import singledispatch
from itertools import pairwise
from typing import Literal, NoReturn

from comfyvn.domain.expressions import tree
from comfyvn.domain.expressions.errors import NotSupported, SyntaxProblem
from comfyvn.domain.expressions.functions import FUNCTIONS, KEYWORDS, METHODS
from comfyvn.domain.expressions.values import MAX_BITS

MAX_SOURCE = 4_096
"""Characters of a source."""
MAX_DEPTH = 100
"""Levels of Python's syntax tree."""

_UNARY: Mapping[type[ast.unaryop], tree.UnaryOperator] = {
    ast.UAdd: "+",
    ast.USub: "-",
    ast.Invert: "~",
    ast.Not: "not",
}
BINARY: Mapping[type[ast.operator], tree.BinaryOperator] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
}
_COMPARE: Mapping[type[ast.cmpop], tree.Comparator] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A source under reading; it knows where a node stands."""

    lines: tuple[str, ...]
    indent: int

    def refuse(self, node: ast.AST, code: str, message: str) -> NoReturn:
        """Raise `NotSupported` at the place of `node`."""
        row, octets = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        before = self.lines[row - 1].encode()[:octets].decode() if row <= len(self.lines) else ""
        raise NotSupported(code, message, len(before) + 1 + (self.indent if row == 1 else 0))


def parse(source: str) -> tree.Expression:
    """Return the tree of an expression; raises `NotSupported` outside the subset and `SyntaxProblem`."""
    syntax, place = syntax_of(source, "eval")
    if not isinstance(syntax, ast.Expression):
        raise SyntaxProblem("this is not an expression")
    return read(syntax.body, place)


def syntax_of(source: str, mode: Literal["eval", "exec"]) -> tuple[ast.AST, Source]:
    """Return Python's syntax tree of a source, bounded in length and depth."""
    if len(source) > MAX_SOURCE:
        raise NotSupported("expression_too_costly", f"the source is longer than {MAX_SOURCE} characters")
    stripped = source.strip()
    try:
        syntax = ast.parse(stripped, mode=mode)
    except SyntaxError as error:
        raise SyntaxProblem(error.msg, error.offset or 1) from error
    except ValueError as error:
        raise SyntaxProblem(str(error)) from error
    except (RecursionError, MemoryError) as error:
        raise NotSupported("expression_too_costly", "the source is nested too deeply") from error
    lines = stripped.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    place = Source(tuple(lines), len(source) - len(source.lstrip()))
    level: list[ast.AST] = [syntax]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return syntax, place
    return place.refuse(level[0], "expression_too_costly", "the source is nested too deeply")


@singledispatch
def _read(node: ast.AST, place: Source) -> tree.Expression:
    return place.refuse(node, "syntax_not_supported", f"{type(node).__name__} is outside the language")


def read(node: ast.expr, place: Source) -> tree.Expression:
    """Return our tree of a Python expression."""
    return _read(node, place)


def read_all(nodes: Iterable[ast.expr], place: Source) -> tuple[tree.Expression, ...]:
    """Return our trees of several Python expressions."""
    return tuple(read(node, place) for node in nodes)


def dotted(node: ast.expr) -> str | None:
    """Return the dotted name that `node` spells, or None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (owner := dotted(node.value)) is not None:
        return f"{owner}.{node.attr}"
    return None


@_read.register
def _(node: ast.Constant, place: Source) -> tree.Expression:
    value = node.value
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        place.refuse(node, "expression_too_costly", "the number is too large")
    if isinstance(value, float) and not math.isfinite(value):
        place.refuse(node, "number_not_finite", "the number is not finite")
    if value is None or isinstance(value, bool | int | float | str):
        return tree.Literal(value)
    return place.refuse(node, "syntax_not_supported", f"{type(value).__name__} is outside the language")


@_read.register(ast.Name)
@_read.register(ast.Attribute)
def _(node: ast.Name | ast.Attribute, place: Source) -> tree.Expression:
    name = dotted(node)
    if name is None:
        place.refuse(node, "attribute_not_supported", "only a name may carry a dotted name")
    return tree.Name(name)


@_read.register
def _(node: ast.UnaryOp, place: Source) -> tree.Expression:
    operand = read(node.operand, place)
    match node.op, node.operand, operand:
        case ast.USub(), ast.Constant(), tree.Literal(int() | float() as value) if not isinstance(value, bool):
            return tree.Literal(-value)
    return tree.Unary(_UNARY[type(node.op)], operand)


@_read.register
def _(node: ast.BinOp, place: Source) -> tree.Expression:
    sign = BINARY.get(type(node.op))
    if sign is None:
        place.refuse(node, "operator_not_supported", f"{type(node.op).__name__} is outside the language")
    return tree.Binary(sign, read(node.left, place), read(node.right, place))


@_read.register
def _(node: ast.Compare, place: Source) -> tree.Expression:
    operands = (node.left, *node.comparators)
    for sign, pair in zip(node.ops, pairwise(operands), strict=True):
        if isinstance(sign, ast.Is | ast.IsNot) and not any(map(_is_single, pair)):
            place.refuse(node, "operator_not_supported", "`is` compares with None, True or False only")
    return tree.Compare(tuple(_COMPARE[type(sign)] for sign in node.ops), read_all(operands, place))


def _is_single(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


@_read.register
def _(node: ast.BoolOp, place: Source) -> tree.Expression:
    return tree.Logical("and" if isinstance(node.op, ast.And) else "or", read_all(node.values, place))


@_read.register
def _(node: ast.IfExp, place: Source) -> tree.Expression:
    return tree.Conditional(*read_all((node.test, node.body, node.orelse), place))


@_read.register
def _(node: ast.Subscript, place: Source) -> tree.Expression:
    target = read(node.value, place)
    if not isinstance(node.slice, ast.Slice):
        return tree.Index(target, read(node.slice, place))
    bounds = (node.slice.lower, node.slice.upper, node.slice.step)
    return tree.Section(target, *(None if bound is None else read(bound, place) for bound in bounds))


@_read.register
def _(node: ast.List, place: Source) -> tree.Expression:
    return tree.Display("list", read_all(node.elts, place))


@_read.register
def _(node: ast.Tuple, place: Source) -> tree.Expression:
    return tree.Display("tuple", read_all(node.elts, place))


@_read.register
def _(node: ast.Set, place: Source) -> tree.Expression:
    return tree.Display("set", read_all(node.elts, place))


@_read.register
def _(node: ast.Dict, place: Source) -> tree.Expression:
    keys = [key for key in node.keys if key is not None]
    if len(keys) < len(node.keys):
        place.refuse(node, "syntax_not_supported", "unpacking is outside the language")
    return tree.Table(tuple(zip(read_all(keys, place), read_all(node.values, place), strict=True)))


@_read.register
def _(node: ast.Call, place: Source) -> tree.Expression:
    match node.func:
        case ast.Name(function) if function in FUNCTIONS:
            return tree.Call(function, read_all(node.args, place), _keywords(node, function, place))
        case ast.Attribute(target, method) if method in METHODS and not node.keywords:
            return tree.Method(read(target, place), method, read_all(node.args, place))
    return place.refuse(node, "call_not_supported", "this call is outside the language")


def _keywords(node: ast.Call, function: str, place: Source) -> tuple[tuple[str, tree.Expression], ...]:
    allowed = KEYWORDS.get(function, frozenset())
    named = [(word.arg, word.value) for word in node.keywords if word.arg in allowed and word.arg is not None]
    if len(named) < len(node.keywords):
        place.refuse(node, "call_not_supported", f"this argument of {function}() is outside the language")
    return tuple((name, read(value, place)) for name, value in named)
