"""What every container of files offers, and the limits on what it may hold."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from comfyvn.domain.assets import MAX_PATH
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.domain.pack import Warned

MAX_MEMBERS = 100_000
"""Files of one import, over all containers."""
MAX_MEMBER = 1 << 30
"""Bytes of one unpacked file."""
MAX_TOTAL = 8 << 30
"""Bytes of all unpacked files of one import."""
MAX_RATIO = 200
"""How many times larger than packed a file may be, beyond `FREE`; deflate itself ends at about 1,030."""
FREE = 10 << 20
"""Bytes up to which a file may be packed as well as it can be."""
MAX_DEPTH = 3
"""Containers inside each other."""
CHUNK = 1 << 18
"""Bytes read at once."""
IN_MEMORY = 8 << 20
"""Bytes up to which a container inside another is kept in memory; beyond, in a nameless file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a container: its name (posix, relative, normalised) and its unpacked size in bytes."""

    name: str
    size: int


class Container(Protocol):
    """A folder or an archive. Entries are sorted by name; `warnings` tells what was passed over."""

    @property
    def entries(self) -> Sequence[Entry]: ...

    @property
    def warnings(self) -> Sequence[Warned]: ...

    def open(self, name: str) -> Iterator[bytes]:
        """Yield a file in pieces; raise Missing("member_unknown") or Refused("archive_malformed")."""

    def seekable(self, name: str) -> BinaryIO:
        """Return a file to read anywhere in; the caller closes it."""


@dataclass(slots=True)
class Budget:
    """What all containers of one import may still hold together."""

    members: int = MAX_MEMBERS
    size: int = MAX_TOTAL

    def take(self, name: str, size: int, packed: int | None = None) -> None:
        """Count a file in; raise Refused("archive_bomb") beyond a limit. `packed` is what it takes in the archive."""
        self.members -= 1
        self.size -= size
        if self.members < 0:
            raise _bomb(f"There are more than {MAX_MEMBERS} files.")
        if size > MAX_MEMBER or self.size < 0:
            raise _bomb(f"Unpacked, {name} passes the limit ({MAX_MEMBER} bytes each, {MAX_TOTAL} bytes together).")
        if packed is not None and size > FREE and size > MAX_RATIO * packed:
            raise _bomb(f"{name} would be {size // max(packed, 1)} times larger than it is packed.")


def _bomb(message: str) -> Refused:
    return Refused("archive_bomb", message)


def malformed(archive: str, why: str) -> Refused:
    """Return the refusal of an archive that is damaged or made up."""
    return Refused("archive_malformed", f"The archive {archive} is damaged: {why}.", archive=archive)


def unknown(name: str) -> Missing:
    """Return the refusal of a name that is not there."""
    shown = shown_name(name)
    return Missing("member_unknown", f"The game has no file {shown!r} that can be read.", file=shown)


def shown_name(name: str) -> str:
    """Return a name that can be printed and stored."""
    return name.encode(errors="replace").decode()[:200]


def member_name(raw: str, archive: str) -> str:
    """Return an archive's name for a file in normal form: posix, without empty parts and single dots.

    Raises Refused("member_name_unsafe") for a name that leaves the archive: absolute, with a drive, ``..`` or NUL.
    """
    name = raw.replace("\\", "/")
    parts = name.split("/")
    if "\0" in name or name.startswith("/") or name[1:2] == ":" or ".." in parts or name.strip("./ ") == "":
        shown = shown_name(raw)
        message = f"The archive {archive} holds a file whose name leads out of it: {shown!r}."
        raise Refused("member_name_unsafe", message, archive=archive, file=shown)
    return "/".join(part for part in parts if part not in ("", "."))


def usable(name: str) -> bool:
    """Tell whether a project takes a name: printable, not too long, no backslash, no drive."""
    printable = name.isprintable() and not any("\ud800" <= char <= "\udfff" for char in name)
    return printable and "\\" not in name and name[1:2] != ":" and len(name) <= MAX_PATH


def repeated(names: Iterable[str], archive: str) -> Iterator[Warned]:
    """Yield a warning for each name that differs from an earlier one at most in case."""
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            yield Warned("name_repeated", f"The archive {archive} holds a name twice.", shown_name(name))
        seen.add(name.lower())


def read(container: Container, name: str, limit: int) -> bytes:
    """Return the content of a file; raise Refused("file_too_large") beyond `limit` bytes."""
    data = bytearray()
    for chunk in container.open(name):
        data += chunk
        if len(data) > limit:
            raise Refused("file_too_large", f"{name} has more than {limit} bytes.", file=name)
    return bytes(data)


def spooled(chunks: Iterable[bytes]) -> BinaryIO:
    """Return the bytes of a stream as a file to read anywhere in. It has no name, and is gone when closed."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the caller closes it
    try:
        for chunk in chunks:
            file.write(chunk)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file  # type: ignore[return-value]  # it has what BinaryIO has


def pieces(file: BinaryIO, start: int, size: int, archive: str) -> Iterator[bytes]:
    """Yield a stretch of a file; raise Refused("archive_malformed") where the file ends before it."""
    while size:
        file.seek(start)
        data = file.read(min(size, CHUNK))
        if not data:
            raise malformed(archive, "it ends too early")
        start += len(data)
        size -= len(data)
        yield data
