"""ComfyVN packs: what the schema allows is read, what it does not is refused with the place."""

import json
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.application.sample import documents
from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Pack
from comfyvn.domain.story import edges
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.pack.reader import MANIFEST, SCHEMA_FILE, reader

SCHEMA = json.loads(files("comfyvn.infrastructure.imports.pack").joinpath(SCHEMA_FILE).read_text("utf-8"))
PACK: dict[str, Any] = {
    "format": "comfyvn-pack@1",
    "title": "Lamp",
    "generator": "a test",
    "start": "begin",
    "characters": [{"id": "ann", "name": "Ann", "colour": "#ff0000"}],
    "variables": [{"id": "oil", "type": "int", "default": 3, "scope": "session"}],
    "worlds": [{"id": "harbour", "name": "Harbour", "lore": {"lamp": "It burns."}}],
    "scenes": [
        {
            "id": "begin",
            "title": "Begin",
            "label": "start",
            "nodes": [
                {"id": "a", "type": "text", "speaker": "ann", "content": "Dark."},
                {
                    "id": "c",
                    "type": "choice",
                    "next": [{"id": "up", "text": "Up", "scene": "top"}, {"id": "stay", "text": "Stay"}],
                },
                {"id": "s", "type": "action", "verb": "set", "content": "oil -= 1", "block": "stay"},
                {"id": "r", "type": "action", "verb": "raw", "content": "beep()"},
            ],
        },
        {"id": "top", "title": "Top", "nodes": [{"id": "t", "type": "text", "content": "Light."}]},
    ],
    "assets": [{"path": "images/lamp.png", "licence": "CC0-1.0", "credit": "Bo"}, {"path": "gone.ogg"}],
}


def read(path: Path) -> Pack:
    found = reader()
    assert found.probe(Files(path)).confidence > 0.9
    return found.read(Files(path)).pack


def packed(folder: Path, manifest: Any = PACK, name: str = "lamp.cvnpack") -> Path:
    with zipfile.ZipFile(folder / name, "w") as file:
        file.writestr(f"lamp/{MANIFEST}", json.dumps(manifest))
        file.writestr("lamp/images/lamp.png", b"not really")
    return folder / name


def test_a_pack_is_read_whole(tmp_path: Path) -> None:
    jsonschema.validate(PACK, SCHEMA)
    pack = read(packed(tmp_path))
    assert (pack.title, pack.start, list(pack.scenes)) == ("Lamp", "begin", ["begin", "top"])
    scene = pack.scenes["begin"]
    assert [(edge.text, edge.scene) for _, edge in edges(scene.nodes["c"])] == [("Up", "top"), ("Stay", None)]
    assert scene.nodes["s"].place.block == "stay"
    assert (pack.characters["ann"].colour, pack.variables["oil"].default) == ("#ff0000", 3)
    assert pack.worlds["harbour"].lore == {"lamp": "It burns."}
    (member,) = pack.members
    assert (member.name, member.type, dict(member.facts)) == (
        "lamp/images/lamp.png",
        "image",
        {"license": "CC0-1.0", "credit": "Bo"},
    )
    assert [warning.code for warning in pack.warnings] == ["file_missing"]
    assert (pack.recognised, pack.total) == (4, 5)


def test_the_manifest_alone_and_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "any.json").write_text(json.dumps(PACK), "utf-8")
    assert read(tmp_path / "any.json").scenes.keys() == {"begin", "top"}
    folder = tmp_path / "folder"
    (folder / "images").mkdir(parents=True)
    (folder / MANIFEST).write_text(json.dumps(PACK), "utf-8")
    (folder / "images" / "lamp.png").write_bytes(b"x")
    assert [member.name for member in read(folder).members] == ["images/lamp.png"]


def test_the_sample_story_makes_a_pack(tmp_path: Path) -> None:
    told = documents()
    lists = {key: told[key] for key in ("scenes", "characters", "variables")}
    manifest = {"format": "comfyvn-pack@1", "title": "Tuba", "start": "depot", **lists}
    jsonschema.validate(manifest, SCHEMA)
    pack = read(packed(tmp_path, manifest))
    assert pack.scenes.keys() == {scene["id"] for scene in told["scenes"]}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"format": "comfyvn-pack@9"}, "format"),
        ({"title": ""}, "title"),
        ({"start": "nowhere"}, "start"),
        ({"extra": 1}, "extra"),
        ({"scenes": {}}, "scenes"),
        ({"scenes": [{"title": "A"}]}, "scenes[0].id"),
        ({"start": "a", "scenes": [{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]}, "scenes[1].id"),
        ({"start": "a", "scenes": [{"id": "a", "title": "A", "nodes": [{"id": "x", "type": "song"}]}]}, "scenes[0]."),
        ({"characters": [{"id": "ann"}]}, "characters[0]."),
        ({"variables": [{"id": "x", "type": "int", "default": "no"}]}, "variables[0]."),
        ({"assets": [{"path": "a"}, {"path": "a"}]}, "assets[1].path"),
    ],
)
def test_what_is_malformed_is_refused_with_its_place(tmp_path: Path, change: Any, where: str) -> None:
    with pytest.raises(Refused) as refusal:
        reader().read(Files(packed(tmp_path, {**PACK, **change})))
    assert refusal.value.code == "pack_malformed"
    assert refusal.value.details["where"].startswith(where)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PACK, "id", "nodes"]), inner),
    max_leaves=8,
)


@given(st.sampled_from([*PACK]), JSON)
def test_anything_in_any_place_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: Any
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps({**PACK, key: value}), "utf-8")
    try:
        reader().read(Files(path))
    except Refused as refusal:
        assert refusal.code == "pack_malformed"
