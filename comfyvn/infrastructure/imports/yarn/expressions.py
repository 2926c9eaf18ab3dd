"""Expressions of Yarn in the studio's language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from comfyvn.infrastructure.imports.formulas import Grammar, Term, Unknown, rendered, term_of, terms
from comfyvn.infrastructure.imports.identity import digest

GRAMMAR: Final = Grammar(
    re.compile(
        r'(?P<text>"(?:\\.|[^"\\])*+")|(?P<number>\d+(?:\.\d+)?)|(?P<name>\$?[^\W\d]\w*(?:\.[^\W\d]\w*)?|\.[^\W\d]\w*)'
        r"|(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!(),^])|(?P<space>\s+)"
    ),
    {
        "&&": "and", "||": "or", "!": "not", "^": "xor", "is": "==", "eq": "==", "neq": "!=", "gt": ">", "gte": ">=",
        "lt": "<", "lte": "<=", "and": "and", "or": "or", "not": "not", "xor": "xor", "true": "True", "false": "False",
    },
)  # fmt: skip
MAX_DRAWS: Final = 100
"""Numbers that one draw chooses from."""
MAX_SMART: Final = 20
"""Smart variables inside smart variables."""

_BOOLEAN: Final = frozenset(("and", "or", "xor", "not", "==", "!=", "<", "<=", ">", ">="))
_FORMS: Final[Mapping[str, tuple[int, str]]] = {
    "floor": (1, "int({0} // 1)"),
    "ceil": (1, "int(-(-({0}) // 1))"),
    "round": (1, "round({0})"),
    "round_places": (2, "round({0}, {1})"),
    "inc": (1, "int({0} // 1 + 1)"),
    "dec": (1, "int(-(-({0}) // 1) - 1)"),
    "decimal": (1, "({0} % 1)"),
    "int": (1, "int({0})"),
    "string": (1, "str({0})"),
    "number": (1, "float({0})"),
    "bool": (1, "bool({0})"),
    "min": (2, "min({0}, {1})"),
    "max": (2, "max({0}, {1})"),
}
_RESULTS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("floor", "ceil", "round", "inc", "dec", "int", "visited_count", "dice", "random_range"), 0),
    **dict.fromkeys(("visited", "has_any_content", "bool"), False),
    "string": "",
}
"""Values of the kinds that functions give."""


@dataclass(frozen=True, slots=True)
class Draw:
    """A number that is drawn into a variable before a statement: from `least` to `most`."""

    name: str
    least: int
    most: int


@dataclass(slots=True)
class Known:
    """What all files of a project declare, and what their expressions call for.

    `smart` are the variables that stand for an expression, `enums` the values of cases by ``Enum.Case``, `nodes` the
    names of nodes that can be visited by the names they are known by, `groups` the conditions of node groups.
    `counted` are the visits that some expression asks for, and `fractions` the variables that may hold no whole number.
    """

    smart: dict[str, Term] = field(default_factory=dict)
    enums: dict[str, Any] = field(default_factory=dict)
    nodes: dict[str, str] = field(default_factory=dict)
    groups: dict[str, Sequence[str]] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)
    fractions: set[str] = field(default_factory=set)
    hints: dict[str, Any] = field(default_factory=dict)


class Expressions:
    """Translates expressions; `draws` are what has to be drawn before the statement they stand in."""

    def __init__(self, known: Known, place: str) -> None:
        self.known, self.place = known, place
        self.draws: list[Draw] = []
        self._depth = 0

    def value(self, source: str) -> str | None:
        """Return an expression in the studio's language; None where it is outside of it."""
        term = term_of(source, GRAMMAR)
        return None if term is None else self.of(term)

    def of(self, term: Term) -> str | None:
        begun = len(self.draws)
        found = rendered(term, self._meaning)
        if found is None:
            del self.draws[begun:]
        return found

    def shown(self, source: str) -> str | None:
        """Return a value as it stands in a text: a whole number without a point."""
        term = term_of(source, GRAMMAR)
        found = None if term is None else self.of(term)
        if found is None or term is None or not fractional(term, self.known):
            return found
        return f"int({found}) if {found} == int({found}) else {found}"

    def take(self) -> list[Draw]:
        """Return the draws that are due, and forget them."""
        due = self.draws
        self.draws = []
        return due

    def _meaning(self, term: Term, parts: Sequence[str]) -> str:
        if term.kind == "name":
            return self._name(term.word)
        if term.kind != "call":
            raise Unknown
        given = [part.word if part.kind == "text" else None for part in term.parts]
        if term.word in ("visited", "visited_count") and len(parts) == 1:
            visits = self._visits(given[0], parts[0])
            return visits if term.word == "visited_count" else f"({visits} > 0)"
        if term.word == "has_any_content" and given and given[0] is not None:
            return self._content(given[0])
        if term.word in ("dice", "random_range"):
            return self._draw(term)
        form = _FORMS.get(term.word)
        if form is None or len(parts) != form[0]:
            raise Unknown
        return form[1].format(*parts)

    def _name(self, word: str) -> str:
        if word.startswith("$"):
            if "." in word:
                raise Unknown
            smart = self.known.smart.get(word[1:])
            if smart is None:
                return variable(word)
            self._depth += 1
            inner = rendered(smart, self._meaning) if self._depth < MAX_SMART else None
            self._depth -= 1
            if inner is None:
                raise Unknown
            return f"({inner})"
        found = self.known.enums.get(word)
        if found is None and word.startswith("."):
            found = next((value for case, value in self.known.enums.items() if case.endswith(word)), None)
        if found is None:
            raise Unknown
        return repr(found)

    def _visits(self, name: str | None, source: str) -> str:
        if name is not None:
            if name not in self.known.nodes:
                return "0"
            self.known.counted.add(self.known.nodes[name])
            return self.known.nodes[name]
        self.known.counted |= {*self.known.nodes.values()}
        table = ", ".join(f"{node!r}: {counter}" for node, counter in sorted(self.known.nodes.items()))
        return f"{{{table}}}.get({source}, 0)"

    def _content(self, name: str) -> str:
        if name not in self.known.groups:
            return "True"
        found = [self.value(condition) for condition in self.known.groups[name]]
        if None in found or not found:
            raise Unknown
        return f"({' or '.join(f'({condition})' for condition in found)})"

    def _draw(self, term: Term) -> str:
        numbers = [int(p.word) for p in term.parts if p.kind == "number" and re.fullmatch(r"-?\d{1,9}", p.word)]
        bounds = [1, *numbers] if term.word == "dice" else numbers
        if len(numbers) != len(term.parts) or len(bounds) != 2 or not 0 <= bounds[1] - bounds[0] < MAX_DRAWS:
            raise Unknown
        name = f"drawn_{digest(self.place, str(len(self.draws)))[:6]}"
        self.draws.append(Draw(name, *bounds))
        return name


