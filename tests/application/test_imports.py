"""A pack becomes part of a project: files first, then one change; the same pack again changes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from immutables import Map

from comfyvn.application.branching import close, fork
from comfyvn.application.contents import contents_of
from comfyvn.application.history import undo
from comfyvn.application.imports import Imported, asset_id, import_pack
from comfyvn.application.ports import Ref
from comfyvn.application.studio import Request
from comfyvn.domain.assets import AnnotateAsset, Asset, TagAsset
from comfyvn.domain.cast import Character, DescribeTrait
from comfyvn.domain.kernel import Conflict, Missing
from comfyvn.domain.ordering import sequence
from comfyvn.domain.pack import Member, Pack, Warned
from comfyvn.domain.project import Project
from comfyvn.domain.story import Edge, Node, Place, Scene, in_block
from comfyvn.domain.variables import DescribeVariable, Variable
from tests.desks import Desk

FILES: Mapping[str, bytes] = {"images/a.png": b"image", "b.ogg": b"sound"}


class MemoryBlobs:
    """The port `Blobs` in memory."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        whole = b"".join(chunks)
        digest = sha256(whole).hexdigest()
        self.held[digest] = whole
        return digest, len(whole)

    def open(self, digest: str) -> Iterator[bytes]:
        yield self.held[digest]

    def has(self, digest: str) -> bool:
        return digest in self.held


SOURCE = 1
"""The event that tells which version of the source was the last one."""
KEPT = MemoryBlobs()
"""What all desks share: content is found by what it is."""


def lines(*words: str) -> Map[str, Node]:
    keys = sequence(len(words))
    return Map({word: Node("text", Place("", key), word, "e") for word, key in zip(words, keys, strict=True)})


def pack(*words: str) -> Pack:
    choice = Node("choice", Place("", "V"), next={"edge": Edge("V", "Go", scene="end")})
    return Pack(
        engine="test",
        title="A game",
        scenes={
            "start": Scene("start", "a", "F", label="start", nodes=lines(*words)),
            "code": Scene("a", "a", "V", role="code"),
            "end": Scene("end", "a", "k", label="end", nodes=Map({"ask": choice})),
        },
        characters={"e": Character("Eileen", variable="e")},
        variables={"book": Variable("bool", False)},
        members=tuple(
            Member(name, type_, len(FILES[name])) for name, type_ in (("b.ogg", "sound"), ("images/a.png", "image"))
        ),
        start="start",
        recognised=5,
        total=7,
        raw_kinds={"screen": 2},
        warnings=(Warned("label_missing", "There is no label.", "a", 3),),
    )


def bring(desk: Desk, found: Pack, blobs: MemoryBlobs | None = None, **asked: Any) -> Imported:
    def open_member(name: str) -> Iterator[bytes]:
        yield from (FILES[name][:2], FILES[name][2:])

    return import_pack(desk.studio, blobs or KEPT, desk.main, found, open_member, Request(**asked))


def test_everything_comes_in_with_one_change(desk: Desk) -> None:
    blobs = MemoryBlobs()
    done = bring(desk, pack("one", "two"), blobs, actor="ann")
    commits = list(desk.studio.store.commits(desk.main))
    assert (commits[0].kind, commits[0].actor, commits[0].message) == ("import", "ann", "import A game")
    assert done == Imported(
        project="a-novel",
        branch="main",
        position=commits[0].position,
        engine="test",
        scenes=2,
        lines=2,
        choices=1,
        characters=1,
        assets=2,
        commits=1,
        events=commits[0].events,
        contents=contents_of(pack("one", "two")),
        coverage={"recognised": 5, "total": 7, "share": 0.7143, "raw": {"screen": 2}},
        warnings=(Warned("label_missing", "There is no label.", "a", 3),),
    )
    load = desk.studio.store.load
    assert load(desk.main, Ref("scene", "end")).state == pack().scenes["end"]
    assert load(desk.main, Ref("character", "e")).state == Character(
        "Eileen", variable="e", linked_scene_ids={"start": True}
    )
    assert load(desk.main, Ref("variable", "book")).state == Variable("bool", False)
    whole = load(desk.main, Ref("project", "a-novel")).state
    (content,) = whole.meta.values()
    assert whole == Project("A novel", start="start", meta={"import test A game": content})
    asset = load(desk.main, Ref("asset", asset_id("images/a.png"))).state
    assert asset == Asset(
        "image",
        "images/a.png",
        sha256(b"image").hexdigest(),
        5,
        meta={"origin": {"engine": "test", "title": "A game"}},
    )
    assert {digest: held for digest, held in blobs.held.items() if digest != content} == {
        sha256(held).hexdigest(): held for held in FILES.values()
    }


