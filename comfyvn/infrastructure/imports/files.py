"""The files of a story as readers see them: of a folder, of an archive, or one file alone."""

import re
import weakref
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fnmatch import translate
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from comfyvn.application.imports import Progress
from comfyvn.application.intake import Incoming
from comfyvn.application.reading import Probe, Reading
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.domain.pack import Member, Pack, Warned
from comfyvn.infrastructure.imports.containers import container
from comfyvn.infrastructure.imports.containers.asar import BESIDE, Asar, is_asar
from comfyvn.infrastructure.imports.containers.container import Budget, Container, Entry
from comfyvn.infrastructure.imports.containers.folder import Folder, open_file
from comfyvn.infrastructure.imports.containers.rpa import Rpa, is_archive
from comfyvn.infrastructure.imports.containers.xp3 import Xp3, is_xp3
from comfyvn.infrastructure.imports.containers.zipped import Zip, is_zip
from comfyvn.infrastructure.imports.members import type_of

MAX_TEXT: Final = 64 << 20
"""Bytes of one script."""
MAX_ROWS: Final = 300_000
"""Lines of one script."""
LOOKED_AT: Final = 64 << 10
"""Bytes of a file that tell what it is."""
_PROGRAMS: Final = frozenset({".exe", ".nw", ".apk"})
"""Programs that a zip file may be appended to."""
_LEFT_OUT: Final = frozenset({"node_modules", "__pycache__", "__MACOSX"})


class _Alone:
    """One file as a container."""

    warnings: Sequence[Warned] = ()

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries: Sequence[Entry] = [Entry(path.name, path.stat().st_size)]

    def open(self, name: str) -> Iterator[bytes]:
        with self.seekable(name) as file:
            while data := file.read(container.CHUNK):
                yield data

    def seekable(self, name: str) -> BinaryIO:
        if name != self._path.name:
            raise container.unknown(name)
        return open_file(self._path.resolve(), name)


class Files:
    """The files at a path, sorted by name; without a `title` they have that of the path. Closed when nothing needs it.

    `reading` says how they are to be read; `budget` is what containers inside may still hold. Raises
    Missing("path_unknown"), Refused: ``not_a_game`` for a file that cannot be read, those of the containers.
    """

    def __init__(self, path: Path, reading: Reading | None = None, title: str = "") -> None:
        if not path.exists():
            raise Missing("path_unknown", f"There is nothing at {path}.", path=str(path))
        self.path = path
        self.reading = reading or Reading()
        self.budget = Budget()
        stack = ExitStack()
        try:
            self.held = _opened(path, stack, self.budget)
        except BaseException:
            stack.close()
            raise
        self.title = title or (path.resolve().stem if path.is_file() else path.resolve().name)
        self.close = weakref.finalize(self, stack.close)
        self._encodings = [(re.compile(translate(p), re.IGNORECASE), p, e) for p, e in self.reading.encodings.items()]
        self._unused = {*self.reading.encodings}

    @property
    def entries(self) -> Sequence[Entry]:
        return self.held.entries

    @property
    def warnings(self) -> Sequence[Warned]:
        return self.held.warnings

    def text(self, name: str, limit: int = MAX_TEXT) -> tuple[str, str]:
        """Return the text of a file and its encoding: as asked for it, else as found; see `text`."""
        return text(self.read(name, limit), name, self.encoding(name))

    def encoding(self, name: str) -> str | None:
        """Return the encoding that is asked for a file; a pattern without a slash tells of files in any folder."""
        for pattern, word, encoding in self._encodings:
            if pattern.match(name if "/" in word else name.rpartition("/")[2]):
                self._unused.discard(word)
                return encoding
        return None

    def unused(self) -> list[Warned]:
        """Return a warning for each pattern that no file fitted which was read as text."""
        return [
            Warned("encoding_unused", f"No script fits the pattern {pattern!r}.") for pattern in sorted(self._unused)
        ]

    def named(self, *suffixes: str) -> list[str]:
        """Return the names that end in one of these, whatever their case."""
        return [entry.name for entry in self.entries if entry.name.lower().endswith(suffixes)]

    def read(self, name: str, limit: int = MAX_TEXT) -> bytes:
        """Return the content of a file; raise Refused("file_too_large") beyond `limit` bytes."""
        return container.read(self.held, name, limit)

    def head(self, name: str) -> bytes:
        """Return the first bytes of a file."""
        found = bytearray()
        for piece in self.held.open(name):
            found += piece
            if len(found) >= LOOKED_AT:
                break
        return bytes(found[:LOOKED_AT])

    def open(self, name: str) -> Iterator[bytes]:
        """Yield the content of a file in pieces; raise Missing("member_unknown")."""
        yield from self.held.open(name)

    def seekable(self, name: str) -> BinaryIO:
        """Return a file to read anywhere in; the caller closes it."""
        return self.held.seekable(name)

    def sound(self, name: str) -> bool:
        """Tell whether a file has the checksum that its archive tells; true where the archive tells none."""
        return not isinstance(self.held, Xp3) or self.held.checked(name)

    @property
    def hidden(self) -> int:
        """How many files an archive has under names that only its game knows."""
        return self.held.hidden if isinstance(self.held, Xp3) else 0

    def members(self, *, without: Sequence[str]) -> tuple[Member, ...]:
        """Return the images, sounds and other media beside the scripts."""
        left = {*without}
        found = ((entry, type_of(entry.name)) for entry in self.entries if entry.name not in left)
        return tuple(Member(entry.name, kind, entry.size) for entry, kind in found if kind not in ("other", "text"))


