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

_DECLARATION = re.compile(r"(\s*(?:define|default)\s+(?:-?\d+\s+)?)([\w.]+)(\s*=\s*)")
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


def _character(source: str, character: Character) -> str:
    head, tree, body = _parsed(source)
    if head is None or not isinstance(tree, ast.Call):
        return source
    changes: list[tuple[int, int, str]] = []
    given = {keyword.arg: keyword.value for keyword in tree.keywords if keyword.arg}
    name = _text_of(tree.args[0] if tree.args else given.get("name"))
    if name is not None and name.value != character.name:
        changes.append((*_span(body, name), quoted(character.name)))
    added: list[str] = []
    for argument, field in _CLAUSES:
        value = getattr(character, field)
        if argument in given:
            old = _text_of(given[argument])
            if old is not None and old.value != value:
                changes.append((*_span(body, old), "None" if value is None else quoted(value)))
        elif value is not None and name is not None and not _kindred(given):
            added.append(f"{argument}={quoted(value)}")
    if added:
        end = _span(body, tree)[1] - 1
        empty = not (tree.args or tree.keywords)
        changes.append((end, end, ("" if empty else ", ") + ", ".join(added)))
    variable = character.variable
    if not changes and variable in (None, head[2]):
        return source
    return head[1] + (variable or head[2]) + head[3] + _spliced(body, changes)


def _kindred(given: dict[str, ast.expr]) -> bool:
    """Tell whether a character takes what it does not say from another one."""
    return "kind" in given or "who_color" in given


def _variable(source: str, variable: Variable) -> str:
    head, tree, body = _parsed(source)
    if head is None or tree is None:
        return source
    try:
        value = _json(ast.literal_eval(tree))
    except (ValueError, TypeError, MemoryError, RecursionError):
        return source
    if same(value, variable.default):
        return source
    return head[0] + _spliced(body, [(*_span(body, tree), literal(variable.default))])


def _json(value: object) -> Json:
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _json(item) for key, item in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError("no JSON value")


def _parsed(source: str) -> tuple[re.Match[str] | None, ast.expr | None, str]:
    """Return the head of a declaration, the tree of its expression (None: it cannot be read), and the rest as text."""
    head = _DECLARATION.match(source)
    body = source[head.end() :] if head else ""
    try:
        tree = ast.parse(f"({body}\n)", mode="eval").body if head else None
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        tree = None
    return head, tree, body


def _text_of(node: ast.expr | None) -> ast.Constant | None:
    """Return the string literal that an argument is, or that it marks for translation."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _TRANSLATED and node.args:
        node = node.args[0]
    return node if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


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
        clauses = [
            f"{argument}={quoted(value)}" for argument, field in _CLAUSES if (value := getattr(character, field))
        ]
        shown = quoted(renaming.text(character.name, names.variables))
        yield f"define {names.speakers[i]} = Character({', '.join([shown, *clauses])})"


def variables(story: StoryView, names: Names) -> Iterator[str]:
    """Yield the lines that declare the variables without a declaration of their own."""
    known = declared(story)["variable"]
    for i, variable in sorted(story.variables.items()):
        if i not in known:
            word = "define" if variable.constant else "default"
            yield f"{word} {names.variables.get(i, i)} = {literal(variable.default)}"
