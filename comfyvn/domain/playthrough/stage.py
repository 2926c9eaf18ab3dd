"""The stage: what is seen and heard at a moment of a play."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from comfyvn.domain.kernel import Json

DEFAULT_CHANNEL: Final = "music"
CHANNELS: Final = frozenset({"music", "sound", "audio", "voice", "ambience"})
"""Names that a sound direction without a ``channel`` directive may begin with."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`images` by tag, the hindmost first; `sounds` by channel; `window` is what was last asked of the text window."""

    images: Mapping[str, str] = field(default_factory=dict)
    sounds: Mapping[str, str] = field(default_factory=dict)
    window: str = ""


def directed(stage: Stage, verb: str, content: str, directives: Mapping[str, Json]) -> Stage:
    """Return the stage after one direction.

    An image is named by its words, and the first word (or the ``as`` directive) is the tag under which it is
    replaced or hidden. A sound is named after its channel: in the ``channel`` directive, or before the file name.
    Transitions, pauses and camera moves leave the stage as it is.
    """
    images, sounds, window = stage.images, stage.sounds, stage.window
    match verb:
        case "scene":
            images = _shown({}, content, directives)
        case "show":
            images = _shown(images, content, directives)
        case "hide":
            images = _without(images, _tag(content, directives))
        case "play" | "queue":
            channel, sound = _sound(content, directives)
            sounds = {**sounds, channel: sound}
        case "voice" if content:
            sounds = {**sounds, "voice": content}
        case "stop":
            sounds = _without(sounds, _name(directives.get("channel")) or content.partition(" ")[0] or DEFAULT_CHANNEL)
        case "window":
            window = content
        case _:
            return stage
    return Stage(images, sounds, window)


def _name(given: Json) -> str:
    return given if isinstance(given, str) else ""


def _tag(content: str, directives: Mapping[str, Json]) -> str:
    return _name(directives.get("as")) or content.partition(" ")[0]


def _shown(images: Mapping[str, str], content: str, directives: Mapping[str, Json]) -> Mapping[str, str]:
    tag = _tag(content, directives)
    return {**images, tag: content} if tag else images


def _sound(content: str, directives: Mapping[str, Json]) -> tuple[str, str]:
    if given := _name(directives.get("channel")):
        return given, content
    first, _, rest = content.partition(" ")
    return (first, rest.strip()) if first in CHANNELS and rest else (DEFAULT_CHANNEL, content)


def _without(entries: Mapping[str, str], key: str) -> Mapping[str, str]:
    return {name: value for name, value in entries.items() if name != key}
