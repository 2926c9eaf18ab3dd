"""Labels, identifiers of lines, and the names of characters and variables."""

import pytest

from comfyvn.domain.cast import Character
from comfyvn.domain.kernel import Refused
from comfyvn.domain.story import Scene
from comfyvn.domain.variables import Variable
from comfyvn.infrastructure.exports.renpy import compose, renaming
from comfyvn.infrastructure.exports.renpy.identifiers import is_label, is_name, name
from comfyvn.infrastructure.exports.renpy.layout import checked
from comfyvn.infrastructure.exports.renpy.naming import names_of
from tests.domain.stories import act, menu, scene, text, way
from tests.infrastructure.exports.renpy.stories import view, whole


@pytest.mark.parametrize("word", ["ann", "静", "ann2", "a_b"])
def test_names(word: str) -> None:
    assert is_name(word)
    assert name(word, "cvn_") == word


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2nd", "cvn_2nd"),
        ("with", "cvn_with"),
        ("menu", "cvn_menu"),
        ("_x", "x"),
        ("a b-c", "a_b_c"),
        ("!?", "cvn"),
        ("ﬁn", "fin"),
    ],
)
def test_names_that_are_none(text: str, kept: str) -> None:
    assert not is_name(text)
    assert name(text, "cvn_") == kept
    assert is_name(kept)


def test_labels() -> None:
    assert all(map(is_label, ["start", "fade", "静.a", "a.b"]))
    assert not any(map(is_label, ["", "menu", "a.b.c", "a b", "1a", ".a", "a."]))


def test_scenes_without_labels() -> None:
    story = view(
        {
            "a": scene(title="The harbour", order="1"),
            "b": scene(title="The harbour!", order="2"),
            "c": scene(title="class", order="3"),
            "d": scene(title="?", order="4"),
        },
        start="b",
    )
    names = names_of(story)
    assert names.labels == {"a": "cvn_the_harbour", "b": "start", "c": "cvn_class", "d": "cvn_d"}


def test_the_start_has_another_label() -> None:
    story = view({"a": scene(label="intro"), "b": scene(label="start")}, start="a")
    project = compose(story)
    assert "label start:\n    jump intro\n" in project.texts["game/definitions.rpy"].decode()
    assert names_of(story).labels == {"a": "intro", "b": "start_2"}
    assert [warning.code for warning in project.warnings] == ["label_renamed"]


def test_a_start_given_by_its_label() -> None:
    assert names_of(view({"a": scene(label="x"), "b": scene(label="y")}, start="y")).start == "b"


def test_labels_taken_twice_and_local_ones() -> None:
    lines = whole(
        a=scene(act("label", "a.x"), act("label", "b.x"), act("jump", "", way(node="n2")), label="a", order="1"),
        b=scene(act("label", "a"), label="start", order="2"),
    )
    assert lines == [
        "label a:",
        "    label a.x:",
        "    label b_x:",
        "    jump b_x",
        "",
        "label start:",
        "    label a_2:",
        "    return",
    ]


def test_modules_have_names_of_their_own() -> None:
    def chapter(file: str) -> Scene:
        return scene(act("call", "", way(scene="s"), directives={"from": "back"}), label="b", group=file)

    story = view({"s": scene(label="start"), "one": chapter("x.rpy"), "two": chapter("x.rpym")})
    assert names_of(story).labels == {"s": "start", "one": "b", "two": "b"}
    assert set(names_of(story).returns.values()) == {"back"}


def test_places_that_are_led_to() -> None:
    lines = whole(
        a=scene(
            text("One.", id="one"),
            act("branch", "", way(text("Two.", id="two"), condition="trust")),
            act("label", "inner", id="inner"),
            text("Three.", id="3"),
            menu(
                way(text="1", node="one"),
                way(text="2", node="two"),
                way(text="3", node="3"),
                way(text="4", node="inner"),
                way(text="menu", node="choice"),
                id="choice",
                directives={"name": "fork"},
            ),
            label="start",
        )
    )
    assert [line.strip() for line in lines if "label" in line or "jump" in line or "menu" in line] == [
        "label start:",
        "label start.at_one:",
        "label start.at_two:",
        "label inner:",
        "label inner.at_3:",
        "menu fork:",
        "jump start.at_one",
        "jump start.at_two",
        "jump inner.at_3",
        "jump inner",
        '"menu":',
        "jump fork",
    ]


