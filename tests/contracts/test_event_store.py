"""What every event store has to do, whatever database it is on."""

from dataclasses import replace

import pytest

from comfyvn.application.ports import LATEST, BranchRow, Change, Ref
from comfyvn.domain.kernel import WHOLE, Conflict, Missing, Refused
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.project import BRANCH, Branch
from comfyvn.infrastructure.storage.rebuild import rebuild
from comfyvn.infrastructure.storage.store import Store
from tests.contracts.stores import LINE, OTHER, SCENE, Desk, every_database, scene, timeline

pytestmark = every_database


@pytest.fixture(autouse=True)
def sound(store: Store):  # type: ignore[no-untyped-def]
    """After every test the history is whole and the read model is what the events say."""
    yield
    assert store.verify().first_bad is None
    assert rebuild(store).first_difference is None


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.projects() == []
    assert store.branches("none") == []
    assert store.position() == 0
    with pytest.raises(Missing) as caught:
        store.load("none", SCENE)
    assert caught.value.code == "branch_unknown"


def test_what_is_appended_is_loaded(desk: Desk) -> None:
    main = desk.project().main
    commit = desk.put(main, (SCENE, scene("One", "a", "b")), (LINE, timeline("T")), message="write", body={"x": 1})
    assert (commit.seq, commit.events, commit.branch) == (2, 4, main)
    assert commit.position - commit.first_position == 3
    assert desk.store.load(main, SCENE) == (scene("One", "a", "b"), 3)
    assert desk.store.load(main, Ref("scene", "none")) == (None, 0)
    assert desk.store.load_all(main, "timeline") == {LINE: timeline("T")}
    assert set(desk.store.load_all(main)) >= {SCENE, LINE, Ref("branch", main)}
    assert desk.store.heads(main, "scene")[SCENE]["title"] == "One"
    assert desk.store.commit(commit.id) == commit == desk.store.commit(commit.id[:8])
    assert desk.store.commits_at([commit.position, 10**9]) == {commit.position: commit}
    assert commit.body == {"x": 1}


def test_a_reopened_store_has_everything(desk: Desk, store_url: str, store: Store) -> None:
    if store_url == "sqlite://":
        assert store.position() == 0
        return
    main = desk.project().main
    desk.put(main, (SCENE, scene("One", "a")))
    again = Desk(type(store)(store.database, KINDS))
    assert again.store.load(main, SCENE) == (scene("One", "a"), 2)
    assert again.store.projects() == store.projects()
    assert list(again.store.commits(main)) == list(store.commits(main))


def test_the_past_is_loaded_at_any_commit(desk: Desk) -> None:
    main, store = desk.project().main, desk.store
    empty = store.head(main)
    positions = [desk.put(main, (SCENE, scene(f"v{n}", *"abc"[:n]))).position for n in range(4)]
    for n, position in enumerate(positions):
        assert desk.state(main, SCENE, position) == scene(f"v{n}", *"abc"[:n])
        assert store.load_all(main, "scene", position) == {SCENE: scene(f"v{n}", *"abc"[:n])}
        assert store.heads(main, "scene", position)[SCENE]["title"] == f"v{n}"
        assert store.head(main, position) == position
        assert [c.position for c in store.commits(main, at=position, after=empty)] == positions[n::-1]
    assert store.load(main, SCENE, empty) == (None, 0)
    assert store.load_all(main, "scene", empty) == {}


def test_a_position_inside_a_commit_shows_the_commit_before(desk: Desk) -> None:
    main = desk.project().main
    first = desk.put(main, (SCENE, scene("One")))
    second = desk.put(main, (SCENE, scene("Two", "a", "b", "c")))
    middle = second.first_position + 1
    assert middle < second.position
    assert desk.store.load(main, SCENE, middle) == (scene("One"), 1)
    assert desk.store.load_all(main, "scene", middle) == {SCENE: scene("One")}
    assert desk.store.head(main, middle) == first.position
    assert desk.store.lineage(main, middle) == ((main, first.position),)


def test_the_first_versions_of_an_entity(desk: Desk) -> None:
    main = desk.project().main
    for n in range(3):
        desk.put(main, (SCENE, scene(f"v{n}")))
    titles = [desk.store.load(main, SCENE, version=n).state for n in range(4)]
    assert titles == [None, scene("v0"), scene("v1"), scene("v2")]
    assert desk.store.load(main, SCENE, version=9).version == 3


def test_a_long_stream_is_loaded_at_every_version(desk: Desk) -> None:
    main = desk.project().main
    positions = [desk.put(main, (SCENE, scene(f"v{n}", "a"))).position for n in range(40)]
    fresh = Store(desk.store.database, KINDS)
    for n in [39, 0, 20, 19, 21, 5, *range(39, -1, -3)]:
        assert fresh.load(main, SCENE, positions[n]) == (scene(f"v{n}", "a"), n + 2)


