"""The reader of roleplay: chats become scenes, cards characters, lorebooks worlds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from comfyvn.application.imports import Progress
from comfyvn.application.reading import Probe, RoleplayRules
from comfyvn.application.versions import asset_id
from comfyvn.domain.cast import Character
from comfyvn.domain.kernel import Json, Refused
from comfyvn.domain.pack import Pack, Stated
from comfyvn.domain.worlds import World
from comfyvn.infrastructure.imports.files import Files, FilesReader, text
from comfyvn.infrastructure.imports.identity import character_id
from comfyvn.infrastructure.imports.licences import in_fields
from comfyvn.infrastructure.imports.loading import loaded
from comfyvn.infrastructure.imports.members import capped
from comfyvn.infrastructure.imports.roleplay import cards, chats, trees
from comfyvn.infrastructure.imports.roleplay.cards import Found, character_of, world_of
from comfyvn.infrastructure.imports.roleplay.chats import Chat
from comfyvn.infrastructure.imports.roleplay.messages import Message
from comfyvn.infrastructure.imports.steps import Passage, graph_of

ENGINE: Final = "roleplay"
MAX_PICTURE: Final = 64 << 20
_TEXTS: Final = (".txt", ".log", ".md")
_COPIES: Final = frozenset({"backups", "thumbnails", "vectors"})
"""Folders in which SillyTavern keeps older states of chats and settings, smaller pictures, and what it looks up."""
_LABEL: Final = re.compile(r"^(.+?)(?:[-.].*)?$")
"""An expression in the name of a picture: ``joy-1`` and ``joy.smile`` are both ``joy``."""


@dataclass(slots=True)
class _Held:
    """What the files hold, as far as it is read."""

    chats: list[Chat] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    worlds: dict[str, World] = field(default_factory=dict)
    personas: dict[str, Character] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)


def looks(files: Files) -> Probe:
    """Tell from first bytes whether files hold chats or cards."""
    held = _Held()
    for name in _own(files)[:300]:
        if sure := _sure(files, name, held):
            return Probe(ENGINE, sure, (name,))
    return Probe(ENGINE, 0.0)


def _own(files: Files) -> list[str]:
    """Return the files that are no copies of others."""
    names = (entry.name for entry in files.entries)
    return [name for name in names if not _COPIES & {*name.lower().split("/")[:-1]}]


def _sure(files: Files, name: str, held: _Held) -> float:
    low = name.lower()
    if low.endswith(".charx") or (low == "card.json"):
        return 0.95
    if low.endswith(".jsonl"):
        first = text(files.head(name), name)[0].partition("\n")[0]
        return 0.9 if chats.from_lines(first, name) else 0.0
    if low.endswith((".png", ".json")):
        _take(files, name, held)
        return 0.85 if held.found or held.worlds or held.chats else 0.0
    if low.endswith(_TEXTS):
        head = text(files.head(name), name)[0]
        return 0.4 if chats.from_text(head, name, files.reading.roleplay.speakers) else 0.0
    return 0.0


def _take(files: Files, name: str, held: _Held) -> None:
    """Read one file for what it is."""
    low = name.lower()
    if low.endswith(".png"):
        card = cards.of_png(files.read(name, MAX_PICTURE))
        if card:
            held.found.append(Found(card, name, portrait=name))
    elif low.endswith(".charx"):
        charx = cards.of_charx(files.read(name, MAX_PICTURE))
        if charx:
            held.found.append(Found(charx[0], name))
    elif low.endswith(".jsonl"):
        _keep(held, chats.from_lines(files.text(name)[0], name), name)
    elif low.endswith(".json"):
        _take_json(files.text(name, cards.MAX_CARD)[0], name, files, held)
    elif low.endswith(_TEXTS):
        words, ways = files.text(name)[0], files.reading.roleplay.speakers
        _keep(held, chats.from_text(words, name, ways), name)


def _keep(held: _Held, chat: Chat | None, name: str) -> None:
    if chat is not None and chat.messages:
        held.chats.append(chat)
        held.read.add(name)


def _take_json(words: str, name: str, files: Files, held: _Held) -> None:
    try:
        found: Any = loaded(words)
    except ValueError:
        return
    stem = chats.stem(name)
    if card := cards.of_json(found):
        held.read.add(name)
        held.found.append(_with_assets(Found(card, name), files, name))
    elif isinstance(found, dict) and isinstance(found.get("power_user"), dict):
        held.personas |= _personas(found["power_user"], files, name)
        held.read.add(name)
    elif isinstance(found, dict) and "entries" in found and (world := world_of(stem, found, {"book": found})):
        held.worlds[character_id(stem)] = world
        held.read.add(name)
    else:
        _keep(held, chats.from_json(words, name), name)


def _with_assets(found: Found, files: Files, name: str) -> Found:
    """Return a card that lies beside its assets, as in a CHARX file, with its pictures."""
    assets = found.card.data.get("assets")
    there = {entry.name for entry in files.entries}
    folder = name.rpartition("/")[0]
    portrait, expressions = None, {}
    for asset in assets if isinstance(assets, list) else ():
        uri = asset.get("uri") if isinstance(asset, dict) else None
        path = uri.partition("://")[2] if isinstance(uri, str) and uri.startswith(("embeded://", "embedded://")) else ""
        path = f"{folder}/{path}" if folder else path
        if path not in there:
            continue
        if asset.get("type") == "icon" and (portrait is None or asset.get("name") == "main"):
            portrait = path
        elif asset.get("type") == "emotion" and isinstance(asset.get("name"), str):
            expressions[asset["name"]] = path
    return replace(found, portrait=portrait, expressions=expressions)


def _personas(settings: Mapping[str, Any], files: Files, name: str) -> dict[str, Character]:
    """Return the characters that the player plays, from SillyTavern's settings."""
    names, told = settings.get("personas"), settings.get("persona_descriptions")
    there = {entry.name.rpartition("/")[2]: entry.name for entry in files.entries if "User Avatars/" in entry.name}
    found: dict[str, Character] = {}
    for picture, shown in names.items() if isinstance(names, dict) else ():
        if not isinstance(shown, str) or not shown.strip():
            continue
        about = told.get(picture) if isinstance(told, dict) else None
        description = about.get("description") if isinstance(about, dict) else None
        traits: dict[str, Json] = {"description": description} if isinstance(description, str) and description else {}
        portrait = asset_id(there[picture]) if picture in there else None
        character = Character(shown.strip(), traits=traits, portrait_asset_id=portrait, meta={"persona": picture})
        found[character_id(shown.strip())] = character
    return found


