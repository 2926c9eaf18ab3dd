"""The statements of Ink files: comments away, included files in their place, what stands in braces in one piece."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

MAX_INCLUDED: Final = 500
"""Files that one story includes."""
MAX_STATEMENT: Final = 20_000
"""Characters of a statement with all that stands in its braces; a longer one is kept as code."""

_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)|//[^\n]*", re.DOTALL)
_INCLUDE: Final = re.compile(r"\s*INCLUDE\s+(?P<name>\S.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A statement: its words, and where it begins."""

    text: str
    line: int
    file: str = ""


def without_comments(text: str) -> str:
    """Return source without its comments, line by line where it was."""
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)


def pieces(name: str, read: Callable[[str], str | None]) -> Iterator[Piece]:
    """Yield the statements of a file and of those that it includes, which `read` gives by their names."""
    seen: set[str] = set()
    waiting: list[Iterator[Piece]] = [_file(name, read, seen)]
    while waiting:
        piece = next(waiting[-1], None)
        if piece is None:
            waiting.pop()
        elif piece.line and (found := _INCLUDE.fullmatch(piece.text)) and len(seen) < MAX_INCLUDED:
            waiting.append(_file(_beside(name, found["name"]), read, seen))
        else:
            yield piece


def _beside(name: str, other: str) -> str:
    """Return the name of an included file: they are named from where the first file lies."""
    parts: list[str] = name.split("/")[:-1]
    for part in other.replace("\\", "/").split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _file(name: str, read: Callable[[str], str | None], seen: set[str]) -> Iterator[Piece]:
    if name in seen:
        return
    seen.add(name)
    text = read(name)
    if text is None:
        yield Piece(f"INCLUDE {name}", 0, name)
        return
    held: list[str] = []
    begun = depth = length = 0
    for number, row in enumerate(without_comments(text).split("\n"), 1):
        begun = begun if held else number
        held.append(row)
        length += len(row) + 1
        depth += _opened(row)
        if depth <= 0 or length > MAX_STATEMENT:
            yield Piece("\n".join(held).strip(), begun, name)
            held, depth, length = [], 0, 0
    if held:
        yield Piece("\n".join(held).strip(), begun, name)


def _opened(row: str) -> int:
    bare = re.sub(r"\\.", "", row)
    return bare.count("{") - bare.count("}")


def included(texts: Mapping[str, str]) -> set[str]:
    """Return the files that other files include."""
    found: set[str] = set()
    for name, text in texts.items():
        for row in without_comments(text).split("\n"):
            if match := _INCLUDE.fullmatch(row):
                found.add(_beside(name, match["name"]))
    return found
