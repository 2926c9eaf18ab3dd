"""Looking into the inert nodes of a compiled script: their fields, and the source text that they hold."""

import re
from collections import ChainMap
from collections.abc import Mapping, Sequence
from typing import Any

from comfyvn.infrastructure.imports.pickled import Inert

MAX_STARS = 20
"""Starred arguments of one call."""

_BLANK = re.compile(r"(?<= ) |[^\S ]|\0")


def kind(node: object) -> str:
    """Return the name of a node's class without its module, or nothing."""
    return node.name.rpartition(".")[2] if isinstance(node, Inert) else ""


def fields(node: object) -> Mapping[Any, Any]:
    """Return the attributes of an object: from its dict, its slots, or both."""
    state = node.state if isinstance(node, Inert) else node
    found = [part for part in state[:2] if isinstance(part, dict)] if isinstance(state, tuple) else [state]
    return found[0] if len(found) == 1 and isinstance(found[0], dict) else ChainMap(*found) if len(found) > 1 else {}


def text(value: object) -> str | None:
    """Return the source that a string, an expression or a piece of code stands for."""
    if isinstance(value, Inert):
        name = kind(value)
        if name == "PyExpr" and value.args:
            value = value.args[0]
        elif name == "PyCode" and isinstance(value.state, tuple) and len(value.state) > 1:
            return text(value.state[1]) if value.state[1] is not value else None
    return value if isinstance(value, str) else None


def items(value: object) -> Sequence[Any]:
    """Return what a list, a tuple, or an object that stands for one holds."""
    if isinstance(value, Inert):
        return value.items or next((given for given in value.args or () if isinstance(given, list | tuple)), ())
    return value if isinstance(value, list | tuple) else ()


def pairs(value: object) -> list[tuple[Any, Any]]:
    """Return the pairs of a dict, of an object that stands for one, or of a list; nothing for what holds others."""
    if isinstance(value, dict):
        return list(value.items())
    found: list[tuple[Any, Any]] = []
    for pair in items(value):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            return []
        found.append((pair[0], pair[1]))
    return found


def line(node: object) -> int:
    """Return the line of a node, 0 where it tells none."""
    number = fields(node).get("linenumber")
    return number if isinstance(number, int) and number > 0 else 0


def quoted(value: object) -> str:
    """Return a text as a string of the script language."""
    plain = (text(value) or "").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + _BLANK.sub(lambda match: "\\ " if match[0] == " " else f"\\u{ord(match[0]):04x}", plain) + '"'


def literal(value: object) -> str:
    """Return a text as a Python string."""
    plain = (text(value) or "").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'


def arguments(value: object) -> str:
    """Return an argument list with its parentheses; nothing for None."""
    if value is None:
        return ""
    given = fields(value)
    starred, doubled = [items(given.get(f"{stars}_indexes"))[:MAX_STARS] for stars in ("starred", "doublestarred")]
    words = []
    for at, (name, expression) in enumerate(pairs(given.get("arguments"))):
        mark = "*" if at in starred else "**" if at in doubled else f"{text(name)}=" if text(name) else ""
        words.append(mark + (text(expression) or ""))
    words += [mark + source for mark, key in (("*", "extrapos"), ("**", "extrakw")) if (source := text(given.get(key)))]
    return f"({', '.join(words)})"


def parameters(value: object) -> str:
    """Return a parameter list with its parentheses; nothing for None."""
    if value is None:
        return ""
    given = fields(value)
    listed = pairs(given.get("parameters"))
    if any(isinstance(one, Inert) and kind(one).endswith("Parameter") for _, one in listed):
        return _signature([one for _, one in listed])
    names = [text(name) or "" for name, _ in listed]
    positional = {text(name) for name, _ in pairs(given.get("positional_only"))}
    by_name = {text(name) for name, _ in pairs(given.get("keyword_only"))}
    rest, rest_by_name = text(given.get("extrapos")), text(given.get("extrakw"))
    words: list[str] = []
    for at, (name, (_, default)) in enumerate(zip(names, listed, strict=True)):
        if name in by_name and (at == 0 or names[at - 1] not in by_name):
            words.append(f"*{rest or ''}")
            rest = None
        words.append(name if text(default) is None else f"{name}={text(default)}")
        if name in positional and (at + 1 == len(names) or names[at + 1] not in positional):
            words.append("/")
    words += [f"*{rest}"] if rest else []
    words += [f"**{rest_by_name}"] if rest_by_name else []
    return f"({', '.join(words)})"


def _signature(listed: list[Any]) -> str:
    """Return the parameters of newer games, which number their kinds as Python's `inspect` does."""
    words: list[str] = []
    before = None
    for one in listed:
        given = fields(one)
        number, name, default = given.get("kind"), text(given.get("name")) or "", text(given.get("default"))
        if before == 0 and number != 0:
            words.append("/")
        if number == 3 and before not in (2, 3):
            words.append("*")
        mark = "*" if number == 2 else "**" if number == 4 else ""
        words.append(mark + name + (f"={default}" if default is not None else ""))
        before = number
    return f"({', '.join([*words, '/'] if before == 0 else words)})"
