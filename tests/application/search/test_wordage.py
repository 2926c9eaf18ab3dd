"""Words counted, lines of a character, plain text."""

import pytest

from comfyvn.application.ports import Ref
from comfyvn.application.search.wordage import plain_text, spoken_lines, wordage
from comfyvn.domain.cast import IntroduceCharacter
from comfyvn.domain.kernel import Missing
from comfyvn.domain.localisation import MakeTranslation
from comfyvn.domain.story.commands import EdgeDraft, OfferChoice, OpenScene, PlaceAction, WriteLine
from tests.desks import Desk

ANN, PIER = Ref("character", "ann"), Ref("scene", "pier")


@pytest.fixture
def story(desk: Desk) -> Desk:
    desk.do(IntroduceCharacter("Ann"), ANN)
    desk.do(OpenScene("Pier", order="A"), PIER)
    desk.do(WriteLine("p1", "{i}Rain{/i} again, 100%%.", speaker="ann"), PIER)
    desk.open(title="Roof")
    desk.do(OfferChoice("c", (EdgeDraft("e1", "Go now"), EdgeDraft("e2", "Stay")), "Well?"))
    desk.do(WriteLine("n2", "two words", speaker="ann", block="e1"))
    desk.do(WriteLine("n3", "Ho!", directives={"name": "Guard"}))
    desk.do(PlaceAction("k", "comment", "not to be read"))
    desk.do(MakeTranslation("de", "n1", "one", "eins"), Ref("translation", "t1"))
    desk.do(MakeTranslation("de", "n2", "other words", "zwei Worte"), Ref("translation", "t2"))
    desk.do(MakeTranslation("ja", None, "Start", "雨"), Ref("translation", "t3"))
    return desk


def test_words_by_scene_character_and_language(story: Desk) -> None:
    found = wordage(story.studio, story.main)
    assert [(s.title, s.lines, s.words) for s in found.scenes] == [("Pier", 1, 3), ("Roof", 4, 8)]
    assert [(c.id, c.name, c.lines, c.words, c.scenes) for c in found.characters] == [
        ("ann", "Ann", 2, 5, 2),
        ("", "", 3, 3, 1),
    ]
    assert (found.words, found.lines, found.minutes) == (11, 5, 0.1)
    assert [(n.language, n.lines, n.words, n.outdated) for n in found.languages] == [("de", 2, 3, 1), ("ja", 1, 1, 0)]


def test_what_a_character_says_in_the_order_of_the_story(story: Desk) -> None:
    found = spoken_lines(story.studio, story.main, "ann")
    assert [(s.title, s.lines) for s in found.scenes] == [("Pier", 1), ("Roof", 1)]
    assert [(line.scene, line.node, line.order) for line in found.items] == [("pier", "p1", 0), ("s", "n2", 2)]
    second = spoken_lines(story.studio, story.main, "ann", offset=1, size=1)
    assert (second.total, second.items) == (2, found.items[1:])
    with pytest.raises(Missing):
        spoken_lines(story.studio, story.main, "nobody")


def test_plain_text_is_what_readers_see(story: Desk) -> None:
    assert [(line.who, line.text) for line in plain_text(story.studio, story.main, "pier").lines] == [
        ("Ann", "Rain again, 100%.")
    ]
    assert [
        (line.node, line.edge, line.who, line.text) for line in plain_text(story.studio, story.main, "s").lines
    ] == [
        ("n1", None, None, "one"),
        ("c", None, None, "Well?"),
        ("c", "e1", None, "Go now"),
        ("c", "e2", None, "Stay"),
        ("n2", None, "Ann", "two words"),
        ("n3", None, "Guard", "Ho!"),
    ]
    with pytest.raises(Missing):
        plain_text(story.studio, story.main, "nowhere")
