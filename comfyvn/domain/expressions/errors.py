"""What can go wrong with an expression: it is not Python, not in the subset, or has no value."""

from comfyvn.domain.kernel import Refused


class ExpressionError(Refused):
    """An expression cannot be read or has no value."""


class NotSupported(ExpressionError):
    """Valid Python outside the subset. `column` counts characters of its line from 1."""

    def __init__(self, code: str, message: str, column: int = 1) -> None:
        super().__init__(code, message, column=column)
        self.column = column


class SyntaxProblem(ExpressionError):
    """The source is not valid. `column` counts characters of its line from 1."""

    def __init__(self, message: str, column: int = 1, code: str = "expression_invalid") -> None:
        super().__init__(code, message, column=column)
        self.column = column


class EvaluationFailed(ExpressionError):
    """An expression has no value for these variables.

    The codes: name_unknown, type_mismatch, division_by_zero, index_missing, value_unfit, number_too_large,
    number_not_finite, number_not_real, operator_not_supported, format_unfit, expression_too_costly.
    """


FAILURES: dict[type[Exception], str] = {
    ZeroDivisionError: "division_by_zero",
    OverflowError: "number_too_large",
    LookupError: "index_missing",
    TypeError: "type_mismatch",
    ValueError: "value_unfit",
}
"""Python's exception -> our code; the first that fits."""


def failed(error: Exception) -> EvaluationFailed:
    """Return the refusal that stands for an exception of Python's own arithmetic."""
    code = next(code for kind, code in FAILURES.items() if isinstance(error, kind))
    return EvaluationFailed(code, str(error) or type(error).__name__)


def too_costly(what: str) -> EvaluationFailed:
    """Return the refusal of a value that would take too much memory or time."""
    return EvaluationFailed("expression_too_costly", f"{what} is too large")
