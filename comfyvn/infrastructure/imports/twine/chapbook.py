"""Chapbook 2: variables above two dashes, modifiers on lines of their own, inserts in curly brackets. And Snowman 2."""

import re
from collections.abc import Iterator
from typing import Final

from comfyvn.infrastructure.imports.expressions import assignment, expression
from comfyvn.infrastructure.imports.twine.pieces import Assigned, Branch, Gone, Kept, Mark, Note, Piece
from comfyvn.infrastructure.imports.twine.scanning import LINK, Source, Styles, common, joined, link, quoted

_VARIABLE: Final = re.compile(r"^(?P<name>[A-Za-z_][\w.]*)(?:\s*\((?P<condition>.*)\))?\s*:\s*(?P<value>.*)$")
_MODIFIER: Final = re.compile(r"^\[(?P<words>[^\[\]]+)\]$")
_INSERT: Final = re.compile(r"\{(?P<words>[^{}\n]+)\}")
_NAMES: Final = re.compile(r"(?<![\w$.\"'])([A-Za-z_]\w*)(?![\w(.])")
_OWN: Final = frozenset("and or not in is true false null True False None".split())
_EMBED: Final = re.compile(r"embed passage(?: named)?:\s*(?P<name>.+)", re.IGNORECASE)
_STATE: Final = re.compile(r"\b(?:window\.story\.state|story\.state|s)\.(\w+)")


def pieces(text: str, line: int) -> tuple[Piece, ...]:
    """Return what a passage of Chapbook holds."""
    found: list[Piece] = []
    head, dashes, body = text.partition("\n--\n")
    if dashes or text.endswith("\n--"):
        for number, row in enumerate(head.removesuffix("\n--").split("\n")):
            found += _variable(row, line + number if line else 0)
        line = line + head.count("\n") + 2 if line else 0
    else:
        body = text
    rows = _Rows()
    for number, row in enumerate(body.split("\n")):
        at = line + number if line else 0
        modifier = _MODIFIER.match(row.strip())
        if modifier:
            rows.modify(modifier["words"].strip(), row, at)
        else:
            rows.target += _row(row + "\n", at)
    rows.close()
    return joined([*found, *rows.found])


class _Rows:
    """The pieces of a passage; those below a condition lie in the last arm until something ends it."""

    def __init__(self) -> None:
        self.found: list[Piece] = []
        self.target = self.found
        self._arms: list[tuple[str | None, list[Piece]]] = []
        self._line = 0

    def modify(self, words: str, row: str, line: int) -> None:
        kind, _, rest = words.partition(" ")
        kind = kind.lower()
        if kind in ("if", "unless"):
            self.close()
            self._line = line
            condition = _read(rest)
            if condition is None:
                self.found.append(Kept(row, f"modifier {kind}", line))
                condition = "False"
            self._arm(f"not ({condition})" if kind == "unless" else condition)
        elif kind == "else" and self._arms:
            self._arm(None)
        elif kind in ("continue", "cont", "continued"):
            self.close()
        elif kind in ("note", "n.b.", "fixme", "todo"):
            self.target.append(Note(words, line))
        else:
            self.target.append(Kept(row, f"modifier {kind}", line))

    def _arm(self, condition: str | None) -> None:
        self.target = []
        self._arms.append((condition, self.target))

    def close(self) -> None:
        if self._arms:
            self.found.append(Branch(tuple((condition, joined(held)) for condition, held in self._arms), self._line))
        self._arms, self.target = [], self.found


def _variable(row: str, line: int) -> Iterator[Piece]:
    if not row.strip():
        return
    found = _VARIABLE.match(row.strip())
    made = assignment(found["name"], "to", _marked(found["value"])) if found and not found["condition"] else None
    yield Assigned(made, line) if made else Kept(row, "variable", line)


def _read(source: str) -> str | None:
    return expression(_marked(source))


def _marked(source: str) -> str:
    """Return an expression whose names are plain words with the sign before them that the other formats have."""
    return _NAMES.sub(lambda name: name[1] if name[1] in _OWN else f"${name[1]}", source.strip())


def _row(text: str, line: int) -> Iterator[Piece]:
    source = Source(text, line)
    styles = Styles({"**": "b", "__": "b", "*": "i", "~~": "s"})
    while not source.over:
        if inside := source.match(LINK):
            yield link(inside["inside"], line)
        elif insert := source.match(_INSERT):
            words = insert["words"].strip()
            embedded = _EMBED.fullmatch(words)
            name = quoted(embedded["name"]) if embedded else None
            shown = _read(words) if embedded is None else None
            if name is not None:
                yield Gone(name, line, returns=True)
            else:
                yield Kept(insert[0], "insert", line) if shown is None else Mark(f"[{shown}]", line)
        else:
            yield from common(source, styles)


def snowman(text: str, line: int) -> tuple[Piece, ...]:
    """Return what a passage of Snowman holds; its templates are code, and only plain values are read."""
    source = Source(text, line)
    styles = Styles({"**": "b", "*": "i"})
    found: list[Piece] = []
    while not source.over:
        at = source.line()
        if inside := source.match(LINK):
            found.append(link(inside["inside"], at))
        elif (template := source.between("<%", "%>")) is not None:
            words = _STATE.sub(r"$\1", template.lstrip("=-").strip())
            showing = template.startswith("=")
            shown = expression(words) if showing else None
            made = None if showing else re.fullmatch(r"(\$\w+)\s*=\s*([^=;][^;]*);?", words)
            source_text = assignment(made[1], "to", made[2]) if made else None
            if shown is not None:
                found.append(Mark(f"[{shown}]", at))
            elif source_text is not None:
                found.append(Assigned(source_text, at))
            else:
                found.append(Kept(f"<%{template}%>", "template", at))
        else:
            found += common(source, styles)
    return joined(found)
