"""WAV: an ID3 tag in a chunk ``id3`` at the end."""

from typing import BinaryIO, Final

from comfyvn.application.provenance.stamping import Stamp, StampUnfit
from comfyvn.infrastructure.media.stamps import id3, riff
from comfyvn.infrastructure.media.stamps.splices import Edit, Found, inserted

NAMES: Final = (b"id3 ", b"ID3 ")


def stamped(file: BinaryIO, size: int, stamp: Stamp) -> list[Edit]:
    """Return the edits that put a stamp in."""
    found = riff.whole(file, size)
    if any(chunk.name == b"C2PA" for chunk in found):
        raise StampUnfit("It carries content credentials (C2PA), which a stamp would break.")
    for chunk in found:
        if chunk.name in NAMES and (tag := id3.tag_at(file, chunk.content, chunk.stop)):
            edits = id3.added(file, tag, stamp)
            delta = _growth(edits)
            return [*edits, riff.longer_chunk(chunk, delta), riff.longer(file, delta)]
    new = riff.made(b"id3 ", id3.whole(stamp))
    return [inserted(found[-1].end, new), riff.longer(file, len(new))]


def find(file: BinaryIO, size: int) -> Found | None:
    """Return our stamp."""
    for chunk in riff.chunks(file, size):
        tag = id3.tag_at(file, chunk.content, chunk.stop) if chunk.name in NAMES else None
        if tag and (ours := id3.found(file, tag)):
            said, edits, whole = ours
            if whole and tag.end == chunk.stop:
                return Found(said, (Edit(chunk.start, chunk.end, b""), riff.longer(file, chunk.start - chunk.end)))
            delta = _growth(edits)
            return Found(said, (*edits, riff.longer_chunk(chunk, delta), riff.longer(file, delta)))
    return None


def _growth(edits: list[Edit]) -> int:
    return sum(len(edit.new) - (edit.stop - edit.start) for edit in edits)
