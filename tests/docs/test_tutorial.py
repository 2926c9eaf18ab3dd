"""The commands of the tutorial and of the how-to pages run as they stand there."""

from pathlib import Path

import pytest

from tests.docs.runner import ROOT, commands, run

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


@pytest.mark.parametrize("page", HOW_TO, ids=lambda page: page.stem)
def test_a_how_to_works(page: Path, tmp_path: Path) -> None:
    (tmp_path / "my-game" / "game").mkdir(parents=True)
    (tmp_path / "my-game" / "game" / "script.rpy").write_text(GAME, "utf-8")
    assert run(page, tmp_path)


def test_some_how_to_pages_have_commands() -> None:
    assert {page.stem for page in HOW_TO} >= {
        "import-a-renpy-game",
        "merge-two-versions",
        "prove-the-history",
        "restore-the-past",
    }
