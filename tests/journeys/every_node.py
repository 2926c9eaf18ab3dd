"""A story with every type of node and every verb, told through commands as a client sends them."""

import io
import wave
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from typing import Any

from PIL import Image

from comfyvn.application.ports import Ref
from comfyvn.domain.assets import ImportAsset
from comfyvn.domain.cast import IntroduceCharacter
from comfyvn.domain.localisation import MakeTranslation
from comfyvn.domain.project import ChooseStart
from comfyvn.domain.story.commands import AnnotateScene, EdgeDraft, OfferChoice, OpenScene, PlaceAction, WriteLine
from comfyvn.domain.timeline import OpenTimeline
from comfyvn.domain.variables import DeclareVariable
from tests.desks import Desk


class Pen:
    """Writes the nodes of one scene, one behind the other; every node and edge is numbered within the scene."""

    def __init__(self, desk: Desk, scene: str, title: str, **header: Any) -> None:
        self.desk, self.ref = desk, Ref("scene", scene)
        self.numbers = count(1)
        desk.do(OpenScene(title, **header), self.ref)

    def line(self, text: str, speaker: str | None = None, block: str = "", **more: Any) -> str:
        node = f"{self.ref.id}-{next(self.numbers)}"
        self.desk.do(WriteLine(node, text, speaker, block, **more), self.ref)
        return node

    def act(self, verb: str, content: str = "", *ways: dict[str, Any], block: str = "", **more: Any) -> list[str]:
        """Place an action and return the ids of its edges."""
        node, edges = self._edges(ways)
        self.desk.do(PlaceAction(node, verb, content, block, edges=edges, **more), self.ref)
        return [edge.id for edge in edges]

    def menu(self, *ways: dict[str, Any], block: str = "", **more: Any) -> list[str]:
        """Offer a choice and return the ids of its options."""
        node, edges = self._edges(ways)
        self.desk.do(OfferChoice(node, edges, block=block, **more), self.ref)
        return [edge.id for edge in edges]

    def _edges(self, ways: tuple[dict[str, Any], ...]) -> tuple[str, tuple[EdgeDraft, ...]]:
        node = f"{self.ref.id}-{next(self.numbers)}"
        return node, tuple(EdgeDraft(f"{node}.{i}", **way) for i, way in enumerate(ways))


def told() -> tuple[Desk, dict[str, bytes]]:
    """Return a desk with the story on its main branch, and the contents of its files by their hash."""
    desk = Desk(name="Everything")
    contents = dict(_files(desk))
    desk.do(IntroduceCharacter("Ann", "#c8ffc8", "a", image_tag="ann", voice_tag="ann"), Ref("character", "ann"))
    desk.do(IntroduceCharacter("Bo of [town]", "#c8c8ff", "b"), Ref("character", "bo"))
    for name, type_, default in (("trust", "int", 0), ("town", "text", "Ghent"), ("menu", "bool", False)):
        desk.do(DeclareVariable(type_, default), Ref("variable", name))  # type: ignore[arg-type]
    desk.do(DeclareVariable("any", []), Ref("variable", "offered"))
    desk.do(DeclareVariable("bool", False, scope="global"), Ref("variable", "seen"))
    desk.do(DeclareVariable("int", 3, constant=True), Ref("variable", "limit"))
    desk.do(ChooseStart("begin"), Ref("project", desk.project.id))
    _begin(desk)
    _market(desk)
    _helpers(desk)
    desk.do(OpenTimeline("First reading", ("begin", "market", "end")), Ref("timeline", "reading"))
    return desk, contents


