"""Animation blocks (ATL) of compiled scripts back to source lines. Class names are those of the engine's parser."""

from collections.abc import Iterator, Sequence
from typing import Any

from comfyvn.infrastructure.imports.renpy.inert import fields, items, kind, pairs, text

Line = tuple[int, str]
"""Depth and text."""

MAX_DEPTH = 60


def lines(block: object, depth: int = 0) -> Iterator[Line]:
    """Yield the lines of a block; ``pass`` for an empty one."""
    given = fields(block)
    if depth > MAX_DEPTH:
        yield depth, "pass"
        return
    if given.get("animation"):
        yield depth, "animation"
    statements = items(given.get("statements"))
    for statement in statements:
        yield from _statement(statement, depth)
    if not statements:
        yield depth, "pass"


def _statement(statement: object, depth: int) -> Iterator[Line]:
    given = fields(statement)
    match kind(statement):
        case "RawMultipurpose":
            yield depth, _changes(given)
        case "RawContainsExpr":
            yield depth, f"contains {text(given.get('expression'))}"
        case "RawChild":
            yield from _blocks("contains", items(given.get("children")), depth)
        case "RawParallel":
            yield from _blocks("parallel", items(given.get("blocks")), depth)
        case "RawChoice":
            for chance, block in pairs(given.get("choices")):
                chosen = text(chance)
                yield from _blocks("choice" if chosen in (None, "1.0") else f"choice {chosen}", [block], depth)
        case "RawOn":
            for name, block in pairs(given.get("handlers")):
                yield from _blocks(f"on {text(name)}", [block], depth)
        case "RawBlock":
            yield from _blocks("block", [statement], depth)
        case name if name in _ONE_WORD:
            word, field = _ONE_WORD[name]
            yield depth, f"{word} {text(given.get(field)) or ''}".rstrip()
        case _:
            yield depth, "pass"


_ONE_WORD = {
    "RawRepeat": ("repeat", "repeats"),
    "RawTime": ("time", "time"),
    "RawEvent": ("event", "name"),
    "RawFunction": ("function", "expr"),
}


def _blocks(head: str, blocks: Sequence[Any], depth: int) -> Iterator[Line]:
    for block in blocks:
        yield depth, f"{head}:"
        yield from lines(block, depth + 1)


def _changes(given: Any) -> str:
    """Return an interpolation, or a plain list of properties and expressions."""
    words: list[str] = []
    duration = text(given.get("duration"))
    if text(given.get("warper")):
        words += [str(text(given.get("warper"))), duration or "0"]
    elif text(given.get("warp_function")):
        words += ["warp", str(text(given.get("warp_function"))), duration or "0"]
    if text(given.get("revolution")):
        words.append(str(text(given.get("revolution"))))
    if text(given.get("circles")) not in (None, "0"):
        words.append(f"circles {text(given.get('circles'))}")
    for name, value in pairs(given.get("properties")):
        words.append(f"{text(name)} {text(value)}")
    for name, knots in pairs(given.get("splines")):
        *through, end = [text(knot) or "" for knot in items(knots)] or [""]
        words += [f"{text(name)} {end}", *(f"knot {knot}" for knot in through)]
    for expression, transition in pairs(given.get("expressions")):
        words.append(text(expression) or "")
        if text(transition):
            words.append(f"with {text(transition)}")
    return " ".join(words) or "pass"
