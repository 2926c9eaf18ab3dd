"""What names what is what the parts in force say, on every branch, at every position, on every database."""

from dataclasses import replace

import pytest

from comfyvn.application.branching import merge
from comfyvn.application.ports import LATEST, Ref
from comfyvn.application.studio import Request
from comfyvn.domain.assets import Asset
from comfyvn.domain.cast import Character
from comfyvn.domain.kernel import WHOLE
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.localisation import Translation
from comfyvn.domain.mentions import Named, Word, mentions, place_of
from comfyvn.domain.provenance import Origin
from comfyvn.domain.story.state import Node, Place, Scene
from comfyvn.infrastructure.storage.mentioning import outdated
from comfyvn.infrastructure.storage.rebuild import rebuild
from comfyvn.infrastructure.storage.store import Store, open_store
from tests.contracts.stores import LINE, OTHER, SCENE, Desk, durable_databases, every_database, timeline

ROOM, RAIN = Ref("asset", "room"), Ref("asset", "rain")
EVE, FACT = Ref("character", "eve"), Ref("provenance", "f1")


def stage(title: str, *directions: str) -> Scene:
    """Return a scene of directions such as ``show bg room``, named n0, n1, …"""
    nodes = {}
    for n, direction in enumerate(directions):
        verb, _, content = direction.partition(" ")
        nodes[f"n{n}"] = Node("action", Place("", f"V{n:06}"), content, verb=verb)
    return Scene(title, nodes=Scene("").nodes.update(nodes))


def asset(path: str) -> Asset:
    return Asset("image", path, "0" * 64, 1)


@pytest.fixture
def branches(desk: Desk) -> list[str]:
    """Return the branches of a project that was worked on: main, a fork of it that merged back, and a fork of that."""
    main = desk.project().main
    eve = Character("Eve", image_tag="eve", expressions={"sad": "room"})
    desk.put(main, (SCENE, stage("One", "scene bg room", "play rain.ogg")), (ROOM, asset("images/bg room.png")))
    desk.put(main, (EVE, eve), (OTHER, stage("Two", "show bg room")), (LINE, timeline("T")))
    side = desk.fork(main, "side").id
    desk.put(side, (SCENE, stage("One", "scene bg park", "play rain.ogg", "show eve sad")))
    desk.put(main, (OTHER, stage("Two", "show bg room at night")), (RAIN, asset("audio/rain.ogg")))
    deep = desk.fork(side, "deep").id
    desk.put(side, (OTHER, None), (FACT, Origin("asset:rain", "derived", inputs={"asset:room": "parent"})))
    desk.put(deep, (EVE, replace(eve, expressions={})), (SCENE, stage("One", "play music/rain.ogg")))
    merge(desk.studio, side, main, Request(), only=[OTHER])
    desk.put(main, (EVE, None))
    desk.put(deep, (EVE, eve))
    return [main, side, deep]


def positions(desk: Desk, branch: str) -> list[int]:
    return [*(commit.position for commit in desk.store.commits(branch)), LATEST]


def expected(desk: Desk, branch: str, at: int) -> list[Named]:
    """Return what the parts in force name, read one by one."""
    found = []
    for ref in desk.store.load_all(branch, at=at):
        for part, since in desk.store.part_positions(branch, ref, at).items():
            body = desk.store.versions(branch, ref, part, at)[-1].body
            found += [Named(ref.kind, ref.id, part, since, *said) for said in mentions(ref.kind, ref.id, part, body)]
    return sorted(found, key=place_of)


@every_database
def test_names_are_found_as_the_parts_in_force_say_them(desk: Desk, branches: list[str]) -> None:
    read = desk.store.mentions
    seen = 0
    for branch in branches:
        for at in positions(desk, branch):
            said = expected(desk, branch, at)
            seen += len(said)
            names = {one.name for one in said}
            assert sorted(read.known(branch, [*names, "file:none"], at), key=place_of) == said
            for ref in (SCENE, OTHER, EVE, FACT, ROOM):
                own = [one for one in said if (one.kind, one.entity) == ref]
                assert sorted(read.of(branch, ref, at=at), key=place_of) == own
                first = [one for one in own if one.part == "n0"]
                assert sorted(read.of(branch, ref, "n0", at), key=place_of) == first
            words = {
                Word(one.name, one.sense, "" if one.sense == "use" else one.role, one.about, "")
                if one.sense == "use"
                else Word(one.name, one.sense, one.role, one.about, one.entity)
                for one in said
                if one.sense != "origin"
            }
            assert set(read.everything(branch, at)) == words
            begun = read.begun(branch, ["image:bg"], at)
            assert begun >= {w for w in words if w.name.startswith("image:bg ")}
            assert {w for w in begun if w.sense == "gives"} <= words
            assert read.words(branch, ["file:rain.ogg"], at) >= {w for w in words if w.name == "file:rain.ogg"}
    assert seen > 150


