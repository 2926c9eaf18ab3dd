"""How much there is to read: words by character and by scene, and the time that it takes."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comfyvn.domain.interpolation import plain
from comfyvn.domain.story import Scene

WORDS_A_MINUTE: Final = 200
"""Reading speed of an adult on a screen, rounded; Brysbaert (2019) measures 238 for silent reading of fiction."""

_WORD: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+(?:['\u2019\-][^\W_]+)*")
"""A word; each sign of a script without blanks counts as one."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a story: in all, by character id ("" is the narrator), by scene id, and by node as (scene, node)."""

    total: int
    by_character: Mapping[str, int]
    by_scene: Mapping[str, int]
    by_node: Mapping[tuple[str, str], int]


def words_of(scenes: Mapping[str, Scene]) -> Words:
    """Count the words that a reader may meet: lines, prompts and options."""
    characters: Counter[str] = Counter()
    in_scene: Counter[str] = Counter()
    nodes: dict[tuple[str, str], int] = {}
    for scene_id, scene in scenes.items():
        for node_id, node in scene.nodes.items():
            if node.type == "action":
                continue
            said = count_words(node.content)
            offered = sum(count_words(edge.text or "") for edge in node.next.values())
            characters[node.speaker or ""] += said
            in_scene[scene_id] += said + offered
            nodes[scene_id, node_id] = said
    return Words(sum(in_scene.values()), dict(characters), dict(in_scene), nodes)


def count_words(text: str) -> int:
    """Return the number of words of a text as the reader sees it."""
    return len(_WORD.findall(plain(text))) if text else 0


def minutes(words: float) -> float:
    """Return the minutes that reading takes."""
    return words / WORDS_A_MINUTE
