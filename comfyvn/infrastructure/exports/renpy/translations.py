"""Translations: blocks as they are, changed where the translation was, or new; and lines that keep finding theirs."""

from collections import Counter
from dataclasses import replace

from comfyvn.application.exports import StoryView
from comfyvn.domain.localisation import Translation
from comfyvn.domain.story import Node
from comfyvn.infrastructure.exports.renpy import layout
from comfyvn.infrastructure.exports.renpy.escaping import quoted, said
from comfyvn.infrastructure.exports.renpy.identifiers import is_label, is_name
from comfyvn.infrastructure.exports.renpy.naming import Names, declared
from comfyvn.infrastructure.exports.renpy.statements import INDENT, say, speaker
from comfyvn.infrastructure.imports.renpy.lines import Lines, Place
from comfyvn.infrastructure.imports.renpy.parser import parse
from comfyvn.infrastructure.imports.renpy.syntax import Say, Translate, TranslateString
from comfyvn.infrastructure.imports.renpy.translations import string_id, words

FOLDER = "tl/"


def keep_identifiers(story: StoryView, names: Names) -> None:
    """Give an identifier to each line that the engine would look up under another one than its translations have."""
    known = declared(story)["translation"]
    wanted: dict[str, Counter[str]] = {}
    for unit_id, unit in sorted(story.translations.items()):
        if unit.target and unit_id in known:
            wanted.setdefault(unit.target, Counter())[unit_id.partition(":")[2]] += 1
    for place, found in identifiers(story, names).items() if wanted else ():
        if place[1] in wanted and place not in names.lines:
            identifier = wanted[place[1]].most_common(1)[0][0]
            if identifier != found and is_label(identifier):
                names.lines[place] = identifier


def identifiers(story: StoryView, names: Names) -> dict[Place, str]:
    """Return the identifiers by which the engine will know the lines of the exported story."""
    lines = Lines(
        who=lambda _, node: speaker(node, names),
        text=lambda _, node: names.text(node.content),
        given=lambda place, _: names.lines.get(place),
        label=lambda place, _: names.place(*place),
    )
    for members in layout.files(story.scenes).values():
        scenes = ((i, story.scenes[i]) for i in members)
        lines.add((i, replace(scene, label=names.labels.get(i))) for i, scene in scenes)
    return lines.found


def block(story: StoryView, node: Node) -> str:
    """Return the source of a block of translations: word for word, except for what was changed in them since."""
    parsed = parse("translation", node.content + "\n").statements
    found = next((statement for statement in parsed if isinstance(statement, Translate)), None)
    if found is None or found.language is None:
        return node.content
    lines = node.content.split("\n")
    if found.identifier != "strings":
        unit = story.translations.get(f"{found.language}:{found.identifier}")
        return "" if unit is None else _line(lines, found, unit)
    pairs = [pair for pair in found.block if isinstance(pair, TranslateString)]
    left = 0
    for pair in reversed(pairs):
        unit = story.translations.get(string_id(found.language, pair.old))
        if unit is None:
            del lines[pair.line - 1 : pair.end]
            continue
        left += 1
        if unit.text != pair.new:
            start = next(n for n in range(pair.line, pair.end) if lines[n].lstrip().startswith("new"))
            lines[start : pair.end] = [f"{_indent(lines[start])}new {quoted(unit.text)}"]
    return "\n".join(lines) if left else ""


def _line(lines: list[str], found: Translate, unit: Translation) -> str:
    spoken = [line for line in found.block if isinstance(line, Say)]
    texts = unit.text.split("\n") if len(spoken) > 1 else [unit.text]
    if unit.text != words(found) and len(texts) == len(spoken):
        for line, text in reversed(list(zip(spoken, texts, strict=True))):
            lines[line.line - 1 : line.end] = [_indent(lines[line.line - 1]) + _said(line, text)]
    return "\n".join(lines)


def _said(line: Say, text: str) -> str:
    temporary = ("@", *line.temporary_attributes) if line.temporary_attributes else ()
    parts = [line.who or "", *line.attributes, *temporary, said(text)]
    parts += ["nointeract"] if line.nointeract else []
    parts += [f"({line.arguments})"] if line.arguments is not None else []
    parts += [f"with {line.with_}"] if line.with_ else []
    return " ".join(part for part in parts if part)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]


def added(story: StoryView, names: Names) -> dict[str, list[list[str]]]:
    """Return the blocks of translations that no file has yet, by the file that they belong into."""
    known = declared(story)["translation"]
    fresh = [unit for unit_id, unit in sorted(story.translations.items()) if unit_id not in known]
    fresh = [unit for unit in fresh if is_name(unit.language) and unit.text]
    if not fresh:
        return {}
    names_of_lines = identifiers(story, names)
    places = {place[1]: place for place in names_of_lines}
    found: dict[str, list[list[str]]] = {}
    for unit in fresh:
        if unit.target in places:
            scene_id, node_id = places[unit.target]
            file = layout.file_of(story.scenes[scene_id].group)
            node = story.scenes[scene_id].nodes[node_id]
            line = say(replace(node, content=unit.text), names, identifier=None)
            lines = [f"translate {unit.language} {names_of_lines[scene_id, node_id]}:", INDENT + line]
        elif unit.target is None and unit.source:
            file = layout.SCRIPT
            old, new = quoted(unit.source), quoted(unit.text)
            lines = [f"translate {unit.language} strings:", f"{INDENT}old {old}", f"{INDENT}new {new}"]
        else:
            continue
        found.setdefault(f"{FOLDER}{unit.language}/{file}", []).append(lines)
    return found
