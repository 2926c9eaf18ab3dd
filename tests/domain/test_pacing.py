"""Lines come piece by piece, at the speed and with the pauses that their tags say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.playthrough.pacing import MAX_PIECE, Piece, after, paced

TAGS = [
    "{w}",
    "{w=1.5}",
    "{p}",
    "{p=2}",
    "{cps=20}",
    "{/cps}",
    "{cps=*2}",
    "{nw}",
    "{fast}",
    "{done}",
    "{b}",
    "{{",
    "{",
]
TEXTS = st.lists(st.sampled_from([*TAGS, "{alt}", "{/alt}", "}", " ", "\n", "so ", "雨の夜に。", "x" * 30]) | st.text())


def shown(text: str) -> str:
    return "".join(piece.shown for piece in paced(text).pieces)


@given(TEXTS)
def test_the_pieces_are_the_line(parts: list[str]) -> None:
    text = "".join(parts)
    pieces = paced(text).pieces
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.start for piece in pieces] == [0, *(piece.end for piece in pieces)][: len(pieces)]
    assert all(len(piece.shown) <= MAX_PIECE and piece.seconds(30) >= 0 for piece in pieces)


@given(TEXTS, st.integers(min_value=0, max_value=300))
def test_what_is_left_at_any_character_is_the_rest(parts: list[str], start: int) -> None:
    text = "".join(parts)
    assert "".join(piece.text for piece in after(paced(text).pieces, start)) == text[start:]


def test_pauses_and_clicks() -> None:
    found = paced("Well{w}, now{w=1.5} then{p}And{p=2} so.")
    assert [(p.text, p.pause, p.click) for p in found.pieces if p.pause or p.click] == [
        ("{w}", 0.0, True),
        ("{w=1.5}", 1.5, False),
        ("{p}", 0.0, True),
        ("{p=2}", 2.0, False),
    ]
    assert shown("Well{w}, now{w=1.5} then{p}And{p=2} so.") == "Well, now then\nAnd\n so."
    assert found.gone is None


def test_speeds_are_nested_and_relative_to_the_reader() -> None:
    pieces = paced("a {cps=20}b {cps=*2}c {/cps}d {/cps}e {cps=*3}f {/cps}{cps=0}g").pieces
    speeds = {p.shown.strip(): (p.speed, p.factor) for p in pieces if p.shown}
    assert speeds == {
        "a": (None, 1.0),
        "b": (20.0, 1.0),
        "c": (20.0, 2.0),
        "d": (20.0, 1.0),
        "e": (None, 1.0),
        "f": (None, 3.0),
        "g": (0.0, 1.0),
    }
    assert Piece(0, "abcd", "abcd", None, 2.0, 1.0).seconds(20) == pytest.approx(1.1)
    assert Piece(0, "abcd", "abcd", 0.0).seconds(20) == 0


def test_an_extension_shows_what_was_said_before_at_once() -> None:
    pieces = paced("One{w=3} two{nw}{fast} three").pieces
    assert [(p.speed, p.pause) for p in pieces if p.start < 20 and p.text != "{fast}"][:4] == [(0.0, 0.0)] * 4
    assert paced("One{nw}{fast} two").gone is None
    assert (pieces[-1].shown, pieces[-1].speed) == ("three", None)


def test_lines_that_go_on_by_themselves() -> None:
    assert paced("Go{nw}").gone == 0.0
    assert paced("Go{nw=2.5}").gone == 2.5


def test_what_is_not_read() -> None:
    assert shown("a{done}b") == "a"
    assert shown("a{alt}for the ear{/alt}b") == "ab"
    assert shown("{b}bold{/b} {{brace} {#note}") == "bold {brace} "


@pytest.mark.parametrize("tag", ["{w=soon}", "{w=-1}", "{w=1e9}", "{w=inf}", "{p=nan}"])
def test_a_number_that_is_none_stops_nobody(tag: str) -> None:
    (piece,) = paced(tag).pieces
    assert (piece.pause, piece.click) == (0.0, False)


def test_no_pause_is_without_end() -> None:
    assert paced("{w=999999}").pieces[0].pause == 3600
    assert paced("{cps=999999}a").pieces[1].speed == 10_000
    assert paced("{cps=*0.0001}" * 200 + "a").pieces[-1].seconds(1) == 3600
    assert paced("{cps=*9999}" * 200 + "a").pieces[-1].factor == 10_000
    assert paced("{cps=x}a{/cps}b{/cps}c{cps=*}d").pieces[-1].speed is None
