"""How scripts of KAG say who speaks, which every game does its own way: before the words, or by a tag."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from comfyvn.infrastructure.imports.kag.tags import Tag

MAX_NAME: Final = 40
_TAG: Final = re.compile(r"[\[@](?P<tag>\w+)\s+(?P<attribute>\w+)\s*=\s*[\"']?\{name\}[\"']?\s*\]?")


@dataclass(frozen=True, slots=True)
class Speaking:
    """The ways that count in a game: attributes of `tags`, and what stands before and after a name in `texts`."""

    tags: dict[str, str]
    texts: tuple[tuple[str, str], ...]

    def by_tag(self, tag: Tag) -> str:
        """Return who speaks by a tag, "" where it computes the name or says nothing of that."""
        name = tag.get(self.tags[tag.name]).strip() if tag.name in self.tags else ""
        return "" if name.startswith(("&", "%")) or len(name) > MAX_NAME else name

    def by_words(self, words: str) -> tuple[str, str]:
        """Return who speaks by the words of a line, and what is said; "" where they say nothing of that."""
        for before, after in self.texts:
            if words.startswith(before):
                end = words.find(after, len(before), len(before) + MAX_NAME + len(after))
                name = words[len(before) : end].strip() if end >= 0 else ""
                if name:
                    return name, words[end + len(after) :]
        return "", words


def speaking(ways: Sequence[str]) -> Speaking:
    """Return the ways that are written as ``[nm t={name}]`` or ``\u3010{name}\u3011``."""
    tags = {found["tag"].lower(): found["attribute"] for way in ways if (found := _TAG.fullmatch(way.strip()))}
    texts = [way.partition("{name}") for way in ways if not _TAG.fullmatch(way.strip())]
    return Speaking(tags, tuple((before, after) for before, _, after in texts if before and after))
