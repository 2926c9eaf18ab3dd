"""All that a file says of its own origin, by the one place that knows which format says it where."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, cast

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.media.claims import credentials, exif, graphs, parameters, pictures, sounds, xmp
from comfyvn.infrastructure.media.claims.claim import GENERATED, Claim, claim, short, source_type
from comfyvn.infrastructure.media.decoding import decoding
from comfyvn.infrastructure.media.images import FORMATS
from comfyvn.infrastructure.media.stamps.credential import carried
from comfyvn.infrastructure.media.stamps.splices import View
from comfyvn.infrastructure.media.stamps.stamping import FileStamps, text_in
from comfyvn.infrastructure.media.stamps.words import parsed

Told = tuple[list[Claim], list[str]]
"""Claims, and notes about what could not be read."""

MAX_CLAIMS: Final = 10


def read(file: BinaryIO, size: int, mime: str) -> Told:
    """Return the claims of a file and notes. A part that cannot be read hides nothing else."""
    claims: list[Claim] = []
    notes: list[str] = []
    parts: list[tuple[Callable[[BinaryIO, int, str], Told], str]] = [
        (_ours, "Our stamp in it"),
        (_others, "What it says of its origin"),
        (_credentials, "What its content credentials (C2PA) say"),
    ]
    for part, name in parts:
        try:
            with decoding("file"):
                found, said = part(file, size, mime)
        except Refused:
            notes.append(f"{name} cannot be read.")
        else:
            claims += found
            notes += said
    return claims[:MAX_CLAIMS], notes


def _ours(file: BinaryIO, size: int, mime: str) -> Told:
    text = text_in(file, mime)
    found = parsed(text) if text is not None else None
    if found is None:
        return [], []
    said = {key: short(found.get(key)) for key in ("asset", "project", "commit", "sha256")}
    kind = source_type(short(found.get("source")))
    made = claim(
        "comfyvn",
        "generated" if kind in GENERATED else "imported",
        {"version": found["v"], **said},
        licence=short(found.get("licence")),
        credit=short(found.get("credit")),
        tool=short(found.get("tool")),
        kind_of_source=kind,
    )
    return [made], []


def _others(file: BinaryIO, size: int, mime: str) -> Told:
    """Read what others said, which our stamp repeats in part."""
    bare = FileStamps().stripped(file)
    if bare is not None:
        file, size = cast("BinaryIO", View(file, bare)), bare.size
    return (_pictured if mime in FORMATS else _sounded)(file, size, mime)


def _pictured(file: BinaryIO, size: int, mime: str) -> Told:
    words = pictures.words_of(file, size, mime)
    claims: list[Claim | None] = []
    notes, texts = list(words.notes[:5]), dict(words.texts)
    for packet in words.xmp[:3]:
        try:
            claims.append(xmp.rights(packet).claim("xmp"))
        except ValueError:
            notes.append("Its XMP cannot be read.")
    for block in words.exif[:3]:
        try:
            with decoding("EXIF"):
                rights, more = exif.of_exif(block)
        except (Refused, ValueError):
            notes.append("Its EXIF cannot be read.")
        else:
            claims.append(rights.claim("exif"))
            texts = {**more, **texts}
    if words.records:
        claims.append(_records(file, mime))
    return [found for found in (*_generators(texts), *claims) if found], list(dict.fromkeys(notes))


def _records(file: BinaryIO, mime: str) -> Claim | None:
    from PIL import Image  # noqa: PLC0415

    file.seek(0)
    with Image.open(file, formats=(FORMATS[mime],)) as image:
        return exif.of_records(image).claim("iptc")


def _sounded(file: BinaryIO, size: int, mime: str) -> Told:
    claims: list[Claim | None] = []
    for form, rights, texts in sounds.tagged(file, size, mime):
        claims += [*_generators(texts), rights.claim(form)]
    return [found for found in claims if found], []


def _generators(texts: dict[str, str]) -> Iterator[Claim | None]:
    yield graphs.from_graph(texts.get("prompt"), texts.get("workflow"))
    yield parameters.from_texts(texts)


def _credentials(file: BinaryIO, size: int, mime: str) -> Told:
    if not carried(file, size, mime):
        return [], []
    if not credentials.installed():
        return [], [credentials.NOT_INSTALLED]
    return [credentials.claims_of(file, mime)], []
