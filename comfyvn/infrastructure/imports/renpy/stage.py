"""Stage: images, layers, transitions."""

from collections.abc import Callable
from typing import TypeVar

from comfyvn.infrastructure.imports.renpy.reader import Reader
from comfyvn.infrastructure.imports.renpy.scanner import Broken
from comfyvn.infrastructure.imports.renpy.syntax import Camera, Hide, Scene, Show, ShowLayer, Staging, With

S = TypeVar("S", bound=Staging)


def read_scene(r: Reader) -> Scene:
    """Read ``scene``, with an image or without."""
    layer = r.require(r.name, "a layer") if r.keyword("onlayer") else None
    if r.at_end():
        return Scene(r.span(), (), layer=layer)
    return _staging(r, Scene, layer)


def read_show(r: Reader) -> Show:
    """Read ``show image``."""
    return _staging(r, Show)


def read_hide(r: Reader) -> Hide:
    """Read ``hide image``."""
    return _staging(r, Hide, atl=False)


def image_name(r: Reader) -> tuple[str, ...]:
    """Read the parts of an image's name, at least one."""
    parts = [r.require(r.image_word, "an image's name")]
    while part := r.image_word():
        parts.append(part)
    return tuple(parts)


def _staging(r: Reader, kind: type[S], layer: str | None = None, atl: bool = True) -> S:
    image: tuple[str, ...] = ()
    expression = None
    if r.keyword("expression") or r.keyword("image"):
        expression = r.require(r.expression, "an expression")
    else:
        image = image_name(r)
        quoted = r.expression()
        if quoted is not None:
            image += (quoted,)
    clauses = _clauses(r)
    with_ = r.require(r.expression, "a transition") if r.keyword("with") else None
    block = None
    if atl:
        block = _atl(r)
    else:
        r.end()
    return kind(
        r.span(),
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


def _clauses(r: Reader) -> dict[str, tuple[str, ...]]:
    """Read the clauses of an image in any order, each at most once."""
    readers: dict[str, Callable[[], tuple[str, ...]]] = {
        "onlayer": lambda: (r.require(r.name, "a layer"),),
        "at": r.expressions,
        "as": lambda: (r.require(r.name, "a tag"),),
        "zorder": lambda: (r.require(r.expression, "an expression"),),
        "behind": lambda: _tags(r),
    }
    found: dict[str, tuple[str, ...]] = {}
    while True:
        start = r.pos
        word = r.word()
        if word is None or word not in readers:
            r.pos = start
            return found
        if word in found:
            raise Broken("repeated_clause", f"the clause '{word}' appears twice")
        found[word] = readers[word]()


def _tags(r: Reader) -> tuple[str, ...]:
    tags = [r.require(r.name, "a tag")]
    while r.take(","):
        tags.append(r.require(r.name, "a tag"))
    return tuple(tags)


def _atl(r: Reader) -> str | None:
    """Read the colon and the block of a transform, if there is one."""
    if not r.take(":"):
        r.end()
        return None
    r.require_end()
    return r.code()


def read_show_layer(r: Reader) -> ShowLayer:
    """Read ``show layer name``."""
    layer = r.require(r.name, "a layer")
    at = r.expressions() if r.keyword("at") else ()
    atl = _atl(r)
    return ShowLayer(r.span(), layer, at, atl)


def read_camera(r: Reader) -> Camera:
    """Read ``camera [layer]``."""
    layer = r.name()
    at = r.expressions() if r.keyword("at") else ()
    atl = _atl(r)
    return Camera(r.span(), layer, at, atl)


def read_with(r: Reader) -> With:
    """Read ``with transition``."""
    expression = r.require(r.expression, "a transition")
    r.end()
    return With(r.span(), expression)
