"""The moments that chats write, in the ways that chat programs have written them."""

import re
from datetime import UTC, datetime
from typing import Any, Final

_LATEST: Final = 4_102_444_800  # the year 2100
_TAVERN: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\s*@\s*(\d{1,2})h\s*(\d{1,2})m(?:\s*(\d{1,2})s)?")
_WORDS: Final = (
    *("%B %d, %Y %I:%M%p", "%B %d, %Y %I:%M %p", "%d-%b-%y %I:%M %p", "%d-%b-%Y %I:%M %p"),
    *(
        "%m/%d/%Y %I:%M %p",
        "%m/%d/%y %I:%M %p",
        "%d.%m.%Y %H:%M",
        "%d.%m.%y %H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
    ),
    *("%m/%d/%Y %H:%M", "%m/%d/%y %H:%M", "%m/%d/%y, %H:%M", "%m/%d/%Y, %H:%M", "%d/%m/%Y, %H:%M", "%d/%m/%y, %H:%M"),
)


def moment(value: Any) -> datetime | None:
    """Return the moment that a value stands for: seconds or milliseconds since 1970, or one of many spellings."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        seconds = value / 1000 if value > _LATEST else value
        return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LATEST else None
    if not isinstance(value, str) or len(value) > 60:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return moment(int(text))
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _spelt(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _spelt(text: str) -> datetime | None:
    if tavern := _TAVERN.match(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in tavern.groups())
        try:
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except ValueError:
            return None
    for spelling in _WORDS:
        try:
            return datetime.strptime(text, spelling).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
