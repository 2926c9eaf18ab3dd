"""Ids of imported things: reading the same source twice gives the same ones, and an edit changes no id but its own."""

import base64
import hashlib
from collections import Counter

from comfyvn.application.projects import slug

LENGTH = 12
"""Characters of a node's or an edge's id: base32 digits of a SHA-256, 60 bits."""


def digest(*parts: str) -> str:
    """Return the id that stands for these words."""
    whole = hashlib.sha256("\x1f".join(parts).encode())
    return base64.b32encode(whole.digest())[:LENGTH].decode().lower()


class Ids:
    """Gives ids, none of them twice.

    A node's id comes from its scope (a scene or a file), its kind, its words, and how many equal ones came before it.
    """

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._taken: set[str] = set()
        self._scenes: set[str] = set()

    def scene(self, name: str) -> str:
        """Return the id of a scene or run of statements called `name`."""
        wanted = slug(name) or "scene"
        found, number = wanted, 2
        while found in self._scenes:
            found, number = f"{wanted}-{number}", number + 1
        self._scenes.add(found)
        return found

    def node(self, scope: str, kind: str, words: str) -> str:
        """Return the id of a node."""
        key = digest(scope, kind, words)
        while True:
            found = digest(key, str(self._seen[key]))
            self._seen[key] += 1
            if found not in self._taken:
                self._taken.add(found)
                return found

    def edge(self, node_id: str, words: str) -> str:
        """Return the id of an edge by its node and its words: a caption, a condition."""
        return self.node(node_id, "edge", words)
