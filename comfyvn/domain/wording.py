"""Two versions of a text, word by word: what stayed, what was taken out, what was put in."""

import re
from difflib import SequenceMatcher
from typing import Final, Literal, NamedTuple

MOST_WORDS: Final = 1500
"""Where more words than that differ in the middle, the middle counts as one piece: comparing takes their product."""

_WORD: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+(?:['\u2019\-][^\W_]+)*|\s+|.", re.DOTALL)
"""A word, a sign of a script without blanks, a run of blanks, or any other character."""


class Mark(NamedTuple):
    """A piece of text, and what became of it."""

    kind: Literal["same", "removed", "added"]
    text: str


def marks(before: str, after: str) -> tuple[Mark, ...]:
    """Return the pieces of both texts in order; without those `added` they are `before`, without `removed` `after`."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    found: list[Mark] = []
    _put(found, "same", old[:head])
    middle, other = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(len(middle), len(other)) > MOST_WORDS:
        _put(found, "removed", middle)
        _put(found, "added", other)
    else:
        for what, a, b, c, d in SequenceMatcher(None, middle, other, autojunk=False).get_opcodes():
            if what == "equal":
                _put(found, "same", middle[a:b])
            else:
                _put(found, "removed", middle[a:b])
                _put(found, "added", other[c:d])
    _put(found, "same", old[len(old) - tail :])
    return tuple(found)


def _put(found: list[Mark], kind: Literal["same", "removed", "added"], words: list[str]) -> None:
    text = "".join(words)
    if text and found and found[-1].kind == kind:
        found[-1] = Mark(kind, found[-1].text + text)
    elif text:
        found.append(Mark(kind, text))
