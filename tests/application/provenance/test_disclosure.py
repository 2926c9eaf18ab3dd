"""Disclosure on a project with known truth: the counts are equal, and nothing that a model made passes unseen."""

from comfyvn.application.branching import fork, merge
from comfyvn.application.ports import LATEST, Ref
from comfyvn.application.provenance.disclosure import Disclosure, Shares, disclose
from comfyvn.application.studio import Request
from comfyvn.domain.assets import ReplaceAsset
from comfyvn.domain.localisation import MakeTranslation
from comfyvn.domain.story.commands import OpenScene, RewordLine, WriteLine
from tests.application.provenance.shop import GENERATED, hold, tell
from tests.desks import Desk

GPT = "model:gpt"


def told(desk: Desk, at: int = LATEST, branch: str | None = None) -> Disclosure:
    return disclose(desk.studio, branch or desk.main, at)


def share(found: Disclosure, kind: str) -> Shares:
    return next(shares for shares in found.kinds if shares.kind == kind)


def lines(desk: Desk, branch: str | None = None, at: int = LATEST) -> tuple[int, int, int, int]:
    found = share(told(desk, at, branch), "text")
    return found.generated.lines, found.edited.lines, found.human.lines, found.unknown.lines


def write(desk: Desk, node: str, text: str, actor: str = "ada", branch: str | None = None) -> None:
    desk.do(WriteLine(node, text), actor=actor, branch=branch)


def test_the_counts_equal_the_known_truth(desk: Desk) -> None:
    desk.do(OpenScene("Scene"))
    write(desk, "h", "by a person")
    write(desk, "g", "by a model", GPT)
    write(desk, "e", "by a model too", GPT)
    desk.do(RewordLine("e", "by both of them"))
    write(desk, "r", "recorded as generated")
    tell(desk, "scene:s/r", "generated", model="llama", prompt_hash="a" * 64)
    desk.do(MakeTranslation("de", "h", "by a person", "von Hand"), Ref("translation", "t1"))
    desk.do(MakeTranslation("de", "g", "by a model", "von einem Modell"), Ref("translation", "t2"), actor=GPT)
    hold(desk, "photo")
    tell(desk, "asset:photo", "imported", kind_of_source="digitalCapture")
    tell(desk, hold(desk, "sky"), "generated", model="sdxl", kind_of_source=GENERATED)
    tell(
        desk,
        hold(desk, "crop"),
        "derived",
        "asset:sky",
        tool="crop",
        kind_of_source="compositeWithTrainedAlgorithmicMedia",
    )
    tell(desk, hold(desk, "upload"), "imported")
    tell(desk, hold(desk, "song", type="music", seconds=60.5), "generated", model="m", kind_of_source=GENERATED)
    tell(
        desk,
        hold(desk, "said", type="voice", seconds=2),
        "derived",
        roles={"scene:s/g": "text"},
        method="tts",
        tool="espeak",
    )
    found = told(desk)
    text, translation, art, voice, music = (share(found, k) for k in ("text", "translation", "art", "voice", "music"))
    assert (text.total.lines, text.generated.lines, text.edited.lines, text.human.lines) == (4, 2, 1, 1)
    assert (text.total.words, text.generated.words, text.edited.words) == (13, 6, 4)
    assert text.share == round(10 / 13, 4)
    assert (translation.generated.lines, translation.human.lines, translation.share) == (1, 1, 0.6)
    assert (art.total.files, art.generated.files, art.edited.files, art.human.files, art.unknown.files) == (
        4,
        1,
        1,
        1,
        1,
    )
    assert (voice.generated.files, voice.generated.seconds, music.generated.seconds) == (1, 2.0, 60.5)
    assert found.evidence_total == len(found.evidence) == 8
    evidence = {one.subject: one for one in found.evidence}
    assert (evidence["scene:s/g"].model, evidence["scene:s/g"].actor) == ("gpt", GPT)
    assert (evidence["scene:s/r"].model, evidence["scene:s/e"].hand) == ("llama", "edited")
    assert all(desk.studio.store.commit(str(one.commit)).position == one.position for one in found.evidence)
    assert [(lack.code, lack.subject) for lack in found.lacks] == [("generated_unlabelled", "asset:said")]
    assert not found.ok
    assert found.draft.startswith("DRAFT")
    assert "Text: 3 of 4" in found.draft
    assert "sdxl" in found.draft


def test_undo_and_the_past_give_the_hand_of_then(desk: Desk) -> None:
    desk.open()
    desk.reword("by a model", GPT)
    generated = desk.head()
    desk.reword("by a person again")
    assert lines(desk) == (0, 1, 0, 0)
    assert lines(desk, at=generated) == (1, 0, 0, 0)
    desk.undo()
    assert lines(desk) == (1, 0, 0, 0)
    desk.undo(GPT)
    assert lines(desk) == (0, 0, 1, 0)


def test_a_merge_does_not_wash_a_model_s_work_clean(desk: Desk) -> None:
    desk.open()
    side = fork(desk.studio, desk.main, "side", Request()).id
    write(desk, "g", "by a model", GPT, side)
    write(desk, "e", "by a model too", GPT, side)
    desk.do(RewordLine("e", "then by a person"), branch=side)
    write(desk, "h", "by a person", branch=side)
    assert lines(desk, side) == (1, 1, 2, 0)
    merge(desk.studio, side, desk.main, Request(actor="ada"))
    assert lines(desk) == (1, 1, 2, 0)


def test_nothing_generated_passes_unlabelled_or_as_a_person_s_work(desk: Desk) -> None:
    hold(desk, "by-model", actor=GPT)
    tell(desk, hold(desk, "seeded"), "imported", seed=7)
    tell(desk, hold(desk, "flow"), "edited", workflow_hash="b" * 64)
    tell(desk, hold(desk, "lied"), "imported", model="sdxl", kind_of_source="digitalCreation")
    tell(desk, hold(desk, "made"), "generated", tool="x")
    tell(desk, "asset:made", "imported", kind_of_source="digitalCreation")
    tell(desk, hold(desk, "child"), "derived", "asset:seeded")
    hold(desk, "swapped")
    tell(desk, "asset:swapped", "generated", tool="x")
    desk.do(ReplaceAsset("f" * 64, 3), Ref("asset", "swapped"))
    found = told(desk)
    art = share(found, "art")
    assert (art.generated.files, art.edited.files, art.human.files, art.unknown.files) == (5, 2, 0, 0)
    lacks = {(lack.code, lack.subject.partition(":")[2]) for lack in found.lacks}
    assert {name for code, name in lacks if code == "generated_unlabelled"} == {
        "by-model",
        "seeded",
        "flow",
        "lied",
        "made",
        "child",
        "swapped",
    }
    assert {name for code, name in lacks if code == "label_contradicted"} == {"lied", "made"}


def test_what_is_stated_of_the_whole_holds_for_what_is_not_known(desk: Desk) -> None:
    hold(desk, "a")
    assert share(told(desk), "art").unknown.files == 1
    tell(desk, f"project:{desk.project.id}", "imported", kind_of_source="digitalCreation")
    assert share(told(desk), "art").human.files == 1
    assert told(desk).ok
