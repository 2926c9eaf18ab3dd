"""What string literals in a script mean: the script language's own strings, and Python's."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_UNEVEN = re.compile(r"[^\S ]|  ")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{1,4})|(.))", re.DOTALL)
_DOUBLED = {"{": "{{", "[": "[[", "%": "%%", "n": "\n", "u": ""}

_LITERAL = re.compile(
    r"""([uU]|[rR])?(?:
        '''((?:[^'\\]|\\.|'(?!''))*+)'''
        |\"""((?:[^"\\]|\\.|"(?!""))*+)\"""
        |'((?:[^'\\\n]|\\.)*+)'
        |"((?:[^"\\\n]|\\.)*+)")""",
    re.DOTALL | re.VERBOSE,
)
_PYTHON_ESCAPE = re.compile(
    r"\\(?:(\n)|([\\'\"abfnrtv])|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^}]*)\})"
)
_CONTROLS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _unescape(match: re.Match[str]) -> str:
    code, char = match.groups()
    return _character(int(code, 16)) if code else _DOUBLED.get(char, char)


def _character(code: int) -> str:
    """Return a character; half a surrogate pair or NUL, which no store can hold, becomes U+FFFD."""
    return "\ufffd" if code == 0 or 0xD800 <= code < 0xE000 else chr(code)


def dialogue(literal: str) -> str:
    """Return the text of a script string (with its quotes): white space collapsed, escapes resolved.

    As in the engine, an escaped ``{``, ``[`` or ``%`` comes out doubled, which the text renderer shows as one.
    """
    if literal.startswith("r"):
        return literal[2:-1]
    return _decoded(literal[1:-1])


def monologue(literal: str, delimiter: str) -> list[tuple[int, str]]:
    """Return the texts of a triple-quoted script string, each with the number of lines before it.

    Texts are separated by `delimiter`: an empty line, a line end, or "" for a single text that keeps its lines.
    """
    if literal.startswith("r"):
        return [(0, literal[4:-3])]
    rest = "\n".join(line.strip(" ") for line in literal[3:-3].split("\n"))
    found, line = [], 0
    for part in rest.split(delimiter) if delimiter else [rest]:
        stripped = part.strip()
        if stripped:
            before = part[: len(part) - len(part.lstrip())].count("\n")
            found.append((line + before, _decoded(stripped, keep_lines=not delimiter)))
        line += part.count("\n") + delimiter.count("\n")
    return found


def _decoded(text: str, keep_lines: bool = False) -> str:
    if keep_lines:
        text = re.sub(" +", " ", text)
    elif _UNEVEN.search(text):
        text = _SPACES.sub(" ", text)
    return _ESCAPE.sub(_unescape, text) if "\\" in text else text


def python_string(source: str) -> str | None:
    """Return the value of a Python string literal, None if `source` is anything else (also bytes and f-strings)."""
    match = _LITERAL.fullmatch(source)
    if not match:
        return None
    body = next(group for group in match.groups()[1:] if group is not None)
    if match[1] in ("r", "R"):
        return body
    try:
        return _PYTHON_ESCAPE.sub(_python_unescape, body)
    except (KeyError, ValueError):
        return None


def _python_unescape(match: re.Match[str]) -> str:
    newline, char, octal, *numbers, name = match.groups()
    if newline:
        return ""
    if char:
        return _CONTROLS.get(char, char)
    if octal:
        return _character(int(octal, 8))
    if name is not None:
        return unicodedata.lookup(name)
    return _character(int(next(filter(None, numbers)), 16))