@every_database
def test_uses_come_page_by_page(desk: Desk, branches: list[str]) -> None:
    read = desk.store.mentions
    for branch in branches:
        for at in positions(desk, branch):
            said = [one for one in expected(desk, branch, at) if one.sense == "use"]
            pairs = {(one.name, one.about if one.name.startswith("file:") else None) for one in said}
            pairs |= {("file:rain.ogg", "elsewhere"), ("image:none", None)}
            pages, after = [], None
            while page := read.uses(branch, pairs, at, after, 2)[1]:
                pages += page
                after = place_of(page[-1])
            assert pages == said
            assert read.uses(branch, pairs, at, None, 2)[0] == len(said)
    written = [("file:rain.ogg", "music/rain.ogg")]
    assert [read.uses(branch, written, LATEST, None, 9)[0] for branch in branches] == [0, 0, 1]
    many = [(f"image:x{n}", None) for n in range(1000)]
    assert read.uses(branches[0], [*many, ("image:bg room", None)], LATEST, None, 9)[0] == 1


@every_database
def test_parts_are_read_as_they_stand(desk: Desk, branches: list[str]) -> None:
    for branch in branches:
        for at in positions(desk, branch):
            there = {(ref.kind, ref.id, WHOLE) for ref in desk.store.load_all(branch, at=at)}
            keys = [("scene", "s2", ""), ("character", "eve", ""), ("scene", "s1", "n2"), ("scene", "none", "")]
            found = desk.store.mentions.bodies(branch, keys, at)
            assert {key for key in keys if key[2] == "" and key in there} == {key for key in found if key[2] == ""}
            for (kind, entity, part), body in found.items():
                assert body == desk.store.versions(branch, Ref(kind, entity), part, at)[-1].body


@durable_databases
def test_a_store_of_an_earlier_version_is_brought_up_to_date(desk: Desk, store: Store, store_url: str) -> None:
    main = desk.project().main
    desk.put(main, (SCENE, stage("One", "scene bg room")), (ROOM, asset("images/bg room.png")))
    desk.put(main, (SCENE, stage("One", "scene bg room", "show eve")))
    before = desk.store.mentions.everything(main)
    with store.database.write() as conn:
        for later in ("mention", "place"):
            conn.exec_driver_sql(f"DROP TABLE comfyvn_{later}")
        conn.exec_driver_sql("DELETE FROM comfyvn_migration WHERE number >= 2")
        conn.exec_driver_sql("DELETE FROM comfyvn_tracking WHERE name = 'mention'")
    again = open_store(store_url, KINDS)
    assert again.mentions.everything(main) == before
    assert len(before) == 4
    with again.database.read() as conn:
        assert not outdated(conn, "comfyvn")
    assert rebuild(again).equal
    again.close()


@every_database
def test_a_rebuild_finds_and_mends_what_is_wrong(desk: Desk, store: Store) -> None:
    main = desk.project().main
    desk.put(main, (SCENE, stage("One", "scene bg room")))
    before = store.mentions.everything(main)
    with store.database.write() as conn:
        conn.exec_driver_sql("UPDATE comfyvn_mention SET name = 'image:bg park'")
    done = rebuild(store)
    assert not done.equal
    assert "scene:s1" in str(done.first_difference)
    assert store.mentions.everything(main) == before
    assert rebuild(store).equal


@every_database
def test_names_that_no_index_holds_are_cut_short(desk: Desk) -> None:
    main = desk.project().main
    long, odd = "x" * 100_000, "a\0b"
    desk.put(main, (SCENE, stage("One", f"show {long}", f"show {odd}", f"play {'y' * 5000}.ogg", f"play {odd}.ogg")))
    found = [word.name for word in desk.store.mentions.everything(main)]
    assert len(found) == 4
    assert all(len(name.encode()) < 600 for name in found)
    assert all("\0" not in name for name in found)


@every_database
def test_lineage_is_walked_both_ways_on_branches(desk: Desk) -> None:
    main = desk.project().main
    facts = [
        (Ref("provenance", f"f{n}"), Origin(f"asset:x{n + 1}", "derived", inputs={f"asset:x{n}": "parent"}))
        for n in range(9)
    ]
    desk.put(main, *facts, (SCENE, stage("One", "show eve")))
    side = desk.fork(main, "side").id
    desk.put(main, (Ref("provenance", "f4"), None))
    desk.put(side, (Ref("translation", "t"), Translation("fr", "n0", "x", "y")))
    desk.put(side, (Ref("provenance", "g"), Origin("asset:x0", "generated", inputs={"translation:t": "text"})))

    def walked(branch: str, subject: str, **asked: bool) -> set[tuple[str, str]]:
        ways = {"up": True, "down": True, **asked}
        links, more = desk.store.mentions.descent(branch, subject, LATEST, depth=None, limit=100, **ways)
        assert not more
        return {(link.source, link.target) for link in links}

    chain = {(f"asset:x{n}", f"asset:x{n + 1}") for n in range(9)}
    before = {("scene:s1/n0", "translation:t"), ("translation:t", "asset:x0")}
    assert walked(main, "asset:x2") == {link for link in chain if link[0] < "asset:x4"}
    assert walked(side, "asset:x2") == chain | before
    assert walked(side, "scene:s1/n0", up=False) == chain | before
    assert walked(side, "asset:x9", down=False) == chain | before
    assert walked(side, "asset:x9", up=False) == set()
    assert desk.store.mentions.home(side, "n0") == "s1"
    assert desk.store.mentions.home(main, "none") is None