def test_the_same_game_again_adds_nothing(desk: Desk) -> None:
    first = bring(desk, pack("one", "two"))
    again = bring(desk, pack("one", "two"))
    assert (again.commits, again.events, again.position) == (0, 0, first.position)


def test_a_retry_is_the_same_import(desk: Desk) -> None:
    first = bring(desk, pack("one"), command_id="once")
    again = bring(desk, pack("one"), command_id="once")
    assert (again.commits, again.position) == (1, first.position)
    assert len(list(desk.studio.store.commits(desk.main))) == 2
    with pytest.raises(Conflict) as refusal:
        bring(desk, pack("other"), command_id="once")
    assert refusal.value.code == "command_id_reused"


def test_a_changed_game_records_only_what_changed(desk: Desk) -> None:
    bring(desk, pack("one", "two", "three"))
    done = bring(desk, pack("one", "new", "two", "three"))
    assert done.events == 1 + SOURCE
    scene = desk.studio.store.load(desk.main, Ref("scene", "start")).state
    assert [i for i, _ in in_block(scene)] == ["one", "new", "two", "three"]
    assert bring(desk, pack("two", "three")).events == 2 + SOURCE
    assert bring(desk, pack("three", "two")).events == 1 + SOURCE


def test_a_new_scene_leaves_the_others_in_their_place(desk: Desk) -> None:
    bring(desk, pack("one"))
    wanted = pack("one")
    keys = dict(zip(("start", "new", "code", "end"), sequence(4), strict=True))
    scenes = {**wanted.scenes, "new": Scene("new", "a", label="new")}
    bring(desk, replace(wanted, scenes={i: replace(scenes[i], order=key) for i, key in keys.items()}))
    now = desk.studio.store.load_all(desk.main, "scene")
    assert sorted((s.order, ref.id) for ref, s in now.items() if ref.id != "new") == [
        ("F", "start"),
        ("V", "code"),
        ("k", "end"),
    ]
    assert "F" < now[Ref("scene", "new")].order < "V"


def test_what_people_added_stays(desk: Desk) -> None:
    bring(desk, pack("one"))
    asset = Ref("asset", asset_id("b.ogg"))
    desk.do(TagAsset("rain"), asset)
    desk.do(AnnotateAsset("license", "CC0"), asset)
    desk.do(DescribeTrait("age", 20), Ref("character", "e"))
    desk.do(DescribeVariable("has read it"), Ref("variable", "book"))
    assert bring(desk, pack("one")).events == 0


def test_an_import_can_be_undone(desk: Desk) -> None:
    bring(desk, pack("one"), actor="ada")
    undo(desk.studio, desk.main, Request(actor="ada"))
    assert desk.studio.store.load_all(desk.main, "scene") == {}
    assert desk.studio.store.load_all(desk.main, "asset") == {}
    assert desk.studio.store.load(desk.main, Ref("project", "a-novel")).state == Project("A novel")


def test_nothing_is_written_where_a_file_is_gone(desk: Desk) -> None:
    def gone(name: str) -> Iterator[bytes]:
        raise Missing("member_unknown", name)

    with pytest.raises(Missing):
        import_pack(desk.studio, MemoryBlobs(), desk.main, pack("one"), gone, Request())
    assert desk.studio.store.load_all(desk.main, "scene") == {}


def test_a_closed_branch_takes_no_import(desk: Desk) -> None:
    branch = fork(desk.studio, desk.main, "old", Request())
    close(desk.studio, branch.id, Request())
    blobs = MemoryBlobs()
    with pytest.raises(Conflict) as refusal:
        import_pack(desk.studio, blobs, branch.id, pack("one"), lambda name: [FILES[name]], Request())
    assert refusal.value.code == "branch_closed"
    assert blobs.held == {}


def test_progress_is_told(desk: Desk) -> None:
    told: list[tuple[str, int, int]] = []
    open_member = FILES.__getitem__
    import_pack(
        desk.studio,
        MemoryBlobs(),
        desk.main,
        pack("one"),
        lambda name: iter([open_member(name)]),
        Request(),
        lambda *now: told.append(now),
    )
    assert told == [("assets", 1, 2), ("assets", 2, 2)]
