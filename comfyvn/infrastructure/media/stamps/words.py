"""The text of our stamp: one line of JSON in ASCII that needs no escaping in XML, comments or tags."""

import json
from dataclasses import asdict
from typing import Any, Final

from comfyvn.application.provenance.stamping import Stamp

NAME: Final = "comfyvn_provenance"
"""What the stamp is called in PNG, ID3, Vorbis comments and MPEG-4."""
VERSION: Final = 1
MAX_FIELD: Final = 200
"""Characters of one field."""
MAX_TEXT: Final = 16_384
"""Bytes of a text that may be a stamp; ours is always smaller."""


def text(stamp: Stamp, *parts: str) -> bytes:
    """Return the text; `parts` names what of its container came with the stamp and goes with it."""
    said = {key: value[:MAX_FIELD] for key, value in asdict(stamp).items() if value}
    whole = {"v": VERSION, **said, **({"with": list(parts)} if parts else {})}
    found = json.dumps(whole, sort_keys=True, separators=(",", ":"))
    for letter in "<>&":
        found = found.replace(letter, f"\\u{ord(letter):04x}")
    return found.encode()


def padded(content: bytes, unit: int, before: int = 0) -> bytes:
    """Return a text with spaces after it, so that with `before` more bytes it fills units."""
    return content + b" " * (-(len(content) + before) % unit)


def parsed(content: bytes) -> dict[str, Any] | None:
    """Return what a text says; None where it is no stamp of ours."""
    if len(content) > MAX_TEXT:
        return None
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("v"), int) else None


def parts(content: bytes) -> frozenset[str]:
    """Return what came with a stamp."""
    found = (parsed(content) or {}).get("with")
    return frozenset(part for part in found if isinstance(part, str)) if isinstance(found, list) else frozenset()
