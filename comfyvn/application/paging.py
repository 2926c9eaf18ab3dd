"""Cursors: the place of the last row of a page, as text that clients hand back."""

import base64
import binascii

import orjson

from comfyvn.domain.kernel import Refused


def cursor_of(place: tuple[str, ...]) -> str:
    """Return the cursor that stands for a place."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode()


def place_in(cursor: str | None, words: int) -> tuple[str, ...] | None:
    """Return the place of so many words that a cursor stands for; raise Refused("cursor_malformed")."""
    if cursor is None:
        return None
    try:
        found = orjson.loads(base64.b64decode(cursor, b"-_", validate=True))
        if isinstance(found, list) and len(found) == words and all(isinstance(word, str) for word in found):
            return tuple(word.replace("\0", "\ufffd") for word in found)
    except (ValueError, TypeError, binascii.Error):
        pass
    raise Refused("cursor_malformed", "The cursor is not one that this list gave.")
