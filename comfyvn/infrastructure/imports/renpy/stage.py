"""Stage: images, layers, transitions."""

from collections.abc import Callable
from typing import TypeVar

from comfyvn.infrastructure.imports.renpy.cursor import Cursor
from comfyvn.infrastructure.imports.renpy.scanner import Broken
from comfyvn.infrastructure.imports.renpy.syntax import Camera, Hide, Scene, Show, ShowLayer, Staging, With

S = TypeVar("S", bound=Staging)


def read_scene(c: Cursor) -> Scene:
    """Read ``scene``, with an image or without."""
    layer = c.require(c.name, "a layer") if c.keyword("onlayer") else None
    if c.at_end():
        return Scene(c.span(), (), layer=layer)
    return _staging(c, Scene, layer)


def read_show(c: Cursor) -> Show:
    """Read ``show image``."""
    return _staging(c, Show)


def read_hide(c: Cursor) -> Hide:
    """Read ``hide image``."""
    return _staging(c, Hide, atl=False)


def image_name(c: Cursor) -> tuple[str, ...]:
    """Read the parts of an image's name, at least one."""
    parts = [c.require(c.image_word, "an image's name")]
    while part := c.image_word():
        parts.append(part)
    return tuple(parts)


def _staging(c: Cursor, kind: type[S], layer: str | None = None, atl: bool = True) -> S:
    image: tuple[str, ...] = ()
    expression = None
    if c.keyword("expression") or c.keyword("image"):
        expression = c.require(c.expression, "an expression")
    else:
        image = image_name(c)
        quoted = c.expression()
        if quoted is not None:
            image += (quoted,)
    clauses = _clauses(c)
    with_ = c.require(c.expression, "a transition") if c.keyword("with") else None
    block = None
    if atl:
        block = _atl(c)
    else:
        c.end()
    return kind(
        c.span(),
        image,
        expression,
        clauses.get("as", (None,))[0],
        clauses.get("at", ()),
        clauses.get("onlayer", (layer,))[0],
        clauses.get("zorder", (None,))[0],
        clauses.get("behind", ()),
        with_,
        block,
    )


def _clauses(c: Cursor) -> dict[str, tuple[str, ...]]:
    """Read the clauses of an image in any order, each at most once."""
    readers: dict[str, Callable[[], tuple[str, ...]]] = {
        "onlayer": lambda: (c.require(c.name, "a layer"),),
        "at": c.expressions,
        "as": lambda: (c.require(c.name, "a tag"),),
        "zorder": lambda: (c.require(c.expression, "an expression"),),
        "behind": lambda: _tags(c),
    }
    found: dict[str, tuple[str, ...]] = {}
    while True:
        start = c.pos
        word = c.word()
        if word is None or word not in readers:
            c.pos = start
            return found
        if word in found:
            raise Broken("repeated_clause", f"the clause '{word}' appears twice")
        found[word] = readers[word]()


def _tags(c: Cursor) -> tuple[str, ...]:
    tags = [c.require(c.name, "a tag")]
    while c.take(","):
        tags.append(c.require(c.name, "a tag"))
    return tuple(tags)


def _atl(c: Cursor) -> str | None:
    """Read the colon and the block of a transform, if there is one."""
    if not c.take(":"):
        c.end()
        return None
    c.require_end()
    return c.code()


def read_show_layer(c: Cursor) -> ShowLayer:
    """Read ``show layer name``."""
    layer = c.require(c.name, "a layer")
    at = c.expressions() if c.keyword("at") else ()
    atl = _atl(c)
    return ShowLayer(c.span(), layer, at, atl)


def read_camera(c: Cursor) -> Camera:
    """Read ``camera [layer]``."""
    layer = c.name()
    at = c.expressions() if c.keyword("at") else ()
    atl = _atl(c)
    return Camera(c.span(), layer, at, atl)


def read_with(c: Cursor) -> With:
    """Read ``with transition``."""
    expression = c.require(c.expression, "a transition")
    c.end()
    return With(c.span(), expression)
