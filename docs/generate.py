"""Write the generated pages of the reference: ``python docs/generate.py``.

A test compares them with what the program says today.
"""

import argparse
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from comfyvn import settings
from comfyvn.application.studio import Studio
from comfyvn.domain.expressions.errors import FAILURES
from comfyvn.domain.kernel import COMMAND_TYPES, EVENT_SCHEMAS, EVENT_TYPES
from comfyvn.domain.kinds import KINDS
from comfyvn.infrastructure.storage.store import open_store
from comfyvn.infrastructure.system import RandomIds, SystemClock
from comfyvn.interfaces.cli.arguments import build
from comfyvn.interfaces.rest.entities import COLLECTIONS, UNROUTED
from comfyvn.main.server import create_app
from docs.codes import Code, found
from docs.studio_types import TYPES, written

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
NOTE = "<!-- Written by docs/generate.py from the program; do not edit by hand. -->"
COLLISIONS = {
    "changed_on_both_sides": "Both sides gave the same field other values.",
    "dangling": "After it, an edge would lead to what is gone, or a block would have no owner.",
    "label_taken": "After it, two scenes would have one label.",
    "removed_and_changed": "One side removed what the other changed.",
}
PREFIX = "/api/projects/{project}/branches/{branch}"
WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "any JSON", type(None): "null"}


def pages() -> dict[str, str]:
    """Return the generated pages: file name -> text."""
    made = {"events.md": events(), "commands.md": commands(), "cli.md": cli(), "rest.md": rest(), "errors.md": errors()}
    return {name: "\n".join(lines) + "\n" for name, lines in made.items()}


# --- events and commands


def events() -> list[str]:
    """Return the page of events."""
    lines = [
        "# Events",
        NOTE,
        "",
        f"All {len(EVENT_TYPES)} kinds of events, by context. A name and its fields are permanent; a new shape gets a",
        "new schema number, and older ones are brought up to it on reading.",
    ]
    shapes: dict[str, type[Any]] = {}
    for context, names in _by_context(EVENT_TYPES).items():
        lines += ["", f"## {context}"]
        for name in names:
            cls = EVENT_TYPES[name]
            lines += [
                "",
                f"### `{name}`",
                "",
                f"Schema {EVENT_SCHEMAS[name]}. {_told(cls)}".rstrip(),
                *_table(cls, shapes),
            ]
    return lines + _shapes(shapes)


def commands() -> list[str]:
    """Return the page of commands."""
    lines = [
        "# Commands",
        NOTE,
        "",
        "A command asks one entity for a change. `comfyvn do NAME KIND:ID JSON` and the route take the same fields;",
        f"unknown ones are refused. Routes stand below `{PREFIX}`.",
        "A command that asks for what is so already records nothing.",
    ]
    kind_of = {command: kind for kind, decider in KINDS.items() for command in decider.commands}
    shapes: dict[str, type[Any]] = {}
    for context, names in _by_context(COMMAND_TYPES).items():
        lines += ["", f"## {context}"]
        for name in names:
            cls = COMMAND_TYPES[name]
            lines += [
                "",
                f"### `{name}`",
                "",
                " ".join(part for part in (_told(cls), _route(name, kind_of.get(cls))) if part),
            ]
            lines += _table(cls, shapes)
    return lines + _shapes(shapes)


def _route(name: str, kind: str | None) -> str:
    if kind is None:
        return "No route of its own."
    collection = COLLECTIONS.get(kind)
    if collection is None or name in UNROUTED:
        return f"Kind: {kind}; no route of its own."
    return f"Kind: {kind}. Route: `POST …/{collection}/{{entity_id}}/{name.partition('.')[2]}`."


