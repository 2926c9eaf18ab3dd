"""A pack: what a reader found in a foreign game, as pure data, before any of it becomes a command."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from comfyvn.domain.story import Scene


@dataclass(frozen=True, slots=True)
class Warned:
    """Something a person should know about an import. `line` is 1-based; 0 where no line is to blame."""

    code: str
    message: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the source that becomes an asset: where the container holds it, its kind and size in bytes.

    `name` is only a name (posix, relative to the game's folder): it never becomes a path on the disk of the studio.
    """

    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Pack:
    """One foreign game as states of our entities, by id, with an honest account of what was understood.

    `recognised` of `total` statements became nodes that the studio models; the rest is kept as raw nodes.
    `characters`, `variables` and `translations` hold states of these kinds. `start` is the id of the scene where
    the play begins.
    """

    engine: str
    title: str
    scenes: Mapping[str, Scene]
    characters: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    translations: Mapping[str, Any] = field(default_factory=dict)
    members: tuple[Member, ...] = ()
    start: str | None = None
    recognised: int = 0
    total: int = 0
    raw_kinds: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[Warned, ...] = ()
