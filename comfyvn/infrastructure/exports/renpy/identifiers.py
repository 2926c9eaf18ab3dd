"""Names that the script language takes: letters, digits and underscores, no leading digit, no word of the engine."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from comfyvn.infrastructure.exports.renpy.reserved import RESERVED

_WORD = re.compile(r"[a-zA-Z_\u00a0-\ufffd][0-9a-zA-Z_\u00a0-\ufffd]*")
"""What the engine reads as a word; Python must accept it too."""

KEYWORDS: Final = frozenset(
    """
as at behind call expression hide if in image init jump menu onlayer python return scene show transform while with
zorder
    """.split()
)
"""Words that the engine reads as no name at all."""


def is_word(text: str) -> bool:
    """Tell whether `text` can be a name, a reserved one included."""
    return _WORD.fullmatch(text) is not None and text.isidentifier() and unicodedata.normalize("NFKC", text) == text


def is_name(text: str) -> bool:
    """Tell whether an author's own variable, character or label can be called `text`."""
    return is_word(text) and text not in RESERVED and not text.startswith("_")


def is_label(text: str) -> bool:
    """Tell whether a label can be called `text`: one name, or two with a dot for a label inside another."""
    parts = text.split(".")
    return len(parts) <= 2 and all(is_word(part) and part not in KEYWORDS for part in parts)


def word(text: str) -> str:
    """Return `text` with all that cannot stand in a name as underscores; empty if nothing of it can."""
    kept = "".join(c if is_word(f"x{c}") else "_" for c in unicodedata.normalize("NFKC", text))
    return re.sub(r"__+", "_", kept).strip("_")


def name(text: str, prefix: str) -> str:
    """Return a name close to `text`, behind `prefix` where it is none by itself."""
    kept = word(text)
    return kept if is_name(kept) else f"{prefix}{kept}" if kept else prefix.rstrip("_")


def unique(wanted: str, taken: Iterable[str]) -> str:
    """Return `wanted`, or it with the first number from 2 on that is free."""
    used = taken if isinstance(taken, set | frozenset | dict) else set(taken)
    found, number = wanted, 2
    while found in used:
        found, number = f"{wanted}_{number}", number + 1
    return found
