"""What is written is read back by our parser without an issue, whatever the story."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from comfyvn.domain.kernel import Refused
from comfyvn.domain.story import Scene
from comfyvn.infrastructure.exports.renpy import compose
from comfyvn.infrastructure.imports.renpy.parser import parse
from comfyvn.infrastructure.imports.renpy.syntax import Label, Say, walk
from tests import strategies
from tests.domain.stories import act, menu, scene, text, way
from tests.infrastructure.exports.renpy.stories import everything, view

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
conditions = st.sampled_from(["trust > 1", "seen", "menu and not seen", "'a' in nick"])
targets: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{}, {"scene": "a"}, {"scene": "b", "node": "n1"}, {"scene": "gone"}]
)
common = st.fixed_dictionaries({"conditions": st.lists(conditions, max_size=2)})
lines = st.builds(
    lambda content, speaker, said, more: text(content, speaker, directives=said, **more),
    words,
    st.sampled_from([None, "ann", "bo", "gone"]),
    st.fixed_dictionaries(
        {},
        optional={
            "attributes": st.just(["sad"]),
            "temporary": st.just(["wry"]),
            "with": st.just("dissolve"),
            "with_choice": st.just(True),
            "name": words,
            "extend": st.just(True),
            "arguments": st.just("x=1"),
        },
    ),
    common,
)
actions = st.builds(
    lambda known, more: act(known[0], known[1], **more),
    st.sampled_from(
        [
            ("set", "trust += 1"),
            ("scene", "bg room"),
            ("show", "ann sad"),
            ("hide", "ann"),
            ("play", "a.ogg"),
            ("pause", ""),
            ("label", "here"),
            ("comment", "# one\n# two"),
            ("return", ""),
            ("raw", "python:\n    x = '''a\n  b'''"),
        ]
    ),
    common,
)


def ways(inner: st.SearchStrategy[Any], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(
        st.builds(
            lambda block, target, edge: way(*block, **target, **edge),
            st.lists(inner, max_size=2),
            targets,
            st.fixed_dictionaries(given),
        ),
        max_size=3,
    )


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    condition = st.none() | conditions
    return st.builds(
        lambda found, prompt, more: menu(*found, prompt=prompt, **more),
        ways(inner, text=words, condition=condition),
        words,
        common,
    ) | st.builds(
        lambda verb, found, more: act(verb, "", *found, **more),
        st.sampled_from(["branch", "loop", "random", "jump", "call"]),
        ways(inner, condition=condition).filter(bool),
        common,
    )


nodes = st.recursive(lines | actions, nested, max_leaves=8)
scenes = st.builds(lambda found: scene(*found), st.lists(nodes, max_size=5))


def assert_readable(path: str, source: str) -> list[str]:
    """Parse a script, expect no issue, and return the labels it declares."""
    script = parse(path, source)
    assert not script.errors, f"{script.errors[0]}\n{source}"
    return [statement.name for statement in walk(script.statements) if isinstance(statement, Label)]


@settings(max_examples=60)
@given(scenes, scenes)
def test_any_story_is_read_back(first: Scene, second: Scene) -> None:
    project = compose(view({"a": first, "b": second}))
    labels = [
        label
        for path, source in project.texts.items()
        if path in ("game/script.rpy", "game/definitions.rpy")
        for label in assert_readable(path, source.decode())
    ]
    assert "start" in labels
    assert len(labels) == len(set(labels))


@settings(max_examples=60)
@given(st.dictionaries(strategies.ids, strategies.STATES["scene"], min_size=1, max_size=3))
def test_no_scene_is_too_odd(odd: dict[str, Scene]) -> None:
    try:
        compose(view(odd))
    except Refused as refusal:
        assert refusal.code in ("path_unsafe", "story_empty")


def test_every_line_of_a_story_comes_back() -> None:
    story = everything()
    said = [
        statement.what
        for statement in walk(parse("script.rpy", compose(story).texts["game/script.rpy"].decode()).statements)
        if isinstance(statement, Say)
    ]
    told = [
        node.content.replace("[menu]", "[cvn_menu]")
        for found in story.scenes.values()
        for node in found.nodes.values()
        if node.type == "text"
    ]
    assert sorted(said) == sorted(told)
