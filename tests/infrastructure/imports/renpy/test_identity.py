"""Ids: the same source, the same ids; an edit changes no id but its own."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from comfyvn.domain.pack import Pack
from tests.infrastructure.imports.renpy.games import nodes, read

WORDS = st.sampled_from(["a", "b", "c"])
STATEMENTS = st.recursive(
    st.one_of(
        WORDS.map(lambda word: [f'"{word}"']),
        WORDS.map(lambda word: [f"show {word}"]),
        WORDS.map(lambda word: [f"$ {word} = 1"]),
        WORDS.map(lambda word: [f"$ call({word})"]),
        st.just(["jump start"]),
    ),
    lambda inner: st.one_of(
        st.tuples(WORDS, inner).map(lambda t: [f"if {t[0]}:", *("    " + line for line in t[1])]),
        st.tuples(WORDS, inner, inner).map(
            lambda t: [
                "menu:",
                f'    "{t[0]}":',
                *("        " + line for line in t[1]),
                f'    "{t[0]}":',
                *("        " + line for line in t[2]),
            ]
        ),
    ),
    max_leaves=6,
)
SCRIPTS = st.lists(st.lists(STATEMENTS, min_size=1, max_size=4), min_size=1, max_size=3)


def script_of(labels: list[list[list[str]]]) -> str:
    lines: list[str] = []
    for number, statements in enumerate(labels):
        lines.append(f"label {'start' if number == 0 else f'part{number}'}:")
        lines += ["    " + line for statement in statements for line in statement]
    return "\n".join(lines) + "\n"


def read_script(script: str) -> Pack:
    with TemporaryDirectory() as folder:
        return read(Path(folder), script)


@settings(max_examples=40)
@given(SCRIPTS)
def test_reading_twice_gives_the_same(labels: list[list[list[str]]]) -> None:
    script = script_of(labels)
    first = read_script(script)
    assert first.scenes == read_script(script).scenes
    ids = [i for _, _, node_id, node in nodes(first) for i in (node_id, *node.next)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[a-z2-7]{12}", i) for i in ids)


@settings(max_examples=40)
@given(SCRIPTS, st.data())
def test_a_new_line_changes_no_other_id(labels: list[list[list[str]]], data: st.DataObject) -> None:
    before = {i for _, _, node_id, node in nodes(read_script(script_of(labels))) for i in (node_id, *node.next)}
    place = data.draw(st.integers(0, len(labels) - 1))
    at = data.draw(st.integers(0, len(labels[place])))
    labels[place].insert(at, ['"something new"'])
    after = {i for _, _, node_id, node in nodes(read_script(script_of(labels))) for i in (node_id, *node.next)}
    assert before <= after
    assert len(after) == len(before) + 1


def test_labels_whose_ids_are_alike(tmp_path: Path) -> None:
    pack = read(tmp_path, "label start:\n    return\nlabel Start:\n    return\nlabel start:\n    return\n")
    assert [(i, s.label) for i, s in pack.scenes.items()] == [
        ("start", "start"),
        ("start-2", "Start"),
        ("start-3", "start"),
    ]
    assert [(w.code, w.line) for w in pack.warnings] == [("label_repeated", 5)]
