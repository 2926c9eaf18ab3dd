"""The tour in the README runs as it stands there."""

from pathlib import Path

from tests.docs.runner import ROOT, run


def test_the_tour_of_the_readme_works(tmp_path: Path) -> None:
    said = run(ROOT / "README.md", tmp_path)
    assert len(said) >= 10
    words = "\n".join(item.words for item in said)
    assert "Night Shift" in words
    assert "-- end" in words
    assert "the history is whole" in words
    assert (tmp_path / "night-shift-renpy" / "game" / "tram_nine.rpy").is_file()
