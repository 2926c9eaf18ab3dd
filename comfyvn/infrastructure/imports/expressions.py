"""Expressions of other languages (story formats, JavaScript, TJS) in the studio's own; None where there is no such."""

import re
from collections.abc import Mapping
from typing import Final

from comfyvn.domain.expressions import ExpressionError, parse, parse_assignment

_TOKENS: Final = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<number>\d+(?:\.\d+)?)"""
    r"""|(?P<name>[$_]?[A-Za-z_][\w]*)|(?P<sign>===|!==|==|!=|<=|>=|&&|\|\||[-+*/%<>=!()\[\],.?:])|(?P<space>\s+)"""
)
_WORDS: Final[Mapping[str, str]] = {
    "eq": "==",
    "neq": "!=",
    "gt": ">",
    "gte": ">=",
    "lt": "<",
    "lte": "<=",
    "and": "and",
    "or": "or",
    "not": "not",
    "in": "in",
    "true": "True",
    "false": "False",
    "null": "None",
    "undefined": "None",
}
_SIGNS: Final[Mapping[str, str]] = {"===": "==", "!==": "!=", "&&": "and", "||": "or", "!": "not"}
MAX_LENGTH: Final = 5_000


def expression(source: str, it: str | None = None) -> str | None:
    """Return an expression; `it` is what the word ``it`` means. None where it is outside the language."""
    found = _translated(source, it)
    if found is None:
        return None
    try:
        parse(found)
    except ExpressionError:
        return None
    return found


def assignment(name: str, operator: str, value: str) -> str | None:
    """Return the assignment ``name operator value``, such as ``$hp += 1``; None where it is outside the language."""
    target = name.removeprefix("$")
    worth = _translated(value, target)
    if not target.isidentifier() or worth is None:
        return None
    found = f"{target} {'=' if operator == 'to' else operator} {worth}"
    try:
        parsed = parse_assignment(found)
    except ExpressionError:
        return None
    return None if parsed is None else found


def _translated(source: str, it: str | None) -> str | None:
    source = re.sub(r"\bis\s+not\s+in\b", " not in ", _outside_texts(source.strip()))
    if len(source) > MAX_LENGTH:
        return None
    words: list[str] = []
    at = 0
    while at < len(source):
        token = _TOKENS.match(source, at)
        if token is None:
            return None
        at = token.end()
        word = _word(token, it)
        if word is None:
            return None
        words.append(word)
    return " ".join(filter(None, words)) or None


def _outside_texts(source: str) -> str:
    """Return a source in which the comparisons that are more than one word are one sign, outside of texts."""
    pieces = re.split(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""", source)
    for number in range(0, len(pieces), 2):
        piece = re.sub(r"\b(?:is\s+not|isnot)\b(?!\s+in\b)", "!=", pieces[number])
        piece = re.sub(r"\bis\s+in\b", " in ", piece)
        pieces[number] = re.sub(r"\bis\b(?!\s+not\s+in\b)", "==", piece)
    return "".join(pieces)


def _word(token: re.Match[str], it: str | None) -> str | None:
    word = token[0]
    match token.lastgroup:
        case "name":
            named = it if word == "it" else word.removeprefix("$") if word[0] in "$_" else None
            return _WORDS.get(word, named)
        case "sign":
            return None if word in (".", "=") else _SIGNS.get(word, word)
        case "space":
            return ""
        case "text":
            return repr(re.sub(r"\\(.)", lambda sign: {"n": "\n", "t": "\t"}.get(sign[1], sign[1]), word[1:-1]))
        case _:
            return word
