"""Flow: labels, jumps, calls, conditions, loops."""

from comfyvn.infrastructure.imports.renpy.reader import Reader
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


def read_label(r: Reader) -> Label:
    """Read ``label name(parameters) [hide]:``."""
    name = r.require(lambda: r.label_name(declare=True), "a label's name")
    r.declare(name)
    parameters = r.arguments()
    hide = r.keyword("hide")
    r.begin_block(empty=True)
    block = r.block()
    return Label(r.span(), name, parameters, hide, block)


def read_jump(r: Reader) -> Jump:
    """Read ``jump name`` or ``jump expression source``."""
    expression = r.keyword("expression")
    target = r.require(r.expression, "an expression") if expression else r.require(r.label_name, "a label's name")
    r.end()
    return Jump(r.span(), target, expression)


def read_call(r: Reader) -> Call:
    """Read ``call name(arguments) [from name]``."""
    expression = r.keyword("expression")
    target = r.require(r.expression, "an expression") if expression else r.require(r.label_name, "a label's name")
    r.keyword("pass")
    arguments = r.arguments()
    from_ = None
    if r.keyword("from"):
        from_ = r.require(lambda: r.label_name(declare=True), "a label's name")
    r.end()
    return Call(r.span(), target, expression, arguments, from_)


def read_return(r: Reader) -> Return:
    """Read ``return [expression]``."""
    expression = r.rest() or None
    r.end()
    return Return(r.span(), expression)


def read_pass(r: Reader) -> Pass:
    """Read ``pass``."""
    r.end()
    return Pass(r.span())


def read_if(r: Reader) -> If:
    """Read ``if`` with all its ``elif`` and ``else``."""
    start = r.index
    branches: list[tuple[str | None, Block]] = []
    word: str | None = "if"
    while word:
        condition = None if word == "else" else r.condition()
        r.begin_block()
        block = r.block()
        comments, word = ((), None) if condition is None else r.advance_to("elif", "else")
        branches.append((condition, block + comments))
    return If(r.span(start), tuple(branches))


def read_while(r: Reader) -> While:
    """Read ``while condition:``."""
    condition = r.condition()
    r.begin_block()
    block = r.block()
    return While(r.span(), condition, block)
