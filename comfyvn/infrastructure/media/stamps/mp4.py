"""MPEG-4: a freeform item in ``moov/udta/meta/ilst``, the place of iTunes; places of samples move along.

Films in fragments and films whose places stand elsewhere than in ``stco`` and ``co64`` carry no stamp.
"""

from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from comfyvn.application.provenance.stamping import Stamp, StampUnfit
from comfyvn.infrastructure.media import boxes
from comfyvn.infrastructure.media.limits import MAX_BOXES
from comfyvn.infrastructure.media.stamps.avif import CREDENTIALS, begin_of, identified, longer
from comfyvn.infrastructure.media.stamps.splices import Edit, Found, inserted, read
from comfyvn.infrastructure.media.stamps.words import MAX_TEXT, NAME, parts, text

MEAN: Final = b"com.comfyvn"
_SAMPLES: Final = (b"trak", b"mdia", b"minf", b"stbl")
_OUT_OF_REACH: Final = frozenset({b"moof", b"mfra", b"sidx"})
_HANDLER: Final = b"\0" * 8 + b"mdirappl" + b"\0" * 9


class Places(NamedTuple):
    """The boxes on the way to the list of items, as far as they are there; the last one is the innermost."""

    moov: boxes.Box
    way: tuple[boxes.Box, ...]

    @property
    def inner(self) -> boxes.Box:
        return self.way[-1]


def stamped(file: BinaryIO, size: int, stamp: Stamp) -> list[Edit]:
    """Return the edits that put a stamp in."""
    if identified(file, size, CREDENTIALS):
        raise StampUnfit("It carries content credentials (C2PA), which a stamp would break.")
    places = _places(file, size)
    if places is None:
        raise StampUnfit("The film does not tell what it holds.")
    _check(file, size, places.moov)
    missing = ("udta", "meta", "ilst")[len(places.way) - 1 :]
    new = _item(text(stamp, *missing))
    for name in reversed(missing):
        content = bytes(4) + _box(b"hdlr", _HANDLER) + new if name == "meta" else new
        new = _box(name.encode(), content)
    return _moved(file, places, places.inner.end, len(new), [inserted(places.inner.end, new)])


def find(file: BinaryIO, size: int) -> Found | None:
    """Return our stamp."""
    places = _places(file, size)
    if places is None or len(places.way) < 4:
        return None
    for item in _items(file, places.inner):
        said = _said(file, item)
        if said is not None:
            keep = _outermost(file, places, item, parts(said))
            begin, end = begin_of(file, keep), keep.end
            above = places._replace(way=tuple(box for box in places.way if box.start < begin and box.end >= end))
            return Found(said, tuple(_moved(file, above, end, begin - end, [Edit(begin, end, b"")])))
    return None


def moved(file: BinaryIO, size: int, border: int, delta: int) -> list[Edit]:
    """Return the edits of the places of samples that stand at `border` or after it and move by `delta`."""
    found = _places(file, size)
    return [] if found is None else _moved(file, found._replace(way=()), border, delta, [])


def _places(file: BinaryIO, size: int) -> Places | None:
    moov = next((box for box in boxes.walk(file, 0, size) if box.name == b"moov"), None)
    if moov is None:
        return None
    way = [moov]
    for name in (b"udta", b"meta", b"ilst"):
        start = way[-1].start + (4 if way[-1].name == b"meta" else 0)
        if way[-1].name == b"meta" and read(file, start, start + 4) == b"hdlr":
            return None  # the form of QuickTime, which has no list of iTunes
        inner = next((box for box in boxes.walk(file, start, way[-1].end) if box.name == name), None)
        if inner is None:
            break
        way.append(inner)
    return Places(moov, tuple(way))


def _check(file: BinaryIO, size: int, moov: boxes.Box) -> None:
    names = {box.name for box in boxes.walk(file, 0, size)} | {box.name for box in _children(file, moov)}
    if names & _OUT_OF_REACH or b"mvex" in names:
        raise StampUnfit("A film in fragments carries no stamp.")
    if any(box.name == b"saio" for table in _tables(file, moov) for box in _children(file, table)):
        raise StampUnfit("An encrypted film carries no stamp.")