def _begin(desk: Desk) -> None:
    pen = Pen(desk, "begin", "The beginning", order="A", falls_to="market")
    pen.act("comment", "All begins here.")
    pen.act("scene", "bg square", directives={"with": "fade"})
    pen.act("show", "ann happy", directives={"at": ["left"], "zorder": 2, "atl": "alpha 0.0\nlinear 0.1 alpha 1.0"})
    pen.act("play", "theme.wav", directives={"clauses": "fadein 0.1"})
    pen.act("queue", "theme.wav")
    pen.act("play", "theme.wav", directives={"channel": "weather"})
    pen.act("voice", "ann1.wav")
    pen.line("Welcome to [town], {b}100%%{/b}.", "ann", directives={"attributes": ["happy"]})
    pen.line("Oh.", "ann", directives={"temporary": ["sad"]})
    pen.line(" Never mind.", directives={"extend": True})
    pen.act("voice", directives={"sustain": True})
    pen.line('Two  blanks, "quotes", \\ and\na new line.', "bo")
    pen.line("A stranger nods.", directives={"name": "Stranger of [town]"})
    pen.line("Trust is [trust], at most [limit].", directives={"with": "dissolve", "arguments": 'what_color="#fff"'})
    for verb, content in (("window", "hide"), ("pause", "0.1"), ("with", "dissolve"), ("window", "show")):
        pen.act(verb, content)
    pen.act("camera", directives={"at": ["left"]})
    pen.act("nvl", "clear")
    pen.act("set", "trust = 1")
    pen.act("set", "trust += 2")
    pen.act("set", "seen = True")
    pen.line("Only if trusted.", "bo", conditions=("trust > 1", "not menu"))
    pen.line("Never if trusted.", conditions=("trust > 9",))
    high, low, _ = pen.act("branch", "", {"condition": "trust > 2"}, {"condition": "seen"}, {})
    pen.line("Trust is high.", block=high)
    pen.line("Trust is low.", block=low)
    (again,) = pen.act("loop", "", {"condition": "trust > 0"})
    pen.act("set", "trust -= 1", block=again)
    pen.line("Down to [trust].", block=again)
    sure, _ = pen.act("random", "", {"weight": 1.0}, {"weight": 2.0, "condition": "trust > 0"})
    pen.line("Heads, for sure.", block=sure)


def _market(desk: Desk) -> None:
    pen = Pen(desk, "market", "The market", order="B", label="market", falls_to="end")
    pen.act("label", "stalls")
    fruit, nothing, _, _ = pen.menu(
        {"text": "Fruit, 50%% off"},
        {"text": "Nothing"},
        {"text": "The way out", "scene": "end", "condition": "menu"},
        {"text": "Count in [town]", "scene": "counting"},
        prompt="What will it be?",
        directives={"set": "offered"},
    )
    pen.act("set", "menu = True", block=fruit)
    pen.act("jump", "", {"scene": "market", "node": "market-1"}, block=fruit)
    pen.line("As you like.", block=nothing)
    pen.act("call", "", {"scene": "sum"}, directives={"arguments": "limit, more=2"})
    pen.line("That makes [_return].", "ann")
    pen.line("And now?", "ann", directives={"with_choice": True})
    on, back = pen.menu({"text": "On"}, {"text": "Back to the stalls", "condition": "not menu"})
    pen.act("jump", "", {"scene": "end"}, block=on)
    pen.act("set", "menu = True", block=back)
    pen.act("jump", "", {"scene": "market", "node": "market-1"}, block=back)


def _helpers(desk: Desk) -> None:
    pen = Pen(desk, "counting", "Counting", order="C", group="More")
    pen.act("call", "", {"scene": "sum"}, directives={"arguments": "1"})
    pen.line("One and one is [_return].")
    pen.act("jump", "", {"scene": "end", "node": "end-4"})
    pen = Pen(desk, "sum", "class", order="D", group="More", falls_to=None)
    desk.do(AnnotateScene("parameters", "first, more=1"), pen.ref)
    pen.line("[first] and [more].", "bo")
    pen.act("return", "first + more")
    pen = Pen(desk, "end", "The end!", order="E", group="More")
    pen.act("hide", "ann")
    pen.act("stop", directives={"clauses": "fadeout 0.1"})
    pen.act("declare", "define told_to_the_end = True")
    spoken = pen.line("The end, [town].", "ann")
    pen.act("raw", "$ renpy.pause(0)\nif trust:\n    pass", directives={"language": "renpy"})
    pen.act("return")
    desk.do(MakeTranslation("german", spoken, "The end, [town].", "Ende, [town]."), Ref("translation", "german-end"))
    desk.do(MakeTranslation("german", None, "Nothing", "Nichts"), Ref("translation", "german-nothing"))


def _files(desk: Desk) -> Iterator[tuple[str, bytes]]:
    """Bring in the pictures and sounds of the story, and yield their hashes and contents."""
    shades = {"bg square": "#284058", "ann happy": "#c05030", "ann sad": "#5030c0"}
    files = {f"images/{name}.png": _picture(shade, name.startswith("bg")) for name, shade in shades.items()}
    files |= {f"audio/{name}": _silence() for name in ("theme.wav", "ann1.wav")}
    for number, (path, content) in enumerate(sorted(files.items())):
        digest = sha256(content).hexdigest()
        kind: Any = "image" if path.endswith(".png") else "sound"
        desk.do(ImportAsset(kind, path, digest, len(content)), Ref("asset", f"file-{number}"))
        yield digest, content


def _picture(shade: str, whole: bool) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (1280, 720) if whole else (300, 600), shade).save(stream, "PNG")
    return stream.getvalue()


def _silence() -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1600))
    return stream.getvalue()
