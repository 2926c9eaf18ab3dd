"""Ren'Py script text to statements. Never runs or evaluates anything, and never raises on a bad script."""

from itertools import accumulate

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.imports.renpy import declarations, flow, registered, say, stage
from comfyvn.infrastructure.imports.renpy.cursor import Cursor, Read, Session
from comfyvn.infrastructure.imports.renpy.lexer import blocks, logical_lines
from comfyvn.infrastructure.imports.renpy.scanner import FIRST_WORD, Broken
from comfyvn.infrastructure.imports.renpy.syntax import ParseIssue, Raw, Script, Source, Span, Statement

MAX_LINES = 2_000_000
"""Lines of one file. A line costs some hundred bytes of memory, however short it is."""

_STATEMENTS: dict[str, Read] = {
    "if": flow.read_if,
    "while": flow.read_while,
    "pass": flow.read_pass,
    "menu": say.read_menu,
    "return": flow.read_return,
    "jump": flow.read_jump,
    "call": flow.read_call,
    "label": flow.read_label,
    "scene": stage.read_scene,
    "show": stage.read_show,
    "show layer": stage.read_show_layer,
    "camera": stage.read_camera,
    "hide": stage.read_hide,
    "with": stage.read_with,
    "image": declarations.read_image,
    "define": declarations.read_define,
    "default": declarations.read_default,
    "transform": declarations.read_transform,
    "$": declarations.read_one_line_python,
    "python": declarations.read_python,
    "init": declarations.read_init,
    "init label": declarations.read_init_label,
    "init offset": declarations.read_init_offset,
    "screen": declarations.read_screen,
    "testcase": declarations.read_testcase,
    "translate": declarations.read_translate,
    "style": declarations.read_style,
    **{name: registered.reader(name) for name in registered.NAMES},
}
_TWO_WORDS = frozenset(name.split()[0] for name in _STATEMENTS if " " in name)


class NotUtf8(Refused):
    """A script file is not UTF-8 text."""


def decode(data: bytes, file: str) -> str:
    """Return the text of a script file, with its BOM if it has one.

    Raises `NotUtf8` (``script_not_utf8``) with the file, the line and the offset of the first wrong byte.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{file}, line {line}: byte {error.start} is not UTF-8"
        raise NotUtf8("script_not_utf8", message, file=file, line=line, offset=error.start) from None


def parse(file: str, source: str, creator_defined: frozenset[str] = frozenset()) -> Script:
    """Parse the text of a script file.

    `file` is its path below the game folder. `creator_defined` names the statements that the game itself registers:
    they become `Raw` without an issue. Anything else that cannot be read becomes `Raw` and an issue.
    """
    text = source.removeprefix("\ufeff")
    bom = len(text) < len(source)
    newline = _newline(text)
    if text.count("\n") >= MAX_LINES:
        issue = ParseIssue(file, 1, "too_many_lines", f"a script may have {MAX_LINES} lines")
        whole = Source(file, text, (0, len(text) + (not text.endswith("\n"))))
        return Script(file, (Raw(Span(whole, 1, 1), issue.code),), newline, bom, (issue,))
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))] if text else [0]
    if text.endswith("\n"):
        starts.pop()
    origin = Source(file, text, starts)
    lines = list(logical_lines(file, _plain(text)))
    session = Session(origin, _read, frozenset(tuple(name.split()) for name in creator_defined))
    top = blocks(file, lines)
    statements = Cursor(session, top).statements()
    for line in lines:
        if line.broken:
            session.report(line.broken)
    errors = tuple(sorted(session.issues.values(), key=lambda issue: issue.line))
    return Script(file, statements, newline, bom, errors)


def _newline(text: str) -> str:
    ends, pairs = text.count("\n"), text.count("\r\n")
    if not ends:
        return ""
    return "mixed" if 0 < pairs < ends else "\r\n" if pairs else "\n"


def _plain(text: str) -> str:
    """Return text as the engine reads it: without carriage returns, and with a newline at the end."""
    plain = text.replace("\r", "")
    return plain if not plain or plain.endswith("\n") else plain + "\n"


def _read(c: Cursor) -> Statement | tuple[Statement, ...]:
    """Read the statement whose first words stand here."""
    start = c.pos
    first = c.match(FIRST_WORD)
    if first is None:
        return say.read_say(c)
    if c.session.creator_defined and _is_creator_defined(c, start):
        return Raw(c.span(), "creator_defined")
    if first in _TWO_WORDS:
        pos = c.pos
        read = _STATEMENTS.get(f"{first} {c.word()}")
        if read:
            return read(c)
        c.pos = pos
        if first not in _STATEMENTS:
            raise Broken("unknown_statement", f"no statement '{first}' continues like this")
    read = _STATEMENTS.get(first)
    if read:
        return read(c)
    c.pos = start
    return say.read_say(c)


def _is_creator_defined(c: Cursor, start: int) -> bool:
    words = c.text[start:].replace(":", " ").split(None, 3)[:3]
    return any(tuple(words[:count]) in c.session.creator_defined for count in (1, 2, 3))
