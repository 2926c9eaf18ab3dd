"""The files of a Ren'Py game, wherever they lie: in a folder, in archives in it, in a zip file, in one archive.

As in the engine, a file outside of archives hides one of the same name in them, and of two archives the one with the
later name comes first.
"""

import weakref
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO

from comfyvn.domain.kernel import Missing, Refused
from comfyvn.domain.pack import Warned
from comfyvn.infrastructure.imports.containers import container, folder
from comfyvn.infrastructure.imports.containers.container import Budget, Container, Entry
from comfyvn.infrastructure.imports.containers.folder import Folder
from comfyvn.infrastructure.imports.containers.zipped import Zip, is_zip
from comfyvn.infrastructure.imports.renpy.archive import Rpa, is_archive
from comfyvn.infrastructure.imports.renpy.provenance import MAX_RECORD, RECORD, Written, exported, written

PROBED_ENTRIES = 2_000
"""Files and folders looked at to tell whether a folder is a game."""

SCRIPTS = (".rpy", ".rpym")
COMPILED = (".rpyc", ".rpymc")
ARCHIVES = (".rpa", ".rpi")
_GAME_FILES = SCRIPTS + COMPILED + ARCHIVES
_LEFT_OUT_FOLDERS = frozenset({"cache", "saves", "__pycache__"})
_LEFT_OUT = (".rpyb", ".bak", ".pyc", ".pyo", "~")


class Game:
    """The files of a game, sorted by name, without what does not belong to it; `warnings` tells what was passed over.

    `exported` is what the `record` beside the game's folder says of where it was exported from, `written` what it says
    of the files.
    Files that are open are closed with the game, at the latest when nothing refers to it any more.
    """

    def __init__(
        self, base: Container, prefix: str, title: str, stack: ExitStack, budget: Budget, record: bytes | None = None
    ) -> None:
        self.title = title
        self.exported = exported(record) if record else None
        self.written = written(record) if record and self.exported else Written()
        self.warnings: list[Warned] = [*base.warnings]
        self.close = weakref.finalize(self, stack.close)
        self._stack = stack
        self._places: dict[str, tuple[Container, str]] = {}
        self._hidden: set[str] = set()
        sizes = self._add(base, prefix)
        for name in sorted((n for n in sizes if _is_top_archive(n)), reverse=True):
            opened = self._archive(name, budget)
            if opened is not None:
                del self._places[name]
                sizes |= self._add(opened, "")
        names = self._places.keys()
        kept = (name for name in names if not _has_source(name, names))
        self.entries: Sequence[Entry] = [Entry(name, sizes[name]) for name in sorted(kept)]

    def _add(self, place: Container, prefix: str) -> dict[str, int]:
        """Add the files of a container, and return the size of each that was not there yet."""
        added: dict[str, int] = {}
        for entry in place.entries:
            name = entry.name.removeprefix(prefix)
            if entry.name.startswith(prefix) and _belongs(name) and name.lower() not in self._hidden:
                self._places[name] = (place, entry.name)
                added[name] = entry.size
        self._hidden |= {name.lower() for name in added}
        return added

    def _archive(self, name: str, budget: Budget) -> Rpa | None:
        """Open an archive of the game; None, with a warning left to the reader, for a version that is not read."""
        place, inner = self._places[name]
        with ExitStack() as opening:
            file = opening.enter_context(place.seekable(inner))
            if not is_archive(file):
                return None
            opened = Rpa(file, name, budget)
            self._stack.push(opening.pop_all())
        self.warnings += opened.warnings
        message = f"The archive was read; it holds {len(opened.entries)} files."
        self.warnings.append(Warned("archive_read", message, name))
        return opened

    def read(self, name: str, limit: int) -> bytes:
        """Return the content of a file; raise Refused("file_too_large") beyond `limit` bytes."""
        place, inner = self._place(name)
        return container.read(place, inner, limit)

    def open(self, name: str) -> Iterator[bytes]:
        """Yield the content of a file in pieces; raise Missing("member_unknown")."""
        place, inner = self._place(name)
        return place.open(inner)

    def _place(self, name: str) -> tuple[Container, str]:
        if name not in self._places:
            raise container.unknown(name)
        return self._places[name]


def open_game(path: Path) -> Game:
    """Return the game at a path: a folder, a zip file, or an archive of the engine.

    Raises Missing("path_unknown"), Refused: ``not_a_game``, ``too_many_files``, and those of the containers.
    """
    title = path.resolve().stem if path.is_file() else path.resolve().name
    if not path.is_file():
        place = game_folder(path)
        record = _record_beside(place) if place.name == "game" else None
        return Game(Folder(place, _wanted), "", title, ExitStack(), Budget(), record)
    budget = Budget()
    stack = ExitStack()
    try:
        try:
            file = stack.enter_context(path.open("rb"))
        except OSError as error:
            raise _no_game(path, error.strerror or "it cannot be read") from error
        found = _in_file(file, path.name, budget, stack, container.MAX_DEPTH)
        if found is None:
            raise _no_game(path, "it is no archive that holds one")
        base, prefix = found
        return Game(base, prefix, title, stack, budget, _record(base, prefix.removesuffix("game/")))
    except BaseException:
        stack.close()
        raise


