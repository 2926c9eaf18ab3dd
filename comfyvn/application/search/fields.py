"""Which texts the parts of entities hold, and of what sort they are."""

from collections.abc import Iterator, Mapping
from typing import Final, Literal, get_args

from comfyvn.domain.kernel import WHOLE, Json

Where = Literal["dialogue", "choices", "names", "notes"]
"""Sorts of texts: lines; prompts and options of choices; names and titles; comments and notes for writers."""

EVERYWHERE: Final[frozenset[Where]] = frozenset(get_args(Where))
KINDS: Final = ("scene", "character", "timeline", "world", "template", "project")
"""Kinds of entities that hold texts of people, in the order in which hits are listed."""

_NAMES: Final = ("title", "name")
_TEXTS: Final = {"character": ("traits",), "world": ("summary", "tone", "rules", "locations", "factions", "lore")}
_NOTES: Final = ("note", "notes", "summary", "comment")

Path = tuple[str, ...]
Text = tuple[Where, Path, str]
"""(sort, path inside the part, text)"""


def texts(kind: str, part: str, body: Mapping[str, Json]) -> Iterator[Text]:
    """Yield the texts of one part of an entity."""
    if kind == "scene" and part != WHOLE:
        yield from _of_node(body)
    else:
        for name in _NAMES:
            yield from _text("names", (name,), body.get(name))
        for name in _TEXTS.get(kind, ()):
            yield from _texts("notes", (name,), body.get(name))
    meta = body.get("meta")
    if isinstance(meta, Mapping):
        for name in _NOTES:
            yield from _texts("notes", ("meta", name), meta.get(name))


def _of_node(body: Mapping[str, Json]) -> Iterator[Text]:
    if body["type"] == "text":
        yield from _text("dialogue", ("content",), body.get("content"))
    elif body["type"] == "choice":
        yield from _text("choices", ("content",), body.get("content"))
        for edge_id, edge in body.get("next", {}).items():
            yield from _text("choices", ("next", edge_id, "text"), edge.get("text"))
    elif body.get("verb") == "comment":
        yield from _text("notes", ("content",), body.get("content"))


def _text(where: Where, path: Path, value: Json) -> Iterator[Text]:
    if isinstance(value, str) and value:
        yield where, path, value


def _texts(where: Where, path: Path, value: Json) -> Iterator[Text]:
    """Yield a text, or the texts of an object, one level deep."""
    yield from _text(where, path, value)
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _text(where, (*path, key), item)


def with_text(body: Json, path: Path, text: str) -> Json:
    """Return JSON in which the text at a path is another one."""
    if not path:
        return text
    return {**body, path[0]: with_text(body[path[0]], path[1:], text)}