def test_a_fork_shows_its_parent_and_both_go_on(desk: Desk) -> None:
    main, store = desk.project().main, desk.store
    desk.put(main, (SCENE, scene("One", "a")))
    old = desk.put(main, (LINE, timeline("T")))
    child = desk.fork(main, "child").id
    desk.put(main, (SCENE, scene("Main", "a", "b")))
    desk.put(child, (SCENE, scene("Child")), (OTHER, scene("New")))
    assert desk.state(main, SCENE) == scene("Main", "a", "b")
    assert store.load(child, SCENE) == (scene("Child"), 4)
    assert store.load_all(child, "scene") == {SCENE: scene("Child"), OTHER: scene("New")}
    assert store.load_all(main, "scene") == {SCENE: scene("Main", "a", "b")}
    assert desk.state(child, LINE) == timeline("T")
    assert store.heads(child, "timeline")[LINE]["name"] == "T"
    assert desk.state(child, SCENE, old.position) == scene("One", "a")
    assert store.lineage(child) == ((child, LATEST), (main, old.position))
    newest = [c.message for c in store.commits(child)]
    assert newest == [c.message for c in store.commits(child, newest_first=False)][::-1]
    assert [c.seq for c in store.commits(child)] == [5, 4, 3, 2, 1]
    assert next(c for c in store.commits(child) if c.seq == 4).parent == old.id
    rows = {row.name: row for row in store.branches(store.branch(main).project)}
    assert list(rows) == ["main", "child"]
    assert rows["child"] == BranchRow(child, "novel", "child", main, old.position)


def test_a_fork_in_the_past_shows_only_the_past(desk: Desk) -> None:
    main = desk.project().main
    first = desk.put(main, (SCENE, scene("One", "a")))
    desk.put(main, (SCENE, scene("Two")), (OTHER, scene("Later")))
    child = desk.fork(main, "child", first.position).id
    assert desk.state(child, SCENE) == scene("One", "a")
    assert desk.store.load_all(child, "scene") == {SCENE: scene("One", "a")}
    assert set(desk.store.touched(child, 0)) == {
        SCENE,
        Ref("project", "novel"),
        Ref("branch", main),
        Ref("branch", child),
    }
    desk.put(child, (SCENE, scene("One", "a", "b")))
    assert desk.state(child, SCENE) == scene("One", "a", "b")


def test_a_fork_begins_at_the_end_of_a_commit(desk: Desk) -> None:
    main = desk.project().main
    commit = desk.put(main, (SCENE, scene("One", "a", "b")))
    state = Branch("odd", main, commit.position - 1)
    change = Change(Ref("branch", "odd"), 0, None, BRANCH.reconcile(None, state), state)
    row = BranchRow("odd", "novel", "odd", main, commit.position - 1)
    with pytest.raises(Refused) as caught:
        desk.store.append("odd", desk.envelope(), [change], opens=row)
    assert caught.value.code == "position_unknown"
    assert len(desk.store.branches("novel")) == 1


def test_deep_lineages(desk: Desk) -> None:
    branch = desk.project().main
    desk.put(branch, (SCENE, scene("0", "a")))
    chain = [branch]
    for n in range(1, 12):
        branch = desk.fork(branch, f"b{n}").id
        desk.put(branch, (SCENE, scene(str(n), "a")), (Ref("scene", f"own{n}"), scene("own")))
        chain.append(branch)
    for n, name in enumerate(chain):
        assert desk.state(name, SCENE) == scene(str(n), "a")
        assert len(desk.store.load_all(name, "scene")) == n + 1
        assert desk.store.load(name, SCENE).version == n + 2
    assert len(desk.store.versions(chain[-1], SCENE, WHOLE)) == 12
    assert len(list(desk.store.commits(chain[-1]))) == 2 + 2 * 11


def test_a_stale_change_is_refused_and_nothing_is_written(desk: Desk) -> None:
    main, store = desk.project().main, desk.store
    desk.put(main, (SCENE, scene("One")))
    stale = desk.change(main, SCENE, scene("Stale"))
    fresh = desk.change(main, OTHER, scene("Fresh"))
    desk.put(main, (SCENE, scene("Two")))
    before = store.position()
    with pytest.raises(Conflict) as caught:
        store.append(main, desk.envelope(), [fresh, stale])
    assert caught.value.code == "stale"
    assert caught.value.details == {"entity": "scene:s1", "expected": 1, "found": 2}
    assert store.position() == before
    assert store.load(main, OTHER) == (None, 0)
    with pytest.raises(Conflict):
        store.append(main, desk.envelope(), [replace(stale, version=7)])


