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
