"""Text with values in it, as Ren'Py writes it: ``[name]``, ``[price:.2f]``, ``[title!u]``, ``%(name)s``.

Facts of the engine (8.0.3, read in its source and measured):

- say texts and captions pass twice: first the percent forms (``%%`` shows ``%``), then the bracket fields (``[[``
  shows ``[``). Names of characters pass only the second time.
- a text that a percent form puts in has its ``{`` doubled; a bracket field does so only with ``!q``.
- ``{tags}`` and ``{{`` are left to the text layout, so they stay as they are.
- ``[items[key]]`` means the key of that spelling; newer engines then try it as an expression, and so do we.

Gentler than the engine: a percent sign that begins no form stays (the engine stops), and a conversion and a format
may stand in either order.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from comfyvn.domain.expressions import (
    Code,
    EvaluationFailed,
    SyntaxProblem,
    Value,
    compile_expression,
    names,
    parse,
    show,
)
from comfyvn.domain.expressions import text as text_of

MAX_TEXT = 100_000
"""Characters of a text after substitution."""
MAX_WIDTH = 3
"""Digits of a width or a precision in a format."""
MAX_FIELDS = 10_000
"""Bracket fields filled for one text, those of texts that ``!i`` follows included."""
MAX_REFERENCES = 10
"""How deep ``!i`` follows a text into a text."""

_CONVERSIONS = frozenset("rstqulci!")
_FORMAT = re.compile(
    rf"(?:.?[<>=^])?[-+ ]?#?0?\d{{0,{MAX_WIDTH}}}[,_]?(?:\.\d{{1,{MAX_WIDTH}}})?[sdboxXeEfFgG%]?", re.DOTALL
)
_PERCENT = re.compile(
    rf"%%|%\((?P<name>[^()]*)\)(?P<layout>[-#0 +]*\d{{0,{MAX_WIDTH}}}(?:\.\d{{0,{MAX_WIDTH}}})?)"
    r"(?P<kind>[diouxXeEfFgGcrs])"
)
_TAIL = re.compile(r"(?:!(?P<early>[^:\]]*))?(?::(?P<layout>[^!\]]*)(?:!(?P<late>[^\]]*))?)?", re.DOTALL)
_PLAIN = re.compile(r"\{\{|\[\[|%%|\{[^{}]*\}")
_BARE_KEYS = re.compile(r"[^\W\d][\w.]*(?:\[\w+\])+")
_BARE_KEY = re.compile(r"\[([^\W\d]\w*)\]")
_OPENING, _CLOSING, _QUOTES = "([{", ")]}", "'\""

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Field:
    """A bracket field: its expression, conversion letters (None: none given) and format."""

    source: str
    conversion: str | None
    layout: str


@dataclass(frozen=True, slots=True)
class _Filling:
    """What filling a text needs; `budget` counts its fields down."""

    lookup: Mapping[str, Value]
    translate: Translate
    budget: Iterator[int]


def substitute(text: str, lookup: Mapping[str, Value], *, percent: bool = True, translate: Translate = str) -> str:
    """Return `text` with its fields replaced; `percent` is off for names, `translate` answers ``!t``.

    Raises `EvaluationFailed` for unknown names and unfit values, `SyntaxProblem` and `NotSupported` for fields
    that cannot be read.
    """
    if percent and "%" in text:
        text = _joined(_percent_parts(text, lookup))
    if "[" not in text:
        return text
    return _bracketed(text, _Filling(lookup, translate, iter(range(MAX_FIELDS))), 0)


def references(text: str) -> frozenset[str]:
    """Return the variables that the fields of `text` read; raises `SyntaxProblem` and `NotSupported`."""
    found = {match["name"] for match in _PERCENT.finditer(text) if match["name"] is not None}
    for part in _parts(_PERCENT.sub(lambda form: "%" if form["name"] is None else "", text)):
        if isinstance(part, _Field):
            found |= names(parse(part.source))
    return frozenset(found)


def plain(text: str) -> str:
    """Return the text that stands in the script without its tags and doubled signs; fields stay."""
    return _PLAIN.sub(lambda found: found[0][0] if found[0] in ("{{", "[[", "%%") else "", text)


def escape(text: str) -> str:
    """Return the Ren'Py text that shows `text` as it is."""
    return text.replace("[", "[[").replace("{", "{{").replace("%", "%%")


def _joined(pieces: Iterable[str]) -> str:
    """Join pieces, refusing as soon as they grow too long."""
    kept: list[str] = []
    room = MAX_TEXT
    for piece in pieces:
        kept.append(piece)
        room -= len(piece)
        if room < 0:
            raise EvaluationFailed("expression_too_costly", f"the text is longer than {MAX_TEXT} characters")
    return "".join(kept)


def _percent_parts(text: str, lookup: Mapping[str, Value]) -> Iterator[str]:
    start = 0
    for found in _PERCENT.finditer(text):
        yield text[start : found.start()]
        yield _percent(found, lookup)
        start = found.end()
    yield text[start:]


