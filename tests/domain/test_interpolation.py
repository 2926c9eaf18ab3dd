"""Texts are filled as the engine fills them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.expressions import EvaluationFailed, ExpressionError, NotSupported, SyntaxProblem
from comfyvn.domain.interpolation import escape, plain, references, substitute

VARIABLES = {
    "name": "mira ONO",
    "gold": 7,
    "rate": 0.125,
    "met": True,
    "items": ["rope", "{b}key{/b}"],
    "stats": {"luck": 3, "x": 4},
    "x": "luck",
    "player.name": "Ren",
    "greeting": "hi [player.name]",
    "loop": "[loop!i]",
    "tagged": "{i}x{/i}",
    "seen": {"b", "a"},
    "sign": "[gold]",
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nothing", "nothing"),
        ("[name] has [gold] coins", "mira ONO has 7 coins"),
        ("[[name] and [[[gold]", "[name] and [7"),
        ("[player.name]", "Ren"),
        ("[items[0]]", "rope"),
        ("[items[-1]]", "{b}key{/b}"),
        ("[items[1]!q]", "{{b}key{{/b}"),
        ("[stats[luck]]", "3"),
        ("[stats[x]]", "4"),
        ("[stats['luck']]", "3"),
        ("[stats[x.lower()]]", "3"),
        ("[gold * 2 + 1]", "15"),
        ("['many' if gold != 1 else 'one']", "many"),
        ("[{1: ':]!'}[1]]", ":]!"),
        ("[name[0:4]]", "mira"),
        ("[rate:.2f]", "0.12"),
        ("[rate:.1%]", "12.5%"),
        ("[gold:03d]|[gold:>4]|[gold:*^5]", "007|   7|**7**"),
        ("[1234567:,]", "1,234,567"),
        ("[name!u]", "MIRA ONO"),
        ("[name!l]", "mira ono"),
        ("[name!c]", "Mira ONO"),
        ("[name!cl]", "Mira ono"),
        ("[name!r]", "'mira ONO'"),
        ("[gold!s]", "7"),
        ("[name:>10!u]", "  MIRA ONO"),
        ("[name!u:>10]", "  MIRA ONO"),
        ("[greeting]", "hi [player.name]"),
        ("[greeting!i]", "hi Ren"),
        ("[name!t]", "<mira ONO>"),
        ("[seen]", "{'a', 'b'}"),
        ("{b}[gold]{/b} {{ {color=#f00}", "{b}7{/b} {{ {color=#f00}"),
        ("100%% of 5% of it", "100% of 5% of it"),
        ("%(name)s %(gold)03d %(rate).1f %(gold)r", "mira ONO 007 0.1 7"),
        ("%(tagged)s [tagged]", "{{i}x{{/i} {i}x{/i}"),
        ("%(stats)s", "{'luck': 3, 'x': 4}"),
        ("%(sign)s", "7"),
        ("[gold %% 4]", "3"),
        ("%%(name)s", "%(name)s"),
    ],
)
def test_texts_are_filled(text, shown):
    assert substitute(text, VARIABLES, translate=lambda found: f"<{found}>") == shown


def test_names_of_characters_keep_percent_signs():
    assert substitute("%% %(name)s [gold]", VARIABLES, percent=False) == "%% %(name)s 7"


@pytest.mark.parametrize(
    ("text", "error", "code"),
    [
        ("[missing]", EvaluationFailed, "name_unknown"),
        ("%(missing)s", EvaluationFailed, "name_unknown"),
        ("[items[7]]", EvaluationFailed, "index_missing"),
        ("[stats[none]]", EvaluationFailed, "name_unknown"),
        ("[name:d]", EvaluationFailed, "format_unfit"),
        ("[items:>9]", EvaluationFailed, "format_unfit"),
        ("%(name)d", EvaluationFailed, "format_unfit"),
        ("[loop!i]", EvaluationFailed, "expression_too_costly"),
        ("[open('x')]", NotSupported, "call_not_supported"),
        ("[gold", SyntaxProblem, "field_unclosed"),
        ("[gold:3", SyntaxProblem, "field_unclosed"),
        ("[]", SyntaxProblem, "expression_invalid"),
        ("[1+]", SyntaxProblem, "expression_invalid"),
        ("[gold!]", SyntaxProblem, "expression_invalid"),
        ("[gold!z]", SyntaxProblem, "expression_invalid"),
        ("[gold:>9999999]", SyntaxProblem, "expression_invalid"),
        ("[gold:n]", SyntaxProblem, "expression_invalid"),
        ("[name:{gold}]", SyntaxProblem, "expression_invalid"),
    ],
)
def test_texts_that_cannot_be_filled_say_why(text, error, code):
    with pytest.raises(error) as refusal:
        substitute(text, VARIABLES)
    assert refusal.value.code == code


@pytest.mark.parametrize("text", ["[big]" * 20, "%(big)s" * 20, "[fan0!i]", "[1]" * 20_000, "a" * 200_000 + "[1]"])
def test_texts_cannot_grow_without_bound(text):
    fans = {f"fan{level}": f"[fan{level + 1}!i]" * 100 for level in range(6)} | {"fan6": ""}
    with pytest.raises(EvaluationFailed) as refusal:
        substitute(text, {"big": "x" * 10_000} | fans)
    assert refusal.value.code == "expression_too_costly"


@given(st.text(max_size=60) | st.text("[]{}%()!:=abs 0.'\"", max_size=60))
def test_any_text_is_filled_or_refused(text):
    for reading in (lambda: substitute(text, {"a": 1, "b": "x", "s": ["a"]}), lambda: references(text)):
        try:
            reading()
        except ExpressionError as refusal:
            assert refusal.code
    assert isinstance(plain(text), str)


@given(st.text() | st.text("[]{}%ab"))
def test_an_escaped_text_shows_itself(text):
    assert substitute(escape(text), {}) == text.replace("{", "{{")
    assert substitute(escape(text).replace("%%", "%"), {}, percent=False) == text.replace("{", "{{")
    assert plain(escape(text)) == text
    assert references(escape(text)) == frozenset()


def test_references_are_the_variables_of_all_fields():
    text = "[[no] [a.b!u] [items[i]] [len(c) + d:03d] %(old)s %%(none)s {b}x{/b}"
    assert references(text) == {"a.b", "items", "i", "c", "d", "old"}


def test_plain_leaves_the_words():
    assert plain("{b}Hello{/b}, [name]! {w=0.5}100%% {{sure} [[ok]{nw}") == "Hello, [name]! 100% {sure} [ok]"
