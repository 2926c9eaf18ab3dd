"""Evaluation: a tree becomes a function of the variables. Every result is bounded."""

import operator
from collections.abc import Callable, Mapping
from functools import singledispatch
from typing import TypeAlias

from comfyvn.domain.expressions import tree
from comfyvn.domain.expressions.errors import FAILURES, EvaluationFailed, failed, too_costly
from comfyvn.domain.expressions.functions import FUNCTIONS, call_method
from comfyvn.domain.expressions.values import MAX_BITS, MAX_ITEMS, MAX_TEXT, Value, bounded

Variables: TypeAlias = Mapping[str, Value]
Code: TypeAlias = Callable[[Variables], Value]


def compile_expression(expression: tree.Expression) -> Code:
    """Return the function that gives the value of `expression`, or raises `EvaluationFailed`."""
    code = _code(expression)

    def evaluate(variables: Variables) -> Value:
        try:
            return code(variables)
        except tuple(FAILURES) as error:
            raise failed(error) from error

    return evaluate


def _times(left: Value, right: Value) -> Value:
    for items, count in ((left, right), (right, left)):
        if isinstance(items, str | list | tuple) and isinstance(count, int):
            limit = MAX_TEXT if isinstance(items, str) else MAX_ITEMS
            if len(items) * count > limit:
                raise too_costly("the product")
    return left * right


def _power(base: Value, exponent: Value) -> Value:
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and abs(base) > 1 and exponent * base.bit_length() > 2 * MAX_BITS:
        raise too_costly("the power")
    result = base**exponent
    if isinstance(result, complex):
        raise EvaluationFailed("number_not_real", "the power is not a real number")
    return result


def _modulo(left: Value, right: Value) -> Value:
    if isinstance(left, str):
        raise EvaluationFailed("operator_not_supported", "% does not format texts here")
    return left % right


BINARY: Mapping[tree.BinaryOperator, Callable[[Value, Value], Value]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": _times,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": _modulo,
    "**": _power,
}

_UNARY: Mapping[tree.UnaryOperator, Callable[[Value], Value]] = {
    "+": operator.pos,
    "-": operator.neg,
    "~": lambda value: ~(int(value) if isinstance(value, bool) else value),
    "not": operator.not_,
}

_COMPARE: Mapping[tree.Comparator, Callable[[Value, Value], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda item, items: item in items,
    "not in": lambda item, items: item not in items,
    "is": operator.is_,
    "is not": operator.is_not,
}

_KINDS: Mapping[str, Callable[[list[Value]], Value]] = {"list": list, "tuple": tuple, "set": set}


@singledispatch
def _code(expression: tree.Expression) -> Code:
    raise TypeError(f"{type(expression).__name__} is not an expression")


@_code.register
def _(expression: tree.Literal) -> Code:
    value = expression.value
    return lambda variables: value


@_code.register
def _(expression: tree.Name) -> Code:
    name = expression.name

    def look_up(variables: Variables) -> Value:
        try:
            return variables[name]
        except KeyError:
            raise EvaluationFailed("name_unknown", f"there is no variable {name}") from None

    return look_up


@_code.register
def _(expression: tree.Unary) -> Code:
    operation, operand = _UNARY[expression.operator], _code(expression.operand)
    return lambda variables: bounded(operation(operand(variables)))


@_code.register
def _(expression: tree.Binary) -> Code:
    operation, left, right = BINARY[expression.operator], _code(expression.left), _code(expression.right)
    return lambda variables: bounded(operation(left(variables), right(variables)))


@_code.register
def _(expression: tree.Compare) -> Code:
    first, *rest = map(_code, expression.operands)
    steps = tuple(zip(map(_COMPARE.__getitem__, expression.operators), rest, strict=True))
    if len(steps) == 1:
        ((only, other),) = steps
        return lambda variables: bool(only(first(variables), other(variables)))

    def compare(variables: Variables) -> bool:
        left = first(variables)
        for operation, operand in steps:
            right = operand(variables)
            if not operation(left, right):
                return False
            left = right
        return True

    return compare


@_code.register
def _(expression: tree.Logical) -> Code:
    *others, last = map(_code, expression.operands)
    decisive = expression.operator == "or"

    def decide(variables: Variables) -> Value:
        for operand in others:
            value = operand(variables)
            if bool(value) is decisive:
                return value
        return last(variables)

    return decide


@_code.register
def _(expression: tree.Conditional) -> Code:
    test, then, otherwise = _code(expression.test), _code(expression.then), _code(expression.otherwise)
    return lambda variables: then(variables) if test(variables) else otherwise(variables)


@_code.register
def _(expression: tree.Index) -> Code:
    target, index = _code(expression.target), _code(expression.index)
    return lambda variables: target(variables)[index(variables)]


@_code.register
def _(expression: tree.Section) -> Code:
    target = _code(expression.target)
    bounds = [None if bound is None else _code(bound) for bound in _bounds(expression)]

    def cut(variables: Variables) -> Value:
        value = target(variables)
        start, stop, step = (None if bound is None else bound(variables) for bound in bounds)
        if not isinstance(value, str | list | tuple):
            raise TypeError(f"{type(value).__name__} cannot be cut")
        return value[start:stop:step]

    return cut


def _bounds(section: tree.Section) -> tuple[tree.Expression | None, ...]:
    return (section.start, section.stop, section.step)


@_code.register
def _(expression: tree.Display) -> Code:
    collect, items = _KINDS[expression.kind], tuple(map(_code, expression.items))
    return lambda variables: bounded(collect([item(variables) for item in items]))


@_code.register
def _(expression: tree.Table) -> Code:
    pairs = tuple((_code(key), _code(value)) for key, value in expression.pairs)
    return lambda variables: bounded({key(variables): value(variables) for key, value in pairs})


@_code.register
def _(expression: tree.Call) -> Code:
    function, arguments = FUNCTIONS[expression.function], tuple(map(_code, expression.arguments))
    keywords = tuple((name, _code(value)) for name, value in expression.keywords)

    def call(variables: Variables) -> Value:
        values = [argument(variables) for argument in arguments]
        return bounded(function(*values, **{name: value(variables) for name, value in keywords}))

    return call


@_code.register
def _(expression: tree.Method) -> Code:
    target, method, arguments = (
        _code(expression.target),
        expression.method,
        tuple(map(_code, expression.arguments)),
    )
    return lambda variables: bounded(
        call_method(target(variables), method, [argument(variables) for argument in arguments])
    )
