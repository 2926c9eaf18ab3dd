"""Code and declarations: what runs or is defined before the story starts."""

from comfyvn.infrastructure.imports.renpy.cursor import MAX_DEPTH, Cursor
from comfyvn.infrastructure.imports.renpy.flow import read_label
from comfyvn.infrastructure.imports.renpy.literals import python_string
from comfyvn.infrastructure.imports.renpy.scanner import HASH, Broken
from comfyvn.infrastructure.imports.renpy.stage import image_name
from comfyvn.infrastructure.imports.renpy.syntax import (
    Block,
    Default,
    Define,
    Image,
    Init,
    InitOffset,
    Python,
    Screen,
    Statement,
    Style,
    Testcase,
    Transform,
    Translate,
    TranslateString,
)


def read_one_line_python(c: Cursor) -> Python:
    """Read ``$ code``."""
    code = c.rest()
    if not code:
        raise Broken("expected", "Python code is missing after $")
    c.end()
    return Python(c.span(), code, one_line=True)


def read_python(c: Cursor) -> Python:
    """Read ``python [early] [hide] [in store]:``."""
    early, hide = c.keyword("early"), c.keyword("hide")
    store = c.require(c.dotted_name, "a store's name") if c.keyword("in") else None
    c.begin_block()
    return Python(c.span(), c.code(), early=early, hide=hide, store=store)


def read_init(c: Cursor) -> Init:
    """Read ``init [priority]:`` with a block, or before another statement."""
    priority = c.integer() or 0
    if c.take(":"):
        c.pos -= 1
        c.begin_block()
        block = c.block()
        return Init(c.span(), priority, block)
    if c.depth >= MAX_DEPTH:
        raise Broken("too_deep", f"statements are nested more than {MAX_DEPTH} deep")
    start = c.index
    c.depth += 1
    try:
        block = c.statement()
    finally:
        c.depth -= 1
    return Init(c.span(start), priority, block)


def read_init_label(c: Cursor) -> Init:
    """Read ``init label``."""
    return Init(c.span(), 0, (read_label(c),))


def read_init_offset(c: Cursor) -> InitOffset:
    """Read ``init offset = number``."""
    c.require_mark("=")
    offset = c.require(c.integer, "a number")
    c.end()
    return InitOffset(c.span(), offset)


def _variable(c: Cursor) -> tuple[str, str]:
    """Read a variable as (store, name)."""
    store, name = "store", c.require(c.word, "a variable's name")
    while c.take("."):
        store, name = f"{store}.{name}", c.require(c.word, "a name after the dot")
    return store, name


def _value(c: Cursor) -> str:
    value = c.rest()
    if not value:
        raise Broken("expected", "an expression is missing here")
    c.end()
    return value


def read_define(c: Cursor) -> Define:
    """Read ``define [priority] name = expression``, also with an index, ``+=`` or ``|=``."""
    priority = c.integer() or 0
    store, name = _variable(c)
    index = None
    if c.take("["):
        index = c.until("]")
        c.require_mark("]")
    operator = next((mark for mark in ("+=", "|=", "=") if c.take(mark)), None)
    if operator is None:
        raise Broken("expected", "'=' is missing here")
    value = _value(c)
    return Define(c.span(), name, store, operator, value, index, priority)


def read_default(c: Cursor) -> Default:
    """Read ``default [priority] name = expression``."""
    priority = c.integer() or 0
    store, name = _variable(c)
    c.require_mark("=")
    value = _value(c)
    return Default(c.span(), name, store, value, priority)


def read_image(c: Cursor) -> Image:
    """Read ``image name = expression`` or ``image name:`` with ATL."""
    name = image_name(c)
    if any(part.startswith("-") for part in name):
        raise Broken("image_name", "a part of an image's name may not begin with '-'")
    if c.take(":"):
        c.require_end()
        return Image(c.span(), name, atl=c.code())
    c.require_mark("=")
    value = _value(c)
    return Image(c.span(), name, value)


def read_transform(c: Cursor) -> Transform:
    """Read ``transform [priority] name(parameters):`` with ATL."""
    priority = c.integer() or 0
    name = c.require(c.name, "a transform's name")
    parameters = c.arguments()
    c.begin_block(empty=True)
    return Transform(c.span(), name, parameters, c.code(), priority)


def read_style(c: Cursor) -> Style:
    """Read a style's name; its clauses stay source."""
    return Style(c.span(), c.require(c.word, "a style's name"))


def read_screen(c: Cursor) -> Screen:
    """Read a screen's name; all else stays source."""
    c.integer()
    return Screen(c.span(), c.require(c.word, "a screen's name"))


def read_testcase(c: Cursor) -> Testcase:
    """Read a test's name; its block stays source."""
    name = c.require(c.name, "a test's name")
    c.begin_block()
    return Testcase(c.span(), name)


def read_translate(c: Cursor) -> Translate:
    """Read a translation of dialogue, strings, Python or a style."""
    language: str | None = c.require(c.name, "a language")
    if language == "None":
        language = None
    identifier = c.require(lambda: c.match(HASH), "an identifier")
    if identifier == "python":
        return Translate(c.span(), language, identifier, (read_python(c),))
    if identifier == "style":
        return Translate(c.span(), language, identifier, (read_style(c),))
    c.begin_block()
    if identifier == "strings":
        inner = c.inner()
        with inner.located():
            return Translate(c.span(), language, identifier, _strings(inner))
    block = c.block()
    return Translate(c.span(), language, identifier, block)


def _strings(c: Cursor) -> Block:
    found: list[Statement] = []
    while c.advance():
        if not c.text:
            found += c.trivia()
            continue
        start, old = c.index, _translated(c, "old")
        while c.advance() and not c.text:
            pass
        found.append(TranslateString(c.span(start), old, _translated(c, "new")))
    return tuple(found)


def _translated(c: Cursor, word: str) -> str:
    """Read a string after ``old`` or ``new``: a Python literal."""
    c.require_whole()
    text = python_string(c.rest()) if c.keyword(word) else None
    if text is None:
        raise Broken("translation", f"'{word}' with a string is missing here")
    return text
