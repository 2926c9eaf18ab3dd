"""The commands of the tutorial and of the how-to pages run as they stand there."""

import zipfile
from pathlib import Path

import pytest
from PIL import Image

from tests.docs.runner import ROOT, commands, run
from tests.samples import kag

GAME = """define m = Character("Mara")

label start:
    m "You came."
    menu:
        "Stay":
            "You stay."
        "Go":
            "You go."
    return
"""
PROGRAMS = {"use-an-extractor"}
"""Pages whose commands need programs of the system."""
TWINE = ":: Start\nThe lamp is out.\n\n[[Light it->End]]\n\n:: End\nLight!\n"
YARN = "title: Start\n---\nInes: The lamp is out.\n-> Light it\n    Light!\n-> Leave\n===\n"
INK = "Ines: The lamp is out.\n* [Light it] Light!\n* Leave\n- -> END\n"
HOW_TO = sorted(page for page in (ROOT / "docs" / "how-to").glob("*.md") if commands(page))


def test_the_tutorial_works(tmp_path: Path) -> None:
    said = run(ROOT / "docs" / "tutorial" / "first-story.md", tmp_path)
    plays = [item.words for item in said if " play " in item.line]
    assert [play.splitlines()[-2] for play in plays] == [
        "Mara: A sail. You see it too?",
        "Nothing comes that night.",
        "Far out, a light answers.",
    ]
    assert all(play.endswith("-- end\n") for play in plays)
    script = (tmp_path / "the-lamp" / "game" / "story.rpy").read_text("utf-8")
    assert "A sail, and it is not leaving." in script
    assert "$ trust += 1" in script
    assert "if trust > 0:" in script


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, id=page.stem, marks=[pytest.mark.engine] * (page.stem in PROGRAMS)) for page in HOW_TO],
)
def test_a_how_to_works(page: Path, tmp_path: Path) -> None:
    (tmp_path / "my-game" / "game").mkdir(parents=True)
    (tmp_path / "my-game" / "game" / "script.rpy").write_text(GAME, "utf-8")
    (tmp_path / "chat.txt").write_text("Ann: Hello.\nBo: Hi.\nAnn: *waves*\n", "utf-8")
    (tmp_path / "table.txt").write_text("Voice => Dusk.\nAnn => Hello.\n", "utf-8")
    kag.tyrano(tmp_path / "tyrano-game")
    (tmp_path / "lamp.twee").write_text(TWINE, "utf-8")
    Image.effect_noise((64, 48), 50).save(tmp_path / "bg lost property.png")
    (tmp_path / "lamp.yarn").write_text(YARN, "utf-8")
    (tmp_path / "lamp.ink").write_text(INK, "utf-8")
    with zipfile.ZipFile(tmp_path / "inn.zip", "w") as packed:
        packed.writestr("inn.twee", TWINE)
    assert run(page, tmp_path)


def test_some_how_to_pages_have_commands() -> None:
    assert {page.stem for page in HOW_TO} >= {
        "import-a-renpy-game",
        "merge-two-versions",
        "prove-the-history",
        "restore-the-past",
        "trace-assets",
    }