def variable(word: str) -> str:
    """Return the name of a variable, without its sign."""
    return word.removeprefix("$")


def fractional(term: Term, known: Known) -> bool:
    """Tell whether a value may be a number with a point."""
    if term.kind == "number":
        return "." in term.word
    if term.kind == "binary":
        if term.word in _BOOLEAN:
            return False
        return term.word == "/" or any(fractional(part, known) for part in term.parts)
    if term.kind == "name":
        return term.word.removeprefix("$") in known.fractions
    if term.kind == "call":
        return term.word in ("number", "decimal", "round_places") or (
            term.word in ("min", "max") and any(fractional(part, known) for part in term.parts)
        )
    return term.kind == "unary" and term.word == "-" and fractional(term.parts[0], known)


def kind_of(term: Term, known: Known) -> Any:
    """Return a value of the kind that a term has: False, 0 or ""; None where that cannot be told."""
    match term.kind:
        case "binary" | "unary":
            parts = (kind for part in term.parts if (kind := kind_of(part, known)) is not None)
            found = False if term.word in _BOOLEAN else next(parts, 0)
        case "call":
            found = _RESULTS.get(term.word)
        case "name":
            found = known.hints.get(term.word.removeprefix("$")) if term.word.startswith("$") else None
        case _:
            found = {"bool": False, "text": "", "number": 0}.get(term.kind)
    return found


def hints(term: Term, known: Known) -> Iterator[tuple[str, Any]]:
    """Yield variables with a value of the kind that their neighbours in a formula have."""
    for part in terms(term):
        if part.kind == "binary":
            for one, other in (part.parts, part.parts[::-1]):
                if one.kind == "name" and one.word.startswith("$"):
                    kind = False if part.word in ("and", "or", "xor") else kind_of(other, known)
                    if kind is not None:
                        yield one.word[1:], kind
        elif part.kind == "unary" and part.parts[0].kind == "name":
            yield part.parts[0].word.removeprefix("$"), False if part.word == "not" else 0


def complexity(source: str) -> int:
    """Return how many conditions a condition is made of."""
    term = term_of(source, GRAMMAR)
    return 1 + sum(part.word in ("and", "or", "xor") for part in terms(term) if part.kind == "binary") if term else 1
