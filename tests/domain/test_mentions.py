"""What parts name: forms of code, and words that are made to take for ever."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.mentions import mentions
from comfyvn.domain.mentions.finding import MAX_MENTIONS
from comfyvn.domain.mentions.naming import automatic, declared, found_in, image_name, likely, literals, matches, worded


def node(verb: str | None, content: str, **directives: Any) -> dict[str, Any]:
    kind = "action" if verb else "text"
    return {"type": kind, "verb": verb, "content": content, "directives": directives, "block": "", "order": "V"}


def test_declarations_in_code() -> None:
    code = """
image bg room = "bg/room.png"
init -2 image bg  park:
    "park 1.png"
    1.0
    "park 2.png"
# image old = "old.png"
    layeredimage eve:
        always "base.png"
image both = Composite(
    (1, 2), (0, 0), 'a.png',
    (0, 0), "b.png")
image plain = Solid("#fff")
define audio.rain = "<loop 3>rain.ogg"
define gui.x = "gui/x.png"
"""
    found = [(one.form, one.words, one.files) for one in declared(code)]
    assert found == [
        ("image", ("bg", "room"), ("bg/room.png",)),
        ("image", ("bg", "park"), ("park 1.png", "park 2.png")),
        ("layers", ("eve",), ("base.png",)),
        ("image", ("both",), ("a.png", "b.png")),
        ("image", ("plain",), ()),
        ("audio", ("rain",), ("rain.ogg",)),
    ]
    assert "old.png" not in list(literals(code))
    assert list(worded('f("a b", "x")\nadd "logo"\nrenpy.show("eve")\ny = "z"')) == [("a", "b"), ("logo",), ("eve",)]


def test_names_of_files() -> None:
    assert (automatic("images/x/Bg Room.png"), automatic("art/bg room.png")) == (("bg", "room"), ())
    assert (likely("art/bg_room.webp"), likely("a.ogg")) == (("bg", "room"), ())
    assert image_name(("eve", "sad", "hat")) == image_name(("eve", "hat", "sad")) == "image:eve hat sad"
    paths = {"images/a.png", "b/c.ogg", "d/c.ogg", "e.ogg"}
    assert [found_in(name, paths) for name in ("a.png", "c.ogg", "b/c.ogg", "x/e.ogg", "f.ogg")] == [
        "images/a.png", None, "b/c.ogg", "e.ogg", None,
    ]  # fmt: skip
    assert matches("gui/[x]_%s.png", "gui/go_idle.png")
    assert not matches("gui/%s.png", "gui/go.jpg")
    assert matches("eve_[layer]", "images/c/eve_hat.png")


@pytest.mark.parametrize(
    "content",
    [
        "image" + " " * 300_000 + "x",
        "image " + "a " * 500_000,
        '"' + '\\"' * 300_000,
        '"' + "[" * 300_000 + '.png"',
        "{image=" * 300_000,
        "renpy.image(" * 200_000,
        "\n".join(" " * n + "image a:" for n in range(700)),
        "define" + " " * 300_000,
        "'" + "\\" * 299_999,
        "layeredimage " + "-" * 300_000,
        "#" * 300_000,
    ],
    ids=lambda content: content[:12].strip(),
)
def test_code_that_is_made_to_take_for_ever(content: str) -> None:
    for verb in ("raw", "declare", "show", "play", None):
        mentions("scene", "s", "n", node(verb, content, at=[content], attributes=content))


def test_there_is_an_end_to_what_one_part_names() -> None:
    code = "\n".join(f'x{n} = "{n}.png"' for n in range(20_000))
    assert len(mentions("scene", "s", "n", node("raw", code))) == MAX_MENTIONS
    deep: Any = "x"
    for _ in range(500):
        deep = {"asset": [deep], "inner": deep if isinstance(deep, str) else None}
    assert mentions("scene", "s", "", {"meta": deep}) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(st.sampled_from(["scene", "character", "translation", "world"]), st.sampled_from(["", "n"]), st.text(), JSON)
def test_any_words_are_taken(kind: str, part: str, words: str, meta: Any) -> None:
    body = {
        **node("raw", words, note=meta, **{"with": words}),
        "name": words,
        "image_tag": words,
        "expressions": {words: "a"},
    }
    body |= {"target": words, "meta": meta, "speaker": words}
    for verb in ("raw", "show", "play", "voice", None):
        found = mentions(kind, "e", part, {**body, "verb": verb, "type": "action" if verb else "text"})
        assert len(set(found)) == len(found)
        assert all("\0" not in text and len(text.encode()) < 700 for mention in found for text in mention)
