"""Scripts made to hurt: time and memory stay in proportion to their length."""

import time

import pytest

from comfyvn.infrastructure.imports.renpy.cursor import MAX_DEPTH
from comfyvn.infrastructure.imports.renpy.drafts import drafts
from comfyvn.infrastructure.imports.renpy.parser import MAX_LINES, parse
from comfyvn.infrastructure.imports.renpy.syntax import Raw, walk

N = 40_000
HOSTILE = {
    "brackets never closed": "(\n" * N,
    "brackets in brackets": "$ " + "(" * N + ")" * N,
    "quotes never closed": '"a\n' * N,
    "one long line": 'e "' + "x \\n" * N * 10 + '"',
    "one long word": "a" * N * 10,
    "one long expression": "e" + ".a" * N + ' "x"',
    "many attributes": "e " + "a " * N + '"x"',
    "spaces in a monologue": 'e """' + " " * 10 * N + 'a"""',
    "lines in a monologue": 'e """' + " \n" * N + 'a"""',
    "init init init": "init " * N + "pass",
    "blocks in blocks": "".join(" " * depth + "if x:\n" for depth in range(1500)),
    "menus in menus": "".join(f"{' ' * depth}menu:\n{' ' * depth} 'a':\n" for depth in range(0, 1500, 2)),
    "code in code": "python:\n" + "".join(" " * depth + "if x:\n" for depth in range(1, 1500)),
    "indentation that fits nowhere": "x\n    y\n  z\n" * (N // 3),
    "a long if": "if x:\n    pass\n" + "elif y:\n    pass\n" * (N // 2),
    "a long menu": "menu:\n" + '    "a":\n        pass\n' * (N // 2) + "    what\n",
    "backslashes": "\\\n" * N,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_stays_in_proportion(name: str) -> None:
    begin = time.process_time()
    script = parse("a.rpy", HOSTILE[name])
    assert time.process_time() - begin < 10  # seconds; each took minutes where the time grew with the square
    assert script.statements


def test_depth_is_bounded() -> None:
    for block in ("if x:\n", "label a:\n", "while x:\n"):
        script = parse("a.rpy", "".join(" " * depth + block for depth in range(2 * MAX_DEPTH)))
        assert [issue.code for issue in script.errors] == ["too_deep"]
        assert sum(1 for _ in walk(script.statements)) == MAX_DEPTH + 1


def test_lines_are_bounded() -> None:
    script = parse("a.rpy", "\n" * (MAX_LINES + 1))
    assert [issue.code for issue in script.errors] == ["too_many_lines"]
    assert [type(statement) for statement in script.statements] == [Raw]
    assert [draft.verb for draft in drafts(script.statements[0], {})] == ["raw"]


def test_a_hundred_thousand_lines_take_seconds() -> None:
    scene = (
        'label a%d:\n    scene bg room with fade\n    e happy "Hello, [name]."\n    "Nobody says this."\n    jump b\n'
    )
    source = "".join(scene % number for number in range(20_000))
    begin = time.process_time()
    script = parse("a.rpy", source)
    assert time.process_time() - begin < 15  # seconds; two on an idle core
    assert (len(script.statements), script.errors) == (20_000, ())
