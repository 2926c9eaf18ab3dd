"""Flow: labels, jumps, calls, conditions, loops."""

from comfyvn.infrastructure.imports.renpy.cursor import Cursor
from comfyvn.infrastructure.imports.renpy.syntax import (
    Block,
    Call,
    If,
    Jump,
    Label,
    Pass,
    Return,
    While,
)


def read_label(c: Cursor) -> Label:
    """Read ``label name(parameters) [hide]:``."""
    name = c.require(lambda: c.label_name(declare=True), "a label's name")
    c.declare(name)
    parameters = c.arguments()
    hide = c.keyword("hide")
    c.begin_block(empty=True)
    block = c.block()
    return Label(c.span(), name, parameters, hide, block)


def read_jump(c: Cursor) -> Jump:
    """Read ``jump name`` or ``jump expression source``."""
    expression = c.keyword("expression")
    target = c.require(c.expression, "an expression") if expression else c.require(c.label_name, "a label's name")
    c.end()
    return Jump(c.span(), target, expression)


def read_call(c: Cursor) -> Call:
    """Read ``call name(arguments) [from name]``."""
    expression = c.keyword("expression")
    target = c.require(c.expression, "an expression") if expression else c.require(c.label_name, "a label's name")
    c.keyword("pass")
    arguments = c.arguments()
    from_ = None
    if c.keyword("from"):
        from_ = c.require(lambda: c.label_name(declare=True), "a label's name")
    c.end()
    return Call(c.span(), target, expression, arguments, from_)


def read_return(c: Cursor) -> Return:
    """Read ``return [expression]``."""
    expression = c.rest() or None
    c.end()
    return Return(c.span(), expression)


def read_pass(c: Cursor) -> Pass:
    """Read ``pass``."""
    c.end()
    return Pass(c.span())


def read_if(c: Cursor) -> If:
    """Read ``if`` with all its ``elif`` and ``else``."""
    start = c.index
    branches: list[tuple[str | None, Block]] = []
    word: str | None = "if"
    while word:
        condition = None if word == "else" else c.condition()
        c.begin_block()
        block = c.block()
        comments, word = ((), None) if condition is None else c.advance_to("elif", "else")
        branches.append((condition, block + comments))
    return If(c.span(start), tuple(branches))


def read_while(c: Cursor) -> While:
    """Read ``while condition:``."""
    condition = c.condition()
    c.begin_block()
    block = c.block()
    return While(c.span(), condition, block)
