"""Rendering: the one canonical source of a tree, with no more parentheses than it needs."""

from functools import singledispatch

from comfyvn.domain.expressions import tree

CONDITIONAL, OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, POWER, ATOM = range(10)
"""How tightly a node holds together."""

_BINARY = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "//": PRODUCT, "%": PRODUCT, "**": POWER}


def render(expression: tree.Expression) -> str:
    """Return the source of `expression`; `parse` reads it back as an equal tree."""
    return _written(expression)[0]


def _within(expression: tree.Expression, level: int) -> str:
    source, own = _written(expression)
    return source if own >= level else f"({source})"


def _listed(expressions: tuple[tree.Expression, ...]) -> str:
    return ", ".join(map(render, expressions))


@singledispatch
def _written(expression: tree.Expression) -> tuple[str, int]:
    raise TypeError(f"{type(expression).__name__} is not an expression")


@_written.register
def _(expression: tree.Literal) -> tuple[str, int]:
    source = repr(expression.value)
    return source, SIGN if source.startswith("-") else ATOM


@_written.register
def _(expression: tree.Name) -> tuple[str, int]:
    return expression.name, ATOM


@_written.register
def _(expression: tree.Unary) -> tuple[str, int]:
    if expression.operator == "not":
        return f"not {_within(expression.operand, NOT)}", NOT
    return f"{expression.operator}{_within(expression.operand, SIGN)}", SIGN


@_written.register
def _(expression: tree.Binary) -> tuple[str, int]:
    level = _BINARY[expression.operator]
    left, right = (ATOM, SIGN) if level == POWER else (level, level + 1)
    source = f"{_within(expression.left, left)} {expression.operator} {_within(expression.right, right)}"
    return source, level


@_written.register
def _(expression: tree.Compare) -> tuple[str, int]:
    first, *rest = (_within(operand, SUM) for operand in expression.operands)
    steps = (f" {sign} {operand}" for sign, operand in zip(expression.operators, rest, strict=True))
    return first + "".join(steps), COMPARE


@_written.register
def _(expression: tree.Logical) -> tuple[str, int]:
    level = OR if expression.operator == "or" else AND
    operands = (_within(operand, level + 1) for operand in expression.operands)
    return f" {expression.operator} ".join(operands), level


@_written.register
def _(expression: tree.Conditional) -> tuple[str, int]:
    then, test = _within(expression.then, OR), _within(expression.test, OR)
    return f"{then} if {test} else {_within(expression.otherwise, CONDITIONAL)}", CONDITIONAL


@_written.register
def _(expression: tree.Index) -> tuple[str, int]:
    return f"{_within(expression.target, ATOM)}[{render(expression.index)}]", ATOM


@_written.register
def _(expression: tree.Section) -> tuple[str, int]:
    start, stop, step = (
        "" if bound is None else render(bound) for bound in (expression.start, expression.stop, expression.step)
    )
    return f"{_within(expression.target, ATOM)}[{start}:{stop}{':' + step if step else ''}]", ATOM


@_written.register
def _(expression: tree.Display) -> tuple[str, int]:
    items = _listed(expression.items)
    if expression.kind == "list":
        return f"[{items}]", ATOM
    if expression.kind == "set":
        return f"{{{items}}}", ATOM
    return f"({items},)" if len(expression.items) == 1 else f"({items})", ATOM


@_written.register
def _(expression: tree.Table) -> tuple[str, int]:
    pairs = ", ".join(f"{render(key)}: {render(value)}" for key, value in expression.pairs)
    return f"{{{pairs}}}", ATOM


@_written.register
def _(expression: tree.Call) -> tuple[str, int]:
    keywords = [f"{name}={render(value)}" for name, value in expression.keywords]
    return f"{expression.function}({', '.join([*map(render, expression.arguments), *keywords])})", ATOM


@_written.register
def _(expression: tree.Method) -> tuple[str, int]:
    target = _within(expression.target, ATOM)
    if isinstance(expression.target, tree.Literal) and not target.startswith(("'", '"', "(")):
        target = f"({target})"
    return f"{target}.{expression.method}({_listed(expression.arguments)})", ATOM
