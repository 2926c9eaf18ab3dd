from dataclasses import replace
from typing import Any

from immutables import Map

from comfyvn.domain.merge import ABSENT, FieldConflict, Worded, merge3, same, with_keys
from comfyvn.domain.story import Node, Place, Scene


def scene(**texts: str) -> Scene:
    return Scene("Rooftop", nodes=Map({i: Node("text", Place("", "V"), text) for i, text in texts.items()}))


def test_two_people_edit_two_lines() -> None:
    merged, conflicts = merge3(scene(a="1", b="2"), scene(a="1!", b="2"), scene(a="1", b="2?", c="3"))
    assert merged == scene(a="1!", b="2?", c="3")
    assert conflicts == ()


def test_two_people_edit_one_line() -> None:
    merged, conflicts = merge3(scene(a="1"), scene(a="mine"), scene(a="yours"))
    assert merged == scene(a="mine")
    assert conflicts == (FieldConflict(("nodes", "a", "content"), "1", "mine", "yours"),)


def test_one_removes_what_the_other_edits() -> None:
    base, removed, edited = scene(a="1"), scene(), scene(a="2")
    merged, conflicts = merge3(base, removed, edited)
    assert merged == removed
    assert [c.path for c in conflicts] == [("nodes", "a")]
    assert conflicts[0].ours is ABSENT
    assert merge3(base, removed, edited, {("nodes", "a"): "theirs"}) == (edited, ())
    assert merge3(base, edited, removed, {("nodes", "a"): "theirs"}) == (removed, ())


def test_both_create_the_same_entity_with_other_words() -> None:
    _, conflicts = merge3(None, scene(a="1"), scene(a="2"))
    assert [c.path for c in conflicts] == [()]


def test_an_unknown_choice_settles_nothing() -> None:
    path = ("nodes", "a", "content")
    assert merge3(scene(a="1"), scene(a="2"), scene(a="3"), {path: Worded("4")}) == (scene(a="4"), ())
    _, conflicts = merge3(scene(a="1"), scene(), scene(a="3"), {("nodes", "a"): Worded("4")})
    assert len(conflicts) == 1
    _, conflicts = merge3(scene(a="1"), scene(a="2"), scene(a="3"), {path: "neither"})
    assert len(conflicts) == 1


def test_true_is_not_one_and_one_is_not_one_point_nothing() -> None:
    pairs: list[tuple[Any, Any]] = [
        (1, True),
        (1, 1.0),
        ({"x": [0]}, {"x": [False]}),
        (None, 0),
        ("", None),
        ([1], (1,)),
        ([1], [1, 2]),
    ]
    for a, b in pairs:
        assert not same(a, b)
        assert same(merge3({"k": a}, {"k": a}, {"k": b})[0], {"k": b})
    assert same({"x": [1, {"y": None}]}, {"x": [1, {"y": None}]})
    assert same(Map({"x": 1}), {"x": 1})


def test_untouched_parts_are_not_copied() -> None:
    base = scene(a="1", b="2")
    ours = replace(base, nodes=base.nodes.set("b", Node("text", Place("", "V"), "3")))
    theirs = replace(base, title="Cellar")
    merged, _ = merge3(base, ours, theirs)
    assert merged.nodes is ours.nodes
    assert merged.title == "Cellar"


def test_keys_are_set_and_removed() -> None:
    assert with_keys({"a": 1}, {"b": 2, "a": ABSENT, "c": ABSENT}) == {"b": 2}
    kept = with_keys(Map({"a": 1}), {"b": 2, "a": ABSENT, "c": ABSENT})
    assert isinstance(kept, Map)
    assert kept == Map({"b": 2})
    assert with_keys(kept, {}) is kept
