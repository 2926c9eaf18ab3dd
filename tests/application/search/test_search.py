"""Find and replace: in the order of the story, in every sort of text, and as one change that can be taken back."""

import pytest

from comfyvn.application.ports import Ref
from comfyvn.application.search.fields import Where
from comfyvn.application.search.finding import Hit, Search, search
from comfyvn.application.search.patterns import Wording, pattern_of
from comfyvn.application.search.replacing import preview, replace_words
from comfyvn.application.studio import Outcome, Request
from comfyvn.domain.cast import IntroduceCharacter
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.domain.story.commands import EdgeDraft, OfferChoice, OpenScene, PlaceAction, RemoveNode, WriteLine
from comfyvn.domain.worlds import FoundWorld
from tests.desks import SCENE, Desk

ANN, PIER = Ref("character", "ann"), Ref("scene", "pier")


@pytest.fixture
def story(desk: Desk) -> Desk:
    """Return a desk with rain in every sort of text."""
    desk.do(OpenScene("Rain at the pier", order="W"), PIER)
    desk.do(WriteLine("p1", "RAINCOATS. rain, rain.", speaker="ann"), PIER)
    desk.do(OpenScene("Roof", order="V"))
    desk.do(OfferChoice("c1", (EdgeDraft("e1", "Wait for the rain"), EdgeDraft("e2", "Leave")), "Rain?"))
    desk.do(WriteLine("n3", "The rain stops.", block="e1"))
    desk.do(WriteLine("n4", 'He said "rain\\fall".'))
    desk.do(WriteLine("n1", "It rains."))
    desk.do(PlaceAction("k1", "comment", "more rain here"))
    desk.do(IntroduceCharacter("Ann Rainer", traits={"mood": "rainy", "age": 7}), ANN)
    desk.do(FoundWorld("Wet", lore={"rain": "It always rains."}), Ref("world", "w"))
    return desk


def found(desk: Desk, text: str, where: tuple[Where, ...] = (), **more: object) -> list[Hit]:
    wording = {name: more.pop(name) for name in ("regex", "case", "word") if name in more}
    wanted = Search(Wording(text, **wording), **({"where": frozenset(where)} if where else {}))  # type: ignore[arg-type]
    return search(desk.studio, desk.main, wanted, **more).items  # type: ignore[arg-type]


def ids(hits: list[Hit]) -> list[str]:
    return [hit.id for hit in hits]


def test_hits_come_in_the_order_of_the_story(story: Desk) -> None:
    assert ids(found(story, "rain")) == [
        "scene:s/c1/content",
        "scene:s/c1/next/e1/text",
        "scene:s/n3/content",
        "scene:s/n4/content",
        "scene:s/n1/content",
        "scene:s/k1/content",
        "scene:pier//title",
        "scene:pier/p1/content",
        "character:ann//name",
        "character:ann//traits/mood",
        "world:w//lore/rain",
    ]


def test_a_hit_tells_where_it_is_and_who_speaks(story: Desk) -> None:
    (hit,) = found(story, "rain,", ("dialogue",))
    assert (hit.name, hit.speaker, hit.who, hit.where) == ("Rain at the pier", "ann", "Ann Rainer", "dialogue")
    assert [hit.text[a:b] for a, b in hit.spans] == ["rain,"]


@pytest.mark.parametrize(("where", "count"), [("dialogue", 4), ("choices", 2), ("names", 2), ("notes", 3)])
def test_each_sort_of_text_alone(story: Desk, where: Where, count: int) -> None:
    assert len(found(story, "rain", (where,))) == count


def test_case_and_whole_words(story: Desk) -> None:
    assert len(found(story, "RAIN", case=True)) == 1
    spans = {hit.id: len(hit.spans) for hit in found(story, "rain", ("dialogue",), word=True)}
    assert spans == {"scene:s/n3/content": 1, "scene:s/n4/content": 1, "scene:pier/p1/content": 2}


def test_signs_that_json_escapes_are_found(story: Desk) -> None:
    assert ids(found(story, '"RAIN\\f')) == ["scene:s/n4/content"]


def test_expressions_are_found(story: Desk) -> None:
    assert ids(found(story, r"^It \w+\.$", regex=True)) == ["scene:s/n1/content"]
    assert found(story, "x*", regex=True) == []


