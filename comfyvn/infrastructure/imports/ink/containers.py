"""A compiled Ink story as a tree of containers. Format: "Ink JSON Runtime Format" of inkle/ink, versions 18 to 21."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from comfyvn.domain.kernel import Refused

MAX_DEPTH: Final = 120
"""Containers inside each other."""
MAX_CONTAINERS: Final = 200_000
MAX_NAME: Final = 200
MAX_PATH: Final = 300
"""Characters of the end of a path that are kept."""
_CHOICE: Final = re.compile(r"c-\d+")
VERSIONS: Final = range(18, 22)


@dataclass(slots=True, eq=False)
class Container:
    """A list of the format: `content` in its order, `named` what has a name; `beside` tells what is only there.

    `key` is its name or place in its parent, `name` what it is called.
    """

    parent: "Container | None" = None
    key: str = ""
    name: str = ""
    beside: bool = False
    content: list[Any] = field(default_factory=list)
    named: dict[str, "Container"] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The end of the path that names it from the root."""
        return ".".join(reversed([one.name or one.key for one in self.ancestors()][:-1]))[-MAX_PATH:]

    def child(self, key: str) -> "Container | None":
        """Return a container inside by its name or place."""
        if key in self.named:
            return self.named[key]
        at = int(key) if key.isascii() and key.isdigit() and len(key) < 9 else len(self.content)
        found = self.content[at] if at < len(self.content) else None
        return found if isinstance(found, Container) else None

    def ancestors(self) -> Iterator["Container"]:
        """Yield this container and those that hold it, up to the root."""
        here: Container | None = self
        while here is not None:
            yield here
            here = here.parent

    @property
    def arm(self) -> bool:
        """Whether it is one arm of a condition, whose statements are in its container ``b``."""
        last = self.content[-1] if self.content else None
        return "b" in self.named and isinstance(last, dict) and last.get("->") == ".^.b"

    @property
    def turns(self) -> bool:
        """Whether it holds what takes turns, in its containers ``s0``, ``s1`` and so on."""
        return self.content[:2] == ["ev", "visit"] and "s0" in self.named

    @property
    def start(self) -> bool:
        """Whether it is what an option and the line that is said begin with."""
        return self.name == "s" and self.content[-1:] == [{"->": "$r", "var": True}]

    @property
    def gather(self) -> bool:
        """Whether it stands beside the content of another one, and is no choice, arm or beginning of a choice."""
        if not self.beside or self.start or self.parent is None or _CHOICE.fullmatch(self.name):
            return False
        return not (self.parent.turns or (self.parent.arm and self.name == "b"))

    def every(self) -> Iterator["Container"]:
        """Yield this container and all in it, in their order."""
        yield self
        for inner in (*self.content, *self.named.values()):
            if isinstance(inner, Container):
                yield from inner.every()

    def find(self, path: Any) -> "Container | None":
        """Return the container that a path leads to from inside of this one, None for a place between or nothing."""
        if not isinstance(path, str) or not path:
            return None
        words = path.split(".")
        here: Container | None = self
        if words[0]:
            *_, here = self.ancestors()
        else:
            words = words[2:]  # the first step up leads from the command to its container
        for word in words:
            here = None if here is None else here.parent if word == "^" else here.child(word)
        return here


def root_of(story: Any, file: str) -> Container:
    """Return the tree of a story that is loaded from JSON.

    Raises Refused: ``ink_version``, ``ink_malformed``.
    """
    version = story.get("inkVersion") if isinstance(story, dict) else None
    if version not in VERSIONS:
        message = f"{file} is of version {version!r} of compiled Ink; {VERSIONS[0]} to {VERSIONS[-1]} are read."
        raise Refused("ink_version", message, file=file)
    root = story.get("root")
    if not isinstance(root, list):
        raise Refused("ink_malformed", f"{file} has no root, which a compiled Ink story has.", file=file)
    return _Loading(file).container(root, Container(), 0)


class _Loading:
    def __init__(self, file: str) -> None:
        self._file = file
        self._left = MAX_CONTAINERS

    def container(self, listed: list[Any], found: Container, depth: int) -> Container:
        """Fill a container from its list."""
        self._left -= 1
        if depth > MAX_DEPTH or self._left < 0:
            message = f"{self._file} has too many containers, or too deep ones."
            raise Refused("ink_malformed", message, file=self._file)
        *content, last = listed or [None]
        inside: Mapping[str, Any] = last if isinstance(last, dict) else {}
        named = inside.get("#n")
        found.name = found.name or (named[:MAX_NAME] if isinstance(named, str) else "")
        for at, one in enumerate(content):
            inner = self.container(one, Container(found, str(at)), depth + 1) if isinstance(one, list) else one
            found.content.append(inner)
            if isinstance(inner, Container) and inner.name:
                found.named.setdefault(inner.name, inner)
        for word, one in inside.items():
            if isinstance(one, list):
                name = word[:MAX_NAME]
                found.named[name] = self.container(one, Container(found, name, name, beside=True), depth + 1)
        return found
