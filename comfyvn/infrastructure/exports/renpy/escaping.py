"""Strings and code as the source text that reads back as the same."""

from comfyvn.infrastructure.imports.renpy.lexer import logical_lines


def said(text: str) -> str:
    """Return the string literal of the script language that reads as `text`.

    The engine turns each run of white space of a literal into one blank and then resolves escapes, so every blank
    after a blank is escaped, and other white space and control characters are written as numbers. Tags,
    interpolation and percent forms are part of the text and stay.
    """
    written: list[str] = []
    for place, sign in enumerate(text):
        if sign == "\n":
            written.append("\\n")
        elif sign in '"\\':
            written.append(f"\\{sign}")
        elif sign == " ":
            written.append("\\ " if place and text[place - 1] == " " else " ")
        elif sign.isspace() or sign < " " or sign == "\x7f" or "\ud800" <= sign <= "\udfff":
            written.append(f"\\u{ord(sign):04x}")
        else:
            written.append(sign)
    return f'"{"".join(written)}"'


_PYTHON = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text: str) -> str:
    """Return the Python literal of a string, in double quotes."""
    written = (
        _PYTHON.get(sign)
        or (sign if sign.isprintable() else f"\\u{ord(sign):04x}" if sign <= "\uffff" else f"\\U{ord(sign):08x}")
        for sign in text
    )
    return f'"{"".join(written)}"'


def indented(source: str, indent: str) -> list[str]:
    """Return the lines of `source`, those that begin a logical line behind `indent`.

    Lines that go on inside a string or brackets keep their own white space, which may be part of a text.
    """
    text = source.replace("\r", "").rstrip("\n")
    lines = text.split("\n")
    for begun in logical_lines("", f"{text}\n"):
        line = lines[begun.number - 1]
        if line.strip():
            lines[begun.number - 1] = indent + line
    return lines