def test_a_change_that_is_stale_because_of_the_parent_is_refused(desk: Desk) -> None:
    main = desk.project().main
    desk.put(main, (SCENE, scene("One")))
    early = desk.change(main, SCENE, scene("Early"))
    desk.put(main, (SCENE, scene("Two")))
    child = desk.fork(main, "child").id
    with pytest.raises(Conflict) as caught:
        desk.store.append(child, desk.envelope(), [early])
    assert caught.value.details["found"] == 2


def test_different_entities_never_collide(desk: Desk) -> None:
    main = desk.project().main
    one, two = desk.change(main, SCENE, scene("One")), desk.change(main, OTHER, scene("Two"))
    desk.store.append(main, desk.envelope(), [two])
    desk.store.append(main, desk.envelope(), [one])
    assert set(desk.store.load_all(main, "scene")) == {SCENE, OTHER}


def test_a_retry_returns_the_first_commit(desk: Desk) -> None:
    main, store = desk.project().main, desk.store
    envelope = desk.envelope(command="story.x", body={"b": 1, "a": [1, 2.5, None]})
    change = desk.change(main, SCENE, scene("One"))
    assert store.done(envelope.command_id, "story.x", envelope.body) is None
    commit = store.append(main, envelope, [change])
    assert store.append(main, envelope, [change]) == commit
    assert store.done(envelope.command_id, "story.x", {"a": [1, 2.5, None], "b": 1}) == commit
    assert store.load(main, SCENE).version == 1
    for command, body in (("story.x", {"b": 2, "a": [1, 2.5, None]}), ("story.y", envelope.body)):
        with pytest.raises(Conflict) as caught:
            store.done(envelope.command_id, command, body)
        assert caught.value.code == "command_id_reused"
    with pytest.raises(Conflict):
        store.append(main, replace(envelope, body={}), [desk.change(main, OTHER, scene("x"))])


def test_a_commit_needs_events_and_each_entity_once(desk: Desk) -> None:
    main = desk.project().main
    change = desk.change(main, SCENE, scene("One"))
    for changes in ([], [Change(SCENE, 0, None, (), None)], [change, change]):
        with pytest.raises(ValueError, match="a commit has events"):
            desk.store.append(main, desk.envelope(), changes)


def test_deleted_and_created_again(desk: Desk) -> None:
    main, store = desk.project().main, desk.store
    desk.put(main, (SCENE, scene("One", "a", "b")))
    gone = desk.put(main, (SCENE, None))
    assert store.load(main, SCENE).state is None
    assert store.load_all(main, "scene") == store.heads(main, "scene") == {}
    back = desk.put(main, (SCENE, scene("Again", "z")))
    assert store.load_all(main, "scene") == {SCENE: scene("Again", "z")}
    bodies = [(v.position, v.body and v.body["content"]) for v in store.versions(main, SCENE, "n0")]
    assert bodies[1:] == [(gone.position, None), (back.position, "z")]
    assert [v.body is None for v in store.versions(main, SCENE, "n1")] == [False, True]
    child = desk.fork(main, "child").id
    desk.put(child, (SCENE, None))
    assert store.load_all(child, "scene") == {}
    assert store.load_all(main, "scene") == {SCENE: scene("Again", "z")}
    assert desk.fork(child, "grandchild") and store.heads(child, "scene") == {}


def test_a_node_that_is_taken_out_is_gone_from_the_parts(desk: Desk) -> None:
    main = desk.project().main
    desk.put(main, (SCENE, scene("One", "a", "b")))
    child = desk.fork(main, "child").id
    desk.put(child, (SCENE, scene("One", "a")))
    assert desk.store.load_all(child, "scene") == {SCENE: scene("One", "a")}
    assert desk.store.load_all(main, "scene") == {SCENE: scene("One", "a", "b")}


def test_touched_parts(desk: Desk) -> None:
    main, store = desk.project().main, desk.store
    first = desk.put(main, (SCENE, scene("One", "a", "b")))
    second = desk.put(main, (SCENE, scene("One", "a", "c")), (OTHER, scene("Two")))
    child = desk.fork(main, "child").id
    third = desk.put(child, (SCENE, scene("Three", "a", "c")))
    assert store.touched(main, first.position) == {SCENE: frozenset({"n1"}), OTHER: frozenset({WHOLE})}
    assert store.touched(main, first.first_position - 1, first.position) == {SCENE: frozenset({WHOLE, "n0", "n1"})}
    assert store.touched(child, second.position)[SCENE] == {WHOLE}
    assert store.touched(child, first.position)[SCENE] == {WHOLE, "n1"}
    assert store.touched(child, third.position) == store.touched(main, third.position) == {}


