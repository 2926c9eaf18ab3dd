"""Questions about many parts at once have the same answers as the questions about each, on every database."""

import pytest

from comfyvn.application.branching import merge
from comfyvn.application.ports import LATEST, PartKey, Ref
from comfyvn.application.studio import Request
from comfyvn.infrastructure.storage.store import Store
from tests.contracts.stores import LINE, OTHER, SCENE, Desk, every_database, scene, timeline

pytestmark = every_database


@pytest.fixture
def branches(desk: Desk) -> list[str]:
    """Return the branches of a project that was worked on: main, and a fork of it that merged back."""
    main = desk.project().main
    desk.put(main, (SCENE, scene("One", "a", "b")), (LINE, timeline("T")), kind="import")
    desk.put(main, (SCENE, scene("One", "a", "B")), (OTHER, scene("Two", "c")))
    side = desk.fork(main, "side").id
    desk.put(side, (SCENE, scene("One", "x", "B")), actor="Model:gpt")
    desk.put(main, (OTHER, scene("Two", "d")))
    desk.put(side, (OTHER, None))
    merge(desk.studio, side, main, Request(), only=[SCENE])
    return [main, side]


def positions(desk: Desk, branch: str) -> list[int]:
    return [*(commit.position for commit in desk.store.commits(branch)), LATEST]


def test_what_is_in_force_is_what_each_entity_says(desk: Desk, branches: list[str]) -> None:
    for branch in branches:
        for at in positions(desk, branch):
            found = {(p.entity, p.part): (p.position, p.body) for p in desk.store.bulk.placed(branch, "scene", at)}
            some = desk.store.bulk.placed(branch, "scene", at, may=lambda body: '"title"' in body)
            assert {(p.entity, p.part) for p in some} == {key for key in found if key[1] == ""}
            expected = {
                (ref.id, part): (since, desk.store.versions(branch, ref, part, at)[-1].body)
                for ref in desk.store.load_all(branch, "scene", at)
                for part, since in desk.store.part_positions(branch, ref, at).items()
            }
            assert found == expected


def test_histories_are_those_of_each_part(desk: Desk, branches: list[str]) -> None:
    keys: list[PartKey] = [("s1", ""), ("s1", "n0"), ("s1", "n1"), ("s2", "n0"), ("none", "")]
    for branch in branches:
        for at in positions(desk, branch):
            found = desk.store.bulk.histories(branch, "scene", keys, at)
            assert found == {
                (entity, part): desk.store.versions(branch, Ref("scene", entity), part, at) for entity, part in keys
            }


def test_births_count_what_is_gone_too(desk: Desk, branches: list[str]) -> None:
    for branch in branches:
        for at in positions(desk, branch):
            found = desk.store.bulk.born(branch, "scene", at)
            for entity in ("s1", "s2"):
                versions = desk.store.versions(branch, Ref("scene", entity), "", at)
                assert found.get(entity) == (versions[0].position if versions else None)


def test_deeds_are_imports_merges_and_what_models_did(desk: Desk, branches: list[str]) -> None:
    main, side = branches
    for branch, kinds in ((main, ["import", "merge"]), (side, ["import", "do"])):
        deeds = sorted(desk.store.bulk.deeds(branch), key=lambda commit: commit.position)
        assert [commit.kind for commit in deeds] == kinds
        assert all(commit == desk.store.commit(commit.id) for commit in deeds)
        made = {(key, at) for key, at in desk.store.bulk.made(branch, "scene", [c.position for c in deeds])}
        assert made == {(("s1", part), deeds[0].position) for part in ("", "n0", "n1")} | {
            (("s1", "n0"), deeds[1].position)
        }
        assert list(desk.store.bulk.deeds(branch, deeds[0].first_position)) == []


def test_many_keys_take_several_statements(desk: Desk, store: Store) -> None:
    main = desk.project().main
    commit = desk.put(main, (SCENE, scene("One", *map(str, range(1000)))))
    keys = [("s1", f"n{n}") for n in range(1000)]
    found = store.bulk.histories(main, "scene", keys)
    assert all(versions[0].position == commit.position for versions in found.values())
    assert [found["s1", f"n{n}"][0].body["content"] for n in (0, 999)] == ["0", "999"]  # type: ignore[index]
    assert len(list(store.bulk.made(main, "scene", range(1500)))) == 1001
