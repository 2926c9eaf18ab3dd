"""Licences, credits and disclosure on the command line."""

import json
from pathlib import Path

import pytest
from PIL import Image

from comfyvn.main import cli
from tests.interfaces.cli.test_assets import call

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "park.png"
    Image.effect_noise((40, 30), 50).save(file)
    assert cli(["new", "Rain"]) == 0
    return file


def test_licences_leave_with_1_where_something_is_wrong(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "licences")["findings"] == []
    call(capsys, "assets", "add", str(picture), "--license", "cc by 4")
    found = call(capsys, "licences", code=1)
    assert [(f["code"], f["licence"]) for f in found["findings"]] == [("attribution_missing", "CC-BY-4.0")]
    assert cli(["licences"]) == 1
    said = capsys.readouterr().out
    assert "CC-BY-4.0" in said
    assert "[attribution_missing]" in said
    asset = found["items"][0]["subject"]
    call(capsys, "do", "assets.annotate-asset", asset, '{"key": "author", "value": "Ann"}')
    assert call(capsys, "licences")["ok"]
    assert cli(["licences"]) == 0
    assert "Nothing collides." in capsys.readouterr().out


def test_disclosure_is_strict_where_asked(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    added = call(capsys, "assets", "add", str(picture), "--actor", "model:sdxl")
    assert call(capsys, "disclosure")["ok"] is False
    found = call(capsys, "disclosure", "--strict", code=1)
    assert [lack["code"] for lack in found["lacks"]] == ["generated_unlabelled"]
    label = {"subject": f"asset:{added['assets'][0]}", "activity": "generated", "model": "sdxl"}
    label["kind_of_source"] = "trainedAlgorithmicMedia"
    call(capsys, "do", "provenance.record-origin", "provenance:label", json.dumps(label))
    assert cli(["disclosure", "--strict"]) == 0
    said = capsys.readouterr().out
    assert "Art (pictures and films): 1 of 1 files (100 %)" in said
