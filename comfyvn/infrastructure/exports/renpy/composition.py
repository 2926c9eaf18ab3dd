"""A story to the files of a project, in memory: nothing is written here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise

from comfyvn.application.exports import ExportWarning, StoryView
from comfyvn.application.provenance.stamping import Stamp
from comfyvn.domain.credentials import Collection, Work
from comfyvn.domain.kernel import Json, Refused
from comfyvn.domain.story import Scene
from comfyvn.infrastructure.exports.renpy import declarations, layout, renaming, scenery, translations
from comfyvn.infrastructure.exports.renpy.credits import CREDITS, credits_of
from comfyvn.infrastructure.exports.renpy.flow import Script
from comfyvn.infrastructure.exports.renpy.identifiers import unique
from comfyvn.infrastructure.exports.renpy.naming import Names, Place, names_of
from comfyvn.infrastructure.exports.renpy.script import DRAW, WAY, code_scene, story_scene
from comfyvn.infrastructure.exports.renpy.template import needed, template

_DRAW = f"""
init python:
    def {DRAW}(*weights):
        left = renpy.random.random() * sum(weights)
        for way, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return way
        return -1

default {WAY} = -1
""".strip().split("\n")

_FILL = r"""
init python:
    def cvn_fill(words):
        found, at = "", 0
        while True:
            begun = words.find("[", at)
            if begun < 0:
                return found + words[at:]
            if words.startswith("[[", begun):
                found, at = found + words[at:begun + 2], begun + 2
                continue
            end, depth, quote = begun + 1, 0, ""
            while end < len(words):
                sign = words[end]
                if quote:
                    end += sign == "\\"
                    quote = "" if sign == quote else quote
                elif sign in "'\"":
                    quote = sign
                elif sign in "([{":
                    depth += 1
                elif depth:
                    depth -= sign in ")]}"
                elif sign in "]:" or (sign == "!" and not words.startswith("!=", end)):
                    break
                end += 1
            source = words[begun + 1:end]
            if words[end:end + 1] == "]" and not cvn_plain.match(source):
                value = str(renpy.python.py_eval(source))
                found += words[at:begun] + value.replace("[", "[[").replace("%", "%%")
                end += 1
            else:
                found += words[at:end]
            at = end

    import re
    cvn_plain = re.compile(r"[^\W\d][\w.]*(?:\[[^\[\]]*\])*$")
    if config.say_menu_text_filter is None:
        config.say_menu_text_filter = cvn_fill
