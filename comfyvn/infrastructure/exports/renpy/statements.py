"""Single statements: what a line of dialogue and a stage direction look like in a script."""

from collections.abc import Mapping
from typing import Any

from comfyvn.domain.kernel import Json
from comfyvn.domain.story import Node
from comfyvn.infrastructure.exports.renpy import renaming
from comfyvn.infrastructure.exports.renpy.escaping import indented, quoted, said
from comfyvn.infrastructure.exports.renpy.naming import Names

INDENT = "    "
CHANNEL = "music"


def words(value: Json) -> list[str]:
    """Return the strings of a directive that holds a list of them, or one."""
    if isinstance(value, str):
        return value.split()
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []


def source(value: Json) -> str:
    """Return a directive that is source text or a number; empty where there is none."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def speaker(node: Node, names: Names) -> str:
    """Return the source of who speaks; empty for the narrator."""
    directives = node.directives
    if directives.get("extend") is True:
        return "extend"
    if node.speaker:
        return names.speakers.get(node.speaker) or said(node.speaker)
    if expression := source(directives.get("expression")):
        return expression
    name = directives.get("name") if node.type == "text" else None
    return said(renaming.text(name, names.variables)) if isinstance(name, str) and name else ""


def say(node: Node, names: Names, *, identifier: str | None, nointeract: bool = False, in_menu: bool = False) -> str:
    """Return the say statement of a text node; a menu needs a speaker in it."""
    directives = node.directives
    who = speaker(node, names)
    attributes = words(directives.get("attributes"))
    temporary = words(directives.get("temporary"))
    if not who and (attributes or temporary or in_menu):
        who = "narrator"
    parts = [who] if who else []
    parts += attributes
    if temporary:
        parts += ["@", *temporary]
    parts.append(said(names.text(node.content)))
    if nointeract or directives.get("nointeract") is True:
        parts.append("nointeract")
    if isinstance(directives.get("arguments"), str):
        parts.append(f"({directives['arguments']})")
    if transition := source(directives.get("with")):
        parts.append(f"with {transition}")
    if identifier:
        parts.append(f"id {identifier}")
    return " ".join(parts)


def stage(node: Node, indent: str) -> list[str]:
    """Return the lines of a stage direction."""
    verb, content, directives = node.verb or "", node.content.strip(), node.directives
    match verb:
        case "scene" | "show" | "hide":
            line = _join(verb, _picture(content, directives), _clauses(directives))
        case "camera":
            line = _join(verb, content, _clauses(directives))
        case "play" | "queue" | "stop":
            file = content if _is_expression(directives) else quoted(content) if content else ""
            line = _join(verb, source(directives.get("channel")) or CHANNEL, file, source(directives.get("clauses")))
        case "voice" if directives.get("sustain"):
            line = "voice sustain"
        case "voice":
            file = content if _is_expression(directives) else quoted(content)
            line = _join(verb, file, source(directives.get("clauses")))
        case _:
            line = _join(verb, content)
    atl = directives.get("atl")
    if isinstance(atl, str) and atl.strip() and verb in ("scene", "show", "camera"):
        return [f"{indent}{line}:", *indented(atl, indent + INDENT)]
    return [indent + line]


def _is_expression(directives: Mapping[str, Any]) -> bool:
    return directives.get("expression") is True


def _picture(content: str, directives: Mapping[str, Any]) -> str:
    return f"expression {content}" if content and _is_expression(directives) else content


def _clauses(directives: Mapping[str, Any]) -> str:
    """Return the clauses in the order in which the engine's own documentation lists them."""
    at = directives.get("at")
    behind = directives.get("behind")
    parts = {
        "at": ", ".join(at) if isinstance(at, list | tuple) else source(at),
        "as": source(directives.get("as")),
        "behind": ", ".join(behind) if isinstance(behind, list | tuple) else source(behind),
        "onlayer": source(directives.get("onlayer")),
        "zorder": source(directives.get("zorder")),
        "with": source(directives.get("with")),
    }
    return " ".join(f"{word} {value}" for word, value in parts.items() if value)


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)
