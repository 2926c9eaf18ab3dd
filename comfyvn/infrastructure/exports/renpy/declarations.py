"""Declarations: ``define`` and ``default`` lines as they are, changed where the entity was, or new."""

import ast
import re
from collections.abc import Iterator

from comfyvn.application.exports import StoryView
from comfyvn.domain.cast import Character
from comfyvn.domain.kernel import Json
from comfyvn.domain.merge import same
from comfyvn.domain.story import Node
from comfyvn.domain.variables import Variable
from comfyvn.infrastructure.exports.renpy import renaming
from comfyvn.infrastructure.exports.renpy.escaping import quoted
from comfyvn.infrastructure.exports.renpy.naming import SPEAKERS, Names, declared
from comfyvn.infrastructure.imports.renpy.declared import declared as declared_as
from comfyvn.infrastructure.imports.renpy.parser import parse
from comfyvn.infrastructure.imports.renpy.syntax import Default, Define, walk

_DECLARATION = re.compile(r"((?:init\s+-?\d+\s+)?(?:define|default)\s+(?:-?\d+\s+)?)([\w.]+)(\s*=\s*)")
_TRANSLATED = frozenset({"_", "__", "_p"})
_CLAUSES = (("color", "colour"), ("image", "image_tag"), ("voice_tag", "voice_tag"))
"""Arguments of ``Character`` and the fields that hold them."""


def literal(value: Json) -> str:
    """Return the Python source of a JSON value."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict) or hasattr(value, "items"):
        return f"{{{', '.join(f'{quoted(key)}: {literal(item)}' for key, item in value.items())}}}"
    return repr(value)


def declaration(story: StoryView, node: Node) -> str:
    """Return the source of a declare node: word for word, except for what was changed in its entity since."""
    entity_id = str(node.directives.get("id"))
    match node.directives.get("kind"):
        case "character" if entity_id in story.characters:
            return _character(node.content, story.characters[entity_id])
        case "variable" if entity_id in story.variables:
            return _variable(node.content, story.variables[entity_id])
        case _:
            return node.content


def _declared(source: str) -> Character | Variable | None:
    """Return what a declaration says, as an import reads it."""
    statements = parse("declaration", source + "\n").statements
    found = (declared_as(s) for s in walk(statements) if isinstance(s, Define | Default))
    return next(found, None)


def _character(source: str, character: Character) -> str:
    old = _declared(source)
    head, tree, body = _parsed(source)
    if head is None or not isinstance(tree, ast.Call) or not isinstance(old, Character):
        return source
    changes: list[tuple[int, int, str]] = []
    added: list[str] = []
    given = {keyword.arg: keyword.value for keyword in tree.keywords if keyword.arg}
    if character.name != old.name and "unnamed" not in old.meta:
        name = tree.args[0] if tree.args else given.get("name")
        if name is not None:
            changes.append((*_span(body, _inner(name)), _shown(character.name, "dynamic" in old.meta)))
    for argument, field in _CLAUSES:
        value = getattr(character, field)
        if value == getattr(old, field):
            continue
        if argument in given:
            changes.append((*_span(body, given[argument]), literal(value)))
        else:
            added.append(f"{argument}={literal(value)}")
    if added:
        end = _span(body, tree)[1] - 1
        changes.append((end, end, ", ".join(["", *added] if tree.args or tree.keywords else added)))
    variable = character.variable or old.variable or ""
    name_changed = variable != old.variable
    return head[1] + (variable if name_changed else head[2]) + head[3] + _spliced(body, changes)


def _shown(name: str, dynamic: bool) -> str:
    """Return the source of a name; a dynamic one is a string that holds an expression."""
    if not dynamic:
        return quoted(name)
    return quoted(name[1:-1] if name.startswith("[") and name.endswith("]") else quoted(name))


def _variable(source: str, variable: Variable) -> str:
    old = _declared(source)
    head, tree, body = _parsed(source)
    if head is None or tree is None or not isinstance(old, Variable) or same(old.default, variable.default):
        return source
    return head[0] + _spliced(body, [(*_span(body, tree), literal(variable.default))])


def _parsed(source: str) -> tuple[re.Match[str] | None, ast.expr | None, str]:
    """Return the head of a declaration, the tree of its expression (None: it cannot be read), and the rest as text."""
    head = _DECLARATION.match(source)
    body = source[head.end() :] if head else ""
    try:
        tree = ast.parse(f"({body}\n)", mode="eval").body if head else None
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        tree = None
    return head, tree, body


def _inner(node: ast.expr) -> ast.expr:
    """Return the string that a call marks for translation, or the node itself."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _TRANSLATED and node.args:
        return node.args[0]
    return node


def _span(body: str, node: ast.expr) -> tuple[int, int]:
    """Return where a node stands in `body`, which was parsed behind one bracket."""
    lines = f"({body}".split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def place(row: int, octets: int) -> int:
        return starts[row - 1] + len(lines[row - 1].encode()[:octets].decode()) - 1

    return place(node.lineno, node.col_offset), place(node.end_lineno or 1, node.end_col_offset or 0)


def _spliced(body: str, changes: list[tuple[int, int, str]]) -> str:
    for start, end, text in sorted(changes, reverse=True):
        body = body[:start] + text + body[end:]
    return body


def characters(story: StoryView, names: Names) -> Iterator[str]:
    """Yield the lines that define the characters without a declaration of their own."""
    known = declared(story)["character"]
    for i, character in sorted(story.characters.items(), key=lambda pair: names.speakers[pair[0]]):
        if i in known or names.speakers[i] in SPEAKERS:
            continue
        values = {"color": character.colour, "image": names.tags.get(i), "voice_tag": character.voice_tag}
        clauses = [f"{argument}={quoted(value)}" for argument, value in values.items() if value]
        shown = quoted(renaming.text(character.name, names.variables))
        yield f"define {names.speakers[i]} = Character({', '.join([shown, *clauses])})"


def variables(story: StoryView, names: Names) -> Iterator[str]:
    """Yield the lines that declare the variables without a declaration of their own."""
    known = declared(story)["variable"]
    for i, variable in sorted(story.variables.items()):
        if i not in known:
            word = "define" if variable.constant else "default"
            yield f"{word} {names.variables.get(i, i)} = {literal(variable.default)}"
