import pytest

from comfyvn.infrastructure.imports.renpy.parser import parse
from comfyvn.infrastructure.imports.renpy.registered import Audio, ScreenCall, audio, screen_call
from comfyvn.infrastructure.imports.renpy.syntax import UserStatement


def statement(source: str) -> UserStatement:
    (found,) = parse("a.rpy", source).statements
    assert isinstance(found, UserStatement)
    return found


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        (
            'play music ["a.ogg", b] fadein 1.0 fadeout x.y volume .5 loop if_changed',
            Audio("play", "music", False, '["a.ogg", b]', "1.0", "x.y", ".5", True, True),
        ),
        ('play sound "a" + b noloop', Audio("play", "sound", file='"a" + b', loop=False)),
        ('queue ambient "a"', Audio("queue", "ambient", file='"a"')),
        ('play music "a" channel "b"', Audio("play", '"b"', True, '"a"')),
        ("stop music fadeout 2", Audio("stop", "music", fadeout="2")),
        ("stop voice2", Audio("stop", "voice2")),
        ("stop music what", None),
        ("play music", None),
        ("pause 1", None),
    ],
)
def test_audio(source: str, parts: Audio | None) -> None:
    assert audio(statement(source)) == parts


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("show screen a(1, b=2) with fade", ScreenCall("a", False, "1, b=2", "fade", "")),
        ("call screen expression x + y pass (1)", ScreenCall("x + y", True, "1", None, "")),
        ("hide screen a", ScreenCall("a", False, None, None, "")),
        ("show screen a nopredict onlayer top", ScreenCall("a", False, None, None, "nopredict onlayer top")),
        ("show screen 1", None),
        ("nvl clear", None),
    ],
)
def test_screen_call(source: str, parts: ScreenCall | None) -> None:
    assert screen_call(statement(source)) == parts


def test_a_layered_image_keeps_its_block() -> None:
    found = statement("layeredimage a b:\n    always:\n        'c'\n")
    assert (found.name, found.rest, found.block) == ("layeredimage", "a b:", "always:\n    'c'")
