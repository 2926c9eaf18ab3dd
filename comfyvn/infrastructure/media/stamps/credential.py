"""Where formats carry a content credential (C2PA), and how it is taken out again.

To take one out is to undo what c2pa-python does to put it in. Whether it was undone exactly tells the hash of what was
there before: whoever takes one out compares it.
"""

from collections.abc import Iterator
from typing import BinaryIO, Final

from comfyvn.infrastructure.media.stamps import avif, id3, jpeg, mp4, png, riff
from comfyvn.infrastructure.media.stamps.splices import MAX_COPIED, Edit, read

_GIF: Final = b"!\xff\x0bC2PA_GIF\1\0\0"
_APP11: Final = 0xEB
_RIFF: Final = frozenset({"image/webp", "audio/wav"})
_BOXES: Final = frozenset({"image/avif", "audio/mp4", "video/mp4", "video/quicktime"})
_TAGGED: Final = frozenset({"audio/mpeg", "audio/flac"})


def carried(file: BinaryIO, size: int, mime: str) -> bool:
    """Tell whether there is a credential in a file."""
    if mime in _TAGGED:
        return _tag(file, size) is not None
    return next(_removal(file, size, mime), None) is not None


def removal(file: BinaryIO, size: int, mime: str) -> list[Edit]:
    """Return the edits that take a credential out of a file, none where that is not known of its format."""
    return list(_removal(file, size, mime))


def _removal(file: BinaryIO, size: int, mime: str) -> Iterator[Edit]:
    if mime == "image/png":
        yield from (Edit(chunk.start, chunk.end, b"") for chunk in png.chunks(file, size) if chunk.name == b"caBX")
    elif mime == "image/jpeg":
        yield from _of_jpeg(file, size)
    elif mime in _RIFF:
        for chunk in riff.chunks(file, size):
            if chunk.name == b"C2PA":
                yield Edit(chunk.start, chunk.end, b"")
                yield riff.longer(file, chunk.start - chunk.end)
    elif mime in _BOXES:
        for box in avif.identified(file, size, avif.CREDENTIALS):
            begin = avif.begin_of(file, box)
            yield Edit(begin, box.end, b"")
            moved = avif.moved if mime == "image/avif" else mp4.moved
            yield from moved(file, size, box.end, begin - box.end)
    elif mime == "image/gif":
        yield from _of_gif(read(file, 0, min(size, MAX_COPIED)))
    elif mime in _TAGGED:
        tag = _tag(file, size)
        if tag is not None and id3.came_along(file, tag, b"c2pa"):
            yield Edit(tag.start, tag.end, b"")


def _tag(file: BinaryIO, size: int) -> id3.Tag | None:
    """Return the tag that holds a credential."""
    tag = id3.tag_at(file, 0, size)
    return tag if tag is not None and b"c2pa" in read(file, tag.start, tag.end) else None


def _of_jpeg(file: BinaryIO, size: int) -> Iterator[Edit]:
    """Yield the edits of the segments that hold one box together: they have its number, and only the first its name."""
    parts = [segment for segment in jpeg.segments(file, size) if segment.marker == _APP11]
    heads = {segment: read(file, segment.content, segment.end) for segment in parts}
    numbers = {head[:4] for head in heads.values() if b"c2pa" in head}
    yield from (Edit(segment.start, segment.end, b"") for segment, head in heads.items() if head[:4] in numbers)


def _of_gif(data: bytes) -> Iterator[Edit]:
    """Yield the edit of the extension for credentials, which is one of those before the first picture."""
    at = 13 + (3 << (data[10] & 7) + 1 if len(data) > 10 and data[10] & 0x80 else 0)
    while data[at : at + 1] == b"!":
        start = at
        at += 2
        while at < len(data) and data[at]:
            at += 1 + data[at]
        at += 1
        if data[start : start + 14] == _GIF and at <= len(data):
            yield Edit(start, at, b"")