def _percent(found: re.Match[str], lookup: Mapping[str, Value]) -> str:
    if found["name"] is None:
        return "%"
    if found["name"] not in lookup:
        raise EvaluationFailed("name_unknown", f"there is no variable {found['name']}")
    value = lookup[found["name"]]
    kind = found["kind"]
    if isinstance(value, str):
        value = value.replace("{", "{{")
    if kind in "rs":
        value, kind = show(value) if kind == "r" else text_of(value), "s"
    try:
        return f"%{found['layout']}{kind}" % (value,)
    except (TypeError, ValueError, OverflowError) as error:
        raise EvaluationFailed("format_unfit", str(error)) from error


def _bracketed(text: str, filling: _Filling, depth: int) -> str:
    if "[" not in text:
        return text
    return _joined(part if isinstance(part, str) else _shown(part, filling, depth) for part in _parts(text))


def _parts(text: str) -> Iterator[str | _Field]:
    """Split a text into literal pieces and fields; ``[[`` is a literal ``[``."""
    start = 0
    while (opened := text.find("[", start)) >= 0:
        yield text[start:opened]
        if text.startswith("[[", opened):
            yield "["
            start = opened + 2
            continue
        tail = _expression_end(text, opened + 1)
        closed = text.find("]", tail)
        if closed < 0:
            raise SyntaxProblem("a [ is never closed; write [[ to show it", opened + 1, "field_unclosed")
        yield _field(text[opened + 1 : tail], text[tail:closed], opened + 1)
        start = closed + 1
    yield text[start:]


def _expression_end(text: str, start: int) -> int:
    """Return where the expression of a field ends: at ``]``, ``:`` or ``!`` outside brackets and quotes."""
    depth, quote, at = 0, "", start
    while at < len(text):
        sign = text[at]
        if quote:
            at += sign == "\\"
            quote = "" if sign == quote else quote
        elif sign in _QUOTES:
            quote = sign
        elif sign in _OPENING:
            depth += 1
        elif depth:
            depth -= sign in _CLOSING
        elif sign in "]:" or (sign == "!" and not text.startswith("!=", at)):
            return at
        at += 1
    return at


def _field(source: str, tail: str, column: int) -> _Field:
    parts = _TAIL.fullmatch(tail)
    if parts is None or not source.strip():
        raise SyntaxProblem(f"[{source}{tail}] is not a field", column)
    conversion = parts["early"] if parts["late"] is None else (parts["early"] or "") + parts["late"]
    if conversion is not None and (not conversion or set(conversion) - _CONVERSIONS):
        raise SyntaxProblem(f"!{conversion} is not a conversion; it is made of r s t q u l c i", column)
    layout = parts["layout"] or ""
    if not _FORMAT.fullmatch(layout):
        raise SyntaxProblem(f":{layout} is not a format", column)
    return _Field(source, conversion, layout)


def _shown(field: _Field, filling: _Filling, depth: int) -> str:
    if next(filling.budget, None) is None:
        raise EvaluationFailed("expression_too_costly", f"the text has more than {MAX_FIELDS} fields")
    value = _value(field.source, filling.lookup)
    if field.conversion is not None:
        value = _converted(value, field.conversion, filling, depth)
    if not field.layout:
        return text_of(value)
    try:
        return format(value, field.layout)
    except (TypeError, ValueError, OverflowError) as error:
        raise EvaluationFailed("format_unfit", str(error)) from error


def _value(source: str, lookup: Mapping[str, Value]) -> Value:
    first, *others = _readings(source)
    try:
        return first(lookup)
    except EvaluationFailed:
        if not others:
            raise
        return others[0](lookup)


@lru_cache(maxsize=1024)
def _readings(source: str) -> tuple[Code, ...]:
    """Return the meanings of a field's source in the order to try them."""
    code = compile_expression(parse(source))
    if not _BARE_KEYS.fullmatch(source):
        return (code,)
    keyed = _BARE_KEY.sub(lambda key: f"[{key[1]!r}]", source)
    return (code,) if keyed == source else (compile_expression(parse(keyed)), code)


def _converted(value: Value, conversion: str, filling: _Filling, depth: int) -> Value:
    """Return the text after the letters of a conversion, in the engine's order whatever theirs."""
    shown = show(value) if "r" in conversion else text_of(value)
    if "t" in conversion:
        shown = filling.translate(shown)
    if "i" in conversion:
        if depth == MAX_REFERENCES:
            raise EvaluationFailed("expression_too_costly", "a text refers to itself through !i")
        shown = _bracketed(shown, filling, depth + 1)
    if "q" in conversion:
        shown = shown.replace("{", "{{")
    if "u" in conversion:
        shown = shown.upper()
    if "l" in conversion:
        shown = shown.lower()
    return shown[:1].upper() + shown[1:] if "c" in conversion else shown
