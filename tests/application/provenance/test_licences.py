"""Licences of a project: as they come in, as they follow from what went in, and what collides."""

from pathlib import Path

import pytest

from comfyvn.application.assets.changing import relicense
from comfyvn.application.branching import fork
from comfyvn.application.ports import LATEST, Ref
from comfyvn.application.provenance.licences import LicenceReport, licence_report
from comfyvn.application.provenance.spdx import kept, normalised, parsed
from comfyvn.application.studio import Request
from comfyvn.domain.assets import AnnotateAsset, DiscardAsset, ImportAsset, SaveAsset
from comfyvn.domain.kernel import Refused
from comfyvn.domain.project import DeclareCommercial
from comfyvn.domain.provenance import RecordOrigin, SaveOrigin
from comfyvn.domain.story.commands import DiscardScene
from tests.application.provenance.shop import hold, tell
from tests.desks import Desk
from tests.registries import registry_in


def report(desk: Desk, at: int = LATEST, branch: str | None = None) -> LicenceReport:
    return licence_report(desk.studio, branch or desk.main, at)


def codes(desk: Desk, at: int = LATEST) -> list[tuple[str, str]]:
    return [(finding.code, finding.subject) for finding in report(desk, at).findings]


def sell(desk: Desk, commercial: bool | None = True) -> None:
    desk.do(DeclareCommercial(commercial), Ref("project", desk.project.id))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cc by 4", "CC-BY-4.0"),
        ("mit or apache-2.0", "MIT OR Apache-2.0"),
        ("GPL-3.0", "GPL-3.0-only"),
        ("MIT AND (LicenseRef-Shop OR cc0-1.0)", "MIT AND (LicenseRef-Shop OR CC0-1.0)"),
        ("gpl-2.0-only with classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("DocumentRef-a:LicenseRef-b", "DocumentRef-a:LicenseRef-b"),
        ("MIT AND MIT", "MIT"),
        ("  ", ""),
    ],
)
def test_what_people_write_becomes_spdx(written: str, meant: str) -> None:
    assert normalised(written) == meant == normalised(meant) == kept(written)


@pytest.mark.parametrize(
    "written", ["ask me", "CC BY", "MIT AND", "()", "Classpath-exception-2.0", "MIT WITH ISC", "a" * 600]
)
def test_words_that_mean_no_licence_are_refused_or_kept_as_they_are(written: str) -> None:
    with pytest.raises(Refused) as caught:
        normalised(written)
    assert caught.value.code == "licence_unknown"
    assert parsed(written) is None
    assert parsed(kept(written)) is not None
    assert kept(kept(written)) == kept(written)


def test_a_refusal_says_what_may_be_meant() -> None:
    with pytest.raises(Refused, match=r"Did you mean CC-BY-4\.0") as caught:
        normalised("CC BY")
    assert "CC-BY-3.0" in caught.value.details["near"]
    with pytest.raises(Refused, match="LicenseRef-ask-me"):
        normalised("ask me")


def test_every_way_in_writes_spdx(desk: Desk) -> None:
    asset, fact = Ref("asset", "a"), Ref("provenance", "f")
    desk.do(ImportAsset("image", "a.png", "0" * 64, 1, {"license": "cc0"}), asset)
    assert desk.state(asset).meta["license"] == "CC0-1.0"
    desk.do(AnnotateAsset("license", "gplv3"), asset)
    assert desk.state(asset).meta["license"] == "GPL-3.0-only"
    desk.do(SaveAsset({"meta": {"license": "OFL"}}), asset)
    assert desk.state(asset).meta["license"] == "OFL-1.1"
    desk.do(AnnotateAsset("note", "gplv3"), asset)
    assert desk.state(asset).meta["note"] == "gplv3"
    desk.do(RecordOrigin("asset:a", "licensed", licence="cc-by 3.0"), fact)
    assert desk.state(fact).licence == "CC-BY-3.0"
    for command, ref in (
        (AnnotateAsset("license", "what?"), asset),
        (RecordOrigin("asset:a", "licensed", licence="what?"), Ref("provenance", "g")),
        (SaveOrigin({"subject": "asset:a", "activity": "licensed", "licence": "what?"}), Ref("provenance", "g")),
    ):
        with pytest.raises(Refused) as caught:
            desk.do(command, ref)
        assert caught.value.code == "licence_unknown"