def _by_context(names: Iterable[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name in sorted(names):
        grouped.setdefault(name.partition(".")[0], []).append(name)
    return grouped


def _told(cls: type[Any]) -> str:
    text = cls.__doc__ or ""
    return "" if text.startswith(f"{cls.__name__}(") else " ".join(text.split())


def _table(cls: type[Any], shapes: dict[str, type[Any]]) -> list[str]:
    rows = [(f"`{f.name}`", _type(f.type, shapes), _default(f)) for f in fields(cls)]
    return _rows(("field", "type", "default"), rows) if rows else ["", "No fields."]


def _shapes(shapes: dict[str, type[Any]]) -> list[str]:
    lines: list[str] = []
    written: set[str] = set()
    while open_ := sorted(shapes.keys() - written):
        written.add(open_[0])
        cls = shapes[open_[0]]
        lines += ["", f"### {cls.__name__}", "", _told(cls), *_table(cls, shapes)]
    return ["", "## Shapes", *lines] if lines else []


def _default(field: Field[Any]) -> str:
    if field.default is not MISSING:
        if field.default is None or isinstance(field.default, bool):
            return {None: "null", True: "true", False: "false"}[field.default]
        return "empty" if field.default in ("", ()) else f"`{field.default}`"
    return "required" if field.default_factory is MISSING else "empty"


def _type(of: Any, shapes: dict[str, type[Any]]) -> str:
    origin, parts = get_origin(of), get_args(of)
    if of in WORDS:
        return WORDS[of]
    if origin is Literal:
        return " or ".join(f"`{part}`" for part in parts)
    if origin in (Union, UnionType):
        return " or ".join(_type(part, shapes) for part in parts)
    if origin is tuple:
        return f"list of {_type(parts[0], shapes)}"
    if origin is not None and issubclass(origin, Mapping):
        return "object" if parts[1] is Any else f"object of {_type(parts[1], shapes)}"
    if isinstance(of, type) and is_dataclass(of):
        shapes[of.__name__] = of
        return f"[{of.__name__}](#{of.__name__.lower()})"
    raise TypeError(f"no words for the type {of!r}")


# --- the command line


def cli() -> list[str]:
    """Return the page of the command line."""
    parser = build()
    lines = [
        "# The command line",
        NOTE,
        "",
        "`comfyvn COMMAND`, or `python3 run_comfyvn.py COMMAND` from a checkout, which sets up its environment first.",
        "With `--json` standard output holds JSON only; everything else goes to standard error.",
        "",
        "| exit code | meaning |",
        "|---|---|",
        "| 0 | done |",
        "| 1 | a check failed (`verify`, `checkpoint --check`, `rebuild`, `doctor`) |",
        "| 2 | wrong use |",
        "| 3 | conflicts; nothing was written |",
        "| 4 | refused or not found; the reason has a [code](errors.md) |",
        "| 130 | stopped with Ctrl+C |",
        "",
        "## Options of many commands",
    ]
    leaves = list(_leaves(parser, ()))
    common = {"--json", "--actor", "--project", "--branch", "--at"}
    shared: dict[str, argparse.Action] = {}
    for _, _, leaf in leaves:
        shared.update({a.option_strings[0]: a for a in _arguments(leaf) if {*a.option_strings} & common})
    lines += _rows(("option", "what it does"), [(f"`{_usage(a)}`", a.help or "") for a in shared.values()])
    for path, told, leaf in leaves:
        own = [a for a in _arguments(leaf) if not {*a.option_strings} & common]
        usage = " ".join(["comfyvn", *path, *(_bracketed(a) for a in own)])
        takes = [f"`{a.option_strings[0]}`" for a in _arguments(leaf) if {*a.option_strings} & common]
        lines += ["", f"## {' '.join(path)}", "", _sentence(told), "", f"    {usage}"]
        told_of = [(f"`{_usage(a)}`", a.help or "", _preset(a)) for a in own if a.help or _preset(a)]
        lines += _rows(("argument", "what it does", "default"), told_of) if told_of else []
        lines += ["", f"Takes {', '.join(takes)}."]
    return lines


def _leaves(
    parser: argparse.ArgumentParser, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, child in action.choices.items():
                below = list(_leaves(child, (*path, name)))
                yield from below or [((*path, name), told[name], child)]


def _arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [a for a in parser._actions if not isinstance(a, argparse._HelpAction | argparse._SubParsersAction)]


def _usage(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if not action.option_strings:
        return value
    names = "/".join(action.option_strings)
    return names if action.nargs == 0 else f"{names} {value}"


def _bracketed(action: argparse.Action) -> str:
    optional = bool(action.option_strings) or action.nargs == "?"
    return f"[{_usage(action)}]" if optional else _usage(action)


def _preset(action: argparse.Action) -> str:
    shown = action.default not in (None, False, "", []) and not isinstance(action.default, bool)
    return f"`{action.default}`" if shown else ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


# --- REST


@cache
def openapi() -> dict[str, Any]:
    """Return what the server says of itself."""
    studio = Studio(open_store("sqlite://", KINDS), SystemClock(), RandomIds())
    try:
        with tempfile.TemporaryDirectory() as folder:
            return create_app(settings.load({"COMFYVN_HOME": folder}), studio).openapi()
    finally:
        studio.store.close()


def rest() -> list[str]:
    """Return the page of routes."""
    tagged: dict[str, list[tuple[str, str, str]]] = {}
    for path, methods in openapi()["paths"].items():
        for method, route in methods.items():
            row = (method.upper(), f"`{path.replace(PREFIX, '…')}`", route["summary"])
            tagged.setdefault(route.get("tags", ["system"])[0], []).append(row)
    lines = [
        "# Routes",
        NOTE,
        "",
        f"`…` stands for `{PREFIX}`. The server describes itself: `/docs` to read, `/openapi.json` for programs.",
        "",
        "- Queries take `?at=POSITION` for a past state. The document paths take `?project=` and `?branch=`.",
        "- An entity's `ETag` is its version. With another `If-Match` a command is refused with 409 `stale`.",
        "- `Idempotency-Key` makes a retry harmless; the same key with another body is refused with 409.",
        "- `X-Actor` says who asks; without it `local`.",
        "- Errors are `application/problem+json` with a stable `code`; see [errors](errors.md).",
    ]
    for tag in sorted(tagged):
        lines += ["", f"## {tag}", *_rows(("", "path", "what it does"), tagged[tag])]
    return lines


# --- codes


def errors() -> list[str]:
    """Return the page of stable codes."""
    uses = found(ROOT / "comfyvn")
    uses += [Code(code, "refusal", 400, "{Python's own words}") for code in FAILURES.values()]
    return [
        "# Codes",
        NOTE,
        "",
        "Codes are stable; messages may change. What stands in braces is filled in.",
        f"`{{kind}}` is one of {', '.join(KINDS)}; `nothing_to_{{kind}}` is of undo and redo.",
        "",
        "## Refusals",
        "",
        "REST answers with this status and `code`; the command line with exit code 4 (3 for `stale` and `conflicts`)",
        'and, with `--json`, with `{"error": {"code", "message", …}}`.',
        *_codes(uses, "refusal"),
        "",
        "## Conflicts",
        "",
        "What collides in a merge, an undo or a restore: `code` of an item of `conflicts`.",
        *_codes(uses, "conflict"),
        "",
        "## Findings",
        "",
        "What `verify` and `checkpoint --check` find: `first_bad.code`. `{what}` is project or branch.",
        *_codes(uses, "finding"),
        "",
        "## Flags",
        "",
        "What an import asks a person to look at for the licences that its source states: `code` of an item of",
        "`contents.flags`.",
        *_codes(uses, "flag"),
        "",
        "## Warnings",
        "",
        "What an import or export tells beside its result: `code` of an item of `warnings`.",
        *_codes(uses, "warning"),
    ]


def _codes(uses: list[Code], report: str) -> list[str]:
    grouped: dict[tuple[str, int | None], list[str]] = {}
    for use in uses:
        if use.report == report:
            message = COLLISIONS[use.code] if report == "conflict" else use.message
            grouped.setdefault((use.code, use.status), []).append(message)
    rows = []
    for (code, status), messages in sorted(grouped.items(), key=lambda item: (item[0][0], item[0][1] or 0)):
        row = [f"`{code}`", "<br>".join(sorted({m.replace("|", "\\|") for m in messages if m}))]
        rows.append((row[0], str(status), row[1]) if status else tuple(row))
    return _rows(("code", "status", "message") if report == "refusal" else ("code", "message"), rows)


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Return a table."""
    shown = [head, tuple("---" for _ in head), *rows]
    return ["", *(f"| {' | '.join(row)} |".replace("|  |", "| |") for row in shown)]


def write() -> None:
    """Write all generated pages, and the types of the API for the studio."""
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, "utf-8")
    TYPES.write_text(written(openapi()), "utf-8")


if __name__ == "__main__":
    write()
