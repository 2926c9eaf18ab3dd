"""Character cards, versions 1 to 3: in PNG files, as JSON, as CHARX; and lorebooks.

Formats: Character Card V2 (malfoyslastname), Character Card V3 (kwaroran), and world info as SillyTavern keeps it.
What a card says beyond the fields that the studio has stays word for word in ``meta["card"]``, and goes out again by
`card_of`.
"""

import base64
import binascii
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from comfyvn.domain.cast import Character
from comfyvn.domain.kernel import Json
from comfyvn.domain.worlds import World
from comfyvn.infrastructure.imports.loading import loaded

MAX_CARD: Final = 32 << 20
"""Bytes of the JSON of one card."""
PNG: Final = b"\x89PNG\r\n\x1a\n"
_KEYWORDS: Final = ("ccv3", "chara")
"""Chunks of a card, the one that counts first."""
TRAITS: Final = ("description", "personality", "scenario", "nickname")
_SPECS: Final = ("chara_card_v2", "chara_card_v3")


@dataclass(frozen=True, slots=True)
class Card:
    """A card as JSON of version 2 or 3; `data` are its fields, whichever version it has."""

    whole: Mapping[str, Json]
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.data["name"]).strip()

    def words(self, key: str) -> str:
        found = self.data.get(key)
        return found.replace("\r\n", "\n") if isinstance(found, str) else ""

    @property
    def book(self) -> Mapping[str, Any]:
        found = self.data.get("character_book")
        return found if isinstance(found, dict) else {}

    @property
    def book_name(self) -> str:
        """The name of its lorebook, that of the card where it has none."""
        found = self.book.get("name")
        return found if isinstance(found, str) and found.strip() else self.name


@dataclass(frozen=True, slots=True)
class Found:
    """A card in its file, and the members that show the character: a portrait, and expressions by name."""

    card: Card
    file: str
    portrait: str | None = None
    expressions: Mapping[str, str] = field(default_factory=dict)


def of_json(found: Any) -> Card | None:
    """Return the card that a JSON value is; None for anything else. Cards of version 1 are put into the shape of 2."""
    if not isinstance(found, dict):
        return None
    data = found.get("data")
    if found.get("spec") in _SPECS and isinstance(data, dict):
        return Card(found, data) if _named(data) else None
    if _named(found) and sum(isinstance(found.get(k), str) for k in ("description", "personality", "first_mes")) >= 2:
        return Card({"spec": "chara_card_v2", "spec_version": "2.0", "data": found}, found)
    return None


def _named(data: Mapping[str, Any]) -> bool:
    name = data.get("name")
    return isinstance(name, str) and bool(name.strip())


def of_png(data: bytes) -> Card | None:
    """Return the card in the text chunks of a PNG file."""
    texts = dict(png_texts(data))
    for keyword in _KEYWORDS:
        if keyword in texts:
            try:
                found = loaded(base64.b64decode(texts[keyword]))
            except ValueError:
                continue
            if card := of_json(found):
                return card
    return None


