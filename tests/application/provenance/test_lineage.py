"""Lineage: what was made from what, however far, in circles, as of any position, on branches."""

from typing import Any

import pytest

from comfyvn.application.branching import fork
from comfyvn.application.ports import Ref
from comfyvn.application.provenance.facts import fact_page, facts_of, record_fact
from comfyvn.application.provenance.lineage import lineage, manifest
from comfyvn.application.studio import Request
from comfyvn.domain.assets import DiscardAsset, ImportAsset
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.domain.localisation import MakeTranslation
from comfyvn.domain.provenance import AnnotateOrigin, RecordOrigin, RetractOrigin
from comfyvn.domain.story.commands import WriteLine
from tests.desks import Desk


@pytest.fixture
def desk() -> Desk:
    found = Desk()
    found.open()
    for name in ("a", "b", "c", "d"):
        digest = f"{ord(name):064x}"
        found.do(ImportAsset("image", f"{name}.png", digest, 1, {"license": "MIT"}), Ref("asset", name))
    return found


def made(desk: Desk, target: str, *sources: str, **more: Any) -> str:
    """Record that something was made from other things; return the id of the fact."""
    inputs = dict.fromkeys(sources, "parent")
    said = RecordOrigin(target, more.pop("activity", "derived"), inputs=inputs, **more)
    return record_fact(desk.studio, desk.main, said, Request(actor="ann"))[0]


def edges(desk: Desk, subject: str, **asked: Any) -> set[tuple[str, str]]:
    found = lineage(desk.studio, asked.pop("branch", desk.main), subject, **asked)
    named = {found.subject, *(e.source for e in found.edges), *(e.target for e in found.edges)}
    assert {node.id for node in found.nodes} == named
    return {(edge.source, edge.target) for edge in found.edges}


def test_up_and_down_and_no_further_than_asked(desk: Desk) -> None:
    for source, target in (("a", "b"), ("b", "c"), ("c", "d")):
        made(desk, f"asset:{target}", f"asset:{source}", method="crop", tool="gimp")
    ab, bc, cd = (("asset:a", "asset:b"), ("asset:b", "asset:c"), ("asset:c", "asset:d"))
    assert edges(desk, "b") == {ab, bc, cd}
    assert edges(desk, "b", down=False) == {ab}
    assert edges(desk, "b", up=False) == {bc, cd}
    assert edges(desk, "b", depth=1) == {ab, bc}
    assert lineage(desk.studio, desk.main, "b", depth=1).more
    assert not lineage(desk.studio, desk.main, "b", depth=2).more
    assert edges(desk, "b", depth=0) == set()
    assert edges(desk, f"{ord('d'):064x}") == {ab, bc, cd}
    found = lineage(desk.studio, desk.main, "b")
    assert {node.id: node.distance for node in found.nodes} == {
        "asset:b": 0, "asset:a": -1, "asset:c": 1, "asset:d": 2,
    }  # fmt: skip
    edge = next(edge for edge in found.edges if edge.target == "asset:b")
    assert (edge.role, edge.activity, edge.method, edge.tool) == ("parent", "derived", "crop", "gimp")
    (node,) = (node for node in found.nodes if node.id == "asset:b")
    assert (node.kind, node.title, node.hash, node.licence, node.there) == (
        "asset", "b.png", f"{ord('b'):064x}", "MIT", True,
    )  # fmt: skip
    assert lineage(desk.studio, desk.main, "b", limit=2).more
    assert len(lineage(desk.studio, desk.main, "b", limit=2).edges) == 2


def test_circles_end(desk: Desk) -> None:
    for source, target in (("a", "b"), ("b", "c"), ("c", "a")):
        made(desk, f"asset:{target}", f"asset:{source}")
    made(desk, "asset:a", "asset:a")
    around = {("asset:a", "asset:b"), ("asset:b", "asset:c"), ("asset:c", "asset:a")}
    for subject in ("a", "b", "c"):
        assert edges(desk, subject) == around
        assert edges(desk, subject, up=False) == around


