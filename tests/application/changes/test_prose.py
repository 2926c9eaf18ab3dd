"""What differs, as prose: by scene in the order of the story, words marked, lines where they stand."""

import pytest

from comfyvn.application.branching import fork, merge, take_parts
from comfyvn.application.changes.comparing import commit_prose, compare_prose, merge_prose
from comfyvn.application.changes.prose import LineChange
from comfyvn.application.ports import LATEST, Ref
from comfyvn.application.studio import Outcome, Request
from comfyvn.domain.cast import IntroduceCharacter
from comfyvn.domain.kernel import WHOLE, Missing
from comfyvn.domain.story.commands import (
    DiscardScene,
    EdgeDraft,
    MoveNode,
    OfferChoice,
    OpenScene,
    ReattributeLine,
    RemoveNode,
    RewordLine,
    WriteLine,
)
from tests.desks import SCENE, Desk

ANN, PIER, ATTIC = Ref("character", "ann"), Ref("scene", "pier"), Ref("scene", "attic")


@pytest.fixture
def story(desk: Desk) -> Desk:
    """Return a desk with a variant ``v`` that differs in every way."""
    desk.do(IntroduceCharacter("Ann"), ANN)
    desk.do(OpenScene("Pier", order="W"), PIER)
    desk.open(title="Roof")
    for n, words in ((2, "two words"), (3, "three"), (4, "four"), (5, "five")):
        desk.do(WriteLine(f"n{n}", words, speaker="ann"))
    desk.do(OfferChoice("c", (EdgeDraft("e1", "Go now"),), "Well?"))
    branch = fork(desk.studio, desk.main, "v", Request("ada")).id
    for command in (
        RewordLine("n2", "two other words"),
        ReattributeLine("n3", None),
        MoveNode("n4", after=None),
        RemoveNode("n5"),
        WriteLine("n6", "six", after="n1"),
    ):
        desk.do(command, branch=branch)
    desk.retitle("Rooftop", branch=branch)
    desk.do(OpenScene("Attic", order="A"), ATTIC, branch=branch)
    desk.do(WriteLine("a1", "dust"), ATTIC, branch=branch)
    desk.do(DiscardScene(), PIER, branch=branch)
    return desk


def variant(desk: Desk) -> str:
    return next(b.id for b in desk.studio.store.branches(desk.project.id) if b.name == "v")


def test_two_branches_as_prose(story: Desk) -> None:
    found = compare_prose(story.studio, story.main, variant(story))
    assert [(s.scene, s.title, s.what) for s in found.scenes] == [
        ("attic", "Attic", "added"),
        ("s", "Rooftop", "changed"),
        ("pier", "Pier", "removed"),
    ]
    roof = found.scenes[1]
    assert (roof.added, roof.changed, roof.removed, roof.moved) == (1, 2, 1, 1)
    assert [(f.path, f.before, f.after) for f in roof.fields] == [("title", "Roof", "Rooftop")]
    lines = {line.node: line for line in roof.lines}
    assert [(line.node, line.what) for line in roof.lines] == [
        ("n4", "moved"),
        ("n6", "added"),
        ("n2", "changed"),
        ("n3", "changed"),
        ("n5", "removed"),
    ]
    assert [(m.kind, m.text) for m in lines["n2"].marks] == [("same", "two "), ("added", "other "), ("same", "words")]
    assert (lines["n2"].speaker, lines["n2"].who, lines["n6"].before, lines["n6"].after) == ("ann", "Ann", None, "six")
    assert [(f.path, f.before, f.after) for f in lines["n3"].fields] == [("speaker", "ann", None)]
    counts = {s.who: (s.added, s.changed, s.removed, s.moved) for s in found.speakers}
    assert counts == {None: (2, 1, 0, 0), "Ann": (0, 1, 1, 1)}


