"""The files of a Ren'Py game among those of a folder or archive, and in archives inside.

As in the engine, a file outside of archives hides one of the same name in them, and of two archives the one with the
later name comes first.
"""

import weakref
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Warned
from comfyvn.infrastructure.imports.containers import container, folder
from comfyvn.infrastructure.imports.containers.container import Budget, Container, Entry
from comfyvn.infrastructure.imports.containers.rpa import Rpa, is_archive
from comfyvn.infrastructure.imports.containers.zipped import Zip, is_zip
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.renpy.provenance import MAX_RECORD, RECORD, Written, exported, written

SCRIPTS = (".rpy", ".rpym")
COMPILED = (".rpyc", ".rpymc")
ARCHIVES = (".rpa", ".rpi")
_GAME_FILES = SCRIPTS + COMPILED + ARCHIVES
_LEFT_OUT_FOLDERS = frozenset({"cache", "saves", "__pycache__"})
_LEFT_OUT = (".rpyb", ".bak", ".pyc", ".pyo", "~")


class Game:
    """The files of a game, sorted by name, without what does not belong to it; `warnings` tells what was passed over.

    `exported` is what the `record` beside the game's folder says of where it was exported from, `written` what it says
    of the files. `encoding` tells how a script is written that is not in UTF-8.
    Files that are open are closed with the game, at the latest when nothing refers to it any more.
    """

    def __init__(
        self,
        base: Container,
        prefix: str,
        title: str,
        stack: ExitStack,
        budget: Budget,
        record: bytes | None = None,
        encoding: Callable[[str], str | None] = lambda name: None,
    ) -> None:
        self.title = title
        self.encoding = encoding
        self.exported = exported(record) if record else None
        self.written = written(record) if record and self.exported else Written()
        self.warnings: list[Warned] = [
            replace(w, file=w.file.removeprefix(prefix)) for w in base.warnings if w.file.startswith(prefix)
        ]
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


def open_game(files: Files) -> Game:
    """Return the game that files hold.

    Raises Refused: ``not_a_game``, ``archive_too_deep``, and those of the containers.
    """
    stack = ExitStack()
    try:
        found = _found(files, stack)
        if found is None:
            raise Refused("not_a_game", f"{files.path} is no Ren'Py game: it has no scripts.", path=str(files.path))
        base, prefix = found
        return Game(base, prefix, files.title, stack, files.budget, _record(files, base, prefix), files.encoding)
    except BaseException:
        stack.close()
        raise


def prefix_of(files: Files) -> str | None:
    """Return the folder of the game among files, ending in a slash; "" for all of them, None where there is no game."""
    if isinstance(files.held, Rpa):
        return ""
    names = [entry.name for entry in files.entries]
    return folder_prefix(names, inside=files.title == "game") if files.path.is_dir() else game_prefix(names)


def _found(files: Files, stack: ExitStack) -> tuple[Container, str] | None:
    """Return the container of the game, and the name of its folder in there."""
    prefix = prefix_of(files)
    if prefix is not None:
        return files, prefix
    return _inside(files.held, files.budget, stack, container.MAX_DEPTH) if isinstance(files.held, Zip) else None


def _inside(held: Zip, budget: Budget, stack: ExitStack, depth: int) -> tuple[Container, str] | None:
    """Return the container with a game in a zip file that holds none itself, searched `depth` levels down."""
    for entry in held.entries:
        if not entry.name.lower().endswith(".zip"):
            continue
        if depth <= 1:
            message = f"The archive {held.name} holds archives inside archives, more than {container.MAX_DEPTH} deep."
            raise Refused("archive_too_deep", message, archive=held.name)
        with ExitStack() as inside:
            file = inside.enter_context(held.seekable(entry.name))
            found: tuple[Container, str] | None = None
            if is_archive(file):
                found = Rpa(file, entry.name, budget), ""
            elif is_zip(file):
                inner = Zip(file, entry.name, budget)
                prefix = game_prefix([entry.name for entry in inner.entries])
                found = _inside(inner, budget, inside, depth - 1) if prefix is None else (inner, prefix)
            if found is not None:
                stack.push(inside.pop_all())
                return found
    return None


def _record(files: Files, place: Container, prefix: str) -> bytes | None:
    """Return the record of an export of ours that stands beside the folder of the game, if it is fit."""
    try:
        if files.path.is_dir() and not prefix:
            if files.title != "game":
                return None
            with folder.open_file(files.path.resolve().parent / RECORD, RECORD) as file:
                found = file.read(MAX_RECORD + 1)
            return found if len(found) <= MAX_RECORD else None
        return container.read(place, prefix.removesuffix("game/") + RECORD, MAX_RECORD)
    except Refused:
        return None


def folder_prefix(names: Sequence[str], inside: bool) -> str | None:
    """Return the folder of the game among the names in a folder: ``game/``, or "" where scripts lie there themselves.

    With `inside` it is the game's own folder, and scripts may lie deeper. None: there is no script.
    """
    scripts = [name for name in names if name.lower().endswith(_GAME_FILES)]
    if any(name.startswith("game/") and _belongs(name.removeprefix("game/")) for name in scripts):
        return "game/"
    return "" if any(_belongs(name) and (inside or "/" not in name) for name in scripts) else None


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
