"""Code and declarations: what runs or is defined before the story starts."""

from comfyvn.infrastructure.imports.renpy.flow import read_label
from comfyvn.infrastructure.imports.renpy.literals import python_string
from comfyvn.infrastructure.imports.renpy.reader import MAX_DEPTH, Reader
from comfyvn.infrastructure.imports.renpy.scanner import HASH, Broken
from comfyvn.infrastructure.imports.renpy.stage import image_name
from comfyvn.infrastructure.imports.renpy.syntax import (
    Default,
    Define,
    Image,
    Init,
    InitOffset,
    Python,
    Screen,
    Style,
    Testcase,
    Transform,
    Translate,
)


def read_one_line_python(r: Reader) -> Python:
    """Read ``$ code``."""
    code = r.rest()
    if not code:
        raise Broken("expected", "Python code is missing after $")
    r.end()
    return Python(r.span(), code, one_line=True)


def read_python(r: Reader) -> Python:
    """Read ``python [early] [hide] [in store]:``."""
    early, hide = r.keyword("early"), r.keyword("hide")
    store = r.require(r.dotted_name, "a store's name") if r.keyword("in") else None
    r.begin_block()
    return Python(r.span(), r.code(), early=early, hide=hide, store=store)


def read_init(r: Reader) -> Init:
    """Read ``init [priority]:`` with a block, or before another statement."""
    priority = r.integer() or 0
    if r.take(":"):
        r.pos -= 1
        r.begin_block()
        block = r.block()
        return Init(r.span(), priority, block)
    r.depth += 1
    if r.depth > MAX_DEPTH:
        raise Broken("too_deep", f"statements are nested more than {MAX_DEPTH} deep")
    start = r.index
    block = r.statement()
    r.depth -= 1
    return Init(r.span(start), priority, block)


def read_init_label(r: Reader) -> Init:
    """Read ``init label``."""
    return Init(r.span(), 0, (read_label(r),))


def read_init_offset(r: Reader) -> InitOffset:
    """Read ``init offset = number``."""
    r.require_mark("=")
    offset = r.require(r.integer, "a number")
    r.end()
    return InitOffset(r.span(), offset)


def _variable(r: Reader) -> tuple[str, str]:
    """Read a variable as (store, name)."""
    store, name = "store", r.require(r.word, "a variable's name")
    while r.take("."):
        store, name = f"{store}.{name}", r.require(r.word, "a name after the dot")
    return store, name


def _value(r: Reader) -> str:
    value = r.rest()
    if not value:
        raise Broken("expected", "an expression is missing here")
    r.end()
    return value


def read_define(r: Reader) -> Define:
    """Read ``define [priority] name = expression``, also with an index, ``+=`` or ``|=``."""
    priority = r.integer() or 0
    store, name = _variable(r)
    index = None
    if r.take("["):
        index = r.until("]")
        r.require_mark("]")
    operator = next((mark for mark in ("+=", "|=", "=") if r.take(mark)), None)
    if operator is None:
        raise Broken("expected", "'=' is missing here")
    value = _value(r)
    return Define(r.span(), name, store, operator, value, index, priority)


def read_default(r: Reader) -> Default:
    """Read ``default [priority] name = expression``."""
    priority = r.integer() or 0
    store, name = _variable(r)
    r.require_mark("=")
    value = _value(r)
    return Default(r.span(), name, store, value, priority)


def read_image(r: Reader) -> Image:
    """Read ``image name = expression`` or ``image name:`` with ATL."""
    name = image_name(r)
    if any(part.startswith("-") for part in name):
        raise Broken("image_name", "a part of an image's name may not begin with '-'")
    if r.take(":"):
        r.require_end()
        return Image(r.span(), name, atl=r.code())
    r.require_mark("=")
    value = _value(r)
    return Image(r.span(), name, value)


def read_transform(r: Reader) -> Transform:
    """Read ``transform [priority] name(parameters):`` with ATL."""
    priority = r.integer() or 0
    name = r.require(r.name, "a transform's name")
    parameters = r.arguments()
    r.begin_block(empty=True)
    return Transform(r.span(), name, parameters, r.code(), priority)


def read_style(r: Reader) -> Style:
    """Read a style's name; its clauses stay source."""
    return Style(r.span(), r.require(r.word, "a style's name"))


def read_screen(r: Reader) -> Screen:
    """Read a screen's name; all else stays source."""
    r.integer()
    return Screen(r.span(), r.require(r.word, "a screen's name"))


def read_testcase(r: Reader) -> Testcase:
    """Read a test's name; its block stays source."""
    name = r.require(r.name, "a test's name")
    r.begin_block()
    return Testcase(r.span(), name)


def read_translate(r: Reader) -> Translate:
    """Read a translation of dialogue, strings, Python or a style."""
    language: str | None = r.require(r.name, "a language")
    if language == "None":
        language = None
    identifier = r.require(lambda: r.match(HASH), "an identifier")
    if identifier == "python":
        return Translate(r.span(), language, identifier, (read_python(r),))
    if identifier == "style":
        return Translate(r.span(), language, identifier, (read_style(r),))
    r.begin_block()
    if identifier == "strings":
        return Translate(r.span(), language, identifier, strings=_strings(r.inner()))
    block = r.block()
    return Translate(r.span(), language, identifier, block)


def _strings(r: Reader) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    old: str | None = None
    while r.advance():
        if not r.text:
            continue
        r.require_whole()
        if r.keyword("old"):
            if old is not None:
                raise Broken("translation", "the string before has no translation", r.line.number)
            old = _python_text(r)
        elif r.keyword("new"):
            if old is None:
                raise Broken("translation", "there is no string to translate", r.line.number)
            pairs.append((old, _python_text(r)))
            old = None
        else:
            raise Broken("translation", "only 'old' and 'new' may stand here", r.line.number)
    if old is not None:
        raise Broken("translation", "the last string has no translation", r.line.number)
    return tuple(pairs)


def _python_text(r: Reader) -> str:
    text = python_string(r.rest())
    if text is None:
        raise Broken("translation", "this is no string literal", r.line.number)
    return text
