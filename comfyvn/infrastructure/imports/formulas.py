"""Formulas of the text engines whose expressions look like those of C, and their form in the studio's language."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from comfyvn.domain.expressions import ExpressionError, parse

MAX_LENGTH: Final = 4_000
MAX_DEPTH: Final = 40
"""Brackets and operators inside each other."""

_LEVELS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("or", "xor"), 1),
    "and": 2,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in", "not in"), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "/", "%"), 6),
}
_NOT, _MINUS, _ATOM = 3, 7, 8


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a formula. `kind` is number, text, bool, name, call, target, list, unary or binary; `word` its sign."""

    kind: str
    word: str = ""
    parts: tuple["Term", ...] = ()


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one engine spells things: `tokens` has the groups text, number, name, sign and space; `signs` are ours."""

    tokens: re.Pattern[str]
    signs: Mapping[str, str]


class _Bad(Exception):
    pass


def term_of(source: str, grammar: Grammar) -> Term | None:
    """Return what a formula says; None where it cannot be read."""
    if len(source) > MAX_LENGTH:
        return None
    try:
        reader = _Reader([*_tokens(source, grammar)])
        found = reader.formula(0)
        return found if reader.over else None
    except _Bad:
        return None


def _tokens(source: str, grammar: Grammar) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(source):
        token = grammar.tokens.match(source, at)
        if token is None or token.end() == at:
            raise _Bad
        at = token.end()
        kind = token.lastgroup or ""
        if kind == "space":
            continue
        word = grammar.signs.get(token[0], token[0])
        yield ("sign" if kind == "sign" or token[0] in grammar.signs else kind), word


class _Reader:
    def __init__(self, tokens: Sequence[tuple[str, str]]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    @property
    def over(self) -> bool:
        return self.at >= len(self.tokens)

    def take(self, *signs: str) -> str | None:
        """Go past the next token if it is one of these signs."""
        if not self.over and self.tokens[self.at][0] == "sign" and self.tokens[self.at][1] in signs:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def need(self, sign: str) -> None:
        if self.take(sign) is None:
            raise _Bad

    def formula(self, level: int) -> Term:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Bad
        left = self._unary()
        while sign := self._binary(level):
            left = Term("binary", sign, (left, self.formula(_LEVELS[sign] + 1)))
        self.depth -= 1
        return left

    def _binary(self, level: int) -> str | None:
        if self.over or self.tokens[self.at][0] != "sign":
            return None
        sign = self.tokens[self.at][1]
        return self.take(sign) if _LEVELS.get(sign, -1) >= level else None

    def _unary(self) -> Term:
        if sign := self.take("not", "-"):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise _Bad
            inner = self._unary()
            self.depth -= 1
            if sign == "-" and inner.kind == "number":
                return Term("number", inner.word.removeprefix("-") if inner.word[0] == "-" else f"-{inner.word}")
            return Term("unary", sign, (inner,))
        return self._atom()

    def _atom(self) -> Term:
        if self.take("("):
            return self._bracketed()
        if self.take("->"):
            return Term("target", self._word("name"))
        if self.over:
            raise _Bad
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "sign":
            if word in ("True", "False"):
                return Term("bool", word)
            raise _Bad
        if kind == "text":
            return Term("text", re.sub(r"\\(.)", r"\1", word[1:-1]))
        if kind == "name" and self.take("("):
            return Term("call", word, self._arguments())
        return Term(kind, word)

    def _word(self, kind: str) -> str:
        if self.over or self.tokens[self.at][0] != kind:
            raise _Bad
        self.at += 1
        return self.tokens[self.at - 1][1]

    def _bracketed(self) -> Term:
        if self.take(")"):
            return Term("list")
        first = self.formula(0)
        if not self.take(","):
            self.need(")")
            return first
        return Term("list", "", (first, *self._arguments()))

    def _arguments(self) -> tuple[Term, ...]:
        found: list[Term] = []
        if self.take(")"):
            return ()
        while True:
            found.append(self.formula(0))
            if not self.take(","):
                self.need(")")
                return tuple(found)


def terms(term: Term) -> Iterator[Term]:
    """Yield a term and all those inside it."""
    yield term
    for part in term.parts:
        yield from terms(part)


class Unknown(Exception):
    """A name, a call or an operator has no meaning in the studio's language."""


Meaning = Callable[[Term, Sequence[str]], str]
"""What a name, a call, a target or a list is, given its parts in our language, as one atom; raises `Unknown`."""


def rendered(term: Term, meaning: Meaning) -> str | None:
    """Return a formula in the studio's language; None where it is outside of it."""
    try:
        found = _rendered(term, meaning)[0]
        if len(found) <= MAX_LENGTH:
            parse(found)
            return found
    except (Unknown, ExpressionError):
        pass
    return None


def _rendered(term: Term, meaning: Meaning) -> tuple[str, int]:
    if term.kind in ("number", "bool"):
        return term.word, _MINUS if term.word[0] == "-" else _ATOM
    if term.kind == "text":
        return repr(term.word), _ATOM
    if term.kind == "unary":
        level = _NOT if term.word == "not" else _MINUS
        inner = _bracket(*_rendered(term.parts[0], meaning), level)
        return (f"not {inner}" if term.word == "not" else f"-{inner}"), level
    if term.kind == "binary":
        return _operation(term, meaning)
    return meaning(term, [_rendered(part, meaning)[0] for part in term.parts]), _ATOM


def _operation(term: Term, meaning: Meaning) -> tuple[str, int]:
    left, right = (_rendered(part, meaning) for part in term.parts)
    if term.word == "xor":
        return f"bool({left[0]}) != bool({right[0]})", _LEVELS["=="]
    level = _LEVELS[term.word]
    keeps = level if level in (1, 2, 5, 6) else level + 1
    return f"{_bracket(*left, keeps)} {term.word} {_bracket(*right, level + 1)}", level


def _bracket(source: str, level: int, least: int) -> str:
    return source if level >= least else f"({source})"
