"""The expression language of conditions and assignments: a subset of Python that never runs as Python.

`parse` reads a source into an immutable tree, `compile_expression` turns the tree into a function of the
variables, `render` writes it back. Assignments: `parse_assignment`, `apply`, and `str` for the source.
Inside the subset a value equals the one Python gives; `values` lists the few points that are defined more
strictly.
"""

from comfyvn.domain.expressions.assignments import (
    Assign,
    Assignment,
    Mutate,
    apply,
    parse_assignment,
    reads,
)
from comfyvn.domain.expressions.errors import EvaluationFailed, ExpressionError, NotSupported, SyntaxProblem
from comfyvn.domain.expressions.evaluation import Code, compile_expression
from comfyvn.domain.expressions.parsing import parse
from comfyvn.domain.expressions.rendering import render
from comfyvn.domain.expressions.tree import Expression, names
from comfyvn.domain.expressions.values import Value, show, text, truth

__all__ = [
    "Assign",
    "Assignment",
    "Code",
    "EvaluationFailed",
    "Expression",
    "ExpressionError",
    "Mutate",
    "NotSupported",
    "SyntaxProblem",
    "Value",
    "apply",
    "compile_expression",
    "names",
    "parse",
    "parse_assignment",
    "reads",
    "render",
    "show",
    "text",
    "truth",
]