def _opened(path: Path, stack: ExitStack, budget: Budget) -> Container:
    if path.is_dir():
        return Folder(path, _wanted)
    try:
        file = stack.enter_context(path.open("rb"))
    except OSError as error:
        why = error.strerror or "it cannot be read"
        raise Refused("not_a_game", f"{path} holds no story: {why}.", path=str(path)) from error
    if is_asar(file):
        beside = path.with_name(path.name + BESIDE)
        outer = Folder(beside, _wanted) if beside.is_dir() and not beside.is_symlink() else None
        return Asar(file, path.name, budget, outer)
    if is_xp3(file):
        return Xp3(file, path.name, budget)
    if is_archive(file):
        return Rpa(file, path.name, budget)
    packed = is_zip(file) or (path.suffix.lower() in _PROGRAMS and zipfile.is_zipfile(file))
    return Zip(file, path.name, budget) if packed else _Alone(path)


def _wanted(name: str) -> bool:
    parts = name.rstrip("/").split("/")
    return not _LEFT_OUT & {*parts} and not parts[-1].startswith(".")


def text(data: bytes, name: str, encoding: str | None = None) -> tuple[str, str]:
    """Return the text of a file with line feeds alone, and the encoding it was found to have.

    Tried in this order: a byte order mark, UTF-8, Shift JIS as Windows has it, GBK, EUC-KR, and Latin-1, which reads
    anything; where Shift JIS and GBK both read it, the one with kana wins. Raises Refused("encoding_wrong") where a
    given `encoding` does not fit, Refused("too_many_lines").
    """
    found, used = _decoded(data, name, encoding)
    found = found.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if found.count("\n") > MAX_ROWS:
        raise Refused("too_many_lines", f"{name} has more than {MAX_ROWS} lines; part it into several.", file=name)
    return found, used


def _decoded(data: bytes, name: str, encoding: str | None) -> tuple[str, str]:
    if encoding is not None:
        try:
            return data.decode(encoding), encoding
        except (UnicodeError, LookupError) as error:
            message = f"{name} is not written in {encoding}: {error}."
            raise Refused("encoding_wrong", message, file=name, encoding=encoding) from error
    for mark, known in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(known, errors="replace"), known
    readings: dict[str, str] = {}
    for known in ("utf-8", "cp932", "gbk", "cp949"):
        try:
            readings[known] = data.decode(known)
        except UnicodeError:
            continue
        if known == "utf-8":
            break
    if "cp932" in readings and "gbk" in readings and _kana(readings["cp932"]) == 0:
        readings.pop("cp932")
    for known, read in readings.items():
        return read, known
    return data.decode("latin-1"), "latin-1"


def _kana(words: str) -> int:
    return sum("\u3040" <= sign <= "\u30ff" for sign in words)


class Reader(Protocol):
    """Reads the stories of one engine."""

    @property
    def engine(self) -> str: ...

    def probe(self, files: Files) -> Probe:
        """Tell from names and first bytes how sure it is that these are files of its engine."""

    def read(self, files: Files, progress: Progress | None = None) -> Incoming:
        """Return what the files hold; raise Refused where they hold no story of this engine."""


@dataclass(frozen=True, slots=True)
class FilesReader:
    """A reader that `looks` at files as they are, and reads them to a pack; `opener` tells how members are opened."""

    engine: str
    looks: Callable[[Files], Probe]
    pack_of: Callable[[Files, Progress | None], Pack]
    opener: Callable[[Files], Callable[[str], Iterator[bytes]]] = attrgetter("open")

    def probe(self, files: Files) -> Probe:
        """Tell how sure it is that these are files of its engine."""
        return self.looks(files)

    def read(self, files: Files, progress: Progress | None = None) -> Incoming:
        """Return what the files hold; raise Refused where they hold no story of this engine."""
        return Incoming(self.pack_of(files, progress), self.opener(files))
