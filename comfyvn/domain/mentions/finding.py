"""What a part of an entity names. Only the part itself is looked at, so the answer changes with nothing else."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from comfyvn.domain.kernel import WHOLE, Json
from comfyvn.domain.mentions.naming import (
    Image,
    Mention,
    automatic,
    bare,
    declared,
    file_name,
    fitting,
    image_name,
    is_open,
    likely,
    literals,
    pose_name,
    sounding,
    stem,
    tagged,
    word_name,
    worded,
)

VERSION: Final = 4
"""Another number means that what is kept of earlier answers is formed anew."""
MAX_MENTIONS: Final = 5000
"""Of one part; what is beyond is left out."""

_KEY: Final = re.compile(r"(?:.*_)?asset(?:_ids?|s)?\Z")
_NAME: Final = re.compile(r"[A-Za-z_]\w*\Z")
_DEPTH: Final = 20

LAYERS: Final = "_[layer]"
"""Behind the name of a layered image: what the files of its layers are called, where code does not name them."""
COMPUTED: Final = "code:images"
"""The name under which code stands that declares images whose names it computes."""

HINT: Final = re.compile(r'"action"|attributes"|temporary"|\{(?:image|font)=|asset')
"""Stands in the JSON text of every part of a scene that names something."""


def mentions(kind: str, entity: str, part: str, body: Json) -> list[Mention]:
    """Return what a part names, each once."""
    found: dict[Mention, None] = {}
    for mention in _of(kind, entity, part, body):
        if len(found) >= MAX_MENTIONS:
            break
        found[mention._replace(role=fitting("", mention.role), about=fitting("", mention.about))] = None
    return list(found)


def named(path: str, role: str) -> Mention:
    """Return the use of a file by its path as it is written."""
    if is_open(path):
        return Mention(fitting("pattern: ", path), "use", role, path)
    return Mention(file_name(path), "use", role, path)


def tag_of(character: Mapping[str, Json]) -> str:
    """Return the first word of the images of a character."""
    given = character.get("image_tag") or character.get("variable")
    return str(given or re.sub(r"\W+", "_", str(character.get("name", "")).lower()).strip("_"))


def _of(kind: str, entity: str, part: str, body: Json) -> Iterator[Mention]:
    if not isinstance(body, Mapping):
        return
    if kind == "asset":
        yield from _asset(body)
    elif kind == "provenance":
        yield from _origin(body)
    elif kind == "scene" and part != WHOLE:
        yield from _node(body)
    elif kind == "character":
        yield from _character(entity, body)
    elif kind == "translation" and body.get("target"):
        yield Mention(fitting("node:", str(body["target"])), "use", "translates", str(body.get("language", "")))
    if kind not in ("asset", "provenance", "playthrough"):
        yield from _assets(body, 0)


def _asset(body: Mapping[str, Any]) -> Iterator[Mention]:
    path = str(body["path"])
    yield Mention(file_name(path), "gives", "path", path)
    own, like = automatic(path), likely(path)
    if own:
        yield Mention(image_name(own), "gives", "path", path)
    for words in dict.fromkeys((like, tuple(stem(path).lower().split()))) if like else ():
        if words and words != own:
            yield Mention(image_name(words), "gives", "like", path)
    if name := sounding(path):
        yield Mention(fitting("audio:", name), "gives", "path", path)


def _origin(body: Mapping[str, Any]) -> Iterator[Mention]:
    subject = fitting("", str(body["subject"]))
    yield Mention(subject, "origin", str(body["activity"]))
    for name, role in (body.get("inputs") or {}).items():
        went_in = fitting("", str(name))
        if went_in != subject:
            yield Mention(went_in, "use", f"input {role}"[:100], subject)
            yield Mention(subject, "origin", f"input {role}"[:100], went_in)


def _character(entity: str, body: Mapping[str, Any]) -> Iterator[Mention]:
    tag = tag_of(body).lower()
    yield Mention(fitting("tag:", tag), "gives", "tag", entity)
    yield Mention(pose_name(entity, ()), "gives", "tag", tag)
    if portrait := body.get("portrait_asset_id"):
        yield Mention(fitting("asset:", str(portrait)), "use", "portrait")
    for expression, asset in (body.get("expressions") or {}).items():
        yield Mention(fitting("asset:", str(asset)), "use", "expression", str(expression))
        if words := expression.split():
            yield Mention(image_name((tag, *words)), "gives", "expression", fitting("", str(asset)))


def _node(body: Mapping[str, Any]) -> Iterator[Mention]:
    content = str(body.get("content") or "")
    directives: Mapping[str, Any] = body.get("directives") or {}
    verb = body.get("verb")
    if body["type"] == "text":
        yield from _line(content, body.get("speaker"), directives)
    elif verb in ("scene", "show"):
        yield from _picture(content, directives)
    elif verb in ("play", "queue", "voice"):
        role = "voices" if verb == "voice" else "plays"
        yield from _sound(content, role, computed=bool(directives.get("expression")))
    elif verb in ("declare", "raw"):
        yield from _code(content)
    for value in _texts(directives, 0):
        yield from (named(path, "code") for path in literals(value))
    if verb in ("with", "set", "camera", "return", "window"):
        yield from (named(path, "code") for path in literals(content))


def _line(content: str, speaker: Any, directives: Mapping[str, Any]) -> Iterator[Mention]:
    for kind, name in tagged(content):
        if kind == "image" and "." not in name:
            yield Mention(image_name(name.lower().split() or ("image",)), "use", "shows")
        else:
            yield named(name, "shows" if kind == "image" else "font")
    asked = [*_words(directives.get("attributes")), *_words(directives.get("temporary"))]
    kept = [word for word in asked if not word.startswith("-")]
    if speaker and kept:
        yield Mention(pose_name(str(speaker), kept), "use", "shows")


def _picture(content: str, directives: Mapping[str, Any]) -> Iterator[Mention]:
    paths = list(literals(content))
    yield from (named(path, "shows") for path in paths)
    words: Image = tuple(content.split())
    if words and not directives.get("expression") and '"' not in content and "'" not in content:
        yield Mention(image_name(words), "use", "shows")


def _sound(content: str, role: str, *, computed: bool) -> Iterator[Mention]:
    file = bare(content.strip())
    if not computed:
        if file:
            yield named(file, role)
    elif _NAME.match(file.removeprefix("audio.")):
        yield Mention(fitting("audio:", file.removeprefix("audio.")), "use", role)
    else:
        yield from (named(path, role) for path in literals(content))


def _code(content: str) -> Iterator[Mention]:
    told: set[str] = set()
    for form, words, files in declared(content):
        if not words:
            yield Mention(COMPUTED, "gives", "computed")
            continue
        if form == "layers":
            parts = words[0] + LAYERS
            yield Mention(image_name(words), "gives", "layers", parts)
            yield named(parts, "layers")
        name = fitting("audio:", words[0]) if form == "audio" else image_name(words)
        role = "layers" if form == "layers" else "declares"
        yield from (Mention(name, "gives", role, path) for path in files or ("",))
        told.update(files)
    yield from (named(path, "declares" if path in told else "code") for path in literals(content))
    yield from (Mention(word_name(words), "use", "code") for words in worded(content))


def _assets(value: Any, depth: int) -> Iterator[Mention]:
    """Yield the assets that are named by id under a key that says so, however deep."""
    if depth > _DEPTH:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if _KEY.match(str(key)) and key not in ("portrait_asset_id",):
                ids = inner if isinstance(inner, list) else [inner]
                said = (str(i).removeprefix("asset:") for i in ids if isinstance(i, str) and i)
                yield from (Mention(fitting("asset:", i), "use", str(key)[:100]) for i in said)
            yield from _assets(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _assets(inner, depth + 1)


def _words(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.split()
    return [str(word) for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        if '"' in value or "'" in value:
            yield value
    elif isinstance(value, Mapping | list) and depth <= _DEPTH:
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner, depth + 1)
