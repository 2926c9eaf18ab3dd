"""Playthroughs of a story on a real store: kept, taken back, shared, compared."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time
from immutables import Map

from comfyvn.application.plays import values
from comfyvn.application.plays.comparing import compare
from comfyvn.application.plays.playing import Plays
from comfyvn.application.ports import Change, Ref
from comfyvn.application.studio import Request, plays_branch, story_branches
from comfyvn.domain.kernel import Conflict, Missing, Refused
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.plays import Remembered
from comfyvn.domain.playthrough.following import route
from comfyvn.domain.story.commands import RewordLine
from comfyvn.domain.variables import Variable
from tests.desks import Desk, open_studio
from tests.domain.stories import act, menu, scene, text, way

ASKED = Request(actor="ada")
ASK = menu(way(text="on"), way(text="more"), id="ask")
LOOP = scene(
    text("Begin."),
    act(
        "loop",
        "",
        way(menu(way(text="on"), way(text="more"), id="ask"), act("set", "n += 1"), text("[n]"), condition="n < 2000"),
    ),
    text("End."),
    label="start",
)


def desk_with(url: str, story: Any = LOOP, **variables: Variable) -> Desk:
    desk = Desk(url)
    states: dict[Ref, Any] = {Ref("scene", "s"): story}
    states |= {Ref("variable", name): value for name, value in variables.items()}
    changes = [Change(ref, 0, None, KINDS[ref.kind].reconcile(None, state), state) for ref, state in states.items()]
    desk.studio.store.append(desk.main, _envelope(desk), changes)
    return desk


def _envelope(desk: Desk) -> Any:
    from comfyvn.application.studio import envelope  # noqa: PLC0415

    return envelope(desk.studio, ASKED, "write")


N = Variable("int", 0, "global")
OWN = Variable("int", 0, "session")


def test_a_playthrough_leaves_the_story_alone_and_its_undo() -> None:
    desk = desk_with("sqlite://", n=N)
    head = desk.head()
    plays = Plays(desk.studio)
    session = plays.begin(desk.studio.store.branch(desk.main), ASKED, seed=4)
    assert session.moment.outputs[-1].what == "Begin."  # type: ignore[union-attr]
    session = plays.read_on(desk.project.id, session.id, ASKED)
    assert session.moment.state.menu is not None
    plays.choose(desk.project.id, session.id, session.moment.state.menu.options[0][0], ASKED)
    assert desk.head() == head
    assert [row.name for row in story_branches(desk.studio, desk.project.id)] == ["main"]
    desk.undo()
    assert plays.get(desk.project.id, session.id).depth == 2
    assert desk.studio.store.verify().first_bad is None


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'n.db'}"
    create: Callable[[], str] = request.getfixturevalue("postgres_database")
    return create()


def test_a_thousand_steps_back_and_forward_again_give_the_same_state(url: str) -> None:
    desk = desk_with(url, n=OWN)
    plays, project = Plays(desk.studio), desk.project.id
    begun = plays.begin(desk.studio.store.branch(desk.main), ASKED, seed=4)
    there = plays.auto(project, begun.id, ASKED, 1000)
    assert there.depth == 1000
    back = plays.roll(project, begun.id, 1000, ASKED)
    assert back.moment.state == begun.moment.state
    again = plays.roll(project, begun.id, -1000, ASKED)
    assert again.moment == there.moment
    fresh = Plays(desk.studio).get(project, begun.id)
    assert (fresh.moment, fresh.path) == (again.moment, again.path)
    with pytest.raises(Conflict, match="0 steps"):
        plays.roll(project, begun.id, -1, ASKED)
    desk.studio.store.close()


def test_slots_forks_and_the_end() -> None:
    desk = desk_with("sqlite://", n=OWN)
    plays, project = Plays(desk.studio), desk.project.id
    begun = plays.begin(desk.studio.store.branch(desk.main), ASKED)
    saved = plays.auto(project, begun.id, ASKED, 9)
    plays.save(project, begun.id, "quick", ASKED)
    further = plays.auto(project, begun.id, ASKED, 5)
    fork = plays.fork(project, begun.id, ASKED, steps=9)
    assert fork.moment == saved.moment
    assert fork.id != begun.id
    assert plays.load(project, begun.id, "quick", ASKED).moment == saved.moment
    assert plays.auto(project, begun.id, ASKED, 5).moment == further.moment
    with pytest.raises(Missing) as missing:
        plays.load(project, begun.id, "none", ASKED)
    assert missing.value.code == "slot_unknown"
    assert plays.end(project, begun.id, ASKED).playthrough.ended
    with pytest.raises(Conflict) as ended:
        plays.read_on(project, begun.id, ASKED)
    assert ended.value.code == "choice_needed" or ended.value.code == "playthrough_ended"


def test_globals_outlive_a_play_and_others_do_not() -> None:
    desk = desk_with("sqlite://", n=N, own=OWN)
    plays, row = Plays(desk.studio), desk.studio.store.branch(desk.main)
    first = plays.begin(row, ASKED)
    plays.auto(row.project, first.id, ASKED, 6)
    plays.force(row.project, first.id, {"own": 8}, ASKED)
    shared = plays.get(row.project, first.id).moment.state.variables["n"]
    assert shared > 0
    state = plays.begin(row, ASKED).moment.state
    assert (state.variables["n"], state.variables["own"]) == (shared, 0)
    with pytest.raises(Refused) as refused:
        plays.force(row.project, first.id, {"own": "eight"}, ASKED)
    assert refused.value.code == "variable_malformed"


def test_eight_writers_lose_nothing(url: str) -> None:
    desk = desk_with(url, **{f"v{n}": OWN for n in range(8)})
    plays, row = Plays(desk.studio), desk.studio.store.branch(desk.main)
    play_id = plays.begin(row, ASKED).id
    failures: list[BaseException] = []

    def write(n: int) -> None:
        try:
            for value in range(1, 6):
                plays.force(row.project, play_id, {f"v{n}": value}, ASKED)
                kept = {f"v{n}": Remembered(value), "v0": Remembered(value)}
                values.remember(desk.studio, row.project, kept, ASKED)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    desk.studio.store.close()
    studio = open_studio(url)
    session = Plays(studio).get(row.project, play_id)
    assert [session.moment.state.variables[f"v{n}"] for n in range(8)] == [5] * 8
    assert session.depth == 40
    story = studio.programs.story(studio.store, desk.main)
    assert set(values.current(studio, row.project, story).values()) == {5}
    values.remember(studio, row.project, dict.fromkeys(values.reset_names(story, None, "session")), ASKED)
    assert set(values.current(studio, row.project, story).values()) == {0}
    assert studio.store.verify().first_bad is None
    studio.store.close()


def test_eight_plays_at_once_keep_what_they_make_of_the_variables_that_all_share(url: str) -> None:
    nodes = [node for n in range(8) for node in (act("label", f"way{n}"), *(act("set", f"g{n} += 1"), text("x")) * 5)]
    story = scene(*nodes, label="start")
    desk = desk_with(url, story, **{f"g{n}": N for n in range(8)})
    plays, row = Plays(desk.studio), desk.studio.store.branch(desk.main)
    failures: list[BaseException] = []

    def read(n: int) -> None:
        try:
            play = plays.begin(row, ASKED, start=f"way{n}")
            for _ in range(4):
                plays.read_on(row.project, play.id, ASKED)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    desk.studio.store.close()
    studio = open_studio(url)
    known = values.current(studio, row.project, studio.programs.story(studio.store, desk.main))
    assert known == {f"g{n}": 5 for n in range(8)}
    assert studio.store.verify().first_bad is None
    studio.store.close()


def test_what_one_resets_is_fresh_for_another_who_plays(url: str) -> None:
    desk = desk_with(url, n=N, own=OWN)
    other = open_studio(url)
    here, there, row = Plays(desk.studio), Plays(other), desk.studio.store.branch(desk.main)
    values.remember(desk.studio, row.project, {"n": Remembered(7), "own": Remembered(8)}, ASKED)
    play = there.begin(row, ASKED)
    assert (play.moment.state.variables["n"], play.moment.state.variables["own"]) == (7, 8)
    here.force(row.project, play.id, {"n": 1, "own": 2}, ASKED)
    assert there.get(row.project, play.id).moment.state.variables["own"] == 2
    story = desk.studio.programs.story(desk.studio.store, desk.main)
    values.remember(desk.studio, row.project, dict.fromkeys(values.reset_names(story, None, "global")), ASKED)
    assert values.current(other, row.project, other.programs.story(other.store, desk.main)) == {"n": 0, "own": 8}
    fresh = there.begin(row, ASKED).moment.state
    assert (fresh.variables["n"], fresh.variables["own"]) == (0, 8)
    assert there.get(row.project, play.id).moment.state.variables["n"] == 1, "a play that is begun keeps its own"
    other.store.close()
    desk.studio.store.close()


def test_the_time_of_day_is_nothing_to_a_play() -> None:
    traces = set()
    for moment in ("1970-01-01 00:00:01", "2026-02-28 23:59:59", "2038-01-19 03:14:08"):
        with freeze_time(moment, tz_offset=5, auto_tick_seconds=86_400):
            desk = desk_with("sqlite://", n=N)
            plays, row = Plays(desk.studio), desk.studio.store.branch(desk.main)
            play = plays.begin(row, ASKED, seed=11)
            traces.add(plays.auto(row.project, play.id, ASKED, 300).moment.state.trace)
            desk.studio.store.close()
    assert len(traces) == 1


def test_the_commit_that_broke_a_route_is_found() -> None:
    desk = desk_with("sqlite://", n=OWN)
    plays, row = Plays(desk.studio), desk.studio.store.branch(desk.main)
    session = plays.auto(row.project, plays.begin(row, ASKED).id, ASKED, 7)
    desk.reword("[n] now", node="n4")
    nodes = {n: node.content for n, node in desk.scene().nodes.items() if node.type == "text"}
    for name, content in nodes.items():
        desk.do(RewordLine(name, content + "."))
    found = compare(desk.studio, session, desk.main)
    assert found.parted is not None and found.commit is not None
    assert compare(desk.studio, session, desk.main, found.commit.first_position - 1).parted is None
    assert compare(desk.studio, session, desk.main, found.commit.position).parted is not None
    assert compare(desk.studio, session, desk.main, sight=route).parted is None
    assert compare(desk.studio, session, desk.main, session.playthrough.position).parted is None


def test_a_program_is_kept_and_only_what_changed_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_with("sqlite://", n=OWN)
    before = desk.studio.programs.story(desk.studio.store, desk.main)
    assert desk.studio.programs.story(desk.studio.store, desk.main) is before
    desk.reword("Other.", node="n1")
    monkeypatch.setattr(desk.studio.store, "load_all", lambda *_: pytest.fail("all scenes are read again"))
    after = desk.studio.programs.story(desk.studio.store, desk.main)
    assert after.scenes["s"].nodes["n1"].content == "Other."
    past = desk.studio.programs.story(desk.studio.store, desk.main, before.position)
    assert past.scenes["s"].nodes["n1"].content == "Begin."
    assert isinstance(after.scenes["s"].nodes, Map)
    assert plays_branch("p") == "p.plays"
