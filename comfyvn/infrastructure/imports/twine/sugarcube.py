"""SugarCube 2: macros in double angle brackets."""

import re
from collections.abc import Iterator
from typing import Final

from comfyvn.infrastructure.imports.expressions import assignment, expression
from comfyvn.infrastructure.imports.twine.pieces import (
    Assigned,
    Branch,
    Gone,
    Kept,
    Link,
    Mark,
    Note,
    Piece,
    Words,
)
from comfyvn.infrastructure.imports.twine.scanning import MAX_DEPTH, Source, Styles, common, joined, link, quoted

_LINK: Final = re.compile(r"\[\[(?P<inside>(?:[^\[\]]|\[(?!\[)|\](?![\[\]]))*)\](?:\[(?P<setter>[^\]]*)\])?\]")
_IMAGE: Final = re.compile(r"\[[<>]?img\[[^\]]*\](?:\[[^\]]*\])*\]")
_MACRO: Final = re.compile(
    r"""<<(?P<end>/?)(?P<name>[A-Za-z][\w-]*|=|-)(?P<given>(?:\s*(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|>(?!>)|[^>"'])+)?)>>"""
)
_VARIABLE: Final = re.compile(r"[$][A-Za-z_]\w*(?P<more>(?:\.\w+|\[[^\]]*\])*)")
_SET: Final = re.compile(r"(?P<name>[$_]\w+)\s*(?P<operator>\bto\b|[-+*/%]=|=(?!=))\s*(?P<value>.+)", re.DOTALL)
_STEP: Final = re.compile(r"(?:(?P<before>\+\+|--)\s*)?(?P<name>\$\w+)\s*(?P<after>\+\+|--)?")
_CONTAINERS: Final = frozenset(
    "if link button click silently nobr linkappend linkprepend linkreplace for switch script widget createplaylist "
    "timed repeat type append prepend replace copy done capture actions cycle listbox".split()
)
_UNREAD: Final = frozenset("for switch script widget timed repeat capture createplaylist cycle listbox".split())


def pieces(text: str, line: int) -> tuple[Piece, ...]:
    """Return what a passage holds."""
    source = Source(text, line)
    found, _ = _until(source, (), 0)
    return found


def _until(source: Source, ends: tuple[str, ...], depth: int) -> tuple[tuple[Piece, ...], re.Match[str] | None]:
    """Return what stands before the first macro of `ends`, and that macro."""
    styles = Styles({"''": "b", "//": "i", "__": "u", "==": "s"})
    found: list[Piece] = []
    while not source.over:
        at = source.line()
        if source.text.startswith("<<", source.at) and source.holds(">>") and (macro := source.match(_MACRO)):
            name = macro["end"] + macro["name"].lower()
            if name in ends:
                return joined(found), macro
            found += _macro(source, macro, at, depth)
        elif image := source.match(_IMAGE):
            found.append(Kept(image[0], "image", at))
        elif inside := source.match(_LINK):
            setter = [*_assigned(inside["setter"] or "", inside[0], at)] if inside["setter"] else []
            found.append(link(inside["inside"], at, setter))
        elif (note := source.between("/*", "*/")) is not None or (note := source.between("/%", "%/")) is not None:
            found.append(Note(note.strip(), at))
        elif variable := source.match(_VARIABLE):
            shown = expression(variable[0]) if variable["more"] else variable[0][1:]
            found.append(Words(variable[0], at) if shown is None else Mark(f"[{shown}]", at))
        else:
            found += common(source, styles)
    return joined(found), None


def _macro(source: Source, macro: re.Match[str], line: int, depth: int) -> Iterator[Piece]:
    name, given = macro["name"].lower(), macro["given"].strip()
    if macro["end"]:
        yield Kept(macro[0], "macro end", line)
    elif name in _UNREAD or depth >= MAX_DEPTH:
        yield Kept(_whole(source, macro, name), f"macro {name}", line)
    elif name == "if":
        yield from _branch(source, macro, line, depth)
    elif name in ("link", "button", "click"):
        yield from _link(source, macro, line, depth)
    elif name in _CONTAINERS:
        held, _ = _until(source, (f"/{name}",), depth + 1)
        yield from held
    elif name == "set":
        yield from _assigned(given, macro[0], line)
    elif name in ("goto", "include", "display") and (target := _target(given)) is not None:
        yield Gone(target, line, returns=name != "goto")
    elif name in ("print", "=", "-") and (shown := expression(given)) is not None:
        yield Mark(f"[{shown}]", line)
    else:
        yield Kept(macro[0], f"macro {name}", line)


def _whole(source: Source, macro: re.Match[str], name: str) -> str:
    """Return a macro with all up to its end, and go past it."""
    if name not in _CONTAINERS:
        return macro[0]
    end = source.text.find(f"<</{name}>>", source.at)
    if end < 0:
        return macro[0]
    source.line()
    source.at = end + len(name) + 5
    return source.text[macro.start() : source.at]


def _target(given: str) -> str | None:
    """Return the passage that an argument names: in quotes, as a link, or as a bare word."""
    if given.startswith("[[") and given.endswith("]]"):
        return link(given[2:-2], 0).target
    return quoted(given) or (given if given and given[0] not in "$_`\"'" and " " not in given else None)


def _assigned(given: str, whole: str, line: int) -> Iterator[Piece]:
    for part in _statements(given):
        made = None
        if found := _SET.fullmatch(part):
            made = assignment(found["name"], found["operator"], found["value"])
        elif (found := _STEP.fullmatch(part)) and (found["before"] or found["after"]):
            made = assignment(found["name"], f"{(found['before'] or found['after'])[0]}=", "1")
        yield Assigned(made, line) if made else Kept(whole, "macro set", line)


def _statements(given: str) -> list[str]:
    parts = re.split(r"""[,;](?=(?:[^"']|"[^"]*"|'[^']*')*$)""", given) if len(given) < 2_000 else [given]
    whole = [part.strip() for part in parts if part.strip()]
    return whole if all(_SET.fullmatch(part) or _STEP.fullmatch(part) for part in whole) else [given.strip()]


def _branch(source: Source, macro: re.Match[str], line: int, depth: int) -> Iterator[Piece]:
    arms: list[tuple[str | None, tuple[Piece, ...]]] = []
    head: re.Match[str] | None = macro
    while head is not None and not head["end"]:
        name = head["name"].lower()
        condition = None if name == "else" else expression(head["given"])
        kept: tuple[Piece, ...] = ()
        if condition is None and name != "else":
            yield Kept(head[0], f"macro {name}", line)
            condition = "False"
        held, head = _until(source, ("elseif", "else", "/if", "/endif"), depth + 1)
        arms.append((condition, (*kept, *held)))
    yield Branch(tuple(arms), line)


def _link(source: Source, macro: re.Match[str], line: int, depth: int) -> Iterator[Piece]:
    held, _ = _until(source, (f"/{macro['name'].lower()}",), depth + 1)
    given = macro["given"].strip()
    leaving = next((piece for piece in held if isinstance(piece, Gone) and not piece.returns), None)
    inside = tuple(piece for piece in held if piece is not leaving)
    if given.startswith("[[") and given.endswith("]]"):
        named = link(given[2:-2], line)
        yield Link(named.text, named.target, line, inside)
        return
    words = re.findall(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", given)
    text = quoted(words[0]) if words else None
    target = quoted(words[1]) if len(words) > 1 else (leaving.target if leaving else None)
    if text is None:
        yield Kept(macro[0], "macro link", line)
        yield from held
    elif target is None:
        yield Words(text, line)
        yield from held
    else:
        yield Link(text, target, line, inside)
