"""The account of a real game: it tells what the engine tells, and notices a line that is lost."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.real_game import compare, lines_of, main, scripts_of
from comfyvn.infrastructure.imports.renpy.parser import decode
from tests.infrastructure.imports.renpy import paths
from tests.infrastructure.imports.renpy.games import read, write
from tests.renpy_engine import engine

SCRIPT = """\
label start:
    "One"
    # a note
    "One"
    menu:
        # about what follows
        "Go" if True:
            $ gone = True
            show eileen:
                xalign 0.5
        "Stay":
            pass
    return
"""


def test_every_line_is_kept_once(tmp_path: Path) -> None:
    pack = read(tmp_path, SCRIPT)
    assert lines_of(pack, {"script.rpy": SCRIPT}) == (13, [], [])


def test_what_is_lost_or_twice_there_is_named(tmp_path: Path) -> None:
    pack = read(tmp_path, SCRIPT)
    said = next(i for i, node in pack.scenes["start"].nodes.items() if node.type == "text")
    less = replace(pack.scenes["start"], nodes=pack.scenes["start"].nodes.delete(said))
    assert lines_of(replace(pack, scenes={"start": less}), {"script.rpy": SCRIPT}) == (13, ['script.rpy: "One"'], [])
    twice = SCRIPT.replace("    # a note\n", "")
    assert lines_of(pack, {"script.rpy": twice}) == (12, [], ["script.rpy: # a note"])


def test_account_of_a_small_game(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path, {"script.rpy": SCRIPT, "b.rpy": "define x = 1\n"})
    assert main([str(folder)]) == 0
    told = capsys.readouterr().out
    assert "2 scripts, 14 lines" in told
    assert "lost 0, kept twice 0" in told
    assert "events" in told
    assert main([str(folder / "game"), "--lines", "1"]) == 0
    assert "1 scripts, 1 lines" in capsys.readouterr().out


@pytest.mark.engine
@pytest.mark.parametrize(("name", "said"), [("the_question", 70), ("demo", 768)])
def test_counts_are_those_of_the_engine(name: str, said: int) -> None:
    files = [file for file in scripts_of(engine.game(name)) if "tl" not in file.parts]
    found = list(compare(files))
    assert [file.file for file in found if not file.agrees] == []
    assert sum(file.counts.get("Say", (0, 0))[1] for file in found) >= said
    assert any(file.refused for file in found) == (name == "demo"), "the tutorial has statements of its own"


@pytest.mark.engine
def test_statements_that_the_engine_refuses_are_left_out(tmp_path: Path) -> None:
    source = 'label start:\n    show eileen:\n        own_warp 1.0 xalign 0.5\n    "One"\n    own words\n'
    folder = write(tmp_path, {"script.rpy": source})
    (found,) = compare(scripts_of(folder))
    assert (found.agrees, found.refused) == (True, 2)
    assert found.counts == {"Label": (1, 1), "Say": (1, 1), "menu items": (0, 0)}


@pytest.mark.engine
@pytest.mark.parametrize("name", ["the_question", "demo"])
def test_every_line_of_a_real_game_is_kept_once(name: str) -> None:
    game = engine.game(name) / "game"
    texts = {f.relative_to(game).as_posix(): decode(f.read_bytes(), f.name) for f in scripts_of(game)}
    total, lost, added = lines_of(paths.read(game), texts)
    assert (total > 10_000, lost, added) == (True, [], [])
