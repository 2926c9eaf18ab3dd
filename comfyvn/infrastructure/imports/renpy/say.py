"""Dialogue: say statements and menus."""

from comfyvn.infrastructure.imports.renpy.cursor import Cursor
from comfyvn.infrastructure.imports.renpy.literals import dialogue, monologue, python_string
from comfyvn.infrastructure.imports.renpy.scanner import KEYWORDS, PLAIN_SAY, STRING, TRIPLE_STRING, Broken
from comfyvn.infrastructure.imports.renpy.syntax import (
    Block,
    Menu,
    MenuItem,
    Say,
    Span,
    Statement,
    UserStatement,
)

Texts = list[tuple[int, str]]
"""What is said, each with the number of lines of the string before it."""


def read_say(c: Cursor) -> tuple[Statement, ...]:
    """Read what begins with no word of a statement: a text, or a speaker and a text."""
    plain = PLAIN_SAY.match(c.text, c.pos)
    if plain and plain[1] not in KEYWORDS:
        c.pos = plain.end()
        c.end()
        return (Say(c.span(), plain[1], None, dialogue(plain[2])),)
    start = c.pos
    texts, several = _texts(c)
    if texts:
        said = _finish(c, _Speech(texts, several))
        if c.at_end():
            c.end()
            return said
    c.pos = start
    speech = _speech(c, operators=False)
    if speech is None:
        raise Broken("unknown_statement", "no statement begins like this")
    said = _finish(c, speech)
    c.end()
    return said


class _Speech:
    """A speaker with attributes, and what they say."""

    def __init__(self, texts: Texts, several: bool, who: str | None = None) -> None:
        self.texts = texts
        self.several = several
        self.who = who
        self.attributes: tuple[str, ...] = ()
        self.temporary_attributes: tuple[str, ...] = ()


def _texts(c: Cursor) -> tuple[Texts, bool]:
    """Read a string: the texts in it, none if there is no string, and whether it is triple-quoted."""
    start = c.pos
    literal = c.match(TRIPLE_STRING)
    if literal is not None:
        before = c.text.count("\n", 0, c.pos - len(literal))
        texts = [(before + line, text) for line, text in monologue(literal, c.monologue_delimiter)]
        if texts:
            return texts, True
        c.pos = start
    literal = c.match(STRING)
    return ([] if literal is None else [(0, dialogue(literal))]), False


def _attributes(c: Cursor) -> tuple[str, ...]:
    found: list[str] = []
    while True:
        minus = "-" if c.take("-") else ""
        word = c.image_word()
        if word is None:
            return tuple(found)
        found.append(minus + word)


def _speech(c: Cursor, operators: bool) -> _Speech | None:
    who = c.expression(operators)
    if who is None:
        return None
    attributes = _attributes(c)
    temporary = _attributes(c) if c.take("@") else ()
    texts, several = _texts(c)
    if not texts:
        return None
    speech = _Speech(texts, several, who)
    speech.attributes, speech.temporary_attributes = attributes, temporary
    return speech


def _finish(c: Cursor, speech: _Speech) -> tuple[Statement, ...]:
    """Read the clauses after the text, and make the statements."""
    with_ = identifier = arguments = None
    nointeract = False
    while True:
        if c.keyword("nointeract"):
            nointeract = True
        elif c.keyword("with"):
            if with_ is not None:
                raise Broken("repeated_clause", "say takes a single 'with' clause")
            with_ = c.require(c.expression, "a transition")
        elif c.keyword("id"):
            identifier = c.require(c.name, "an identifier")
        else:
            given = c.arguments()
            if given is None:
                break
            if arguments is not None:
                raise Broken("repeated_clause", "say takes a single list of arguments")
            arguments = given
    who_text = python_string(speech.who) if speech.who else None

    def say(span: Span, what: str, whole: Span | None = None) -> Statement:
        if what == "{clear}" and speech.several:
            return UserStatement(span, "nvl clear", "")
        return Say(
            span,
            speech.who,
            who_text,
            what,
            speech.attributes,
            speech.temporary_attributes,
            arguments,
            with_,
            identifier,
            nointeract,
            whole,
        )

    whole = c.span()
    if len(speech.texts) == 1:
        return (say(whole, speech.texts[0][1]),)
    begins = [whole.line, *(whole.line + line for line, _ in speech.texts[1:]), whole.end + 1]
    return tuple(
        say(Span(whole.source, begin, after - 1), text, whole)
        for (_, text), begin, after in zip(speech.texts, begins, begins[1:], strict=False)
    )


def read_menu(c: Cursor) -> Menu:
    """Read a menu with its choices."""
    name = c.label_name(declare=True)
    c.declare(name)
    arguments = c.arguments()
    c.begin_block()
    inner = c.inner()
    items: list[MenuItem] = []
    say: Say | None = None
    set_ = with_ = None
    while inner.advance():
        if not inner.text:
            continue
        with inner.located():
            inner.require_whole()
            if inner.keyword("with"):
                with_ = inner.require(inner.expression, "a transition")
                inner.end()
            elif inner.keyword("set"):
                set_ = inner.require(inner.expression, "an expression")
                inner.end()
            elif said := _menu_say(inner):
                if say:
                    raise Broken("menu_captions", "a menu takes one say statement")
                say = said
            else:
                items.append(_item(inner))
            if say and any(item.block is None and item.caption for item in items):
                raise Broken("menu_captions", "a menu takes captions or a say statement")
    if all(item.block is None for item in items):
        raise Broken("menu_empty", "the menu has no choice")
    return Menu(c.span(), name, tuple(items), say, set_, arguments, with_)


def _menu_say(c: Cursor) -> Say | None:
    start = c.pos
    speech = _speech(c, operators=True)
    if speech is None:
        c.pos = start
        return None
    said = _finish(c, speech)
    c.end()
    if len(said) > 1 or not isinstance(said[0], Say):
        raise Broken("menu_captions", "a menu shows one line of dialogue")
    return said[0]


def _item(c: Cursor) -> MenuItem:
    literal = c.require(lambda: c.match(STRING), "the text of a choice")
    caption = dialogue(literal)
    if c.at_end():
        if c.line.block:
            raise Broken("expected", "':' is missing after a choice with a block")
        return MenuItem(c.span(), caption)
    arguments = c.arguments()
    condition = c.condition() if c.keyword("if") else None
    c.begin_block()
    block: Block = c.block()
    span = c.span()
    return MenuItem(span, caption, condition, arguments, block)