def test_the_report_equals_what_is_known(desk: Desk) -> None:
    """Each kind of conflict once, with the way that leads to it; what is right is not found."""
    hold(desk, "free", "CC0")
    hold(desk, "mine", "own work")
    hold(desk, "named", "CC-BY-4.0", author="Ann")
    hold(desk, "unnamed", "CC-BY-4.0")
    hold(desk, "nothing")
    hold(desk, "shop", "LicenseRef-Shop-Terms")
    hold(desk, "forbidden", "CC BY-NC 4.0", author="Bob")
    tell(desk, hold(desk, "crop"), "derived", "asset:forbidden", method="crop")
    tell(desk, hold(desk, "poster", "MIT", author="Ann"), "derived", "asset:crop", "asset:named")
    hold(desk, "fixed", "CC-BY-ND-4.0", author="Cy")
    tell(desk, hold(desk, "cut", "own work"), "derived", "asset:fixed")
    hold(desk, "alike", "CC-BY-SA-4.0", author="Dee")
    hold(desk, "gnu", "GPLv2", author="Eve")
    tell(desk, hold(desk, "mixed"), "derived", "asset:alike", "asset:gnu")
    tell(desk, hold(desk, "dropped", "MIT", author="Ann"), "derived", "asset:alike")
    tell(desk, hold(desk, "drawn", "own work"), "generated", roles={"asset:nothing": "prompt"}, tool="ComfyUI")
    sell(desk)
    found = report(desk)
    assert (found.commercial, found.ok, found.position) == (True, False, desk.head())
    assert sorted((f.code, f.severity, f.subject) for f in found.findings) == [
        ("attribution_missing", "error", "asset:unnamed"),
        ("licence_custom", "warning", "asset:shop"),
        ("licence_missing", "error", "asset:nothing"),
        ("no_derivatives", "error", "asset:cut"),
        ("noncommercial", "error", "asset:crop"),
        ("noncommercial", "error", "asset:forbidden"),
        ("noncommercial", "error", "asset:poster"),
        ("share_alike_dropped", "error", "asset:dropped"),
        ("share_alike_mix", "error", "asset:mixed"),
    ]
    poster = next(f for f in found.findings if f.subject == "asset:poster")
    assert poster.paths == (("asset:poster", "asset:crop", "asset:forbidden"),)
    assert poster.subjects == ("asset:poster", "asset:forbidden")
    assert all(f.message and f.advice for f in found.findings)
    computed = {item.subject.partition(":")[2]: item.computed for item in found.items}
    assert computed["poster"] == "MIT AND CC-BY-4.0 AND CC-BY-NC-4.0"
    assert computed["crop"] == "CC-BY-NC-4.0"
    assert computed["nothing"] == ""
    assert len(found.items) == 16


def test_a_project_that_is_not_commercial_may_hold_what_forbids_it(desk: Desk) -> None:
    hold(desk, "a", "CC-BY-NC-4.0", author="Ann")
    assert codes(desk) == [("noncommercial_open", "asset:a")]
    sell(desk, False)
    assert (codes(desk), report(desk).ok) == ([], True)
    before = desk.head()
    sell(desk, True)
    assert codes(desk) == [("noncommercial", "asset:a")]
    assert codes(desk, before) == []
    sell(desk, None)
    assert codes(desk) == [("noncommercial_open", "asset:a")]


def test_a_deep_chain_gives_its_whole_path(desk: Desk) -> None:
    hold(desk, "0", "CC-BY-NC-4.0", author="Ann")
    for n in range(1, 51):
        tell(desk, hold(desk, str(n), "CC0"), "derived", f"asset:{n - 1}")
    sell(desk)
    found = {f.subject: f for f in report(desk).findings}
    assert found["asset:50"].paths == (tuple(f"asset:{n}" for n in range(50, -1, -1)),)
    assert len(found) == 51


def test_what_is_gone_still_binds_what_was_made_of_it(desk: Desk) -> None:
    hold(desk, "photo", "CC-BY-NC-4.0")
    tell(desk, "asset:photo", "imported", licence="CC-BY-NC-4.0")
    tell(desk, hold(desk, "crop", "CC0"), "derived", "asset:photo")
    desk.do(DiscardAsset(), Ref("asset", "photo"))
    sell(desk)
    assert codes(desk) == [("noncommercial", "asset:crop"), ("attribution_missing", "asset:crop")]


def test_relicensing_writes_spdx_and_changes_the_report(desk: Desk, tmp_path: Path) -> None:
    registry = registry_in(tmp_path, desk.studio)
    hold(desk, "a")
    assert codes(desk) == [("licence_missing", "asset:a")]
    relicense(registry, desk.main, "a", "public domain", Request(actor="ada"))
    assert (codes(desk), desk.state(Ref("asset", "a")).meta["license"]) == ([], "LicenseRef-Public-Domain")
    with pytest.raises(Refused) as caught:
        relicense(registry, desk.main, "a", "whatever", Request(actor="ada"))
    assert caught.value.code == "licence_unknown"


def test_lines_with_a_licence_count_and_bind_voices(desk: Desk) -> None:
    desk.open()
    line = "scene:s/n1"
    tell(desk, line, "licensed", licence="CC-BY-NC-4.0", credit="Poe")
    tell(desk, hold(desk, "voice", "own work", type="voice"), "derived", roles={line: "text"}, method="tts")
    sell(desk)
    assert codes(desk) == [("noncommercial", "asset:voice"), ("noncommercial", line)]
    desk.do(DiscardScene())
    assert codes(desk) == [("noncommercial", "asset:voice")]


def test_branches_have_their_own_licences(desk: Desk) -> None:
    hold(desk, "a", "CC0")
    branch = fork(desk.studio, desk.main, "try", Request()).id
    desk.do(AnnotateAsset("license", "CC-BY-4.0"), Ref("asset", "a"), branch=branch)
    assert report(desk).findings == ()
    assert [f.code for f in report(desk, branch=branch).findings] == ["attribution_missing"]
