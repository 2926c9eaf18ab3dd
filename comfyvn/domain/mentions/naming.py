"""Names of files, images and sounds as scripts write them, and as the engine makes them of the paths of files."""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final, Literal, NamedTuple

Image = tuple[str, ...]
"""An image's name: its tag, then its attributes."""

Sense = Literal["use", "gives", "origin"]

BUILT_IN: Final[frozenset[Image]] = frozenset({("black",), ("text",), ("vtext",), ("placeholder",)})
"""Images that the engine declares."""
PICTURES: Final = (".png", ".jpg", ".jpeg", ".webp")
SEARCHED: Final = ("", "images/", "audio/")
"""Folders in which the engine looks for a file."""

_MEDIA: Final = re.compile(
    r"\.(?:png|jpe?g|webp|avif|gif|bmp|svg|ogg|opus|oga|mp[23]|wav|flac|m4a|aac|mp4|webm|mkv|avi|ogv|mpe?g|m4v|[to]tf"
    r"|ttc|woff2?)\Z",
    re.IGNORECASE,
)
_LITERAL: Final = re.compile(r'"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\'|(?:\\.)+')
"""A text, or signs that are escaped outside of one, so that no text is looked for from within another."""
_DECLARED: Final = re.compile(
    r"^([ ]*)(?:init[ ]+-?\d+[ ]+)?(image|layeredimage)[ ]+(\w(?:[\w-]|[ ]{1,3}(?=[\w-])){0,199})[ ]{0,20}(?:=|:)",
    re.MULTILINE,
)
_SOUND: Final = re.compile(r"^([ ]*)(?:define|default)[ ]+(?:-?\d+[ ]+)?audio\.(\w+)[ ]*=", re.MULTILINE)
_PREFIX: Final = re.compile(r"<[^>]*>")
_OPEN: Final = re.compile(r"%[sd]|\[[^\[\]]*\]|\{[^{}]*\}")
_TAG: Final = re.compile(r"\{(image|font)=([^{}]+)\}")
_COMMENT: Final = re.compile(r"^[ ]*#.*$", re.MULTILINE)
_NO_FILE: Final = re.compile(r"[*?|<>\\]|://|\.\+|(?:^|/)\.\w+\Z")
"""Stands in addresses, and in patterns that are compared with the names of files."""
_IMAGE_CALL: Final = re.compile(r"\brenpy\s*\.\s*image\s*\(\s*(?:(['\"])([\w -]+)\1\s*,)?")
_WORDED: Final = re.compile(r"[\w-]{1,60}(?: [\w-]{1,60}){0,5}\Z")
_SHOWING: Final = re.compile(
    r"(?:\b(?:add|idle|hover|insensitive|selected_idle|selected_hover|background|foreground|thumb|ground)"
    r"|\b(?:show|image|displayable|easy_displayable|Image|ShowImage)\s*\()\s*\Z"
)
"""Stands in code before the name of an image."""
_MAX_NAME: Final = 500
_MAX_CODE: Final = 4_000_000
_MAX_BODY: Final = 20_000
_MAX_PATH: Final = 1024


class Mention(NamedTuple):
    """A part of an entity names something.

    `name` is a form and words: ``asset:ID``, ``file:BASENAME``, ``image:TAG ATTRIBUTES``, ``pose:CHARACTER
    ATTRIBUTES``, ``audio:NAME``, ``pattern: PATH``, ``node:ID``, ``word:WORDS`` (an image, where there is one of that
    name), or a subject of provenance. The `sense` "use" asks for the thing, "gives" says what the name means, and
    "origin" tells what a thing was made from. `role` says how, and `about` holds the rest: of a file its path as it is
    written.
    """

    name: str
    sense: Sense
    role: str
    about: str = ""


class Named(NamedTuple):
    """A mention where it stands: a part of an entity, the same since a position."""

    kind: str
    entity: str
    part: str
    position: int
    name: str
    sense: str
    role: str
    about: str


Key = tuple[str, ...]
"""The place of a mention in the order of answers."""


def place_of(row: Named) -> Key:
    """Return the place of a mention in the order of answers."""
    return (row.kind, row.entity, row.part, row.name, row.role, row.about)


class Link(NamedTuple):
    """`source` went into `target` as `role`, as the fact of origin `record` says ("": the target itself says so).

    `distance` counts the steps from where a walk began, below zero towards what came before.
    """

    source: str
    target: str
    role: str
    record: str
    distance: int


class Word(NamedTuple):
    """A name that stands somewhere: uses of one name are one word, and what gives it a meaning has its entity."""

    name: str
    sense: str
    role: str
    about: str
    entity: str


class Declared(NamedTuple):
    """An image or sound that code declares, with the files in its declaration; `words` are empty if not known."""

    form: Literal["image", "layers", "audio"]
    words: Image
    files: tuple[str, ...]


def image_name(words: Iterable[str]) -> str:
    """Return the name of an image; neither the order of its attributes nor capitals matter."""
    tag, *attributes = (word.lower() for word in words)
    return fitting("image:", " ".join([tag, *sorted(set(attributes))]))


def word_name(words: Iterable[str]) -> str:
    """Return the name of what may be an image."""
    return fitting("word:", image_name(words).removeprefix("image:"))


def pose_name(character: str, attributes: Iterable[str]) -> str:
    """Return the name of what is asked for by a line that is said with attributes."""
    return fitting(f"{pose_start(character)} ", " ".join(sorted({word.lower() for word in attributes})))


