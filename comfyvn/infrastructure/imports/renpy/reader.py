"""The reader of Ren'Py games: a game, in a folder or an archive, to a pack. Runs nothing of it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Member, Pack, Warned
from comfyvn.infrastructure.imports.containers.container import Entry
from comfyvn.infrastructure.imports.members import capped, type_of
from comfyvn.infrastructure.imports.probe import Probe
from comfyvn.infrastructure.imports.renpy import compiled
from comfyvn.infrastructure.imports.renpy import game as files
from comfyvn.infrastructure.imports.renpy.declared import Declarations
from comfyvn.infrastructure.imports.renpy.game import Game
from comfyvn.infrastructure.imports.renpy.parser import decode, parse
from comfyvn.infrastructure.imports.renpy.scenes import TRANSLATIONS, Story
from comfyvn.infrastructure.imports.renpy.syntax import Script
from comfyvn.infrastructure.media.stamps.streams import unstamped

ENGINE = "renpy"
MAX_SCRIPT = 64 << 20
"""Bytes of one script file."""
MAX_SCRIPTS = 1 << 30
"""Bytes of all script files."""

Progress = Callable[[str, int, int], None]
"""Called with a stage, how much is done and how much there is."""

_REGISTERED = re.compile(
    r"""\b(?:register_statement|statements\s*\.\s*register)\s*\(\s*(?:name\s*=\s*)?u?["']([^"'\n]{1,100})["']"""
)
"""Statements that a game defines for itself."""

GAME = "game/"
"""The folder of the game, as the record of an export names it."""
BESIDE = ".c2pa"
"""How a file ends that holds the credential of the one beside it."""


def probe(path: Path) -> Probe:
    """Tell how sure it is that a path holds a Ren'Py game, from names alone."""
    if path.is_file():
        kind = files.archive_kind(path)
        sure = {"rpa": 0.9, "zip": 0.3}.get(kind or "", 0.0)
        return Probe(ENGINE, sure, (f"{path.name} is of type {kind}",) if kind else ())
    try:
        folder = files.game_folder(path)
    except Refused as refusal:
        return Probe(ENGINE, 0.0, (str(refusal),))
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        names = []
    scripts = [name for name in names if name.endswith(files.SCRIPTS)]
    evidence = tuple(scripts[:3]) or (f"{folder.name}/ holds scripts or archives of the engine",)
    return Probe(ENGINE, 0.95 if scripts else 0.8, evidence)


def read(path: Path, progress: Progress | None = None) -> Pack:
    """Return what the game at a path holds; see `pack_of`.

    Raises Missing("path_unknown") and Refused: ``not_a_game``, and those of archives.
    """
    game = files.open_game(path)
    try:
        return pack_of(game, progress)
    finally:
        game.close()


def pack_of(game: Game, progress: Progress | None = None) -> Pack:
    """Return what a game holds.

    Raises Refused: ``not_a_game``, ``script_not_utf8``, ``file_too_large``, ``scripts_too_large``, those of archives.
    """
    warnings = [*game.warnings]
    parsed = _parsed(_texts(game, progress, warnings))
    declared = Declarations()
    for script in parsed:
        if not script.file.startswith(TRANSLATIONS):
            declared.collect(script.statements)
    characters = declared.cast()
    story = Story(characters)
    for script in parsed:
        story.add(script)
    scenes = story.finish()
    start = story.labels.get("start", (None, None))[0]
    if start is None:
        warnings.append(Warned("start_missing", "The game has no label 'start'."))
    warnings += story.warnings
    read_names = {name for script in parsed for name in (script.file, f"{script.file}c")}
    known = {entry.name: _was(game, entry.name) for entry in game.entries if entry.name not in read_names}
    left = [e for e in game.entries if e.name in known and not (known[e.name] == "" and e.name.endswith(BESIDE))]
    members = tuple(replace(m, was=known[m.name] or "") for m in _members(left, story, warnings))
    return Pack(
        engine=ENGINE,
        title=declared.title or game.title,
        scenes=scenes,
        characters=characters,
        variables=declared.variables,
        translations=story.translations,
        members=members,
        start=start,
        recognised=story.recognised,
        total=story.total,
        raw_kinds=dict(sorted(story.raw_kinds.items())),
        warnings=capped(warnings),
        exported=game.exported,
    )


def _was(game: Game, name: str) -> str | None:
    """Return what a file was in the registry that an export of ours wrote and nobody changed.

    It is "" for one that is no asset, and None where it is to be read as any other.
    """
    was, digest = game.written.was(GAME + name), game.written.files.get(GAME + name)
    if was is None or was == digest or (was == "" and not name.endswith(BESIDE)):
        return None
    found = sha256()
    for chunk in game.open(name):
        found.update(chunk)
    return was if found.hexdigest() == digest else None


def open_member(path: Path, name: str) -> Iterator[bytes]:
    """Yield the bytes of a member in pieces; raise Missing("member_unknown")."""
    game = files.open_game(path)
    try:
        yield from game.open(name)
    finally:
        game.close()


def _texts(game: Game, progress: Progress | None, warnings: list[Warned]) -> dict[str, str]:
    """Return the text of each script by its name, from its source or else from its compiled form."""
    scripts = [entry for entry in game.entries if entry.name.endswith(files.SCRIPTS + files.COMPILED)]
    if sum(entry.size for entry in scripts) > MAX_SCRIPTS:
        raise Refused("scripts_too_large", f"The scripts have more than {MAX_SCRIPTS} bytes together.")
    texts: dict[str, str] = {}
    damaged: Refused | None = None
    for done, entry in enumerate(scripts):
        data = game.read(entry.name, MAX_SCRIPT)
        if entry.name.endswith(files.SCRIPTS):
            texts[entry.name] = _without_nul(decode(data, entry.name), entry.name, warnings)
        else:
            try:
                recovered = compiled.recover(data, entry.name)
            except Refused as refusal:
                damaged = damaged or refusal
                message = f"A script without its source is kept unread: {refusal}"
                warnings.append(Warned("script_compiled", message, entry.name))
            else:
                texts[entry.name[:-1]] = _without_nul(recovered.text, entry.name, warnings)
                warnings += recovered.warnings
        if progress:
            progress("scripts", done + 1, len(scripts))
    if damaged and not texts:
        raise damaged
    if not texts:
        raise Refused("not_a_game", f"{game.title} holds no script.")
    return dict(sorted(texts.items()))


def _without_nul(text: str, file: str, warnings: list[Warned]) -> str:
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        warnings.append(Warned("nul_replaced", "NUL characters became U+FFFD.", file, line))
        text = text.replace("\0", "\ufffd")
    return text


def _parsed(texts: dict[str, str]) -> list[Script]:
    own = frozenset(name.strip() for text in texts.values() for name in _REGISTERED.findall(text) if name.strip())
    return [parse(file, texts.pop(file), own) for file in list(texts)]


def _members(entries: Sequence[Entry], story: Story, warnings: list[Warned]) -> Iterator[Member]:
    by_name = {entry.name.lower(): entry.name for entry in entries}
    heard: dict[str, str] = {}
    for file, (channel, source) in story.heard.items():
        plain = re.sub(r"^<[^>]*>", "", file)
        held = next((by_name[n] for n in (plain.lower(), f"audio/{plain}".lower()) if n in by_name), None)
        if held:
            heard[held] = channel if channel in ("music", "voice") else "sound"
        elif "[" not in plain:
            warnings.append(Warned("file_missing", f"There is no file {plain!r}.", source.file, source.line))
    for entry in entries:
        if entry.name.endswith(files.ARCHIVES):
            warnings.append(
                Warned("archive_unread", "An archive is kept as it is; what it holds is not read.", entry.name)
            )
        yield Member(entry.name, heard.get(entry.name) or type_of(entry.name), entry.size)


class RenpyReader:
    """The reader as the command line takes it. It keeps the game that it read last, to take members from it."""

    engine = ENGINE

    def __init__(self) -> None:
        self._last: tuple[Path, Game] | None = None

    def probe(self, path: Path) -> float:
        """Return how sure it is that the path holds a Ren'Py game, 0 to 1."""
        return probe(path).confidence

    def evidence(self, path: Path) -> tuple[str, ...]:
        """Return what it saw that makes it so sure."""
        return probe(path).evidence

    def read(self, path: Path, progress: Progress) -> Pack:
        """Return what a game holds; see `read`."""
        self._last = (path, files.open_game(path))
        return pack_of(self._last[1], progress)

    def open_member(self, path: Path, name: str) -> Iterator[bytes]:
        """Yield the bytes of a member without our stamp, if it has one; raise Missing("member_unknown")."""
        if self._last is None or self._last[0] != path:
            self._last = (path, files.open_game(path))
        return unstamped(self._last[1].open(name))
