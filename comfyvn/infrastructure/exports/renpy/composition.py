"""A story to the files of a project, in memory: nothing is written here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from comfyvn.application.exports import ExportWarning, StoryView
from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.exports.renpy import declarations, layout, provenance, scenery, translations
from comfyvn.infrastructure.exports.renpy.flow import Script
from comfyvn.infrastructure.exports.renpy.identifiers import unique
from comfyvn.infrastructure.exports.renpy.naming import Names, names_of
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


@dataclass(frozen=True, slots=True)
class Project:
    """A project to be written: `texts` holds contents by path, `blobs` the hashes of assets by path."""

    texts: Mapping[str, bytes]
    blobs: Mapping[str, str]
    scenes: int
    lines: int
    warnings: tuple[ExportWarning, ...]


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
    for group, members in layout.files(story.scenes).items():
        found: list[Script] = []
        for script in _file(story, names, known, members):
            found.append(script)
            progress(len(scripts) + len(found), len(story.scenes))
        scripts += found
        texts[layout.target(group)] = _text([script.lines for script in found])
    for file, blocks in translations.added(story, names).items():
        path = layout.target(file)
        texts[path] = texts.get(path, b"") + (b"\n" if path in texts else b"") + _text(blocks)
    missing = _definitions(story, names, known, scripts)
    warnings += [warning for script in scripts for warning in script.warnings] + missing[1]
    if missing[0]:
        texts[layout.GAME + unique("definitions", _stems(texts)) + ".rpy"] = _text(missing[0])
    blobs: dict[str, str] = {}
    for _, asset in sorted(story.assets.items()):
        path = layout.target(asset.path)
        if path in texts or blobs.get(path, asset.hash) != asset.hash:
            warnings.append(ExportWarning("path_taken", f"Two files are called {path!r}; one is written."))
            continue
        blobs[path] = asset.hash
    if needed(story):
        texts = {p: c for p, c in template(story.name).items() if p not in blobs} | texts
    if story.origin is not None:
        texts |= {provenance.CREDITS: provenance.credits_of(story), provenance.RECORD: provenance.record(story)}
    told = sum(scene.role == "story" for scene in story.scenes.values())
    return Project(texts, blobs, told, sum(script.texts for script in scripts), tuple(warnings))


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
    if names.start is not None and names.labels[names.start] != "start":
        parts.append(["label start:", f"    jump {names.labels[names.start]}"])
    return [part for part in parts if part], warnings


def _text(parts: list[list[str]]) -> bytes:
    """Return the octets of a script: its parts with an empty line between them."""
    return ("\n\n".join("\n".join(part) for part in parts if part) + "\n").encode()