""".strip().split("\n")
"""Fills in what stands in brackets and is more than a name, which the engine does by itself only since 8.1."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project to be written: `texts` holds contents by path, `blobs` the hashes of assets by path.

    `stamps` are put into what stands at a path, `works` tell what its credential says, `whole` that of a bundle.
    `placed` says where each asset stands, by its id; `menus` which choice stands where (``file:line``), `labels` where
    a play can begin.
    """

    texts: Mapping[str, bytes]
    blobs: Mapping[str, str]
    placed: Mapping[str, str]
    stamps: Mapping[str, Stamp]
    works: Mapping[str, Work]
    whole: Collection | None
    scenes: int
    lines: int
    warnings: tuple[ExportWarning, ...]
    menus: Mapping[str, Place]
    labels: tuple[str, ...]

    def free(self, path: str) -> bool:
        """Tell whether nothing stands at a path."""
        return path not in self.texts and path not in self.blobs


Progress = Callable[[int, int], None]
"""Takes how many are done and how many there are; may raise, and then nothing has changed."""


def compose(story: StoryView, progress: Progress = lambda done, total: None) -> Project:
    """Return the project of a story; raise Refused: ``path_unsafe``, ``too_deep``, ``story_empty``.

    `progress` counts the scenes.
    """
    names = names_of(story)
    if names.start is None:
        raise Refused("story_empty", "There is no scene to begin with.")
    translations.keep_identifiers(story, names)
    warnings = list(names.warnings)
    known = scenery.scenery_of(story, names)
    scripts: list[Script] = []
    texts: dict[str, bytes] = {}
    menus: dict[str, Place] = {}
    for group, members in layout.files(story.scenes).items():
        found: list[Script] = []
        for script in _file(story, names, known, members):
            found.append(script)
            progress(len(scripts) + len(found), len(story.scenes))
        scripts += found
        path = layout.target(group)
        texts[path] = _text([script.lines for script in found])
        menus |= {f"{path}:{line}": place for line, place in _menus(found)}
    for file, blocks in translations.added(story, names).items():
        path = layout.target(file)
        texts[path] = texts.get(path, b"") + (b"\n" if path in texts else b"") + _text(blocks)
    missing = _definitions(story, names, known, scripts)
    warnings += [warning for script in scripts for warning in script.warnings] + missing[1]
    if missing[0]:
        texts[layout.GAME + unique("definitions", _stems(texts)) + ".rpy"] = _text(missing[0])
    blobs: dict[str, str] = {}
    placed: dict[str, str] = {}
    stamps: dict[str, Stamp] = {}
    works: dict[str, Work] = {}
    credentials = story.credentials
    for asset_id, asset in sorted(story.assets.items()):
        path = layout.target(asset.path)
        if path in texts or blobs.get(path, asset.hash) != asset.hash:
            warnings.append(ExportWarning("path_taken", f"Two files are called {path!r}; one is written."))
            continue
        blobs[path] = asset.hash
        placed[asset_id] = path
        if path not in stamps and asset_id in story.stamps:
            stamps[path] = story.stamps[asset_id]
        if path not in works and credentials and asset_id in credentials.works:
            works[path] = credentials.works[asset_id]
    if needed(story):
        texts = {p: c for p, c in template(story.name).items() if p not in blobs} | texts
    if story.origin is not None:
        texts[CREDITS] = credits_of(story)
    told = sum(scene.role == "story" for scene in story.scenes.values())
    lines = sum(script.texts for script in scripts)
    return Project(
        texts,
        blobs,
        placed,
        stamps,
        works,
        credentials.whole if credentials else None,
        told,
        lines,
        tuple(warnings),
        menus,
        _labels(story, names),
    )


def _stems(paths: Mapping[str, bytes]) -> set[str]:
    return {path.removeprefix(layout.GAME).removesuffix(".rpy") for path in paths}


def _file(story: StoryView, names: Names, known: scenery.Scenery, members: list[str]) -> Iterator[Script]:
    """Yield the scenes of one file, each when it is written."""
    scripts = [Script(story, names, scene_id, story.scenes[scene_id], known.sound) for scene_id in members]
    told = [script for script in scripts if script.scene.role == "story"]
    following = {one.scene_id: after.scene_id for one, after in pairwise(told)}
    for script in scripts:
        if script.scene.role == "code":
            code_scene(script)
        else:
            story_scene(script, following.get(script.scene_id))
        yield script


def _definitions(
    story: StoryView, names: Names, known: scenery.Scenery, scripts: list[Script]
) -> tuple[list[list[str]], list[ExportWarning]]:
    images, warnings = scenery.declarations(story, names, known)
    parts = [[*declarations.characters(story, names)], [*declarations.variables(story, names)], images]
    if any(script.draws for script in scripts):
        parts.append(_DRAW)
    if any(_computed(script.scene) for script in scripts):
        parts.append(_FILL)
    if names.start is not None and names.labels[names.start] != "start":
        parts.append(["label start:", f"    jump {names.labels[names.start]}"])
    return [part for part in parts if part], warnings


def _computed(scene: Scene) -> bool:
    """Tell whether a line or an option shows more than a name; what a game itself wrote stays its own."""
    written = [n for n in scene.nodes.values() if n.type != "action" and not layout.scripted(n)]
    options = (edge.text or "" for node in written for edge in node.next.values())
    return any(map(renaming.computed, chain((node.content for node in written), options)))


def _menus(scripts: list[Script]) -> Iterator[tuple[int, Place]]:
    """Yield the line (1-based) of each choice in the file that holds these scenes."""
    number = 1
    for script in scripts:
        for place, line in enumerate(script.lines):
            if node_id := script.menus.get(place):
                yield number, (script.scene_id, node_id)
            number += line.count("\n") + 1
        number += bool(script.lines)


def _labels(story: StoryView, names: Names) -> tuple[str, ...]:
    """Return the labels that need no arguments, sorted; those of modules, which may never be loaded, left out."""
    places: dict[str, Mapping[str, Json]] = {}
    for scene_id, scene in story.scenes.items():
        if scene.group.endswith(layout.MODULE):
            continue
        if scene_id in names.labels and scene.role == "story":
            places[names.labels[scene_id]] = scene.meta
        for node_id, node in scene.nodes.items():
            if label := names.written.get((scene_id, node_id)):
                places[label] = node.directives
    return tuple(sorted(label for label, header in places.items() if not header.get("parameters")))


def _text(parts: list[list[str]]) -> bytes:
    """Return the octets of a script: its parts with an empty line between them."""
    return ("\n\n".join("\n".join(part) for part in parts if part) + "\n").encode()
