"""The registry on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from comfyvn.main import cli

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Return a folder with two pictures and one file that lies."""
    folder = tmp_path / "pictures"
    (folder / "bg").mkdir(parents=True)
    Image.effect_noise((40, 30), 50).save(folder / "bg" / "park.png")
    Image.effect_noise((40, 30), 60).save(folder / "face.png")
    (folder / "liar.png").write_bytes(b"ID3" + bytes(3000))
    assert cli(["new", "Rain"]) == 0
    return folder


def call(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert cli([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_add_list_show_and_verify(pictures: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    added = call(capsys, "assets", "add", str(pictures), "--license", "CC-BY-4.0", "--tag", "mine", code=1)
    assert (added["files"], len(added["assets"]), len(added["commits"])) == (3, 2, 1)
    assert [(one["path"], one["code"]) for one in added["refused"]] == [("liar.png", "media_mismatch")]
    listed = call(capsys, "assets", "list", "--tag", "mine")
    assert [item["path_full"] for item in listed["items"]] == ["bg/park.png", "face.png"]
    park = listed["items"][0]
    assert (park["meta"]["width"], park["meta"]["license"]) == (40, "CC-BY-4.0")
    assert call(capsys, "assets", "show", park["hash"]) == park
    assert (home / "cache" / park["path_thumb"]).is_file()
    assert call(capsys, "assets", "verify")["ok"]
    sidecar = home / "data" / "assets" / "backgrounds" / "rain" / "bg" / "park.png.asset.json"
    sidecar.write_bytes(sidecar.read_bytes().replace(b"park", b"pork", 1))
    (flaw,) = (f for f in call(capsys, "assets", "verify", code=1)["flaws"] if f["severity"] == "error")
    assert (flaw["code"], flaw["asset"]) == ("sidecar_changed", park["id"])
    assert call(capsys, "assets", "rebuild")["views"] == 1
    assert call(capsys, "assets", "verify", "--quick")["ok"]


def test_words_for_people(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli(["assets", "add", str(pictures / "face.png"), "--under", "cast"]) == 0
    assert cli(["assets", "list"]) == 0
    said = capsys.readouterr().out
    assert "1 asset of 1 file" in said
    assert "cast/face.png" in said
    assert cli(["assets", "verify"]) == 0
    assert "all is well" in capsys.readouterr().out
    assert cli(["assets", "show", "nobody"]) == 4
    assert cli(["assets", "add", str(pictures / "liar.png")]) == 4
    assert "[media_mismatch]" in capsys.readouterr().err


def test_where_used_lineage_unused_and_missing(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "assets", "add", str(pictures / "bg" / "park.png"), "--under", "images")
    call(capsys, "assets", "add", str(pictures / "face.png"))
    park, face = (call(capsys, "assets", "show", path)["id"] for path in ("images/park.png", "face.png"))

    def do(entity: str, command: str, **said: Any) -> None:
        call(capsys, "do", command, entity, json.dumps(said))

    do("scene:s", "story.open-scene", title="Roof")
    do("scene:s", "story.place-action", node_id="a", verb="scene", content="park")
    do("scene:s", "story.place-action", node_id="b", verb="play", content="rain.ogg")
    made = {"subject": f"asset:{face}", "activity": "derived", "method": "crop", "inputs": {f"asset:{park}": "parent"}}
    do("provenance:f", "provenance.record-origin", **made)
    found = call(capsys, "assets", "where-used", "images/park.png")
    assert {use["subject"] for use in found["items"]} == {"scene:s/a", f"asset:{face}"}
    assert found["exports"] == []
    call(capsys, "export", "renpy")
    (held,) = call(capsys, "assets", "where-used", park)["exports"]
    assert (held["export"]["place"], held["export"]["path"]) == ("renpy_project/rain", "game/images/park.png")
    assert held["current"]
    unused = call(capsys, "assets", "unused")
    assert ([item["id"] for item in unused["items"]], unused["total"]) == ([face], 1)
    assert call(capsys, "assets", "list", "--unused")["total"] == 1
    assert call(capsys, "assets", "unused", "--strict", code=1) == unused
    (lack,) = call(capsys, "assets", "missing", "--strict", code=1)["items"]
    assert (lack["name"], lack["uses"][0]["subject"]) == ("file:rain.ogg", "scene:s/b")
    graph = call(capsys, "assets", "lineage", "face.png", "--direction", "up", "--depth", "1")
    assert [(edge["source"], edge["method"]) for edge in graph["edges"]] == [(f"asset:{park}", "crop")]
    assert call(capsys, "assets", "lineage", f"asset:{park}")["edges"] == graph["edges"]
    for words, said in (
        (("where-used", park), "scene:s/a (Roof) shows park: scene park"),
        (("lineage", face), f"-1  asset:{park}  images/park.png"),
        (("unused",), "1 asset of"),
        (("missing",), "file:rain.ogg: 1 use"),
    ):
        assert cli(["assets", *words]) == 0
        assert said in capsys.readouterr().out
    for words in (("where-used", "none"), ("lineage", "none"), ("lineage", "scene:none")):
        assert cli(["assets", *words]) == 4
