"""Each code is found where it belongs, and sound stories have no finding."""

from collections.abc import Mapping
from typing import Any, get_args

import pytest

from comfyvn.application.exports import StoryView
from comfyvn.application.validation import Code, errors, validate
from comfyvn.domain.cast import Character
from comfyvn.domain.story import Scene
from comfyvn.domain.variables import Variable
from tests.domain.stories import act, menu, scene, text, way

TRUST = {"trust": Variable(type="int", default=0)}
END = act("return")


def view(scenes: Mapping[str, Scene], **more: Any) -> StoryView:
    given: dict[str, Any] = {"characters": {}, "variables": TRUST, "assets": {}, **more}
    return StoryView(name="A story", scenes=scenes, **given)


def one(*nodes: Mapping[str, Any], **more: Any) -> StoryView:
    return view({"begin": scene(*nodes, END, label="start")}, **more)


def away(**edge: Any) -> dict[str, Any]:
    return act("jump", "", way(**edge))


CASES: list[tuple[str, str, StoryView]] = [
    ("error", "start_missing", view({})),
    ("error", "target_missing", one(act("jump", ""))),
    ("error", "target_unknown", one(away(scene="nowhere"))),
    ("error", "target_unknown", one(away(scene="begin", node="gone"))),
    ("error", "target_unknown", view({"begin": scene(text("A"), label="start", falls_to="gone")})),
    ("warning", "scene_unreachable", view({"a": scene(END, label="start"), "b": scene(END, label="b")})),
    ("warning", "falls_off_end", view({"a": scene(text("A"), label="start")})),
    ("error", "variable_undefined", one(text("A", conditions=["trsut > 1"]))),
    ("error", "variable_undefined", one(act("set", "trust = other + 1"))),
    ("error", "condition_malformed", one(text("A", conditions=["trust >"]))),
    ("error", "condition_malformed", one(act("set", "trust ="))),
    ("warning", "variable_undeclared", one(act("set", "fresh = 1"))),
    ("error", "interpolation_undefined", one(text("I am [nobody]."))),
    ("error", "interpolation_undefined", one(menu(way(text="Be [nobody]")))),
    ("error", "field_unclosed", one(text("I am [trust."))),
    ("error", "field_malformed", one(text("I am [trust!z]."))),
    ("error", "percent_trap", one(text("100% sure"))),
    ("error", "tag_unknown", one(text("{bold}A{/bold}"))),
    ("error", "tag_unclosed", one(text("A {b"))),
    ("error", "tag_unclosed", one(text("A{/b}"))),
    ("warning", "tag_unclosed", one(text("{b}A"))),
    ("error", "line_id_duplicate", one(text("A", directives={"id": "x"}), text("B", directives={"id": "x"}))),
    ("error", "caption_empty", one(menu(way(text=" ")))),
    ("warning", "menu_may_be_empty", one(menu(way(text="A", condition="trust > 1")))),
    ("warning", "identifier_bad", view({"a": scene(END, label="not a name")})),
    ("warning", "identifier_bad", one(variables={"a b": Variable()})),
    ("warning", "identifier_bad", one(characters={"ann": Character("Ann", variable="1a")})),
    ("warning", "asset_missing", one(characters={"ann": Character("Ann", portrait_asset_id="gone")})),
]


@pytest.mark.parametrize(("severity", "code", "story"), CASES)
def test_a_fault_is_found(severity: str, code: str, story: StoryView) -> None:
    assert (severity, code) in {(finding.severity, finding.code) for finding in validate(story)}


def test_every_code_has_a_case() -> None:
    assert {code for _, code, _ in CASES} == {*get_args(Code)}


def test_a_finding_names_scene_and_node() -> None:
    (found,) = validate(one(text("A"), text("[nobody]")))
    assert (found.scene, found.node) == ("begin", "n2")


def test_a_sound_story_has_no_finding() -> None:
    nodes = (
        text("[trust] {b}[[100%%]{/b} {{x} {w=0.5}{color=#fff}c{/color} %(trust)d {size=+2}[trust!u:>3]{/size}"),
        menu(way(text="A [trust]", condition="trust"), way(away(scene="end"), text="B")),
        act("set", "trust += len([1]) + persistent.count"),
    )
    story = view({"begin": scene(*nodes, END, label="start"), "end": scene(END, label="end")})
    assert validate(story) == ()


def test_what_code_mentions_counts_as_defined() -> None:
    code = act(
        "raw", "init python:\n    other = 1\n    def act_two(): renpy.jump('late')", directives={"language": "renpy"}
    )
    begin = scene(code, text("[other] {act_two}"), away(scene="act_two"), label="start")
    story = view({"begin": begin, "late": scene(END, label="late")})
    assert errors(validate(story)) == 0
    assert validate(story) == ()


def test_errors_come_first_and_in_a_fixed_order() -> None:
    found = validate(one(text("{b}A"), text("100%")))
    assert [finding.severity for finding in found] == ["error", "warning"]
    assert errors(found) == 1


def test_tags_of_the_story_s_own_may_be_closed() -> None:
    code = act("raw", 'init python:\n    config.custom_text_tags["wave"] = wave', directives={"language": "renpy"})
    assert validate(one(code, text("{wave=3}A {b}B{/b}{/wave} {wave}alone"))) == ()
    assert [found.code for found in validate(one(code, text("{/wave}")))] == ["tag_unclosed"]