def test_identifiers_of_lines_stay_and_are_unique() -> None:
    story = view(
        {"s-1": scene(text("a", id="x-1"), text("b", id="x_1"), text("c", directives={"id": "own"}), label="start")}
    )
    assert sorted(names_of(story).lines.values()) == ["cvn_s_1_x_1", "cvn_s_1_x_1_2", "own"]


def test_characters_and_variables() -> None:
    story = view(
        {"s": scene(label="start")},
        characters={
            "a": Character(name="Ann Lee"),
            "b": Character(name="Bo", variable="ann_lee"),
            "n": Character(name="Narrator", variable="narrator"),
            "q": Character(name="%"),
        },
        variables={
            "ann_lee": Variable("int", 1, "session"),
            "persistent.ok": Variable("bool", False, "global"),
            "x.y": Variable("int", 1, "session"),
        },
    )
    names = names_of(story)
    assert names.speakers == {"a": "ann_lee", "b": "ann_lee_2", "n": "narrator", "q": "cvn"}
    assert names.variables == {"ann_lee": "ann_lee_3", "x.y": "x_y"}


def test_renaming() -> None:
    other = {"x": "y", "a.b": "c"}
    assert renaming.expression("x + 1 if a.b else z", other) == "y + 1 if c else z"
    assert renaming.expression("lambda: x", other) == "lambda: x"
    assert renaming.expression(" z ", other) == "z"
    assert renaming.assignment("x[x] = a.b", other) == "y[y] = c"
    assert renaming.assignment("x.append(x)", other) == "y.append(y)"
    assert renaming.assignment("f(x)", other) == "f(x)"
    assert renaming.text("[x] [[x] [x.a] [xx] [a.b!u] %(x)s", other) == "[y] [[x] [x.a] [xx] [c!u] %(y)s"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/a",
        "../a",
        "a/../b",
        "a//b",
        "./a",
        "C:/a",
        "a\\b",
        "con.png",
        "a/NUL",
        "a\0",
        "a\nb",
        "a.",
        "a ",
        "x" * 201,
    ],
)
def test_paths_that_are_not_written(path: str) -> None:
    with pytest.raises(Refused) as caught:
        checked(path)
    assert caught.value.code == "path_unsafe"


def test_groups_become_files() -> None:
    story = view(
        {"a": scene(label="start", group="Chapter 1"), "b": scene(group="tl/de/x.rpy", role="code"), "c": scene()}
    )
    assert {path for path in compose(story).texts if path.endswith("1.rpy") or path.startswith("game/tl")} == {
        "game/Chapter_1.rpy",
        "game/tl/de/x.rpy",
    }
    with pytest.raises(Refused):
        compose(view({"a": scene(label="start", group="../x.rpy")}))


@pytest.mark.parametrize(
    ("text", "renamed", "computed"),
    [
        ("[a] and [a.x] [[a] %(a)s", "[b] and [a.x] [[a] %(b)s", False),
        ("[a + c] and [a[0]]", "[b + c] and [b[0]]", True),
        ("[c if a else 'a']", "[c if b else 'a']", True),
        ("[a!u] [a:.2f]", "[b!u] [b:.2f]", False),
        ("no [[field] here", "no [[field] here", False),
    ],
)
def test_fields_of_texts_are_renamed_and_known_for_more_than_names(text: str, renamed: str, computed: bool) -> None:
    assert renaming.text(text, {"a": "b", "b": "z"}) == renamed
    assert renaming.computed(text) is computed
