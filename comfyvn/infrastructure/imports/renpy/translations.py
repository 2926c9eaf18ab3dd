"""Translations in scripts: blocks of lines and of strings to translations and to the nodes that stand for them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from comfyvn.domain.localisation import Translation
from comfyvn.domain.ordering import sort_key
from comfyvn.domain.story import Node, Scene
from comfyvn.infrastructure.imports.identity import digest
from comfyvn.infrastructure.imports.renpy.drafts import Draft
from comfyvn.infrastructure.imports.renpy.excerpt import dedented
from comfyvn.infrastructure.imports.renpy.lines import Lines, Place
from comfyvn.infrastructure.imports.renpy.syntax import Say, Statement, Translate, TranslateString

_CODE = frozenset({"python", "style"})


def draft(statement: Statement) -> Draft | None:
    """Return the node of a block of translations; None for what is none, or is code."""
    units = _units(statement)
    if not isinstance(statement, Translate) or not units:
        return None
    ids = {"id": next(iter(units))} if statement.identifier != "strings" else {"ids": list(units)}
    return Draft(statement, "action", dedented(statement), "declare", directives={"kind": "translation", **ids})


def _units(statement: Statement) -> dict[str, Translation]:
    if not isinstance(statement, Translate) or statement.language is None or statement.identifier in _CODE:
        return {}
    language = statement.language
    if statement.identifier == "strings":
        pairs = [pair for pair in statement.block if isinstance(pair, TranslateString)]
        return {string_id(language, p.old): Translation(language, None, p.old, p.new) for p in pairs}
    return {f"{language}:{statement.identifier}": Translation(language, text=words(statement))}


def words(statement: Translate) -> str:
    """Return what the lines of a block say, each on a line of its own."""
    return "\n".join(line.what for line in statement.block if isinstance(line, Say))


def string_id(language: str, old: str) -> str:
    """Return the id of the translation of a string."""
    return f"{language}:{digest('string', old)}"


def collect(statements: Iterable[Statement]) -> Iterator[tuple[str, Translation]]:
    """Yield the translations of a file by id; those of lines have no target yet."""
    for statement in statements:
        yield from _units(statement).items()


def aimed(units: Mapping[str, Translation], scenes: Mapping[str, Scene]) -> dict[str, Translation]:
    """Return the translations with the lines of the story that they translate."""
    if not any(unit.target is None and not unit.source for unit in units.values()):
        return dict(units)
    places = {identifier: place for place, identifier in identifiers(scenes).items()}
    return {i: _aimed(i, unit, places, scenes) for i, unit in units.items()}


def _aimed(unit_id: str, unit: Translation, places: Mapping[str, Place], scenes: Mapping[str, Scene]) -> Translation:
    place = places.get(unit_id.partition(":")[2])
    if place is None or unit.source:
        return unit
    scene_id, node_id = place
    return replace(unit, target=node_id, source=scenes[scene_id].nodes[node_id].content)


def identifiers(scenes: Mapping[str, Scene]) -> dict[Place, str]:
    """Return the engine's identifiers of all lines of an imported story."""
    lines = Lines(_who, lambda _, node: node.content, lambda _, node: node.directives.get("id"), _label)
    groups: dict[str, list[str]] = {}
    for scene_id in sorted(scenes, key=lambda i: sort_key(scenes[i].order, i)):
        groups.setdefault(scenes[scene_id].group, []).append(scene_id)
    for _, members in sorted(groups.items()):
        lines.add((i, scenes[i]) for i in members)
    return lines.found


def _label(_: Place, node: Node) -> str | None:
    return node.content if node.verb == "label" else node.directives.get("name") if node.type == "choice" else None


def _who(_: Place, node: Node) -> str | None:
    if node.directives.get("extend") is True:
        return "extend"
    name = node.directives.get("name")
    quoted = f'"{name}"' if isinstance(name, str) else None
    return node.speaker or node.directives.get("expression") or quoted