def test_versions_of_a_part_over_a_fork(desk: Desk) -> None:
    main, store = desk.project().main, desk.store
    positions = [desk.put(main, (SCENE, scene("One", text))).position for text in "ab"]
    child = desk.fork(main, "child").id
    desk.put(main, (SCENE, scene("One", "main")))
    own = desk.put(child, (SCENE, scene("One", "child")))
    found = [(v.position, v.body["content"]) for v in store.versions(child, SCENE, "n0")]
    assert found == [(positions[0], "a"), (positions[1], "b"), (own.position, "child")]
    assert len(store.versions(child, SCENE, "n0", positions[0])) == 1
    assert store.versions(child, SCENE, "none") == []


def test_names_of_branches_follow_their_events(desk: Desk) -> None:
    main, store = desk.project().main, desk.store
    child = desk.fork(main, "child")
    ref = Ref("branch", child.id)
    desk.put(child.id, (ref, replace(desk.state(child.id, ref), name="new", closed=True)))
    assert store.branch(child.id) == replace(child, name="new", closed=True)
    other = desk.fork(main, "new")
    with pytest.raises(Conflict) as caught:
        desk.put(child.id, (ref, replace(desk.state(child.id, ref), closed=False)))
    assert caught.value.code == "branch_exists"
    assert store.branch(other.id).name == "new"
    project = Ref("project", "novel")
    desk.put(other.id, (project, replace(desk.state(other.id, project), name="Variant")))
    assert store.projects()[0].name == "Novel"
    desk.put(main, (project, replace(desk.state(main, project), name="Renamed")))
    assert store.projects()[0].name == "Renamed"


def test_the_same_project_or_branch_twice(desk: Desk) -> None:
    project = desk.project()
    child = desk.fork(project.main, "child")
    state = Branch("child", project.main, child.fork_position)
    change = Change(Ref("branch", "twin"), 0, None, BRANCH.reconcile(None, state), state)
    with pytest.raises(Conflict) as caught:
        desk.store.append("twin", desk.envelope(), [change], opens=replace(child, id="twin"))
    assert caught.value.code == "branch_exists"
    with pytest.raises(Conflict) as caught:
        row = BranchRow("second", project.id, "main")
        desk.store.append("second", desk.envelope(), [change], opens=row, founds=replace(project, main="second"))
    assert caught.value.code == "project_exists"
    assert len(desk.store.branches(project.id)) == 2


@pytest.mark.parametrize("bad", ["nul \0 here", "half \ud800 pair"])
def test_text_that_no_database_can_hold_is_refused(desk: Desk, bad: str) -> None:
    main = desk.project().main
    change = desk.change(main, SCENE, scene("One"))
    for more in ({"message": bad}, {"actor": bad}, {"cause": bad}):
        with pytest.raises(Refused) as caught:
            desk.store.append(main, desk.envelope(**more), [change])
        assert caught.value.code == "not_storable"
    with pytest.raises(Refused):
        desk.store.append(main, desk.envelope(), [replace(change, ref=Ref("scene", bad))])
    with pytest.raises(Refused):
        desk.put(main, (SCENE, scene("surrogate \ud800")))
    with pytest.raises(Refused):
        desk.store.append(main, desk.envelope(body={"n": 2**70}), [change])


def test_a_nul_character_in_the_words_of_a_line_is_kept(desk: Desk) -> None:
    main = desk.project().main
    desk.put(main, (SCENE, scene("a\0b", "c\0d")))
    assert desk.state(main, SCENE) == scene("a\0b", "c\0d")
    assert desk.store.load_all(main, "scene") == {SCENE: scene("a\0b", "c\0d")}


def test_an_unknown_commit(desk: Desk) -> None:
    desk.project()
    for commit_id in ("abc", "zzzz", "0" * 64, "%" * 8, ""):
        with pytest.raises(Missing) as caught:
            desk.store.commit(commit_id)
        assert caught.value.code == "commit_unknown"


def test_projects_do_not_mix(desk: Desk) -> None:
    one, two = desk.project("One"), desk.project("Two")
    desk.put(one.main, (SCENE, scene("One")))
    desk.put(two.main, (SCENE, scene("Two")))
    assert [p.id for p in desk.store.projects()] == ["one", "two"]
    assert desk.state(one.main, SCENE) == scene("One")
    assert desk.store.load_all(two.main, "scene") == {SCENE: scene("Two")}
    for project in (one, two):
        proof = desk.store.verify(project.id)
        assert (proof.commits, proof.events, proof.first_bad) == (2, 3, None)


def test_many_commits_are_paged(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comfyvn.infrastructure.storage.store.PAGE", 3)
    main = desk.project().main
    for n in range(9):
        desk.put(main, (LINE, timeline(f"t{n}")))
    newest = list(desk.store.commits(main))
    assert [c.seq for c in newest] == list(range(10, 0, -1))
    assert list(desk.store.commits(main, newest_first=False)) == newest[::-1]
    assert [c.seq for c in desk.store.commits(main, after=newest[2].position)] == [10, 9]
