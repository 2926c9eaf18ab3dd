"""The stage: all that is seen and heard at a moment of a play, so that any moment can be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final

from comfyvn.domain.kernel import Json

DEFAULT_CHANNEL: Final = "music"
CHANNELS: Final = frozenset({"music", "sound", "audio", "voice", "ambience"})
"""Names that a sound direction without a ``channel`` directive may begin with."""
DEFAULT_LAYER: Final = "master"
MAX_QUEUED: Final = 100
"""Sounds that wait on one channel; of more, the latest wait."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An image on the stage under a `tag`: what is asked of it, and where it stands.

    `base` and `attributes` are the first and the further words of its name; `at` are positions and transforms by
    name, `zorder` and `expression` (an image that has no name) stand as the script spells them.
    """

    tag: str
    base: str = ""
    attributes: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    layer: str = DEFAULT_LAYER
    zorder: str = ""
    expression: str = ""

    @property
    def name(self) -> str:
        """The whole name of the image."""
        return " ".join((self.base, *self.attributes))


@dataclass(frozen=True, slots=True)
class Stage:
    """What is seen and heard.

    `background` came with the last ``scene``; `sprites` are the other images by tag, the hindmost first; `sounds` are
    the files by channel, `queued` those that follow; the voice belongs to the line that is shown. `window` is what was
    last asked of the text window, `camera` of the camera.
    """

    background: Shown | None = None
    sprites: Mapping[str, Shown] = field(default_factory=dict)
    sounds: Mapping[str, str] = field(default_factory=dict)
    queued: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    voice: str = ""
    window: str = ""
    camera: tuple[str, ...] = ()


def directed(stage: Stage, verb: str, content: str, directives: Mapping[str, Json]) -> Stage:
    """Return the stage after one direction.

    An image is named by its words, and the first word (or the ``as`` directive) is the tag under which it is
    replaced or hidden; what a ``show`` leaves out (attributes, place, layer) stays as it was. A sound is named after
    its channel: in the ``channel`` directive, or before the file name. Transitions and pauses leave the stage as it is.
    """
    match verb:
        case "show":
            return _with_sprite(stage, content, directives)
        case "play" | "queue" | "stop":
            return _heard(stage, verb, content, directives)
        case _:
            return replace(stage, **_replaced(stage, verb, content, directives))


def _replaced(stage: Stage, verb: str, content: str, directives: Mapping[str, Json]) -> dict[str, Any]:
    """Return the fields that a direction sets."""
    match verb:
        case "scene":
            return {"background": _shown(None, content, directives), "sprites": {}}
        case "hide":
            tag = _tag(content, directives)
            gone = stage.background is not None and stage.background.tag == tag
            background = None if gone else stage.background
            return {"background": background, "sprites": _without(stage.sprites, tag)}
        case "voice":
            return {"voice": content}
        case "window":
            return {"window": content}
        case "camera":
            return {"camera": _texts(directives.get("at"))}
        case _:
            return {}


def spoken(stage: Stage, speaker: str, attributes: Sequence[str]) -> Stage:
    """Return the stage after a line that gives the image of its speaker other attributes, if there is one."""
    sprite = stage.sprites.get(speaker)
    if sprite is None or not attributes:
        return stage
    return replace(stage, sprites={**stage.sprites, speaker: replace(sprite, attributes=_changed(sprite, attributes))})


def silenced(stage: Stage) -> Stage:
    """Return the stage once the line of the voice is past."""
    return replace(stage, voice="") if stage.voice else stage


def stage_to_json(stage: Stage) -> Json:
    """Return a stage as JSON."""
    return asdict(stage)


def stage_from_json(body: Json) -> Stage:
    """Return the stage that `stage_to_json` gave; raises TypeError, ValueError or AttributeError for anything else."""
    if body.keys() != {f.name for f in fields(Stage)}:
        raise ValueError("keys of the stage are missing or unknown")
    return Stage(
        background=None if body["background"] is None else _shown_of(body["background"]),
        sprites={_text(tag): _shown_of(sprite) for tag, sprite in body["sprites"].items()},
        sounds={_text(channel): _text(name) for channel, name in body["sounds"].items()},
        queued={_text(channel): tuple(map(_text, names)) for channel, names in body["queued"].items()},
        voice=_text(body["voice"]),
        window=_text(body["window"]),
        camera=tuple(map(_text, body["camera"])),
    )


def _shown_of(body: Json) -> Shown:
    given: dict[str, Any] = {
        name: tuple(map(_text, v)) if name in ("attributes", "at") else _text(v) for name, v in body.items()
    }
    return Shown(**given)


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{type(value).__name__} stands where a text belongs")
    return value


def _name(given: Json) -> str:
    return given if isinstance(given, str) else ""


def _texts(given: Json) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,) if given else ()
    return tuple(item for item in given if isinstance(item, str)) if isinstance(given, list | tuple) else ()


def _tag(content: str, directives: Mapping[str, Json]) -> str:
    return _name(directives.get("as")) or content.partition(" ")[0] or _name(directives.get("expression"))


def _shown(before: Shown | None, content: str, directives: Mapping[str, Json]) -> Shown | None:
    tag = _tag(content, directives)
    if not tag:
        return None
    base, *attributes = content.split() or [""]
    was = before or Shown(tag)
    return Shown(
        tag,
        base,
        _changed(was, attributes) if base == was.base else tuple(attributes),
        _texts(directives.get("at")) or was.at,
        _name(directives.get("onlayer")) or was.layer,
        _name(directives.get("zorder")) or was.zorder,
        _name(directives.get("expression")),
    )


def _changed(shown: Shown, asked: Sequence[str]) -> tuple[str, ...]:
    """Return the attributes after some are asked for: none keeps all, ``-name`` takes one away, others replace them."""
    if not asked:
        return shown.attributes
    gone = {word[1:] for word in asked if word.startswith("-")}
    wanted = tuple(word for word in asked if not word.startswith("-"))
    return wanted or tuple(word for word in shown.attributes if word not in gone)


def _with_sprite(stage: Stage, content: str, directives: Mapping[str, Json]) -> Stage:
    tag = _tag(content, directives)
    if stage.background is not None and stage.background.tag == tag:
        return replace(stage, background=_shown(stage.background, content, directives))
    sprite = _shown(stage.sprites.get(tag), content, directives)
    if sprite is None:
        return stage
    sprites = {**stage.sprites, tag: sprite}
    behind = [other for other in _texts(directives.get("behind")) if other in stage.sprites]
    if behind:
        rest = [name for name in sprites if name != tag]
        at = min(map(rest.index, behind))
        sprites = {name: sprites[name] for name in (*rest[:at], tag, *rest[at:])}
    return replace(stage, sprites=sprites)


def _heard(stage: Stage, verb: str, content: str, directives: Mapping[str, Json]) -> Stage:
    if verb == "stop":
        channel = _name(directives.get("channel")) or content.partition(" ")[0] or DEFAULT_CHANNEL
        voice = "" if channel == "voice" else stage.voice
        return replace(
            stage, sounds=_without(stage.sounds, channel), queued=_without(stage.queued, channel), voice=voice
        )
    channel, sound = _sound(content, directives)
    if verb == "queue" and channel in stage.sounds:
        return replace(stage, queued={**stage.queued, channel: (*stage.queued.get(channel, ()), sound)[-MAX_QUEUED:]})
    return replace(stage, sounds={**stage.sounds, channel: sound}, queued=_without(stage.queued, channel))


def _sound(content: str, directives: Mapping[str, Json]) -> tuple[str, str]:
    if given := _name(directives.get("channel")):
        return given, content
    first, _, rest = content.partition(" ")
    return (first, rest.strip()) if first in CHANNELS and rest else (DEFAULT_CHANNEL, content)


def _without(entries: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return {name: value for name, value in entries.items() if name != key} if key in entries else entries
