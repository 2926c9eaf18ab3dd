"""Expressions of Ink in the studio's language."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from comfyvn.infrastructure.imports.formulas import Grammar, Term, Unknown, rendered, term_of, terms

GRAMMAR: Final = Grammar(
    re.compile(
        r'(?P<text>"(?:\\.|[^"\\])*+")|(?P<number>\d+(?:\.\d+)?)|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*){0,2})'
        r"|(?P<sign>&&|\|\||==|!=|<=|>=|->|[-+*/%<>!(),])|(?P<space>\s+)"
    ),
    {
        "&&": "and", "||": "or", "!": "not", "and": "and", "or": "or", "not": "not", "mod": "%", "true": "True",
        "false": "False",
    },
)  # fmt: skip
_BOOLEAN: Final = frozenset(("and", "or", "not", "==", "!=", "<", "<=", ">", ">="))
_FORMS: Final[Mapping[str, tuple[int, str]]] = {
    "INT": (1, "int({0})"),
    "FLOAT": (1, "float({0})"),
    "FLOOR": (1, "int({0} // 1)"),
    "CEILING": (1, "int(-(-({0}) // 1))"),
    "MIN": (2, "min({0}, {1})"),
    "MAX": (2, "max({0}, {1})"),
    "POW": (2, "({0}) ** ({1})"),
}
MAX_INLINED: Final = 10
"""Functions inside functions that are written out."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function that can be written out where it is called: assignments, or one value."""

    parameters: tuple[str, ...]
    assignments: tuple[tuple[str, str, Term], ...] = ()
    value: Term | None = None


@dataclass(slots=True)
class Known:
    """The variables of a story by name with their first values, those that may hold a fraction, and its functions."""

    values: dict[str, Any] = field(default_factory=dict)
    fractions: set[str] = field(default_factory=set)
    booleans: set[str] = field(default_factory=set)
    functions: dict[str, Function] = field(default_factory=dict)


class Expressions:
    """Translates expressions; `visits` gives the counter of a knot, stitch or label, None where there is none."""

    def __init__(self, known: Known, visits: Callable[[str], str | None]) -> None:
        self.known, self.visits = known, visits

    def value(self, source: str) -> str | None:
        """Return an expression in the studio's language; None where it is outside of it."""
        term = term_of(source, GRAMMAR)
        return None if term is None else self.of(term)

    def of(self, term: Term) -> str | None:
        written = self._written(term, 0)
        return None if written is None else rendered(divided(written, self.known), self._meaning)

    def shown(self, source: str) -> str | None:
        """Return a value as it stands in a text."""
        term = term_of(source, GRAMMAR)
        written = None if term is None else self._written(term, 0)
        found = None if written is None else rendered(divided(written, self.known), self._meaning)
        if found is None or written is None:
            return None
        if boolean(written, self.known):
            return f"'true' if {found} else 'false'"
        if fractional(written, self.known):
            return f"int({found}) if {found} == int({found}) else {found}"
        return found

    def _written(self, term: Term, depth: int) -> Term | None:
        """Return a term with the functions of the story written out."""
        if depth > MAX_INLINED:
            return None
        parts = [self._written(part, depth) for part in term.parts]
        if None in parts:
            return None
        term = Term(term.kind, term.word, tuple(part for part in parts if part is not None))
        function = self.known.functions.get(term.word) if term.kind == "call" else None
        if function is None or function.value is None or len(function.parameters) != len(term.parts):
            return term
        return self._written(with_arguments(function.value, arguments(function, term.parts)), depth + 1)

    def _meaning(self, term: Term, parts: Sequence[str]) -> str:
        if term.kind == "name":
            if term.word in self.known.values:
                return term.word
            visits = self.visits(term.word)
            if visits is None:
                raise Unknown
            return visits
        if term.kind == "target":
            return repr(term.word)
        form = _FORMS.get(term.word) if term.kind == "call" else None
        if form is None or len(parts) != form[0]:
            raise Unknown
        return form[1].format(*parts)


def divided(term: Term, known: Known) -> Term:
    """Return a term in which whole numbers are divided to whole numbers."""
    parts = tuple(divided(part, known) for part in term.parts)
    term = Term(term.kind, term.word, parts)
    if term.kind == "binary" and term.word == "/" and not any(fractional(part, known) for part in parts):
        return Term("call", "INT", (term,))
    return term


def arguments(function: Function, given: Sequence[Term]) -> dict[str, Term]:
    """Return what the parameters of a function stand for in a call."""
    return dict(zip(function.parameters, given, strict=False))


def with_arguments(term: Term, given: Mapping[str, Term]) -> Term:
    """Return a term with arguments in the place of parameters."""
    if term.kind == "name" and term.word in given:
        return given[term.word]
    return Term(term.kind, term.word, tuple(with_arguments(part, given) for part in term.parts))


def fractional(term: Term, known: Known) -> bool:
    """Tell whether a value may be a number with a point."""
    if term.kind == "number":
        return "." in term.word
    if term.kind == "name":
        return term.word in known.fractions
    if term.kind == "call":
        return term.word in ("FLOAT", "POW") or (
            term.word in ("MIN", "MAX") and any(fractional(part, known) for part in term.parts)
        )
    return term.word not in _BOOLEAN and any(fractional(part, known) for part in term.parts)


def boolean(term: Term, known: Known) -> bool:
    """Tell whether a value is true or false."""
    if term.kind == "name":
        return term.word in known.booleans
    return term.kind == "bool" or (term.kind in ("binary", "unary") and term.word in _BOOLEAN)


def names(term: Term) -> set[str]:
    """Return the names in a term, targets of diverts too."""
    return {part.word for part in terms(term) if part.kind in ("name", "target")}
