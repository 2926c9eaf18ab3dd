"""Vorbis comments, which FLAC and Ogg have in common: a vendor, a count, and texts ``NAME=value`` with lengths."""

from typing import Final, NamedTuple

from comfyvn.infrastructure.media.stamps.words import MAX_TEXT, NAME

_KEY: Final = NAME.encode() + b"="
_MAX_COMMENTS: Final = 100_000


class Comments(NamedTuple):
    """Where things are in a block of comments: the count, the end of the list, our stamp (start, stop) if any."""

    count_at: int
    number: int
    end: int
    ours: tuple[int, int] | None
    text: bytes


def comments_in(data: bytes, start: int) -> Comments | None:
    """Return the comments that begin at `start`; None where they are not whole."""
    count_at = start + 4 + int.from_bytes(data[start : start + 4], "little")
    if count_at + 4 > len(data):
        return None
    count, at = int.from_bytes(data[count_at : count_at + 4], "little"), count_at + 4
    if count > _MAX_COMMENTS:
        return None
    ours, text = None, b""
    for _ in range(count):
        stop = at + 4 + int.from_bytes(data[at : at + 4], "little")
        if at + 4 > len(data) or stop > len(data):
            return None
        if data[at + 4 : at + 4 + len(_KEY)].lower() == _KEY and stop - at < MAX_TEXT:
            ours, text = (at, stop), data[at + 4 + len(_KEY) : stop]
        at = stop
    return Comments(count_at, count, at, ours, text)


def comment(content: bytes, unit: int = 1) -> bytes:
    """Return a stamp as a comment whose length, its own four bytes included, fills units."""
    body = _KEY + content
    body += b" " * (-(len(body) + 4) % unit)
    return len(body).to_bytes(4, "little") + body