def test_counts_alone_and_pages(story: Desk) -> None:
    whole = compare_prose(story.studio, story.main, variant(story))
    bare = compare_prose(story.studio, story.main, variant(story), words=False)
    assert [(s.added, s.changed) for s in bare.scenes] == [(s.added, s.changed) for s in whole.scenes]
    assert not any(s.lines or s.fields for s in bare.scenes)
    second = compare_prose(story.studio, story.main, variant(story), offset=1, size=1)
    assert (second.total, second.scenes, second.speakers) == (3, whole.scenes[1:2], whole.speakers)


def test_options_of_choices_and_other_entities_are_told(story: Desk) -> None:
    before = story.head()
    story.do(OfferChoice("c2", (EdgeDraft("e2", "Stay"),), "Hm?"))
    middle = story.head()
    from comfyvn.domain.cast import RenameCharacter  # noqa: PLC0415
    from comfyvn.domain.story.commands import DrawEdge  # noqa: PLC0415

    story.do(DrawEdge("c", EdgeDraft("e1", "Go home")))
    story.do(RenameCharacter("Anna"), ANN)
    found = compare_prose(story.studio, story.main, story.main, middle, LATEST)
    (field,) = found.scenes[0].lines[0].fields
    assert (field.path, [m.text for m in field.marks if m.kind != "same"]) == ("next/e1/text", ["now", "home"])
    assert [(e.kind, e.name, [f.path for f in e.fields]) for e in found.others] == [("character", "Anna", ["name"])]
    assert compare_prose(story.studio, story.main, story.main, before, before).scenes == ()


def test_one_change_as_prose(story: Desk) -> None:
    change = story.reword("one and only").commit
    assert change
    (line,) = commit_prose(story.studio, change).scenes[0].lines
    assert isinstance(line, LineChange)
    assert (line.before, line.after) == ("one", "one and only")


def test_a_merge_to_come_shows_what_comes_and_what_collides(story: Desk) -> None:
    story.reword("two of mine", node="n2")
    found = merge_prose(story.studio, variant(story), story.main)
    (conflict,) = found.conflicts
    assert (conflict.name, conflict.node, conflict.field, conflict.speaker) == ("Roof", "n2", "content", "ann")
    assert [m.text for m in conflict.theirs_marks if m.kind == "added"] == ["other "]
    lines = {line.node for scene in found.prose.scenes for line in scene.lines}
    assert {"n3", "n4", "n5", "n6", "a1"} == lines
    assert story.words("n2") == "two of mine"


def took(desk: Desk, *parts: tuple[Ref, str]) -> Outcome:
    wanted: dict[Ref, set[str]] = {}
    for ref, part in parts:
        wanted.setdefault(ref, set()).add(part)
    return take_parts(desk.studio, variant(desk), desk.main, wanted, Request("ada"))


def test_single_lines_are_taken_over(story: Desk) -> None:
    outcome = took(story, (SCENE, "n2"), (SCENE, "n5"))
    assert (outcome.events, outcome.conflicts) == (2, ())
    scene = story.scene()
    assert (scene.title, scene.nodes["n2"].content, "n5" in scene.nodes, "n6" in scene.nodes) == (
        "Roof",
        "two other words",
        False,
        False,
    )
    assert merge(story.studio, variant(story), story.main, Request("ada")).conflicts == ()
    assert story.scene().title == "Rooftop"


def test_whole_entities_come_and_go(story: Desk) -> None:
    assert took(story, (ATTIC, "a1"), (PIER, WHOLE)).conflicts == ()
    assert story.state(ATTIC).nodes["a1"].content == "dust"
    assert story.state(PIER) is None


def test_what_collides_or_is_not_there_writes_nothing(story: Desk) -> None:
    story.reword("two of mine", node="n2")
    head = story.head()
    assert [c.path for c in took(story, (SCENE, "n2")).conflicts] == [("nodes", "n2", "content")]
    with pytest.raises(Missing) as refused:
        took(story, (SCENE, "nowhere"))
    assert refused.value.code == "part_unknown"
    assert story.head() == head
