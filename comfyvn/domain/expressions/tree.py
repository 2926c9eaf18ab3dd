"""The tree of an expression: frozen nodes that know nothing of Python's own syntax tree."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal as OneOf
from typing import TypeAlias

UnaryOperator: TypeAlias = OneOf["+", "-", "~", "not"]
BinaryOperator: TypeAlias = OneOf["+", "-", "*", "/", "//", "%", "**"]
Comparator: TypeAlias = OneOf["==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not"]


class Expression:
    """Any node."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Expression):
    """A scalar, equal only to the same value of the same type: 1, 1.0 and True differ, as do 0.0 and -0.0."""

    value: bool | int | float | str | None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Literal):
            return NotImplemented
        return type(self.value) is type(other.value) and repr(self.value) == repr(other.value)

    def __hash__(self) -> int:
        return hash((type(self.value), repr(self.value)))


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """A variable; a dotted name such as ``player.name`` is one variable."""

    name: str


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    operator: UnaryOperator
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    operator: BinaryOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Compare(Expression):
    """A chain: ``a < b <= c`` has two operators and three operands."""

    operators: tuple[Comparator, ...]
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Logical(Expression):
    operator: OneOf["and", "or"]
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Conditional(Expression):
    test: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Index(Expression):
    target: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class Section(Expression):
    """A slice; None is a bound that is left out."""

    target: Expression
    start: Expression | None
    stop: Expression | None
    step: Expression | None


@dataclass(frozen=True, slots=True)
class Display(Expression):
    kind: OneOf["list", "tuple", "set"]
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Table(Expression):
    """A dict display."""

    pairs: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class Call(Expression):
    function: str
    arguments: tuple[Expression, ...]
    keywords: tuple[tuple[str, Expression], ...] = ()


@dataclass(frozen=True, slots=True)
class Method(Expression):
    target: Expression
    method: str
    arguments: tuple[Expression, ...]


def names(expression: Expression) -> frozenset[str]:
    """Return the variables that an expression reads."""
    return frozenset(node.name for node in _nodes(expression) if isinstance(node, Name))


def _nodes(part: object) -> Iterator[Expression]:
    if isinstance(part, tuple):
        for item in part:
            yield from _nodes(item)
    elif isinstance(part, Expression):
        yield part
        for field in fields(part):  # type: ignore[arg-type]  # every node is a dataclass
            yield from _nodes(getattr(part, field.name))
