"""What a real SillyTavern keeps comes in: ``python -m pytest tests/silly_tavern/real.py`` (a minute; 450 MB once)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comfyvn.application.imports import import_pack
from comfyvn.application.studio import Request
from comfyvn.application.versions import asset_id
from comfyvn.domain.pack import Pack
from comfyvn.domain.story import walk
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.storage.blobs import FileBlobs
from comfyvn.main.readers import READERS
from tests.desks import Desk
from tests.infrastructure.imports.stories import played
from tests.samples import roleplay
from tests.silly_tavern import SillyTavern, running

AOI = "Aoi.png"


@pytest.fixture(scope="module")
def tavern(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SillyTavern]:
    with running(tmp_path_factory.mktemp("tavern")) as server:
        _fill(server, tmp_path_factory.mktemp("made"))
        yield server


def _fill(server: SillyTavern, made: Path) -> None:
    """Make a character with a face, a chat with a branch, a group, a world and a persona, as its page would."""
    roleplay.picture(made / AOI, "red", roleplay.CARD)
    roleplay.picture(made / "joy.png", "yellow")
    assert server.upload("/api/characters/import", made / AOI, file_type="png") == {"file_name": "Aoi"}
    server.upload("/api/sprites/upload", made / "joy.png", name="Aoi", label="joy")
    server.post("/api/characters/create", {"ch_name": "Ren", "first_mes": "Yes?", "description": "A cook."})
    for name, rows in (("Main", roleplay.MAIN), ("Main - Branch #1", roleplay.BRANCH)):
        chat = [json.loads(row) for row in rows]
        server.post("/api/chats/save", {"avatar_url": AOI, "file_name": name, "chat": chat, "force": True})
    world = {"entries": {"0": {"uid": 0, "key": ["sea"], "comment": "The sea", "content": "Deep.", "disable": False}}}
    server.post("/api/worldinfo/edit", {"name": "Coast", "data": world})
    server.post("/api/groups/create", {"name": "Both", "members": [AOI, "Ren.png"], "chat_id": "g1", "chats": ["g1"]})
    rows = [json.loads(roleplay.header())] + [
        json.loads(roleplay.row(name, words, original_avatar=f"{name}.png"))
        for name, words in (("Aoi", "Ren, the lamp."), ("Ren", "In a minute."))
    ]
    server.post("/api/chats/group/save", {"id": "g1", "chat": rows})
    settings = json.loads(server.post("/api/settings/get", {})["settings"])
    power = settings.setdefault("power_user", {})
    power["personas"] = {"user-default.png": "Bo"}
    power["persona_descriptions"] = {"user-default.png": {"description": "A sailor."}}
    server.post("/api/settings/save", settings)


@pytest.fixture(scope="module")
def pack(tavern: SillyTavern) -> Pack:
    files = Files(tavern.folder)
    assert max(READERS, key=lambda name: READERS[name].probe(files).confidence) == "roleplay"
    return READERS["roleplay"].read(files).pack


def test_characters_worlds_and_personas(pack: Pack, tavern: SillyTavern) -> None:
    assert {c.name for c in pack.characters.values()} == {"Aoi", "Ren", "Bo", "Seraphina"}
    aoi, bo = pack.characters["aoi"], pack.characters["bo"]
    assert aoi.expressions == {"joy": asset_id("characters/Aoi/joy.png")}
    assert aoi.portrait_asset_id == asset_id("characters/Aoi.png")
    assert bo.traits["description"] == "A sailor."
    assert len(pack.characters["seraphina"].expressions) == 28
    assert {world.name for world in pack.worlds.values()} >= {"Coast", "Harbour", "Eldoria"}
    exported = tavern.post("/api/characters/export", {"format": "json", "avatar_url": AOI})
    told = json.loads(exported) if isinstance(exported, str) else exported
    assert told["data"]["extensions"]["other"] == {"depth": 4}


def test_a_chat_and_its_branch_are_one_story(pack: Pack) -> None:
    scenes = {scene.title: scene_id for scene_id, scene in pack.scenes.items()}
    lines = [node.content for scene in pack.scenes.values() for _, node in walk(scene) if node.type == "text"]
    assert sum("Come in." in line for line in lines) == sum("Stay out!" in line for line in lines) == 1
    assert sum("It's late." in line for line in lines) == 1
    (choice,) = [n for s in pack.scenes.values() for _, n in walk(s) if n.type == "choice"]
    assert len(choice.next) == 2
    assert any("In a minute." in line for line in lines), scenes


def test_every_line_is_played(pack: Pack) -> None:
    told: list[Any] = [*played(pack, 0), *played(pack, 1)]
    assert any("Come in." in str(line) for line in told)
    assert any("Stay out!" in str(line) for line in told)


def test_a_second_import_changes_nothing_and_an_edit_only_itself(
    pack: Pack, tavern: SillyTavern, tmp_path: Path
) -> None:
    desk, blobs = Desk(), FileBlobs(tmp_path / "blobs")

    def bring_in() -> int:
        incoming = READERS["roleplay"].read(Files(tavern.folder))
        request = Request(actor="ada")
        return import_pack(desk.studio, blobs, desk.main, incoming.pack, incoming.open_member, request).events

    assert bring_in() > 50
    assert bring_in() == 0
    chat = tavern.post("/api/chats/get", {"avatar_url": AOI, "file_name": "Main"})
    chat[-1]["mes"] = "Thanks a lot."
    tavern.post("/api/chats/save", {"avatar_url": AOI, "file_name": "Main", "chat": chat, "force": True})
    assert 0 < bring_in() < 10
    assert bring_in() == 0
