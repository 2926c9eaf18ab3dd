"""The images and sounds that a story uses: which exist, which are declared, and which are still missing."""

from collections.abc import Iterator
from dataclasses import dataclass

from comfyvn.application.exports import ExportWarning, StoryView
from comfyvn.domain.mentions.naming import BUILT_IN, Image, automatic, bare, declared, fits, found_in, likely
from comfyvn.domain.story import Node
from comfyvn.infrastructure.exports.renpy import layout
from comfyvn.infrastructure.exports.renpy.escaping import quoted
from comfyvn.infrastructure.exports.renpy.identifiers import word
from comfyvn.infrastructure.exports.renpy.naming import Names
from comfyvn.infrastructure.exports.renpy.statements import CHANNEL, source, words

_CHANNELS = frozenset({"music", "sound", "voice", "audio"})


@dataclass(frozen=True, slots=True)
class Scenery:
    """What is there to be seen and heard. `files` are the paths of assets below the game folder."""

    files: frozenset[str]
    images: frozenset[Image]
    layered: frozenset[str]

    def shows(self, image: Image) -> bool:
        """Tell whether an image of this tag has all of these attributes."""
        return image[0] in self.layered or any(fits(image, known) for known in self.images)

    def sound(self, name: str) -> str | None:
        """Return `name` as the engine finds it: as it is, or the path of the only file that is called so."""
        file = bare(name)
        if file in self.files:
            return name
        path = found_in(file, self.files)
        return None if path is None else f"{name.removesuffix(file)}{path}"

    def picture(self, image: Image) -> str | None:
        """Return the first image file that is called like the image."""
        return min((path for path in self.files if likely(path) == image), default=None)


def scenery_of(story: StoryView, names: Names) -> Scenery:
    """Return the scenery of a story: its files, and the images that files, characters and code declare."""
    files = frozenset(asset.path for asset in story.assets.values())
    images: set[Image] = {*BUILT_IN, *map(automatic, files), *(image for image, _ in portraits(story, names))}
    layered: set[str] = set()
    for scene in story.scenes.values():
        for node in scene.nodes.values():
            if node.verb in ("declare", "raw") and not layout.foreign(node):
                told = [found for found in declared(node.content) if found.form != "audio"]
                images |= {found.words for found in told}
                layered |= {found.words[0] for found in told if found.form == "layers"}
    return Scenery(files, frozenset(image for image in images if image), frozenset(layered))


def portraits(story: StoryView, names: Names) -> Iterator[tuple[Image, str]]:
    """Yield the images that characters have as their expressions, each with the path of its file."""
    for i, character in sorted(story.characters.items()):
        for expression, asset_id in sorted(character.expressions.items()):
            asset = story.assets.get(asset_id)
            if asset:
                yield (names.tags[i], *filter(None, map(word, expression.split()))), asset.path


def declarations(story: StoryView, names: Names, scenery: Scenery) -> tuple[list[str], list[ExportWarning]]:
    """Return the lines that declare the images and channels a story of one's own uses, and what is missing."""
    lines: dict[Image, str] = {
        image: f"image {' '.join(image)} = {quoted(path)}" for image, path in portraits(story, names)
    }
    warnings: list[ExportWarning] = []
    channels: set[str] = set()
    known_channels = set(_CHANNELS)
    for scene_id, node_id, node in _nodes(story):
        if node.verb in ("play", "queue", "stop"):
            channel = source(node.directives.get("channel")) or CHANNEL
            (known_channels if layout.scripted(node) else channels).add(channel)
        image = () if layout.scripted(node) else _shown(node, story, names)
        if not image or image in lines or scenery.shows(image):
            continue
        path = scenery.picture(image)
        if path is None:
            message = f"There is no image {' '.join(image)!r}; a stand-in is shown."
            warnings.append(ExportWarning("image_missing", message, scene_id, node_id))
        lines[image] = f"image {' '.join(image)} = {quoted(path) if path else 'Placeholder()'}"
    if layout.has_code(story):
        lines = {image: line for image, line in lines.items() if "Placeholder()" not in line}
    found = [lines[image] for image in sorted(lines)]
    if fresh := sorted(channels - known_channels):
        found += ["init python:"]
        found += [f'    renpy.music.register_channel({quoted(channel)}, "sfx", False)' for channel in fresh]
    return found, warnings


def _nodes(story: StoryView) -> Iterator[tuple[str, str, Node]]:
    for members in layout.files(story.scenes).values():
        for scene_id in members:
            for node_id, node in sorted(story.scenes[scene_id].nodes.items()):
                yield scene_id, node_id, node


def _shown(node: Node, story: StoryView, names: Names) -> Image:
    """Return the image that a node asks for by name; empty if none."""
    if node.verb in ("scene", "show") and not node.directives.get("expression"):
        parts = tuple(node.content.split())
        return () if '"' in node.content or "'" in node.content else parts
    character = story.characters.get(node.speaker or "")
    attributes = words(node.directives.get("attributes")) + words(node.directives.get("temporary"))
    if node.type != "text" or character is None or not attributes:
        return ()
    return (names.tags[node.speaker or ""], *(attribute for attribute in attributes if not attribute.startswith("-")))
