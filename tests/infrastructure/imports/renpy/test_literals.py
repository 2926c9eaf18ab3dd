import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.infrastructure.imports.renpy.literals import dialogue, monologue, python_string


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        (r'"plain"', "plain"),
        (r"'it\'s'", "it's"),
        ('"two   spaces\n  and a line"', "two spaces and a line"),
        (r'"kept\ \ spaces\nline"', "kept  spaces\nline"),
        (r'"\[not\] \{b} 5\%"', "[[not] {{b} 5%%"),
        (r'"{b}[name]{/b} 100%%"', "{b}[name]{/b} 100%%"),
        (r'"\u00e9\u41\uz"', "éAz"),
        (r'"\ud83d\u0000"', "\ufffd\ufffd"),
        (r'r"raw \n  text"', r"raw \n  text"),
        ('"\u3000wide"', " wide"),
    ],
)
def test_dialogue(literal: str, text: str) -> None:
    assert dialogue(literal) == text


@pytest.mark.parametrize(
    ("literal", "delimiter", "texts"),
    [
        ('"""One\ntwo.\n\n  Three.\n"""', "\n\n", [(0, "One two."), (3, "Three.")]),
        ('"""\nOne\ntwo\n"""', "\n", [(1, "One"), (2, "two")]),
        ('"""One  \n  two."""', "", [(0, "One\ntwo.")]),
        ('"""  """', "\n\n", []),
        ('r"""One\n\ntwo"""', "\n\n", [(0, "One\n\ntwo")]),
    ],
)
def test_monologue(literal: str, delimiter: str, texts: list[tuple[int, str]]) -> None:
    assert monologue(literal, delimiter) == texts


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_python_string_means_what_python_says(text: str) -> None:
    for source in (repr(text), ascii(text)):
        assert python_string(source) == ast.literal_eval(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"'''a'b\''''", "a'b'"),
        (r'"\x41\101\N{DIGIT ONE}\q"', r"AA1\q"),
        (r'R"\n"', r"\n"),
        ('u"x"', "x"),
        ('b"x"', None),
        ('f"x"', None),
        ('"a" "b"', None),
        (r'"\N{NO SUCH NAME}"', None),
        ('_("x")', None),
        ('"', None),
    ],
)
def test_python_string(source: str, text: str | None) -> None:
    assert python_string(source) == text
