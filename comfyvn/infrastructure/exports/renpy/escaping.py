"""Strings and code as the source text that reads back as the same."""


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

    Lines inside a string or brackets keep their own white space, which may be part of a text.
    """
    lines: list[str] = []
    depth, string = 0, ""
    for line in source.split("\n"):
        inside = bool(depth or string)
        lines.append(line if inside or not line.strip() else indent + line)
        depth, string = _open_after(line, depth, string)
    return lines


def _open_after(line: str, depth: int, string: str) -> tuple[int, str]:
    """Return how many brackets are open at the end of a line, and the quotes of the string that goes on."""
    place = 0
    while place < len(line):
        sign = line[place]
        if string:
            if sign == "\\":
                place += 1
            elif line.startswith(string, place):
                place += len(string) - 1
                string = ""
        elif sign in "\"'`":
            string = sign * 3 if line.startswith(sign * 3, place) else sign
            place += len(string) - 1
        elif sign == "#":
            break
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth = max(depth - 1, 0)
        place += 1
    return depth, string
