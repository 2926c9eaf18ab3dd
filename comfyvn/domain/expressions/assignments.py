"""Assignments: ``name = expr``, ``name[key] += expr`` and ``name.append(expr)`` as values.

Applying one gives new variables. Values are not shared by reference: after ``b = a``, ``a.append(1)`` leaves b
as it is.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from immutables import Map

from comfyvn.domain.expressions import tree
from comfyvn.domain.expressions.errors import FAILURES, failed
from comfyvn.domain.expressions.evaluation import BINARY as OPERATIONS
from comfyvn.domain.expressions.evaluation import Variables, compile_expression
from comfyvn.domain.expressions.functions import CHANGES, changed
from comfyvn.domain.expressions.parsing import BINARY, Source, dotted, read, read_all, syntax_of
from comfyvn.domain.expressions.rendering import render
from comfyvn.domain.expressions.values import Value, bounded, walk


@dataclass(frozen=True, slots=True)
class Assign:
    """``name[path]... = value``, or ``operator=`` where an operator is given."""

    name: str
    path: tuple[tree.Expression, ...]
    operator: tree.BinaryOperator | None
    value: tree.Expression

    def __str__(self) -> str:
        return f"{_place(self)} {self.operator or ''}= {render(self.value)}"


@dataclass(frozen=True, slots=True)
class Mutate:
    """``name[path]....method(arguments)``; the method's own result is dropped."""

    name: str
    path: tuple[tree.Expression, ...]
    method: str
    arguments: tuple[tree.Expression, ...]

    def __str__(self) -> str:
        return f"{_place(self)}.{self.method}({', '.join(map(render, self.arguments))})"


Assignment: TypeAlias = Assign | Mutate


def _place(assignment: Assignment) -> str:
    return assignment.name + "".join(f"[{render(key)}]" for key in assignment.path)


def parse_assignment(source: str) -> Assignment | None:
    """Return the assignment that `source` spells, or None for a statement of another kind.

    Raises `NotSupported` for an assignment outside the subset and `SyntaxProblem`.
    """
    syntax, place = syntax_of(source, "exec")
    match syntax:
        case ast.Module([ast.Assign([target], value)]):
            return Assign(*_target(target, place), None, read(value, place))
        case ast.Module([ast.AugAssign(target, sign, value)]) if type(sign) in BINARY:
            return Assign(*_target(target, place), BINARY[type(sign)], read(value, place))
        case ast.Module([ast.Expr(ast.Call(ast.Attribute(target, method), arguments, []))]) if method in CHANGES:
            return Mutate(*_target(target, place), method, read_all(arguments, place))
        case ast.Module([*_, ast.Assign() | ast.AugAssign() | ast.AnnAssign() as last]):
            place.refuse(last, "assignment_not_supported", "this form of assignment is outside the language")
        case _:
            pass
    return None


def _target(node: ast.expr, place: Source) -> tuple[str, tuple[tree.Expression, ...]]:
    path: list[tree.Expression] = []
    while isinstance(node, ast.Subscript):
        path.append(read(node.slice, place))
        node = node.value
    name = dotted(node)
    if name is None:
        place.refuse(node, "assignment_not_supported", "only a name or an item of one can be assigned")
    return name, tuple(reversed(path))


def reads(assignment: Assignment) -> frozenset[str]:
    """Return the variables that an assignment reads, its own where the old value matters."""
    values = assignment.arguments if isinstance(assignment, Mutate) else (assignment.value,)
    found = frozenset[str]().union(*map(tree.names, (*values, *assignment.path)))
    return found if _is_fresh(assignment) and not assignment.path else found | {assignment.name}


def _is_fresh(assignment: Assignment) -> bool:
    """Tell whether the place needs no old value."""
    return isinstance(assignment, Assign) and assignment.operator is None


def apply(assignment: Assignment, variables: Variables) -> Mapping[str, Value]:
    """Return the variables after `assignment`; raises `EvaluationFailed`. A `Map` stays a `Map`."""
    name, fresh = assignment.name, _is_fresh(assignment)
    change = _change(assignment, variables)
    keys = [compile_expression(key)(variables) for key in assignment.path]
    old = None if fresh and not keys else compile_expression(tree.Name(name))(variables)
    try:
        value = bounded(_replaced(old, keys, change, fresh))
    except tuple(FAILURES) as error:
        raise failed(error) from error
    return variables.set(name, value) if isinstance(variables, Map) else {**variables, name: value}


def _change(assignment: Assignment, variables: Variables) -> Callable[[Value], Value]:
    """Return what an assignment does to the value at its place."""
    if isinstance(assignment, Mutate):
        method = assignment.method
        arguments = [compile_expression(argument)(variables) for argument in assignment.arguments]
        return lambda old: changed(old, method, arguments)
    value = compile_expression(assignment.value)(variables)
    if assignment.operator is None:
        return lambda old: value
    operation = OPERATIONS[assignment.operator]
    extends = assignment.operator == "+"
    return lambda old: old + list(walk(value)) if extends and isinstance(old, list) else operation(old, value)


def _replaced(value: Value, keys: list[Value], change: Callable[[Value], Value], fresh: bool) -> Value:
    """Return `value` with the change made at the place that `keys` lead to."""
    if not keys:
        return change(value)
    key, *rest = keys
    if isinstance(value, dict):
        old = value.get(key) if fresh and not rest else value[key]
        return {**value, key: _replaced(old, rest, change, fresh)}
    if isinstance(value, list):
        items = list(value)
        items[key] = _replaced(value[key], rest, change, fresh)
        return items
    raise TypeError(f"items of {type(value).__name__} cannot be assigned")