def pack_of(files: Files, progress: Progress | None = None) -> Pack:
    """Return what the files hold: chats as scenes, cards and personas as characters, lorebooks as worlds.

    Raises Refused: ``not_a_game``, ``chat_too_long``, ``file_too_large``.
    """
    held = _Held()
    names = _own(files)
    own = {*names}
    for done, name in enumerate(names):
        _take(files, name, held)
        if progress:
            progress("files", done + 1, len(names))
    if not (held.chats or held.found or held.worlds or held.personas):
        raise Refused("not_a_game", f"{files.title} holds no chat, card or lorebook that can be read.")
    found = [_with_sprites(one, files) for one in held.found]
    characters = {character_id(one.card.name): character_of(one, asset_id) for one in found}
    for one in found:
        if world := world_of(one.card.book_name, one.card.book, {"card": one.card.name}):
            held.worlds.setdefault(character_id(world.name), world)
    cast = {**held.personas, **characters}
    passages = _passages(held.chats, found, cast, files.reading.roleplay)
    graph = graph_of(passages)
    warnings = [*files.warnings, *(w for chat in held.chats for w in chat.warnings), *graph.warnings]
    return Pack(
        engine=ENGINE,
        title=held.chats[0].title if len(held.chats) == 1 and held.chats[0].title else files.title,
        scenes=graph.scenes,
        characters=cast,
        worlds=held.worlds,
        members=tuple(member for member in files.members(without=sorted(held.read)) if member.name in own),
        start=next(iter(graph.scenes), None),
        recognised=graph.recognised,
        total=graph.total,
        warnings=capped(warnings),
        licences=tuple(licence for one in found for licence in _licences(one)),
    )


def _licences(found: Found) -> Iterator[Stated]:
    data, extensions = found.card.data, found.card.data.get("extensions")
    fields = {**(extensions if isinstance(extensions, dict) else {}), **data}
    yield from in_fields(f"character:{found.card.name}", fields, found.file, found.card.words("creator"))


def _with_sprites(found: Found, files: Files) -> Found:
    """Return a card with the pictures of the folder that has its name, as SillyTavern keeps expressions."""
    if not found.portrait or found.expressions:
        return found
    folder = found.file.rpartition(".")[0]
    places = (f"{folder}/", f"{folder.rpartition('/')[0]}/{found.card.name}/".lstrip("/"))
    expressions: dict[str, str] = {}
    for entry in files.entries:
        place, _, file = entry.name.rpartition("/")
        if f"{place}/" in places and file.lower().endswith((".png", ".webp", ".gif", ".jpg", ".jpeg")):
            label = _LABEL.match(file.rpartition(".")[0])
            expressions.setdefault(label[1] if label else file, entry.name)
    return replace(found, expressions=expressions)


def _passages(
    told: Sequence[Chat], found: Sequence[Found], cast: dict[str, Character], rules: RoleplayRules
) -> list[Passage]:
    by_avatar = {one.file.rpartition("/")[2]: character_id(one.card.name) for one in found}
    narrators = {name.lower() for name in rules.narrators}
    user = rules.user or next((chat.user for chat in told if chat.user), None)

    def speaker(message: Message) -> str | None:
        name = user if message.name.lower() in ("user", "you") and user else message.name
        if message.aside or not name or name.lower() in narrators:
            return None
        character = by_avatar.get(message.avatar.rpartition("/")[2]) or character_id(name)
        if character not in cast:
            cast[character] = Character(name)
        return character

    every: list[Passage] = []
    taken: set[str] = set()
    for members in trees.trees(told):
        made = trees.passages(members, speaker, rules)
        names: dict[str, str] = {}
        for passage in made:
            name, number = passage.name, 2
            while name in taken:
                name, number = f"{passage.name} ({number})", number + 1
            taken.add(name)
            names[passage.name] = name
        every += trees.aimed(made, names)
    return every


def reader() -> FilesReader:
    """Return the reader as the studio takes it."""
    return FilesReader(ENGINE, looks, pack_of)
