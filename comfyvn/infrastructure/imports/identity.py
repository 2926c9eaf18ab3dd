"""Ids of imported things: reading the same source twice gives the same ones, and an edit changes no id but its own."""

import hashlib
from collections import Counter

from comfyvn.application.projects import slug

BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in BASE32 for second in BASE32]
_SHIFTS = (54, 44, 34, 24, 14, 4)


def digest(*parts: str) -> str:
    """Return the id that stands for these words: the first 60 bits of their SHA-256 as 12 base32 digits."""
    whole = hashlib.sha256("\x1f".join(parts).encode())
    number = int.from_bytes(whole.digest()[:8], "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


def character_id(name: str) -> str:
    """Return the id of a character by the name."""
    return slug(name) or digest("character", name)


class Ids:
    """Gives ids, none of them twice.

    A node's id comes from its scope (a scene or a file), its kind, its words, and how many equal ones came before it.
    """

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._taken: set[str] = set()
        self._scenes: dict[str, int] = {}

    def scene(self, name: str) -> str:
        """Return the id of a scene or run of statements called `name`."""
        wanted = found = slug(name) or "scene"
        while found in self._scenes:
            self._scenes[wanted] += 1
            found = f"{wanted}-{self._scenes[wanted]}"
        self._scenes[found] = 1
        return found

    def node(self, scope: str, kind: str, words: str) -> str:
        """Return the id of a node."""
        first = found = digest(scope, kind, words)
        while found in self._taken:
            self._seen[first] += 1
            found = digest(first, str(self._seen[first]))
        self._taken.add(found)
        return found

    def edge(self, node_id: str, words: str) -> str:
        """Return the id of an edge by its node and its words: a caption, a condition."""
        return self.node(node_id, "edge", words)