def png_texts(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the keyword and bytes of each tEXt chunk of a PNG file, as far as it is sound."""
    at = len(PNG) if data.startswith(PNG) else len(data)
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if at + 12 + size > len(data):
            return
        if data[at + 4 : at + 8] == b"tEXt":
            keyword, _, text = data[at + 8 : at + 8 + size].partition(b"\0")
            yield keyword.decode("latin-1"), text
        at += 12 + size


def with_card(data: bytes, card: Mapping[str, Json]) -> bytes:
    """Return a PNG file that carries a card, in place of the one that it carried."""
    kept = bytearray(PNG)
    at = len(PNG)
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        chunk = data[at : at + 12 + size]
        kind, keyword = chunk[4:8], chunk[8:].partition(b"\0")[0].decode("latin-1")
        if kind == b"IEND":
            text = base64.b64encode(json.dumps(card, ensure_ascii=False).encode())
            for name in reversed(_KEYWORDS) if card.get("spec") == "chara_card_v3" else ("chara",):
                body = b"tEXt" + name.encode() + b"\0" + text
                kept += (len(body) - 4).to_bytes(4, "big") + body + binascii.crc32(body).to_bytes(4, "big")
        if not (kind == b"tEXt" and keyword in _KEYWORDS):
            kept += chunk
        at += 12 + size
    return bytes(kept)


def of_charx(data: bytes) -> tuple[Card, Mapping[str, str]] | None:
    """Return the card of a CHARX file, and the names of its embedded assets by type and name (``emotion:joy``)."""
    begun = data.find(b"PK\x03\x04")
    try:
        with zipfile.ZipFile(io.BytesIO(data[begun:] if begun > 0 else data)) as packed:
            info = packed.getinfo("card.json")
            if info.file_size > MAX_CARD:
                return None
            card = of_json(loaded(packed.read(info)))
    except (KeyError, ValueError, OSError, zipfile.BadZipFile, RuntimeError, zlib.error):
        return None
    if card is None:
        return None
    assets = card.data.get("assets")
    names: dict[str, str] = {}
    for asset in assets if isinstance(assets, list) else ():
        uri = asset.get("uri") if isinstance(asset, dict) else None
        if isinstance(uri, str):
            for scheme in ("embeded://", "embedded://", "__asset:"):
                if uri.startswith(scheme):
                    names[f"{asset.get('type')}:{asset.get('name')}"] = uri.removeprefix(scheme)
    return card, names


def character_of(found: Found, asset_id: Any) -> Character:
    """Return the character of a card; `asset_id` tells the id of a member by its name."""
    card = found.card
    traits = {key: words for key in TRAITS if (words := card.words(key))}
    tags = card.data.get("tags")
    if isinstance(tags, list) and tags:
        traits["tags"] = [tag for tag in tags if isinstance(tag, str)]  # type: ignore[assignment]
    expressions = {name: asset_id(member) for name, member in found.expressions.items()}
    portrait = asset_id(found.portrait) if found.portrait else None
    meta: dict[str, Json] = {"card": dict(card.whole), "file": found.file}
    return Character(card.name, traits=traits, portrait_asset_id=portrait, expressions=expressions, meta=meta)


def card_of(character: Character) -> dict[str, Json]:
    """Return the card of a character: the one that it came from, with what the studio knows better; else a new one."""
    known = character.meta.get("card")
    whole: dict[str, Any] = dict(known) if isinstance(known, Mapping) else {}
    data: dict[str, Any] = dict(whole.get("data") or {})
    for key in TRAITS:
        if key in character.traits or key in data:
            data[key] = character.traits.get(key, "")
    data["name"] = character.name
    if "tags" in character.traits or "tags" in data:
        data["tags"] = character.traits.get("tags", [])
    spec = whole or {"spec": "chara_card_v2", "spec_version": "2.0"}
    if not whole:
        data = {**dict.fromkeys(("description", "personality", "scenario", "first_mes", "mes_example"), ""), **data}
        data |= {"extensions": {}, "tags": data.get("tags", [])}
    return {**spec, "data": data}


def world_of(name: str, book: Mapping[str, Any], meta: Mapping[str, Json]) -> World | None:
    """Return the world of a lorebook, SillyTavern's or that of a card; None where it holds no entry."""
    entries = book.get("entries")
    listed = [*entries.values()] if isinstance(entries, dict) else entries if isinstance(entries, list) else []
    lore: dict[str, Json] = {}
    for number, entry in enumerate(listed):
        if not isinstance(entry, dict) or not isinstance(entry.get("content"), str):
            continue
        keys = entry.get("key") if isinstance(entry.get("key"), list) else entry.get("keys")
        words = [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
        wanted = next((t for t in (entry.get("comment"), entry.get("name"), *words) if isinstance(t, str) and t), "")
        title, again = wanted or f"Entry {number + 1}", 2
        while title in lore:
            title, again = f"{wanted} ({again})", again + 1
        enabled = entry.get("enabled", not entry.get("disable", False))
        lore[title] = {"text": entry["content"], "keys": words, "enabled": bool(enabled), "entry": entry}
    if not lore:
        return None
    summary = book.get("description")
    return World(name, summary if isinstance(summary, str) else "", lore=lore, meta=meta)
