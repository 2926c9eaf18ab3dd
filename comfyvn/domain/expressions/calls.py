"""Parameters and arguments of calls, as they stand between the parentheses: ``a, b=2``."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from comfyvn.domain.expressions import tree
from comfyvn.domain.expressions.errors import EvaluationFailed
from comfyvn.domain.expressions.evaluation import Code, Variables, compile_expression
from comfyvn.domain.expressions.parsing import read, syntax_of
from comfyvn.domain.expressions.values import Value


@dataclass(frozen=True, slots=True)
class Parameters:
    """The names that a call binds, in order, with the defaults of those that have one."""

    names: tuple[str, ...]
    defaults: Mapping[str, tree.Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a call hands over: by place, and by name."""

    places: tuple[tree.Expression, ...] = ()
    names: Mapping[str, tree.Expression] = field(default_factory=dict)


def parse_parameters(source: str) -> Parameters:
    """Return the parameters that `source` spells. Raises `NotSupported` for stars and markers, `SyntaxProblem`."""
    syntax, place = syntax_of(f"lambda {source}: 0", "eval")
    given = syntax.body.args if isinstance(syntax, ast.Expression) and isinstance(syntax.body, ast.Lambda) else None
    if given is None or given.vararg or given.kwarg or given.posonlyargs or given.kwonlyargs:
        place.refuse(syntax, "parameters_not_supported", "only plain names with or without defaults can be bound")
    names = tuple(argument.arg for argument in given.args)
    last = names[len(names) - len(given.defaults) :]
    return Parameters(names, {n: read(value, place) for n, value in zip(last, given.defaults, strict=True)})


def parse_arguments(source: str) -> Arguments:
    """Return the arguments that `source` spells. Raises `NotSupported` for stars, `SyntaxProblem`."""
    syntax, place = syntax_of(f"f({source})", "eval")
    given = syntax.body if isinstance(syntax, ast.Expression) and isinstance(syntax.body, ast.Call) else None
    if given is None or any(keyword.arg is None for keyword in given.keywords):
        place.refuse(syntax, "arguments_not_supported", "only plain and named arguments can be handed over")
    places = tuple(read(value, place) for value in given.args)
    return Arguments(places, {keyword.arg or "": read(keyword.value, place) for keyword in given.keywords})


def bindings(parameters: Parameters, arguments: Arguments) -> Mapping[str, tree.Expression]:
    """Return the expression that each parameter gets. Raises `EvaluationFailed`: ``arguments_unfit``."""
    if len(arguments.places) > len(parameters.names):
        raise EvaluationFailed("arguments_unfit", f"at most {len(parameters.names)} arguments are taken")
    found = dict(zip(parameters.names, arguments.places, strict=False))
    for name, value in arguments.names.items():
        if name in found or name not in parameters.names:
            raise EvaluationFailed("arguments_unfit", f"{name} is unknown or given twice")
        found[name] = value
    for name in parameters.names:
        if name not in found and name not in parameters.defaults:
            raise EvaluationFailed("arguments_unfit", f"{name} is missing")
    return {name: found.get(name, parameters.defaults.get(name, tree.Literal(None))) for name in parameters.names}


@dataclass(frozen=True, slots=True)
class Binding:
    """Compiled bindings: values are those before the call, all at once."""

    codes: tuple[tuple[str, Code], ...]

    def values(self, variables: Variables) -> dict[str, Value]:
        """Return the value of each parameter. Raises `EvaluationFailed`."""
        return {name: code(variables) for name, code in self.codes}


def binding(parameters: Parameters, arguments: Arguments) -> Binding:
    """Compile the bindings of a call. Raises `EvaluationFailed`: ``arguments_unfit``."""
    return Binding(tuple((n, compile_expression(e)) for n, e in bindings(parameters, arguments).items()))
