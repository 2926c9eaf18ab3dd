"""Credits name everyone once under a role; PROV-JSON is read back by the library's own reader as the same."""

from pathlib import Path

import pytest
from prov.model import ProvActivity, ProvDerivation, ProvDocument

from comfyvn.application.provenance.credits import as_text, credits_roll
from comfyvn.application.provenance.prov_json import prov_json
from comfyvn.domain.project import GiveCredit
from tests.application.provenance.shop import hold, tell
from tests.desks import Desk, Ref
from tests.renpy_engine import engine


def test_everyone_is_named_once_and_works_as_their_licences_ask(desk: Desk) -> None:
    desk.do(GiveCredit("story", "Ada"), Ref("project", desk.project.id))
    hold(desk, "sky", "CC-BY-4.0", author="Ann")
    tell(desk, "asset:sky", "derived", source="https://example.org/sky", tool="GIMP 3")
    hold(desk, "sea", "CC0", author="Ann")
    hold(desk, "song", "CC-BY-3.0", type="music", author="Bo *B*")
    tell(desk, "scene:s/n1", "generated", model="llama")
    tell(desk, "translation:t", "imported", credit="Cy")
    found = credits_roll(desk.studio, desk.main)
    roles = {role.role: role.names for role in found.roles}
    assert roles == {"story": ("Ada",), "translation": ("Cy",), "art": ("Ann",), "music": ("Bo *B*",)}
    assert [one.line for one in found.attributions] == [
        '"sky.png" by Ann, https://example.org/sky, CC-BY-4.0 (https://spdx.org/licenses/CC-BY-4.0.html), changed',
        '"song.png" by Bo *B*, CC-BY-3.0 (https://spdx.org/licenses/CC-BY-3.0.html)',
    ]
    assert (found.tools, found.models) == (("GIMP 3",), ("llama",))
    assert "\nArt\n  Ann\n" in as_text(found)
    assert "\n## Music\n\n- Bo \\*B\\*\n" in as_text(found, "markdown")


@pytest.mark.engine
def test_the_engine_shows_the_screen_of_the_credits(desk: Desk, tmp_path: Path) -> None:
    desk.do(GiveCredit("story", 'Ada {b}"50%" [x] \\\\ \u00dc'), Ref("project", desk.project.id))
    hold(desk, "sky", "CC-BY-4.0", author="Ann")
    game = tmp_path / "game"
    game.mkdir()
    (game / "credits.rpy").write_text(as_text(credits_roll(desk.studio, desk.main), "renpy"), "utf-8")
    script = 'label start:\n    show screen credits_roll\n    "Read."\n    hide screen credits_roll\n    return\n'
    (game / "script.rpy").write_text(script, "utf-8")
    found = engine.lint(tmp_path)
    assert found.code == 0, found.report
    assert [record.get("what") for record in engine.play(tmp_path) if record["kind"] == "say"] == ["Read."]


def test_prov_json_comes_back_as_the_same(desk: Desk) -> None:
    hold(desk, "sky", "CC0")
    tell(desk, hold(desk, "crop"), "derived", "asset:sky", "asset:gone", tool="Té <x>", seed=7, credit="Ann")
    tell(desk, "scene:s/n 1", "generated", model="llama 3/8b")
    text = prov_json(desk.studio, desk.main)
    document = ProvDocument.deserialize(content=text, format="json")
    assert ProvDocument.deserialize(content=document.serialize(format="json"), format="json") == document
    assert len(list(document.get_records(ProvActivity))) == 2
    assert len(list(document.get_records(ProvDerivation))) == 2
    assert {str(label) for record in document.get_records() for label in record.get_attribute("prov:label")} >= {
        "sky.png",
        "crop.png",
        "asset:gone",
        "scene:s/n 1",
        "Té <x>",
        "llama 3/8b",
        "Ann",
        "ada",
    }
