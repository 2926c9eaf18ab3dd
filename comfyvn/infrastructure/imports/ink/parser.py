"""What the statements of Ink say."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from comfyvn.infrastructure.imports.ink.source import MAX_STATEMENT, Piece

MAX_DEPTH: Final = 30
"""Braces inside each other; what is deeper stays as it stands."""


@dataclass(frozen=True, slots=True)
class Words:
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The value of an expression."""

    source: str


@dataclass(frozen=True, slots=True)
class Glue:
    """What stands before and behind is one line."""


@dataclass(frozen=True, slots=True)
class Divert:
    """A way: through all tunnels but the last one, which is gone to for good unless `returns`. ``->->`` has none."""

    targets: tuple[str, ...]
    returns: bool = False


@dataclass(frozen=True, slots=True)
class Either:
    """Arms with conditions (None: else); those of a `block` stand on lines of their own."""

    arms: tuple[tuple[str | None, tuple["Statement", ...]], ...]
    block: bool = False


@dataclass(frozen=True, slots=True)
class Turns:
    """Arms that take turns: ``stopping``, ``cycle``, ``once`` or ``shuffle``."""

    kind: str
    arms: tuple[tuple["Statement", ...], ...]
    block: bool = False


Item: TypeAlias = Words | Shown | Glue | Divert | Either | Turns


