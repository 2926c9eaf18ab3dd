"""The questions about many commits at once have the same answers on every database."""

from comfyvn.application.branching import fork
from comfyvn.application.changes.chronicle import Deed, Filter
from comfyvn.application.studio import Request
from tests.contracts.stores import LINE, OTHER, SCENE, Desk, every_database, scene, timeline


@every_database
def test_commits_deeds_and_moments(desk: Desk) -> None:
    main = desk.project().main
    first = desk.put(main, (SCENE, scene("A", "one", "two")), (LINE, timeline("T")))
    second = desk.put(main, (SCENE, scene("A", "one", "2")), actor="ben", kind="merge")
    branch = fork(desk.studio, main, "other", Request()).id
    desk.put(main, (OTHER, scene("B")))
    last = desk.put(branch, (SCENE, scene("A", "1", "2")))
    chronicle = desk.store.chronicle

    def listed(wanted: Filter, size: int = 9, **more: int) -> list[int]:
        return [c.position for c in chronicle.commits(branch, wanted, **more, size=size)]

    everything = [c.position for c in desk.store.commits(branch)]
    assert listed(Filter()) == everything
    assert listed(Filter(), size=2) == everything[:2]
    assert listed(Filter(), at=second.position) == [p for p in everything if p <= second.position]
    assert listed(Filter(actor="ben")) == [second.position]
    assert listed(Filter(kinds=frozenset({"merge", "undo"}))) == [second.position]
    assert listed(Filter(entity=SCENE)) == [last.position, second.position, first.position]
    assert listed(Filter(entity=SCENE, actor="ann")) == [last.position, first.position]
    assert listed(Filter(since=second.at)) == [p for p in everything if p >= second.position]
    assert listed(Filter(until=second.at)) == [p for p in everything if p < second.position]
    assert chronicle.moments(branch, OTHER) == set()
    assert chronicle.moments(branch, SCENE, second.position) == {first.position, second.position}
    assert chronicle.deeds([second.position, first.position], most=4) == {
        first.position: [
            Deed(SCENE, "story.scene_opened", 1),
            Deed(SCENE, "story.line_written", 2),
            Deed(LINE, "timeline.timeline_opened", 1),
        ],
        second.position: [Deed(SCENE, "story.line_reworded", 1)],
    }
    assert set(chronicle.deeds([second.position, first.position], most=3)) == {second.position}
