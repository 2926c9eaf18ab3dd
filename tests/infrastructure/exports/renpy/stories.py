"""Stories written by hand: one of every kind of node, and single scenes as short lists."""

from collections.abc import Mapping
from typing import Any

from comfyvn.application.exports import StoryView
from comfyvn.domain.cast import Character
from comfyvn.domain.story import Scene
from comfyvn.domain.variables import Variable
from comfyvn.infrastructure.exports.renpy import compose
from tests.domain.stories import act, menu, scene, text, way

CAST = {
    "ann": Character(name="Ann", colour="#c8ffc8", variable="a", image_tag="ann"),
    "bo": Character(name='Bo "the [nick]"'),
}
VARIABLES = {
    "trust": Variable(type="int", default=0, scope="session"),
    "nick": Variable(type="text", default="Bear", scope="session"),
    "menu": Variable(type="bool", default=False, scope="session"),
    "seen": Variable(type="bool", default=False, scope="global"),
    "LIMIT": Variable(type="int", default=3, constant=True),
}


def view(scenes: Mapping[str, Scene], **more: Any) -> StoryView:
    given: dict[str, Any] = {"characters": CAST, "variables": VARIABLES, "assets": {}, **more}
    return StoryView(name="A story", scenes=scenes, **given)


def script(*nodes: Mapping[str, Any], **header: Any) -> list[str]:
    """Return the lines of a story's only scene, without its label and what every scene ends with."""
    lines = whole(begin=scene(*nodes, label="start", **header))
    assert lines[0] == "label start:"
    body = [line.removeprefix("    ") for line in lines[1:]]
    return body[:-1] if body[-1] == "return" else body


def whole(file: str = "script.rpy", /, **scenes: Scene) -> list[str]:
    """Return the lines of a file of a story."""
    return compose(view(scenes)).texts[f"game/{file}"].decode().splitlines()


def everything() -> StoryView:
    """Return a story with every type of node, verb and directive that a story of one's own can have."""
    begin = scene(
        act("comment", "# The beginning."),
        act("scene", "bg room", directives={"with": "fade"}),
        act("show", "ann happy", directives={"at": ["left"], "zorder": "2", "atl": "linear 1.0 alpha 1.0"}),
        act("play", "theme.ogg", directives={"clauses": "fadein 1.0"}),
        act("queue", "theme.ogg"),
        act("play", "rain.ogg", directives={"channel": "weather"}),
        act("voice", "ann1.ogg"),
        text("Hello, [nick]! {b}100%%{/b}", "ann", directives={"attributes": ["happy"]}),
        text("…", "ann", directives={"temporary": ["sad"]}),
        text(" And more.", directives={"extend": True}),
        text('Two  blanks, "quotes", \\ a\nnew line ', "bo"),
        text("Now you see me.", "bo", directives={"attributes": ["near"]}),
        text("A stranger speaks.", directives={"name": "Stranger [nick]"}),
        text("It is [menu].", directives={"with": "dissolve", "arguments": 'what_color="#fff"'}),
        act("window", "hide"),
        act("pause", "0.1"),
        act("with", "dissolve"),
        act("window", "show"),
        act("camera", "", directives={"at": ["left"]}),
        act("nvl", "clear"),
        act("set", "trust = 1"),
        act("set", "trust += 2"),
        act("set", "seen = True"),
        text("Only sometimes.", conditions=["trust > 1", "not menu"]),
        act("random", "", way(text("Heads."), weight=1.0), way(text("Tails."), weight=2.0, condition="trust")),
        act("label", "again"),
        menu(
            way(text("Yes it is."), act("set", "menu = True"), text="Is it?"),
            way(text="Nothing happens."),
            way(text="Never", condition="trust > 99"),
            way(text="Away", scene="away", condition="menu"),
            way(text="To the middle", scene="away", node="middle"),
            prompt="What now?",
        ),
        act("branch", "", way(text("High."), condition="trust > 2"), way(text("Low."), condition="seen"), way()),
        act("loop", "", way(act("set", "trust -= 1"), condition="trust > 0")),
        act("call", "", way(scene="sub"), directives={"arguments": ""}),
        text("Which way?", "ann", directives={"with_choice": True}),
        menu(
            way(act("jump", "", way(scene="away")), text="On"),
            way(text="Back", condition="trust > 99"),
            directives={"name": "fork"},
        ),
        title="The beginning",
    )
    away = scene(
        text("You are away."),
        text("This is the middle.", id="middle"),
        act("hide", "ann"),
        act("stop", "", directives={"clauses": "fadeout 1.0"}),
        act("raw", "$ renpy.pause(0)\nif trust:\n    pass", directives={"language": "renpy"}),
        title="Away",
        falls_to="end",
    )
    sub = scene(act("declare", "define sub_done = True"), text("In between."), act("return"), title="class")
    end = scene(act("jump", "", way(node="last")), text("Never said."), text("The end.", id="last"), title="The end!")
    return view({"begin": begin, "away": away, "sub": sub, "end": end}, start="begin")