def _record_beside(game: Path) -> bytes | None:
    """Return the record of an export of ours that stands beside the folder of a game, if it is fit."""
    try:
        with folder.open_file(game.parent / RECORD, RECORD) as file:
            found = file.read(MAX_RECORD + 1)
    except Refused:
        return None
    return found if len(found) <= MAX_RECORD else None


def _record(place: Container, prefix: str) -> bytes | None:
    """Return the record of an export of ours that stands in a folder of an archive, if it is fit."""
    try:
        return container.read(place, prefix + RECORD, MAX_RECORD)
    except Refused:
        return None


def _in_file(file: BinaryIO, name: str, budget: Budget, stack: ExitStack, depth: int) -> tuple[Container, str] | None:
    """Return the container that holds the game in an archive, and the name of its folder there.

    An archive without a game is searched for archives with one, `depth` levels down.
    """
    if is_archive(file):
        return Rpa(file, name, budget), ""
    if not is_zip(file):
        return None
    held = Zip(file, name, budget)
    prefix = game_prefix([entry.name for entry in held.entries])
    if prefix is not None:
        return held, prefix
    for entry in held.entries:
        if not entry.name.lower().endswith(".zip"):
            continue
        if depth <= 1:
            message = f"The archive {name} holds archives inside archives, more than {container.MAX_DEPTH} deep."
            raise Refused("archive_too_deep", message, archive=name)
        with ExitStack() as inside:
            inner = inside.enter_context(held.seekable(entry.name))
            found = _in_file(inner, entry.name, budget, inside, depth - 1)
            if found is not None:
                stack.push(inside.pop_all())
                return found
    return None


def archive_kind(path: Path) -> str | None:
    """Return what a file is by its first bytes: ``rpa``, ``zip``, or None."""
    kind = None
    with suppress(OSError), path.open("rb") as file:
        kind = "rpa" if is_archive(file) else "zip" if is_zip(file) else None
    return kind


def game_folder(path: Path) -> Path:
    """Return the folder with the scripts: `path`, or the ``game`` folder in it.

    Raises Missing("path_unknown"), Refused("not_a_game").
    """
    if not path.exists():
        raise Missing("path_unknown", f"There is nothing at {path}.", path=str(path))
    inner = path / "game"
    for place, sure in ((inner, True), (path, path.name == "game")):
        if place.is_dir() and not (place is inner and inner.is_symlink()) and _has_scripts(place, deep=sure):
            return place
    raise _no_game(path, "it has no scripts")


def _no_game(path: Path, why: str) -> Refused:
    return Refused("not_a_game", f"{path} is no Ren'Py game: {why}.", path=str(path))


def _has_scripts(place: Path, deep: bool) -> bool:
    for count, entry in enumerate(folder.walk(place, [], _wanted, deep)):
        if count >= PROBED_ENTRIES:
            return False
        if entry.name.lower().endswith(_GAME_FILES) and entry.is_file(follow_symlinks=False):
            return True
    return False


def game_prefix(names: Sequence[str]) -> str | None:
    """Return the folder of the game among the names of an archive: the ``game`` nearest to the top that has scripts.

    Without one it is the folder nearest to the top that has scripts itself. None: there is no script.
    """
    found: set[tuple[int, bool, str]] = set()
    for name in names:
        *parents, file = name.split("/")
        if not file.lower().endswith(_GAME_FILES):
            continue
        found.add((len(parents), True, "".join(f"{part}/" for part in parents)))
        if "game" in parents:
            depth = parents.index("game")
            found.add((depth, False, "".join(f"{part}/" for part in parents[: depth + 1])))
    return min(found)[2] if found else None


def _wanted(name: str) -> bool:
    """Tell whether a file or a folder (ending in a slash) of a game is looked at."""
    if name.endswith("/"):
        return name[:-1] not in _LEFT_OUT_FOLDERS and not name.split("/")[-2].startswith((".", "__"))
    file = name.rpartition("/")[2].lower()
    return not (file.startswith(".") or file.endswith(_LEFT_OUT) or file == "thumbs.db")


def _belongs(name: str) -> bool:
    """Tell whether a file and all folders above it are looked at."""
    places = [at for at, char in enumerate(name) if char == "/"]
    return bool(name) and _wanted(name) and all(_wanted(name[: at + 1]) for at in places)


def _is_top_archive(name: str) -> bool:
    return "/" not in name and name.lower().endswith(".rpa")


def _has_source(name: str, names: Collection[str]) -> bool:
    """Tell whether a compiled script lies beside its source."""
    return name.endswith(COMPILED) and name[:-1] in names