def test_one_speaker_one_scene_and_the_past(story: Desk) -> None:
    words = Wording("rain")
    assert search(story.studio, story.main, Search(words, speaker="ann")).places == 3
    assert search(story.studio, story.main, Search(words, scene="pier")).total == 2
    before = story.studio.store.commits(story.main)
    assert search(story.studio, story.main, Search(words), at=list(before)[-3].position).total == 2


def test_pages_are_parts_of_the_whole(story: Desk) -> None:
    every = ids(found(story, "rain"))
    assert [i for n in range(0, 12, 2) for i in ids(found(story, "rain", offset=n, size=2))] == every
    page = search(story.studio, story.main, Search(Wording("rain")), offset=9, size=9)
    assert (page.total, page.places, len(page.items)) == (11, 13, 2)


@pytest.mark.parametrize(
    ("wording", "code"),
    [
        (Wording(""), "search_empty"),
        (Wording("x" * 1001), "search_too_long"),
        (Wording("(a", regex=True), "regex_malformed"),
        (Wording("(?=a)b", regex=True), "regex_malformed"),
        (Wording("a\ud800", regex=True), "regex_malformed"),
    ],
)
def test_what_cannot_be_looked_for_is_refused(wording: Wording, code: str) -> None:
    with pytest.raises(Refused) as refused:
        pattern_of(wording)
    assert refused.value.code == code


def test_no_expression_takes_long() -> None:
    pattern = pattern_of(Wording("(a+)+$", regex=True))
    assert pattern.spans("a" * 50_000 + "b") == ()


def replaced(desk: Desk, text: str, new: str, only: list[str] | None = None, **wording: bool) -> Outcome:
    return replace_words(desk.studio, desk.main, Search(Wording(text, **wording)), new, Request("ada"), only)


def test_a_replacement_is_one_change_that_undo_takes_back(story: Desk) -> None:
    before = found(story, "rain")
    shown = preview(story.studio, story.main, Search(Wording("rain")), "snow")
    assert shown.items[0].after == "snow?"
    outcome = replaced(story, "rain", "snow")
    assert outcome.commit
    assert (outcome.commit.message, outcome.events) == ("replace “rain” with “snow”", 11)
    assert found(story, "rain") == []
    assert [hit.text for hit in found(story, "snow")] == [item.after for item in shown.items]
    story.undo()
    assert found(story, "rain") == before


def test_only_what_is_chosen_is_replaced(story: Desk) -> None:
    replaced(story, "rain", "snow", ["scene:s/n3/content", "scene:s/c1/next/e1/text"])
    assert ids(found(story, "snow")) == ["scene:s/c1/next/e1/text", "scene:s/n3/content"]


def test_what_has_gone_meanwhile_is_refused_and_nothing_is_written(story: Desk) -> None:
    story.do(RemoveNode("n3"), SCENE)
    head = story.head()
    with pytest.raises(Missing) as refused:
        replaced(story, "rain", "snow", ["scene:s/n3/content", "scene:s/n4/content"])
    assert (refused.value.code, refused.value.details["hits"]) == ("hit_unknown", ["scene:s/n3/content"])
    assert story.head() == head


def test_groups_of_an_expression_are_filled_in(story: Desk) -> None:
    replaced(story, r"(?P<who>It) (r\w+)", r"\2 \g<who>\\\q", regex=True)
    assert story.words() == r"rains It\\q."
    with pytest.raises(Refused) as refused:
        replaced(story, "(a)", r"\2", regex=True)
    assert refused.value.code == "replacement_malformed"


def test_nothing_found_or_nothing_new_writes_nothing(story: Desk) -> None:
    assert replaced(story, "nowhere", "x").commit is None
    assert replaced(story, "Roof", "Roof").commit is None
    assert replaced(story, "rain", r"\1").events == 11


def test_a_retry_is_harmless(story: Desk) -> None:
    request = Request("ada", command_id="k1")
    wanted = Search(Wording("rain"))
    first = replace_words(story.studio, story.main, wanted, "snow", request)
    assert replace_words(story.studio, story.main, wanted, "snow", request).position == first.position
