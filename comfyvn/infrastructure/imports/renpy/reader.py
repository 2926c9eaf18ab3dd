"""The reader of Ren'Py games: a game, in a folder or an archive, to a pack. Runs nothing of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

from comfyvn.application.imports import Progress
from comfyvn.application.intake import Incoming
from comfyvn.application.reading import Probe
from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Member, Pack, Warned
from comfyvn.infrastructure.imports.containers.container import Entry
from comfyvn.infrastructure.imports.containers.rpa import Rpa
from comfyvn.infrastructure.imports.containers.zipped import Zip
from comfyvn.infrastructure.imports.files import Files, text
from comfyvn.infrastructure.imports.members import capped, type_of
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

_REGISTERED = re.compile(
    r"""\b(?:register_statement|statements\s*\.\s*register)\s*\(\s*(?:name\s*=\s*)?u?["']([^"'\n]{1,100})["']"""
)
"""Statements that a game defines for itself."""

GAME = "game/"
"""The folder of the game, as the record of an export names it."""
BESIDE = ".c2pa"
"""How a file ends that holds the credential of the one beside it."""


def looks(found: Files) -> Probe:
    """Tell how sure it is that files are a Ren'Py game, from names alone."""
    names = [entry.name for entry in found.entries]
    prefix = files.prefix_of(found)
    if isinstance(found.held, Rpa):
        return Probe(ENGINE, 0.9, (f"{found.path.name} is an archive of the engine",))
    if prefix is None:
        inner = [name for name in names if name.lower().endswith(".zip")] if isinstance(found.held, Zip) else []
        return Probe(ENGINE, 0.3 if inner else 0.0, tuple(inner[:3]))
    scripts = [name for name in names if name.startswith(prefix) and name.endswith(files.SCRIPTS)]
    top = [name for name in scripts if "/" not in name.removeprefix(prefix)]
    return Probe(ENGINE, 0.95 if top else 0.8, tuple((top or scripts)[:3]) or (f"{prefix or './'} holds archives",))


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
            given = game.encoding(entry.name)
            words = text(data, entry.name, given)[0] if given else decode(data, entry.name)
            texts[entry.name] = _without_nul(words, entry.name, warnings)
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


def _without_nul(words: str, file: str, warnings: list[Warned]) -> str:
    if "\0" in words:
        line = words.count("\n", 0, words.index("\0")) + 1
        warnings.append(Warned("nul_replaced", "NUL characters became U+FFFD.", file, line))
        words = words.replace("\0", "\ufffd")
    return words


def _parsed(texts: dict[str, str]) -> list[Script]:
    own = frozenset(name.strip() for words in texts.values() for name in _REGISTERED.findall(words) if name.strip())
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
    """The reader as the studio takes it. Members come without our stamp, if they have one."""

    engine = ENGINE

    def probe(self, found: Files) -> Probe:
        """Tell how sure it is that files are a Ren'Py game; see `looks`."""
        return looks(found)

    def read(self, found: Files, progress: Progress | None = None) -> Incoming:
        """Return what a game holds; see `pack_of`."""
        game = files.open_game(found)

        def opened(name: str) -> Iterator[bytes]:
            yield from unstamped(game.open(name))

        return Incoming(pack_of(game, progress), opened)
