"""A folder as SillyTavern keeps it: a chat with a branch, a card with a lorebook, a world, expressions, a persona."""

import base64
import io
import json
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

CARD: dict[str, Any] = {
    "spec": "chara_card_v3",
    "spec_version": "3.0",
    "data": {
        "name": "Aoi",
        "description": "Keeps the harbour lamp.",
        "personality": "calm",
        "first_mes": "Hello.",
        "tags": ["sea"],
        "source": ["elsewhere"],
        "extensions": {"other": {"depth": 4}},
        "character_book": {
            "name": "Harbour",
            "entries": [{"keys": ["lamp"], "content": "It burns all night.", "enabled": True, "insertion_order": 3}],
        },
    },
}


def row(name: str, words: str, at: Any = "2026-01-02T10:00:00Z", **more: Any) -> str:
    return json.dumps({"name": name, "is_user": name == "Bo", "is_system": "", "send_date": at, "mes": words, **more})


def header(**metadata: Any) -> str:
    return json.dumps(
        {"chat_metadata": {"integrity": "1", **metadata}, "user_name": "unused", "character_name": "unused"}
    )


SHARED = [
    row("Aoi", "*She waves.* Hello, **you**!\n\nIt's late.", original_avatar="Aoi.png", swipes=["Go.", "Stay."]),
    row("Bo", "Hi [there], 100% sure.", is_system=True),
    row("Note", "remember the lamp", extra={"type": "comment"}),
    row("Narrator", "Rain falls.", extra={"type": "narrator"}),
]
MAIN = [header(), *SHARED, row("Aoi", "Come in."), row("Bo", "Thanks.", "2026-01-03T10:00:00Z")]
BRANCH = [header(main_chat="Main"), *SHARED, row("Aoi", "Stay out!"), row("Bo", "Oh.")]


def picture(path: Path, colour: str, card: Any = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture_bytes(colour, card))


def picture_bytes(colour: str, card: Any = None) -> bytes:
    texts = PngInfo()
    if card is not None:
        texts.add_text("chara", base64.b64encode(json.dumps(card).encode()).decode())
    made = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(made, "png", pnginfo=texts)
    return made.getvalue()


def write(folder: Path) -> Path:
    chats = folder / "chats" / "Aoi"
    chats.mkdir(parents=True)
    (chats / "Main.jsonl").write_text("\n".join(MAIN), "utf-8")
    (chats / "Main - Branch 1.jsonl").write_text("\n".join(BRANCH), "utf-8")
    picture(folder / "characters" / "Aoi.png", "red", CARD)
    picture(folder / "characters" / "Aoi" / "joy-1.png", "yellow")
    picture(folder / "User Avatars" / "bo.png", "blue")
    (folder / "worlds").mkdir()
    world = {"entries": {"0": {"uid": 0, "key": ["sea"], "comment": "The sea", "content": "Deep.", "disable": True}}}
    (folder / "worlds" / "Eldoria.json").write_text(json.dumps(world), "utf-8")
    persona = {"personas": {"bo.png": "Bo"}, "persona_descriptions": {"bo.png": {"description": "A sailor."}}}
    (folder / "settings.json").write_text(json.dumps({"power_user": persona}), "utf-8")
    return folder
