"""MP3: the ID3 tag before the first frame."""

from typing import BinaryIO

from comfyvn.application.provenance.stamping import Stamp
from comfyvn.infrastructure.media.stamps import id3
from comfyvn.infrastructure.media.stamps.splices import Edit, Found, inserted


def stamped(file: BinaryIO, size: int, stamp: Stamp) -> list[Edit]:
    """Return the edits that put a stamp in."""
    tag = id3.tag_at(file, 0, size)
    return [inserted(0, id3.whole(stamp))] if tag is None else id3.added(file, tag, stamp)


def find(file: BinaryIO, size: int) -> Found | None:
    """Return our stamp."""
    tag = id3.tag_at(file, 0, size)
    if tag is None or (ours := id3.found(file, tag)) is None:
        return None
    said, edits, whole = ours
    return Found(said, (Edit(tag.start, tag.end, b""),) if whole else tuple(edits))