def test_lines_translations_and_voices_are_nodes(desk: Desk) -> None:
    desk.do(MakeTranslation("fr", "n1", "one", "un"), Ref("translation", "t1"))
    made(desk, "asset:a", "scene:s/n1", activity="generated", method="tts", model="voice-1")
    made(desk, "asset:b", "translation:t1", activity="generated", method="tts")
    made(desk, "asset:c", "https://example.org/x", "asset:a")
    expected = {
        ("scene:s/n1", "translation:t1"),
        ("scene:s/n1", "asset:a"),
        ("translation:t1", "asset:b"),
        ("asset:a", "asset:c"),
    }
    assert edges(desk, "scene:s/n1") == expected
    outside = ("https://example.org/x", "asset:c")
    assert edges(desk, "c", down=False) == {outside, ("asset:a", "asset:c"), ("scene:s/n1", "asset:a")}
    assert edges(desk, "b", down=False) == {("translation:t1", "asset:b"), ("scene:s/n1", "translation:t1")}
    nodes = {node.id: node for node in lineage(desk.studio, desk.main, "c").nodes}
    assert (nodes["scene:s/n1"].kind, nodes["scene:s/n1"].title) == ("line", "one")
    assert not nodes["https://example.org/x"].there


def test_positions_branches_retracted_facts_and_assets_that_are_gone(desk: Desk) -> None:
    fact = made(desk, "asset:b", "asset:a")
    then = desk.head()
    side = fork(desk.studio, desk.main, "side", Request()).id
    desk.do(RetractOrigin(), Ref("provenance", fact))
    made(desk, "asset:c", "asset:a")
    desk.do(DiscardAsset(), Ref("asset", "a"))
    assert edges(desk, "a") == {("asset:a", "asset:c")}
    assert edges(desk, "a", at=then) == {("asset:a", "asset:b")}
    assert edges(desk, "a", branch=side) == {("asset:a", "asset:b")}
    assert edges(desk, "b") == set()
    assert [node.there for node in lineage(desk.studio, desk.main, "a").nodes] == [False, True]
    made(desk, "asset:d", activity="edited")
    desk.do(DiscardAsset(), Ref("asset", "d"))
    assert [node.there for node in lineage(desk.studio, desk.main, "d").nodes] == [False]
    for unknown in ("none", "asset:none", "scene:s/none"):
        with pytest.raises(Missing):
            lineage(desk.studio, desk.main, unknown)


def test_the_manifest_of_an_asset(desk: Desk) -> None:
    made(desk, "asset:a", activity="imported", source="https://example.org/a.png", method="upload", credit="Ada")
    made(desk, "asset:b", "asset:a", method="crop", kind_of_source="composite", tool="gimp")
    said = manifest(desk.studio, desk.main, "b")
    assert (said.path, said.licence, len(said.facts), len(said.ancestors)) == ("b.png", "MIT", 1, 1)
    (fact,), (before,) = said.facts, said.ancestors
    assert (fact.asset_id, fact.user_id, fact.inputs_json) == ("b", "ann", '{"asset:a":"parent"}')
    assert desk.studio.store.commit(fact.commit).position == fact.position
    assert fact.c2pa_like["action"] == "c2pa.cropped"
    assert fact.c2pa_like["softwareAgent"] == {"name": "gimp"}
    assert fact.c2pa_like["digitalSourceType"].endswith("/composite")
    assert (before.source, before.c2pa_like["action"]) == ("https://example.org/a.png", "c2pa.opened")
    assert manifest(desk.studio, desk.main, "a").credit == "Ada"


def test_facts_are_recorded_once_and_listed(desk: Desk) -> None:
    first = made(desk, "asset:a", activity="generated", model="m", seed=7, workflow_hash="a" * 64)
    position = desk.head()
    assert made(desk, "asset:a", activity="generated", model="m", seed=7, workflow_hash="a" * 64) == first
    assert desk.head() == position
    made(desk, "scene:s/n1", activity="edited")
    desk.do(AnnotateOrigin("note", "x"), Ref("provenance", first))
    (fact,) = facts_of(desk.studio, desk.main, ["asset:a"])
    assert (fact.workflow_hash, fact.origin["details"], fact.position) == ("a" * 64, {"note": "x"}, position)
    pages = [fact_page(desk.studio, desk.main, 2**62, limit=1)]
    pages.append(fact_page(desk.studio, desk.main, 2**62, cursor=pages[0].next, limit=1))
    assert pages[1].next is None
    assert {page.items[0].id for page in pages} >= {first}
    assert fact_page(desk.studio, desk.main, 2**62, activity="generated").total == 1
    with pytest.raises(Refused):
        made(desk, "asset:a", activity="licensed", licence="something of mine, no?")


def test_a_long_chain_is_walked_to_its_end(desk: Desk) -> None:
    for n in range(60):
        made(desk, f"asset:x{n + 1}", f"asset:x{n}")
    desk.do(WriteLine("n5", "five"))
    assert len(edges(desk, "asset:x60", down=False)) == 60
    found = lineage(desk.studio, desk.main, "asset:x30")
    assert {node.distance for node in found.nodes} == set(range(-30, 31))