def _moved(file: BinaryIO, places: Places, border: int, delta: int, edits: list[Edit]) -> list[Edit]:
    """Return edits with those that follow from them: lengths of outer boxes, and places of samples from `border` on."""
    found = [*edits, *(longer(file, box, delta) for box in places.way)]
    for table in _tables(file, places.moov):
        places_of_samples = [box for box in _children(file, table) if box.name in (b"stco", b"co64")]
        found += [_shifted(file, box, border, delta) for box in places_of_samples]
    return found


def _shifted(file: BinaryIO, box: boxes.Box, border: int, delta: int) -> Edit:
    width = 4 if box.name == b"stco" else 8
    count = int.from_bytes(read(file, box.start + 4, box.start + 8), "big")
    start, end = box.start + 8, box.start + 8 + count * width
    if end > box.end:
        raise StampUnfit("A table of the film is damaged.")
    old = read(file, start, end)
    new = bytearray()
    for at in range(0, len(old), width):
        place = int.from_bytes(old[at : at + width], "big")
        moved = place + delta if place >= border else place
        if moved >= 1 << 8 * width:
            raise StampUnfit("There is no room for a stamp.")
        new += moved.to_bytes(width, "big")
    return Edit(start, end, bytes(new))


def _tables(file: BinaryIO, moov: boxes.Box) -> Iterator[boxes.Box]:
    """Yield the tables of samples of all tracks."""
    inside = [(moov, 0)]
    while inside:
        box, depth = inside.pop()
        if depth == len(_SAMPLES):
            yield box
            continue
        inside += [(child, depth + 1) for child in _children(file, box) if child.name == _SAMPLES[depth]]


def _children(file: BinaryIO, box: boxes.Box) -> Iterator[boxes.Box]:
    return boxes.walk(file, box.start, box.end)


def _items(file: BinaryIO, ilst: boxes.Box) -> Iterator[boxes.Box]:
    """Yield the items of a list; their names need not be ASCII."""
    at = ilst.start
    for _ in range(MAX_BOXES):
        head = read(file, at, at + 8)
        end = at + int.from_bytes(head[:4], "big")
        if end < at + 8 or end > ilst.end:
            return
        yield boxes.Box(head[4:], at + 8, end)
        at = end


def _said(file: BinaryIO, item: boxes.Box) -> bytes | None:
    """Return the text of a freeform item that is our stamp."""
    if item.name != b"----" or item.end - item.start > MAX_TEXT:
        return None
    found = {box.name: read(file, box.start, box.end) for box in boxes.walk(file, item.start, item.end)}
    if found.get(b"mean", b"")[4:] == MEAN and found.get(b"name", b"")[4:] == NAME.encode() and b"data" in found:
        return found[b"data"][8:]
    return None


def _outermost(file: BinaryIO, places: Places, item: boxes.Box, came: frozenset[str]) -> boxes.Box:
    """Return the outermost box that came with a stamp and holds nothing else."""
    found, alone = item, _is_all(file, places.way[3], item)
    for depth, name in ((3, "ilst"), (2, "meta"), (1, "udta")):
        if not (alone and name in came):
            break
        found = places.way[depth]
        alone = depth > 1 and _is_all(file, places.way[depth - 1], found)
    return found


def _is_all(file: BinaryIO, outer: boxes.Box, inner: boxes.Box) -> bool:
    """Tell whether a box holds one other alone; a box ``meta`` has a handler of ours besides."""
    start = outer.start + (4 + len(_box(b"hdlr", _HANDLER)) if outer.name == b"meta" else 0)
    return start == begin_of(file, inner) and inner.end == outer.end


def _item(content: bytes) -> bytes:
    mean, name = _box(b"mean", bytes(4) + MEAN), _box(b"name", bytes(4) + NAME.encode())
    return _box(b"----", mean + name + _box(b"data", b"\0\0\0\1\0\0\0\0" + content))


def _box(name: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + name + content
