"""The readers of TyranoScript and of KiriKiri's KAG: a folder, a zip file, an archive, or a program with one inside."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from comfyvn.application.imports import Progress
from comfyvn.application.reading import Probe
from comfyvn.application.versions import asset_id
from comfyvn.domain.cast import Character
from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Member, Pack, Warned
from comfyvn.domain.variables import Scope, Variable
from comfyvn.infrastructure.imports.containers.xp3 import encrypted
from comfyvn.infrastructure.imports.files import Files, FilesReader, text
from comfyvn.infrastructure.imports.identity import character_id
from comfyvn.infrastructure.imports.kag.media import members_of, opener
from comfyvn.infrastructure.imports.kag.script import Cast, Reader, place
from comfyvn.infrastructure.imports.kag.speaking import Speaking, speaking
from comfyvn.infrastructure.imports.kag.staging import stem
from comfyvn.infrastructure.imports.kag.tags import Tag, Whole, Words, tokens
from comfyvn.infrastructure.imports.members import capped
from comfyvn.infrastructure.imports.steps import Passage, graph_of
from comfyvn.infrastructure.imports.variables import variables_of

TYRANO: Final = "tyranoscript"
KIRIKIRI: Final = "kirikiri"
_SCRIPT: Final = ".ks"
_MARKS: Final[Mapping[str, tuple[str, ...]]] = {
    TYRANO: ("tyrano/tyrano.js", "tyrano/libs.js", "data/system/config.tjs"),
    KIRIKIRI: ("startup.tjs", "system/initialize.tjs", "system/config.tjs", "data.xp3"),
}
_ENGINE_FOLDERS: Final = ("tyrano/", "node_modules/")


def looks(files: Files, engine: str) -> Probe:
    """Tell from names whether files hold a game of an engine."""
    names = [entry.name.lower() for entry in files.entries]
    scripts = [name for name in names if name.endswith(_SCRIPT)]
    if not scripts:
        hidden = files.hidden and engine == KIRIKIRI
        return Probe(engine, 0.6, ("files are encrypted",)) if hidden else Probe(engine, 0.0)
    seen = tuple(mark for mark in _MARKS[engine] if any(name.endswith(mark) for name in names))
    other = TYRANO if engine == KIRIKIRI else KIRIKIRI
    if seen:
        return Probe(engine, 0.95, seen)
    if any(name.endswith(mark) for mark in _MARKS[other] for name in names):
        return Probe(engine, 0.1, tuple(scripts[:3]))
    return Probe(engine, _by_words(files, engine), tuple(scripts[:3]))


def _by_words(files: Files, engine: str) -> float:
    """Tell scripts without anything around them by the tags that only TyranoScript has."""
    first = next(entry.name for entry in files.entries if entry.name.lower().endswith(_SCRIPT))
    words = text(files.head(first), first)[0]
    tyrano = any(mark in words for mark in ("[glink", "[chara_", "[tb_", "\n#"))
    return 0.7 if tyrano == (engine == TYRANO) else 0.3


def pack_of(files: Files, progress: Progress | None = None, engine: str = TYRANO) -> Pack:
    """Return what the scripts of a game hold.

    Raises Refused: ``not_a_game``, ``archive_encrypted``, ``file_too_large``, those of archives.
    """
    warnings = [*files.warnings]
    names = [name for name in files.named(_SCRIPT) if not name.lower().startswith(_ENGINE_FOLDERS)]
    if not names and files.hidden:
        raise encrypted(files.title)
    if not names:
        raise Refused("not_a_game", f"{files.title} holds no script of KAG.")
    if not any(files.sound(name) for name in names):
        raise encrypted(files.title)
    scripts: dict[str, str] = {}
    for done, name in enumerate(names):
        words, used = files.text(name)
        if "\ufffd" in words or used == "latin-1":
            message = "The file is in no encoding that is known, or encrypted by its game; it is read as Latin-1."
            warnings.append(Warned("encoding_unknown", message, name))
        scripts[name] = words
        if progress:
            progress("scripts", done + 1, len(names))
    members, damaged = members_of(files, names)
    tyrano = engine == TYRANO
    ways = speaking(files.reading.speakers)
    known = _Known(scripts, members, tyrano, ways)
    cast = Cast(known.ids, frozenset(known.macros), partial(_found, _by_stem(members)), engine, ways, tyrano)
    passages = [passage for name, words in scripts.items() for passage in Reader(name, cast).read(words)]
    graph = graph_of(passages)
    start = next((place(name, "") for name in names if stem(name).lower() == "first"), passages[0].name)
    return Pack(
        engine=engine,
        title=files.title,
        scenes=graph.scenes,
        characters=known.characters,
        variables=dict(_variables(passages)),
        members=members,
        start=graph.places[start],
        recognised=graph.recognised,
        total=graph.total,
        raw_kinds=dict(sorted(graph.raw_kinds.items())),
        warnings=capped([*warnings, *damaged, *graph.warnings]),
    )


class _Known:
    """What all scripts declare: characters with pictures, and macros."""

    def __init__(self, scripts: Mapping[str, str], members: Sequence[Member], tyrano: bool, ways: Speaking) -> None:
        self.ids: dict[str, str] = {}
        self.characters: dict[str, Character] = {}
        self.macros: set[str] = set()
        self._by_stem = _by_stem(members)
        self._faces: dict[str, dict[str, str]] = {}
        named: dict[str, None] = {}
        for words in scripts.values():
            for token in tokens(words, tyrano):
                if isinstance(token, Whole) and token.name:
                    self.macros.add(token.name)
                elif isinstance(token, Tag):
                    self._take(token)
                    named[ways.by_tag(token)] = None
                elif isinstance(token, Words):
                    named[ways.by_words(token.text)[0]] = None
        for name in named:
            if name and name not in self.ids:
                self.ids[name] = character_id(name)
                self.characters.setdefault(self.ids[name], Character(name))

    def _take(self, tag: Tag) -> None:
        name = tag.get("name")
        if tag.name == "chara_new" and name:
            shown = tag.get("jname") or name
            found = character_id(name)
            self.ids |= {name: found, shown: found}
            portrait = self._asset(tag.get("storage"))
            faces = self._faces.setdefault(name, {})
            self.characters[found] = Character(shown, image_tag=name, portrait_asset_id=portrait, expressions=faces)
        elif tag.name == "chara_face" and name and tag.get("face"):
            picture = self._asset(tag.get("storage"))
            if picture:
                self._faces.setdefault(name, {})[tag.get("face")] = picture

    def _asset(self, storage: str) -> str | None:
        found = self._by_stem.get(stem(storage).lower()) if storage else None
        member = next((m for m in found or () if m.type == "image"), None)
        return asset_id(member.name) if member else None


def _by_stem(members: Sequence[Member]) -> dict[str, list[Member]]:
    found: dict[str, list[Member]] = {}
    for member in members:
        found.setdefault(stem(member.name).lower(), []).append(member)
    return found


def _found(by_stem: Mapping[str, Sequence[Member]], storage: str, folder: str) -> str:
    """Return the file that a storage stands for, whatever its case and ending; one in a fitting folder first."""
    sounds = [m for m in by_stem.get(stem(storage).lower(), ()) if m.type in ("sound", "music", "voice")]
    sounds.sort(key=lambda member: (f"{folder}/" not in member.name.lower(), member.name))
    return sounds[0].name if sounds else storage


def _variables(passages: Sequence[Passage]) -> Iterator[tuple[str, Variable]]:
    """Yield the variables that the scripts assign or read; what is not assigned yet is 0 or false."""
    for name, value in sorted(variables_of(passages).items()):
        scope: Scope = "global" if name.startswith("sf_") else "session"
        yield name, Variable("bool", False, scope) if isinstance(value, bool) else Variable("any", 0, scope)


def tyranoscript() -> FilesReader:
    """Return the reader of TyranoScript as the studio takes it."""
    return FilesReader(TYRANO, partial(looks, engine=TYRANO), partial(pack_of, engine=TYRANO), opener)


def kirikiri() -> FilesReader:
    """Return the reader of KiriKiri's KAG as the studio takes it."""
    return FilesReader(KIRIKIRI, partial(looks, engine=KIRIKIRI), partial(pack_of, engine=KIRIKIRI), opener)
