"""Our parser finds in real games what the engine's own parser finds, statement by statement."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from comfyvn.infrastructure.imports.renpy.parser import decode, parse
from tests.infrastructure.imports.renpy.as_engine import ours, theirs
from tests.renpy_engine import engine

pytestmark = pytest.mark.engine


def compare(files: list[Path]) -> int:
    """Compare all statements of files, and the lines with errors; return how many statements there were."""
    records = defaultdict(list)
    for record in engine.parse_files(files):
        records[record["file"]].append(record)
    count = 0
    for file in files:
        script = parse(file.name, decode(file.read_bytes(), file.name))
        found = ours(script)
        count += len(found)
        assert found == theirs(records[str(file)], file.name), file.name
        errors = [record["message"] for record in records[str(file)] if record["kind"] == "error"]
        lines = [int(re.search(r", line (\d+):", message)[1]) for message in errors]
        assert sorted(issue.line for issue in script.errors) == sorted(lines), file.name
    return count


@pytest.mark.parametrize(("name", "at_least"), [("the_question", 150), ("demo", 2000)])
def test_games(name: str, at_least: int) -> None:
    files = sorted((engine.game(name) / "game").rglob("*.rpy"))
    assert compare([file for file in files if "tl" not in file.parts]) >= at_least


def test_every_statement() -> None:
    assert compare([Path(__file__).parent / "every_statement.rpy"]) == 147


def test_broken_statements(tmp_path: Path) -> None:
    for number, text in enumerate(BROKEN):
        (tmp_path / f"broken{number}.rpy").write_text(text + '\n"after"\n', "utf-8")
    assert compare(sorted(tmp_path.glob("*.rpy"))) >= len(BROKEN)


BROKEN = (
    'e "a" "b" "c"',
    'e "a" with a with b',
    'e "a" (1) (2)',
    'e """a"b"""',
    "e",
    "nvl",
    'window "text"',
    'at "x"',
    "menu:\n    'only a caption'",
    "menu:\n    'a':\n        pass\n    'b'\n        pass",
    "menu:\n    'caption'\n    e 'say'\n    'a':\n        pass",
    "menu:\n    e 'say'\n    e 'say'\n    'a':\n        pass",
    "menu:\n    'a' if:\n        pass",
    "menu",
    "jump",
    "jump .local",
    "jump a b",
    "call a from",
    "label 1:",
    "label a",
    "label a.b:",
    "label if:",
    "if x",
    "if x:",
    "if x:\n    pass\nelif y\n    pass",
    "if x:\n    pass\nelse:\n    pass\nelse:\n    pass",
    "while x: pass",
    "pass\n    pass",
    "scene bg at a at b",
    "show",
    "show x with",
    "hide x:",
    "with",
    "image -x = 1",
    "image x",
    "define x",
    "define x =",
    "define x.1 = 2",
    "default x += 1",
    "transform:",
    "$",
    "python:",
    "python foo:\n    pass",
    "init offset 3",
    "init:",
    "init foo",
    "rpy monologue triple",
    "rpy nothing",
    "screen",
    "testcase:",
    "translate",
    "translate french",
    "translate french strings:\n    old 'a'",
    "translate french strings:\n    new 'a'",
    "translate french strings:\n    old 'a'\n    old 'b'",
    "translate french strings:\n    else 'a'",
    "unknown thing:\n    'block'",
    "play music 'x'\n    'block'",
)
"""Statements that the engine refuses, each at a line that we should name too."""
