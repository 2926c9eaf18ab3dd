"""Which format carries our stamp where, and the laws that hold for all of them."""

import io
from collections.abc import Callable
from hashlib import sha256
from types import ModuleType
from typing import BinaryIO, Final, NamedTuple, cast

from comfyvn.application.provenance.stamping import Recut, Stamp, StampUnfit
from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.media.sniff import sniff
from comfyvn.infrastructure.media.stamps import avif, credential, flac, jpeg, mp3, mp4, ogg, png, wav, webp
from comfyvn.infrastructure.media.stamps.splices import Edit, Found, View, composed, reading, recut
from comfyvn.infrastructure.media.stamps.words import parsed

MAX_STAMPS: Final = 8
"""Stamps that are taken out of one file; we write one."""


class Carrier(NamedTuple):
    """How a format carries a stamp."""

    stamped: Callable[[BinaryIO, int, Stamp], list[Edit]]
    find: Callable[[BinaryIO, int], Found | None]


def _carrier(module: ModuleType) -> Carrier:
    return Carrier(module.stamped, module.find)


CARRIERS: Final = {
    "image/png": _carrier(png),
    "image/jpeg": _carrier(jpeg),
    "image/webp": _carrier(webp),
    "image/avif": _carrier(avif),
    "audio/mpeg": _carrier(mp3),
    "audio/ogg": _carrier(ogg),
    "audio/flac": _carrier(flac),
    "audio/wav": _carrier(wav),
    "audio/mp4": _carrier(mp4),
    "video/mp4": _carrier(mp4),
}
"""MIME type -> what writes and finds a stamp there. All other formats carry none."""


class FileStamps:
    """The port `Stamps`."""

    def stamped(self, file: BinaryIO, stamp: Stamp) -> Recut:
        """Return a file with a stamp; raise StampUnfit where it cannot carry one."""
        carrier = CARRIERS.get(sniff(file).mime)
        if carrier is None:
            raise StampUnfit("This format carries no stamp.")
        bare, inner = _bare(file, carrier)
        size = bare.seek(0, io.SEEK_END)
        try:
            outer = recut(carrier.stamped(bare, size, stamp), size)
        except StampUnfit:
            raise
        except Refused as error:
            raise StampUnfit(str(error)) from error
        return composed(outer, inner)

    def stripped(self, file: BinaryIO) -> Recut | None:
        """Return a file without our stamp; None where it has none, or one that others have written anew.

        A file that was signed after it was stamped loses both, or neither where it would not be what it was.
        """
        mime = sniff(file).mime
        carrier = CARRIERS.get(mime)
        if carrier is None:
            return None
        try:
            bare, inner = _bare(file, carrier)
        except StampUnfit:
            return None
        if bare is file:
            return None
        return _unsigned(file, carrier) if credential.carried(file, file.seek(0, io.SEEK_END), mime) else inner


def plain(file: BinaryIO) -> Recut:
    """Return a file without credential and without our stamp, as far as they can be taken out."""
    mime, size = sniff(file).mime, file.seek(0, io.SEEK_END)
    try:
        outer = recut(credential.removal(file, size, mime), size)
        carrier = CARRIERS.get(mime)
        return composed(_bare(cast("BinaryIO", View(file, outer)), carrier)[1], outer) if carrier else outer
    except Refused:
        return Recut(((0, size),))


def digest_of(file: BinaryIO, made: Recut) -> str:
    """Return the hash of what is made of a file, hex."""
    digest = sha256()
    for chunk in made.part(lambda start, stop: reading(file, start, stop), 0, made.size):
        digest.update(chunk)
    return digest.hexdigest()


def text_in(file: BinaryIO, mime: str) -> bytes | None:
    """Return the text of our stamp in a file."""
    carrier = CARRIERS.get(mime)
    found = _found(carrier, file) if carrier else None
    return found.text if found else None


def _unsigned(file: BinaryIO, carrier: Carrier) -> Recut | None:
    """Return a file without a credential and the stamp under it, if that has the hash which the stamp tells."""
    found, made = _found(carrier, file), plain(file)
    said = parsed(found.text) if found else None
    return made if said and said.get("sha256") == digest_of(file, made) else None


def _bare(file: BinaryIO, carrier: Carrier) -> tuple[BinaryIO, Recut]:
    """Return a view of a file without stamps, which is the file itself where it has none, and how it is cut."""
    size = file.seek(0, io.SEEK_END)
    bare, whole = file, Recut(((0, size),) if size else ())
    for _ in range(MAX_STAMPS):
        found = _found(carrier, bare)
        if found is None:
            return bare, whole
        if found.edits is None:
            raise StampUnfit("It has a stamp that another program has written anew.")
        whole = composed(recut(found.edits, whole.size), whole)
        bare = cast("BinaryIO", View(file, whole))
    raise StampUnfit("It has too many stamps.")


def _found(carrier: Carrier, file: BinaryIO) -> Found | None:
    """Find a stamp; what is so damaged that it cannot be looked through has none."""
    try:
        return carrier.find(file, file.seek(0, io.SEEK_END))
    except Refused:
        return None