@dataclass(frozen=True, slots=True)
class Line:
    """Content; without `ends` it is a part of a line."""

    items: tuple[Item, ...]
    line: int
    tags: tuple[str, ...] = ()
    ends: bool = True
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Logic:
    """A line of code behind a tilde."""

    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement that is not read."""

    kind: str
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Gather:
    depth: int
    label: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Choice:
    """`first` stands in the option and in the line that is said when it is picked, `option` and `said` in one."""

    depth: int
    once: bool
    label: str | None
    conditions: tuple[str, ...]
    first: tuple[Item, ...]
    option: tuple[Item, ...]
    said: tuple[Item, ...]
    tags: tuple[str, ...]
    line: int
    raw: str = ""


Statement: TypeAlias = Line | Logic | Kept | Gather | Choice


@dataclass(slots=True)
class Knot:
    """A knot, stitch or function with its statements; `stitches` are those of a knot, in order."""

    name: str
    line: int = 0
    file: str = ""
    parameters: tuple[str, ...] = ()
    function: bool = False
    statements: list[Statement] = field(default_factory=list)
    stitches: dict[str, "Knot"] = field(default_factory=dict)


_KNOT: Final = re.compile(
    r"={2,}\s*(?P<function>function\s+)?(?P<name>[^\W]\w*)\s*(?:\((?P<parameters>[^()]*)\))?\s*=*\s*"
)
_STITCH: Final = re.compile(r"=\s*(?P<name>[^\W]\w*)\s*(?:\((?P<parameters>[^()]*)\))?\s*")
_DECLARED: Final = re.compile(r"(VAR|CONST|LIST|EXTERNAL|INCLUDE)\b.*", re.DOTALL)
_MARKS: Final = re.compile(r"(?:[*+][ \t]*)+|(?:-(?!>)[ \t]*)+")
_LABEL: Final = re.compile(r"\(\s*([^\W]\w*)\s*\)[ \t]*")
_KINDS: Final = re.compile(r"\s*(stopping|cycle|once|shuffle(?:\s+(?:once|stopping))?)\s*:", re.IGNORECASE)
_TARGET: Final = re.compile(r"\s*([^\W][\w.]*(?:\s*\([^()\n]*\))?)?[ \t]*")
_OPERAND: Final = re.compile(r"!\s*[\w(]+\s*(?:$|[=!<>&|(.])")
"""How an expression begins that looks like words to be said once."""
_ARM: Final = re.compile(r"\s*-(?!>)")


def knots_of(found: Iterator[Piece]) -> tuple[Knot, dict[str, Knot], list[Kept]]:
    """Return what stands before the first knot, the knots by name, and the declarations."""
    top = Knot("")
    here = top
    knots: dict[str, Knot] = {}
    declared: list[Kept] = []
    owner: Knot | None = None
    for piece in found:
        text = piece.text
        if match := _KNOT.fullmatch(text) if text.startswith("==") else None:
            here = owner = Knot(
                match["name"], piece.line, piece.file, _parameters(match["parameters"]), bool(match["function"])
            )
            knots.setdefault(here.name, here)
        elif owner is not None and text.startswith("=") and (match := _STITCH.fullmatch(text)):
            here = Knot(match["name"], piece.line, piece.file, _parameters(match["parameters"]))
            owner.stitches.setdefault(here.name, here)
        elif len(text) > MAX_STATEMENT:
            here.statements.append(Kept("long statement", text, piece.line))
        elif match := _DECLARED.fullmatch(text):
            declared.append(Kept(match[1], text, piece.line))
        else:
            here.file = here.file or piece.file
            here.statements += statements(text, piece.line)
    return top, knots, declared


def _parameters(source: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (source or "").split(",") if part.strip())


def statements(text: str, line: int, depth: int = 0) -> Iterator[Statement]:
    """Yield what one piece of source says: a gather may have content or a choice on its line."""
    text = text.strip()
    if not text or text.startswith("TODO:"):
        return
    if text.startswith("~"):
        yield Logic(text[1:].strip(), line)
        return
    if text.startswith("<-"):
        yield Kept("thread", text, line)
        return
    marks = _MARKS.match(text)
    if marks is None:
        yield _line(text, line, depth)
        return
    rest = text[marks.end() :]
    label = _LABEL.match(rest)
    if marks[0][0] == "-":
        yield Gather(marks[0].count("-"), label[1] if label else None, line)
        yield from statements(rest[label.end() :] if label else rest, line, depth)
        return
    yield _choice(marks[0], label[1] if label else None, rest[label.end() :] if label else rest, line, depth, text)


def _line(text: str, line: int, depth: int) -> Line:
    words, tags = _tagged(text)
    return Line(items(words, line, depth), line, tags, raw=text)


def _choice(marks: str, label: str | None, rest: str, line: int, depth: int, raw: str) -> Choice:
    conditions: list[str] = []
    while rest.startswith("{"):
        end = _closed(rest, 0)
        inner = "" if end is None else rest[1 : end - 1]
        if end is None or _has_parts(inner):
            break
        conditions.append(inner.strip())
        rest = rest[end:].lstrip()
    opened, closed = _bracket(rest)
    parts = (rest, "", "") if closed is None else (rest[:opened], rest[opened + 1 : closed], rest[closed + 1 :])
    (first, tags), (option, more), (said, others) = map(_tagged, parts)
    divert = re.search(r"->", first) if closed is None else None
    if divert:
        first, said = first[: divert.start()], first[divert.start() :]
    return Choice(
        depth=marks.count("*") + marks.count("+"),
        once=marks[0] == "*",
        label=label,
        conditions=tuple(conditions),
        first=items(first, line, depth),
        option=items(option, line, depth),
        said=items(said, line, depth),
        tags=(*tags, *more, *others),
        line=line,
        raw=raw,
    )


def _bracket(words: str) -> tuple[int, int | None]:
    """Return where the first bracket outside of braces stands and where it is closed."""
    depth, opened, at = 0, -1, 0
    while at < len(words):
        sign = words[at]
        if sign == "\\":
            at += 1
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
        elif sign == "[" and depth == 0 and opened < 0:
            opened = at
        elif sign == "]" and depth == 0 and opened >= 0:
            return opened, at
        at += 1
    return opened, None


def _tagged(text: str) -> tuple[str, tuple[str, ...]]:
    """Return content and the tags behind it."""
    depth, at = 0, 0
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 1
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
        elif sign == "#" and depth == 0:
            end = text.find("->", at)
            behind = "" if end < 0 else text[end:]
            tags = text[at:] if end < 0 else text[at:end]
            return text[:at].rstrip() + (" " + behind if behind else ""), tuple(
                tag.strip() for tag in tags.split("#") if tag.strip()
            )
        at += 1
    return text, ()


def _closed(text: str, at: int) -> int | None:
    """Return the place behind the brace that closes the one at a place."""
    depth = 0
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 1
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
            if depth == 0:
                return at + 1
        at += 1
    return None


def _pairs(text: str) -> dict[int, int]:
    """Return the places behind the braces that close others, by the places of those."""
    found: dict[int, int] = {}
    opened: list[int] = []
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == "{":
            opened.append(at)
        elif text[at] == "}" and opened:
            found[opened.pop()] = at + 1
        at += 1
    return found


def _parts(inner: str, sign: str) -> list[str]:
    """Return what stands between signs that are outside of braces, brackets and quotes."""
    found: list[str] = []
    depth, begun, at, quoted = 0, 0, 0, False
    while at < len(inner):
        char = inner[at]
        if char == "\\":
            at += 1
        elif char == '"' and sign == ":":
            quoted = not quoted
        elif char in "{(" and not quoted:
            depth += 1
        elif char in "})" and not quoted:
            depth -= 1
        elif char == sign and depth <= 0 and not quoted:
            found.append(inner[begun:at])
            begun = at + 1
            if sign == ":":
                break
        at += 1
    return [*found, inner[begun:]]


def _has_parts(inner: str) -> bool:
    return "\n" in inner or len(_parts(inner, ":")) > 1 or (len(_parts(inner, "|")) > 1 and "||" not in inner)


def items(text: str, line: int, depth: int = 0) -> tuple[Item, ...]:
    """Return what content is made of."""
    found: list[Item] = []
    words: list[str] = []

    def put(item: Item) -> None:
        if words:
            found.append(Words("".join(words)))
            words.clear()
        found.append(item)

    closed = _pairs(text)
    lines = 0
    at = 0
    while at < len(text):
        lines += text[at] == "\n"
        if text[at] == "\\":
            words.append(text[at + 1 : at + 2])
            at += 2
        elif text[at] == "{" and depth < MAX_DEPTH and (end := closed.get(at)) is not None:
            put(_braces(text[at + 1 : end - 1], line + lines, depth + 1))
            lines += text.count("\n", at, end)
            at = end
        elif text.startswith("<>", at):
            put(Glue())
            at += 2
        elif text.startswith("->", at):
            divert, at = _divert(text, at)
            put(divert)
        else:
            words.append(text[at])
            at += 1
    if words:
        found.append(Words("".join(words)))
    return tuple(found)


def _divert(text: str, at: int) -> tuple[Divert, int]:
    targets: list[str] = []
    while text.startswith("->", at):
        if text.startswith("->->", at) and not targets:
            return Divert(()), at + 4
        found = _TARGET.match(text, at + 2)
        at = at + 2 if found is None else found.end()
        if found is None or found[1] is None:
            return Divert(tuple(targets), returns=True), at
        targets.append(re.sub(r"\s+", "", found[1]))
    return Divert(tuple(targets)), at


def _braces(inner: str, line: int, depth: int) -> Item:
    kind = _KINDS.match(inner)
    if kind and "\n" in inner:
        arms = [arm for _, arm in _arms(inner[kind.end() :], line, depth)]
        return Turns(kind[1].lower().split()[0], tuple(arms[1:]), block=True)
    if "\n" in inner and _ARM.match(inner):
        return _block("", inner, line, depth)
    head, *rest = _parts(inner, ":")
    if rest and len(_parts(head.replace("||", ""), "|")) == 1:
        if "\n" in inner:
            return _block(head.strip(), rest[0], line, depth)
        parts = _parts(rest[0], "|")[:2]
        return Either(tuple((None if n else head.strip(), _inline(part, line, depth)) for n, part in enumerate(parts)))
    signs = {"&": "cycle", "!": "once", "~": "shuffle", "$": "stopping"}
    bare = inner.lstrip()
    sign = signs.get(bare[:1], "")
    parts = _parts(bare[1:] if sign else inner, "|")
    if len(parts) == 1 and (not sign or _OPERAND.match(bare)):
        return Shown(inner.strip())
    return Turns(sign or "stopping", tuple(_inline(part, line, depth) for part in parts))


def _inline(part: str, line: int, depth: int) -> tuple[Statement, ...]:
    found = items(part, line, depth)
    return (Line(found, line, ends=False, raw=part),) if found else ()


def _block(head: str, rest: str, line: int, depth: int) -> Item:
    first, *arms = _arms(rest, line, depth)
    if not head:
        return Either(tuple(arms), block=True)
    if not first[1] and any(condition is not None for condition, _ in arms):
        return Either(tuple((c if c is None else f"({head}) == ({c})", arm) for c, arm in arms), block=True)
    return Either(((head, first[1]), *arms), block=True)


def _arms(text: str, line: int, depth: int) -> Iterator[tuple[str | None, tuple[Statement, ...]]]:
    """Yield the arms of a block; the first holds what stands before the first dash."""
    condition: str | None = None
    held: list[Statement] = []
    for number, piece in _pieces(text, line):
        if arm := _ARM.match(piece):
            yield condition, tuple(held)
            held = []
            head, *rest = _parts(piece[arm.end() :], ":")
            condition = head.strip() if rest else None
            condition = None if condition == "else" else condition
            held += statements(rest[0] if rest else head, number, depth)
        else:
            held += statements(piece, number, depth)
    yield condition, tuple(held)


def _pieces(text: str, line: int) -> Iterator[tuple[int, str]]:
    held: list[str] = []
    depth = 0
    begun = line
    for number, row in enumerate(text.split("\n"), line):
        begun = begun if held else number
        held.append(row)
        bare = re.sub(r"\\.", "", row)
        depth += bare.count("{") - bare.count("}")
        if depth <= 0:
            yield begun, "\n".join(held)
            held, depth = [], 0
    if held:
        yield begun, "\n".join(held)


def contents(found: Sequence[Statement]) -> Iterator[Statement | Item]:
    """Yield statements and items with all those inside them."""
    for statement in found:
        yield statement
        parts: Sequence[Item] = ()
        if isinstance(statement, Line):
            parts = statement.items
        elif isinstance(statement, Choice):
            parts = (*statement.first, *statement.option, *statement.said)
        for item in parts:
            yield item
            if isinstance(item, Either):
                for _, arm in item.arms:
                    yield from contents(arm)
            elif isinstance(item, Turns):
                for arm in item.arms:
                    yield from contents(arm)
