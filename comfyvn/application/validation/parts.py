"""Menus, identifiers of lines, names and files."""

import keyword
from collections.abc import Iterator

from comfyvn.application.validation.finding import StoryFinding
from comfyvn.application.validation.outline import Outline
from comfyvn.domain.story import Node, edges


def check(known: Outline) -> Iterator[StoryFinding]:
    """Yield what is wrong with menus, identifiers, names and the files of characters."""
    lines: dict[str, str] = {}
    for scene_id, node_id, node in known.nodes():
        if node.type == "choice":
            yield from _menu(scene_id, node_id, node)
        identifier = node.directives.get("id")
        if node.type == "text" and isinstance(identifier, str):
            if identifier in lines:
                message = f"The line identifier {identifier!r} is that of {lines[identifier]} too."
                yield StoryFinding("error", "line_id_duplicate", message, scene_id, node_id)
            lines.setdefault(identifier, node_id)
    yield from _names(known)
    yield from _files(known)


def _menu(scene_id: str, node_id: str, node: Node) -> Iterator[StoryFinding]:
    ways = [edge for _, edge in edges(node)]
    if any(not (edge.text or "").strip() for edge in ways):
        yield StoryFinding("error", "caption_empty", "A choice has no caption.", scene_id, node_id)
    if all((edge.condition or "True").strip() not in ("", "True", "1") for edge in ways):
        message = "All choices of the menu can be hidden at once; the play then goes past it."
        yield StoryFinding("warning", "menu_may_be_empty", message, scene_id, node_id)


def _names(known: Outline) -> Iterator[StoryFinding]:
    for scene_id, scene in known.scenes.items():
        if scene.label and not _fits(scene.label):
            message = f"The label {scene.label!r} is no name; it is written as another one."
            yield StoryFinding("warning", "identifier_bad", message, scene_id)
    for name in sorted(known.story.variables):
        if not _fits(name):
            message = f"The variable {name!r} has no name that a script can use; it is written as another one."
            yield StoryFinding("warning", "identifier_bad", message)
    for character_id, character in sorted(known.story.characters.items()):
        if character.variable and not _fits(character.variable):
            message = f"The character {character_id!r} is called {character.variable!r} in scripts, which is no name."
            yield StoryFinding("warning", "identifier_bad", message)


def _fits(name: str) -> bool:
    """Tell whether a script can use a name, dotted ones included."""
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in name.removeprefix(".").split("."))


def _files(known: Outline) -> Iterator[StoryFinding]:
    for character_id, character in sorted(known.story.characters.items()):
        wanted = dict(character.expressions)
        if character.portrait_asset_id:
            wanted["portrait"] = character.portrait_asset_id
        for name, asset in sorted(wanted.items()):
            if asset not in known.story.assets:
                message = f"The picture {name!r} of the character {character_id!r} is not there."
                yield StoryFinding("warning", "asset_missing", message)
