"""Our statements in the form in which the engine's parser lists its own, to compare the two."""

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from comfyvn.infrastructure.imports.renpy import syntax as s
from tests.renpy_engine.engine import Record

Found = tuple[str, int, dict[str, Any]]
"""Class, line, fields."""

_ENGINE_ONLY = {"Init", "EndTranslate", "TranslateBlock", "TranslateEarlyBlock", "RPY", "PostUserStatement"}
"""Classes that stand for no statement of their own, or wrap others on the same line."""


def theirs(records: Iterable[Record], file: str) -> list[Found]:
    """Return the engine's statements of one file, in order of lines."""
    found = []
    private = f"_m1_{PurePosixPath(file).stem}__"
    for record in records:
        if record["kind"] in _ENGINE_ONLY or record["kind"] == "error":
            continue
        fields = {key: value for key, value in record.items() if key not in ("kind", "file", "line")}
        fields = {
            key: value.replace(private, "__") if isinstance(value, str) else value for key, value in fields.items()
        }
        kind = "Python" if record["kind"] == "EarlyPython" else record["kind"]
        if kind == "Python":
            fields["code"] = _tree(fields["code"])
        if kind == "UserStatement":
            fields["text"] = " ".join(fields["text"].split())
        found.append((kind, record["line"], fields))
    return sorted(found, key=_order)


def ours(script: s.Script) -> list[Found]:
    """Return our statements of one file, in order of lines."""
    statements = list(s.walk(script.statements))
    in_menus = {id(statement.say) for statement in statements if isinstance(statement, s.Menu)}
    found = []
    for statement in statements:
        for kind, fields in _fields(statement):
            if id(statement) in in_menus:
                fields["interact"] = False  # the menu waits, not the line shown with it
            found.append((kind, _line(statement), fields))
    return sorted(found, key=_order)


def _line(statement: s.Statement) -> int:
    """Return the first line; of all texts of a monologue, that of the whole."""
    return statement.monologue.line if isinstance(statement, s.Say) and statement.monologue else statement.line


def _order(found: Found) -> tuple[int, str, str]:
    return found[1], found[0], repr(sorted(found[2].items()))


def _tree(code: str) -> str:
    try:
        return ast.dump(ast.parse(textwrap.dedent(code)))
    except SyntaxError:
        return "\n".join(line.strip() for line in re.sub("#.*", "", code).split("\n") if line.strip())


def _fields(statement: s.Statement) -> Iterator[tuple[str, dict[str, Any]]]:  # noqa: C901, PLR0912  # one case each
    match statement:
        case s.Say():
            yield (
                "Say",
                {
                    "who": statement.who,
                    "what": statement.what,
                    "attributes": list(statement.attributes),
                    "temporary_attributes": list(statement.temporary_attributes),
                    "arguments": statement.arguments is not None,
                    "with": statement.with_,
                    "id": statement.id,
                    "interact": not statement.nointeract,
                },
            )
        case s.Menu():
            items = [[item.caption, item.condition or "True", item.block is not None] for item in statement.items]
            yield (
                "Menu",
                {
                    "items": items,
                    "set": statement.set_,
                    "with": statement.with_,
                    "arguments": statement.arguments is not None,
                },
            )
            if statement.name:
                yield "Label", {"name": statement.name, "parameters": False, "hide": False}
        case s.Label():
            yield (
                "Label",
                {"name": statement.name, "parameters": statement.parameters is not None, "hide": statement.hide},
            )
        case s.Jump():
            yield "Jump", {"target": statement.target, "expression": statement.expression}
        case s.Call():
            yield (
                "Call",
                {
                    "target": statement.target,
                    "expression": statement.expression,
                    "arguments": statement.arguments is not None,
                },
            )
            yield "Pass", {}
            if statement.from_:
                yield "Label", {"name": statement.from_, "parameters": False, "hide": False}
        case s.Return():
            yield "Return", {"expression": statement.expression}
        case s.If():
            yield "If", {"conditions": [condition or "True" for condition, _ in statement.branches]}
        case s.While():
            yield "While", {"condition": statement.condition}
        case s.Staging():
            yield from _staged(statement)
        case s.With():
            yield "With", {"expression": statement.expression}
        case s.Image():
            yield (
                "Image",
                {
                    "name": list(statement.name),
                    "expression": statement.expression,
                    "atl": statement.atl is not None,
                },
            )
        case s.Define():
            yield (
                "Define",
                {
                    "name": statement.name,
                    "store": statement.store,
                    "expression": statement.expression,
                    "operator": statement.operator,
                },
            )
        case s.Default():
            yield (
                "Default",
                {"name": statement.name, "store": statement.store, "expression": statement.expression},
            )
        case s.Python():
            store = f"store.{statement.store}" if statement.store else "store"
            yield "Python", {"code": _tree(statement.code), "hide": statement.hide, "store": store}
        case s.UserStatement() if not statement.name.startswith("rpy"):
            yield (
                "UserStatement",
                {"name": statement.name, "text": " ".join(f"{statement.name} {statement.rest}".split())},
            )
        case s.TranslateString():
            yield "TranslateString", {"old": statement.old, "new": statement.new}
        case s.Translate() if statement.identifier not in ("python", "style", "strings"):
            yield "Translate", {"identifier": statement.identifier, "language": statement.language}
        case s.Screen() | s.Transform() | s.Style():
            yield type(statement).__name__, {"name": statement.name}
        case s.ShowLayer() | s.Camera() | s.Pass() | s.Testcase():
            yield type(statement).__name__, {}


def _staged(statement: s.Staging) -> Iterator[tuple[str, dict[str, Any]]]:
    kind = type(statement).__name__
    if not statement.image and statement.expression is None:
        yield kind, {"image": None, "atl": False, "layer": statement.layer or "master"}
        return
    yield (
        kind,
        {
            "image": list(statement.image) or None,
            "expression": statement.expression,
            "tag": statement.tag,
            "at": list(statement.at),
            "layer": statement.layer,
            "zorder": statement.zorder,
            "behind": list(statement.behind),
            "atl": statement.atl is not None,
        },
    )
    if statement.with_:
        yield "With", {"expression": "None"}
        yield "With", {"expression": statement.with_}