def pose_start(character: str) -> str:
    """Return how the names of all poses of a character begin."""
    return "pose:" + re.sub(r"\s", "_", character)


def file_name(path: str) -> str:
    """Return the name under which a file is looked up: that without its folders."""
    return fitting("file:", path.rpartition("/")[2])


def fitting(form: str, words: str) -> str:
    """Return a name that every database can have in an index."""
    name = (form + words).replace("\0", "\ufffd")
    if len(name.encode()) <= _MAX_NAME:
        return name
    return f"{name[:100]}…{sha256(name.encode()).hexdigest()}"


def words_of(name: str) -> Image:
    """Return the words of a name behind its form."""
    return tuple(name.partition(":")[2].split())


def is_picture(path: str) -> bool:
    """Tell whether the engine makes an image of a file by itself where it lies in the right folder."""
    return path.lower().endswith(PICTURES)


def automatic(path: str) -> Image:
    """Return the image that the engine declares for a file by itself; empty for none."""
    return tuple(stem(path).lower().split()) if path.startswith("images/") and is_picture(path) else ()


def likely(path: str) -> Image:
    """Return the image that a picture is probably meant for, wherever it lies; empty for none."""
    return tuple(re.split(r"[ _]+", stem(path).lower())) if is_picture(path) else ()


def sounding(path: str) -> str:
    """Return the name that the engine gives to a sound by itself; empty for none."""
    name = stem(path).lower()
    return name if path.startswith("audio/") and _MEDIA.search(path) and name.isidentifier() else ""


def stem(path: str) -> str:
    """Return a file's name without folders and ending."""
    base = path.rpartition("/")[2]
    return base.rpartition(".")[0] or base


def bare(name: str) -> str:
    """Return the file of a name that is played, without the part that tells what of it (``<from 5>``)."""
    found = _PREFIX.match(name)
    return name[found.end() :] if found else name


def found_in(name: str, paths: Iterable[str]) -> str | None:
    """Return the path that a file's name means: itself, or the path of the only file that is called so."""
    known = paths if isinstance(paths, set | frozenset | dict) else set(paths)
    for folder in SEARCHED:
        if folder + name in known:
            return folder + name
    same = [path for path in known if path.rpartition("/")[2] == name.rpartition("/")[2]]
    return same[0] if len(same) == 1 else None


def fits(asked: Image, known: Image) -> bool:
    """Tell whether an image of a tag has all the attributes that are asked for."""
    return asked[0] == known[0] and set(asked[1:]) <= set(known[1:])


def is_open(path: str) -> bool:
    """Tell whether parts of a path are filled in when the game runs."""
    return _OPEN.search(path) is not None


def matches(pattern: str, path: str) -> bool:
    """Tell whether a path may come of one with parts that are filled in."""
    if "/" not in pattern:
        path = path.rpartition("/")[2]
    sides = _OPEN.split(pattern)
    at = 0
    for n, side in enumerate(sides):
        place = path.find(side, at)
        if place < 0 or (n == 0 and place != 0):
            return False
        at = place + len(side)
    return not sides[-1] or path.endswith(sides[-1])


def literals(code: str) -> Iterator[str]:
    """Yield the files that stand as texts in code, each once."""
    seen: set[str] = set()
    for found in _LITERAL.finditer(_COMMENT.sub("", code[:_MAX_CODE])):
        name = bare(found[1] or found[2] or "").strip()
        if name not in seen and len(name) <= _MAX_PATH and _MEDIA.search(name) and not _NO_FILE.search(name):
            seen.add(name)
            yield name


def worded(code: str) -> Iterator[Image]:
    """Yield the texts in code that may be the names of images: several words, or one where an image is asked for."""
    code = _COMMENT.sub("", code[:_MAX_CODE])
    for found in _LITERAL.finditer(code):
        text = (found[1] or found[2] or "").lower()
        if _WORDED.match(text) and (" " in text or _SHOWING.search(code[max(0, found.start() - 40) : found.start()])):
            yield tuple(text.split())


def tagged(text: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, name) of the images and fonts in a line."""
    for kind, name in _TAG.findall(text):
        yield kind, name.strip()


def declared(code: str) -> Iterator[Declared]:
    """Yield the images and sounds that code declares; without words where it computes their names."""
    for found in _IMAGE_CALL.finditer(_COMMENT.sub("", code[:_MAX_CODE])):
        yield Declared("image", tuple((found[2] or "").split()), ())
    for found in _DECLARED.finditer(code[:_MAX_CODE]):
        form: Literal["image", "layers"] = "layers" if found[2] == "layeredimage" else "image"
        yield Declared(form, tuple(found[3].split()), tuple(literals(_body(code, found))))
    for found in _SOUND.finditer(code[:_MAX_CODE]):
        yield Declared("audio", (found[2],), tuple(literals(_body(code, found))))


def _body(code: str, found: re.Match[str]) -> str:
    """Return what belongs to a declaration: the rest of its line, and the lines that stand deeper."""
    rest = code[found.end() : found.end() + _MAX_BODY]
    end = rest.find("\n")
    deeper = len(found[1])
    while end >= 0:
        stop = rest.find("\n", end + 1)
        line = rest[end + 1 : stop if stop >= 0 else len(rest)]
        if line.strip() and len(line) - len(line.lstrip(" ")) <= deeper:
            break
        end = stop
    return rest[: end if end >= 0 else len(rest)]
