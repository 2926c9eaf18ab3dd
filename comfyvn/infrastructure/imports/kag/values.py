"""Conditions and assignments of TJS and JavaScript in the studio's language, and names of variables."""

import re
from typing import Final

from comfyvn.infrastructure.imports.expressions import assignment, expression

_VARIABLE: Final = re.compile(r"\b(?P<scope>sf|tf|f|mp)\s*\.\s*(?P<name>[A-Za-z_\u0080-\uffff][\w]*)")
_ASSIGNED: Final = re.compile(r"(?P<name>\$\w+)\s*(?P<operator>[-+*/%]?=(?!=))\s*(?P<value>.+)", re.DOTALL)
_STEP: Final = re.compile(r"(?:(?P<before>\+\+|--)\s*)?(?P<name>\$\w+)\s*(?P<after>\+\+|--)?")
_TEXT: Final = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""")


def marked(source: str) -> str:
    """Return a source whose variables are one word each, with a sign before it: ``f.hp`` is ``$f_hp``."""
    pieces = _TEXT.split(source)
    for at in range(0, len(pieces), 2):
        pieces[at] = _VARIABLE.sub(lambda found: f"${found['scope']}_{found['name']}", pieces[at])
    return "".join(pieces)


def condition(source: str) -> str | None:
    """Return a condition or value; None where it is outside the language."""
    return expression(marked(source))


def assignments(source: str) -> list[str] | None:
    """Return the assignments of a statement or several; None where one of them is outside the language."""
    found: list[str] = []
    for part in _statements(marked(source)):
        made = None
        if whole := _ASSIGNED.fullmatch(part):
            made = assignment(whole["name"], whole["operator"], whole["value"])
        elif (step := _STEP.fullmatch(part)) and (step["before"] or step["after"]):
            made = assignment(step["name"], f"{(step['before'] or step['after'])[0]}=", "1")
        if made is None:
            return None
        found.append(made)
    return found


def _statements(source: str) -> list[str]:
    pieces = _TEXT.split(source)
    rows = [""]
    for at, piece in enumerate(pieces):
        first, *others = piece.split(";") if at % 2 == 0 else [piece]
        rows[-1] += first
        rows += others
    return [row.strip() for row in rows if row.strip()]
