"""Harlowe 3: macros in round brackets, hooks in square ones."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from comfyvn.infrastructure.imports.expressions import assignment, expression
from comfyvn.infrastructure.imports.twine.pieces import Assigned, Branch, Gone, Kept, Link, Mark, Piece, Words
from comfyvn.infrastructure.imports.twine.scanning import (
    LINK,
    MAX_DEPTH,
    Source,
    Styles,
    arguments,
    closing,
    common,
    joined,
    link,
    quoted,
)

_MACRO: Final = re.compile(r"\((?P<name>[A-Za-z][\w-]*):")
_VARIABLE: Final = re.compile(r"\$[A-Za-z_]\w*(?!['\u2019]s\b)")
_SPACE: Final = re.compile(r"\s*")
_BACKTICKS: Final = re.compile(r"`+")
_SET: Final = re.compile(r"(?P<name>[$_]\w+)\s+to\s+(?P<value>.+)", re.DOTALL)
_PUT: Final = re.compile(r"(?P<value>.+)\s+into\s+(?P<name>[$_]\w+)", re.DOTALL)
_ELSE: Final = frozenset({"else", "elseif"})


def pieces(text: str, line: int, depth: int = 0) -> tuple[Piece, ...]:
    """Return what a passage holds."""
    source = Source(text, line)
    styles = Styles({"''": "b", "//": "i", "~~": "s"})
    found: list[Piece] = []
    while not source.over:
        at = source.line()
        if inside := source.match(LINK):
            found.append(link(inside["inside"], at))
        elif run := _BACKTICKS.match(text, source.at):
            verbatim = source.between(run[0], run[0])
            found.append(Words(run[0] if verbatim is None else verbatim, at))
            source.at = run.end() if verbatim is None else source.at
        elif _MACRO.match(text, source.at):
            found += _macro(source, found, depth)
        elif variable := source.match(_VARIABLE):
            found.append(Mark(f"[{variable[0][1:]}]", at))
        else:
            found += common(source, styles)
    return joined(found)


def _macro(source: Source, before: list[Piece], depth: int) -> Iterator[Piece]:
    line, begun = source.line(), source.at
    opened = _MACRO.match(source.text, begun)
    end = closing(source.text, begun + 1, "(", ")")
    if opened is None or end is None or depth >= MAX_DEPTH:
        source.at = len(source.text)
        yield Kept(source.text[begun:], "unclosed macro", line)
        return
    name = opened["name"].lower().replace("-", "").replace("_", "")
    given = source.text[opened.end() : end - 1]
    head = source.text[begun:end]
    source.at = end
    hook = _hook(source, depth)
    match name:
        case "set" | "put":
            yield from _assigned(name, given, head, line)
        case "if" | "unless" | "elseif" | "else" if hook is not None:
            yield from _branch(source, name, given, head, hook, before, line)
        case "link" | "linkgoto" | "linkreveal" | "linkrevealgoto" | "linkreplace" | "linkrepeat":
            yield from _link(arguments(given), hook, head, line)
        case "goto" | "display" if (target := quoted(given)) is not None:
            yield Gone(target, line, returns=name == "display")
        case "print" if (shown := expression(given)) is not None:
            yield Mark(f"[{shown}]", line)
        case _:
            yield Kept(head, f"macro {opened['name']}", line)
            yield from hook or ()


def _hook(source: Source, depth: int) -> tuple[Piece, ...] | None:
    """Return what the hook at the place holds, and go past it; None where there is none."""
    space = _SPACE.match(source.text, source.at)
    at = source.at if space is None else space.end()
    if not source.text.startswith("[", at) or source.text.startswith("[[", at):
        return None
    end = source.closed.get(at)
    if end is None:
        return None
    source.at = at + 1
    line = source.line()
    held = pieces(source.text[at + 1 : end - 1], line, depth + 1)
    source.at = end
    return held


def _assigned(name: str, given: str, head: str, line: int) -> Iterator[Piece]:
    for part in arguments(given):
        found = (_SET if name == "set" else _PUT).fullmatch(part)
        made = found and assignment(found["name"], "to", found["value"])
        yield Assigned(made, line) if made else Kept(head, f"macro {name}", line)


def _branch(
    source: Source, name: str, given: str, head: str, hook: tuple[Piece, ...], before: list[Piece], line: int
) -> Iterator[Piece]:
    condition = None if name == "else" else expression(given)
    if condition is None and name != "else":
        yield Kept(head, f"macro {name}", line)
        condition = "False"
    if name == "unless":
        condition = f"not ({condition})"
    earlier = before[-1] if before else None
    if isinstance(earlier, Words) and not earlier.text.strip() and len(before) > 1:
        earlier = before[-2]
    if name in _ELSE and isinstance(earlier, Branch) and earlier.arms[-1][0] is not None:
        before[before.index(earlier)] = replace(earlier, arms=(*earlier.arms, (condition, hook)))
        return
    yield Branch(((condition, hook),), line)


def _link(given: Sequence[str], hook: tuple[Piece, ...] | None, head: str, line: int) -> Iterator[Piece]:
    text = quoted(given[0])
    target = quoted(given[1]) if len(given) > 1 else None
    leaving = next((p for p in hook or () if isinstance(p, Gone) and not p.returns), None)
    if text is None:
        yield Kept(head, "macro link", line)
        yield from hook or ()
    elif target is not None or leaving is not None:
        inside = tuple(p for p in hook or () if p is not leaving)
        yield Link(text, target or (leaving.target if leaving else None), line, inside)
    elif hook is None and len(given) == 1:
        yield Link(text, text, line)
    else:
        yield Words(text, line)
        yield from hook or ()
