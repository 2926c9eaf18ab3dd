"""Strings and code read back as what was written."""

import ast

from hypothesis import example, given
from hypothesis import strategies as st

from comfyvn.infrastructure.exports.renpy.escaping import indented, quoted, said
from comfyvn.infrastructure.imports.renpy.excerpt import dedented
from comfyvn.infrastructure.imports.renpy.parser import parse
from comfyvn.infrastructure.imports.renpy.syntax import Label, Say

texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    | st.sampled_from(" \"\\\n\t[]{}%#'`u0\u00a0\u2028r")
)


def read(literal: str) -> str:
    """Return what our parser hears in a line of dialogue."""
    script = parse("script.rpy", f"label start:\n    {literal}\n")
    assert not script.errors
    (label,) = script.statements
    assert isinstance(label, Label)
    (line,) = label.block
    assert isinstance(line, Say)
    return line.what


@given(texts)
@example("")
@example("  two  blanks ")
@example('"""')
@example("100% of [it] {b}")
@example("\u3000\x85\x1c\r\n")
@example("\\u0041\\")
@example("x" * 5000)
def test_what_is_said_reads_back(text: str) -> None:
    assert read(said(text)) == text


@given(texts)
def test_python_strings_read_back(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text


def test_said_is_as_plain_as_can_be() -> None:
    assert said('A "word",  [x] {b}100%%{/b}\n[[é') == '"A \\"word\\", \\ [x] {b}100%%{/b}\\n[[é"'


def test_code_keeps_the_white_space_of_its_strings() -> None:
    code = 'python:\n    x = """one\n  two"""\n\n    y = [1,\n2]\n    # a \'comment\n    z = 1'
    there = indented(code, "    ")
    assert there == [
        "    python:",
        '        x = """one',
        '  two"""',
        "",
        "        y = [1,",
        "2]",
        "        # a 'comment",
        "        z = 1",
    ]
    (label,) = parse("script.rpy", "\n".join(["label start:", *there, ""])).statements
    assert dedented(label.children[0]) == code
