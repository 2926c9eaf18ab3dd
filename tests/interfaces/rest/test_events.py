"""What happens, heard over HTTP from a real server on each database."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from comfyvn.application.branching import fork
from comfyvn.application.handle import handle
from comfyvn.application.plays import values
from comfyvn.application.plays.playing import Plays
from comfyvn.application.ports import Ref
from comfyvn.application.streaming.hub import Limits
from comfyvn.application.studio import Request
from comfyvn.domain.story.commands import PlaceAction, RetitleScene, WriteLine
from comfyvn.domain.variables import DeclareVariable
from tests.desks import SCENE, Desk, open_studio
from tests.listening import Ear, Frame, Served, serving
from tests.patience import until

STORY = "/events/sse?topics=commits"


@pytest.fixture(params=["file", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    if request.param == "file":
        desk = Desk(f"sqlite:///{tmp_path / 'novel.db'}")
    else:
        create: Callable[[], str] = request.getfixturevalue("postgres_database")
        desk = Desk(create())
    desk.open()
    yield desk
    desk.studio.store.close()


@pytest.fixture
def served(desk: Desk, tmp_path: Path) -> Iterator[Served]:
    with serving(desk.studio, tmp_path / "home", Limits(beat_seconds=0.2, gather_seconds=0.05)) as served:
        yield served


def titles(frames: list[Frame]) -> list[str]:
    return [frame.told["label"] for frame in frames]


def test_a_commit_is_told_with_all_that_names_it(desk: Desk, served: Served) -> None:
    with served.ready(STORY) as ear:
        outcome = desk.retitle("Roof", actor="bo")
        (frame,) = ear.events(1)
    assert outcome.commit
    assert ear.headers["content-type"].startswith("text/event-stream")
    assert ear.headers["cache-control"] == "no-store"
    assert frame.id == str(outcome.position)
    assert frame.data["topic"] == f"commits/{desk.project.id}/{desk.main}"
    assert frame.data["position"] == outcome.position
    told = frame.told
    assert (told["position"], told["commit"], told["actor"]) == (outcome.position, outcome.commit.id, "bo")
    assert (told["project"], told["branch"], told["label"]) == (desk.project.id, desk.main, outcome.commit.message)
    assert (told["kind"], told["command"], told["events"]) == ("do", outcome.commit.command, 1)


def test_who_comes_back_gets_what_was_missed_and_nothing_twice(desk: Desk, served: Served) -> None:
    with served.ready(STORY) as ear:
        first = desk.retitle("1").position
        assert ear.events(1)[0].id == str(first)
    missed = [desk.retitle(str(n)).position for n in range(2, 500)]
    with served.ready(STORY, last=ear.last) as again:
        live = [desk.retitle(str(n)).position for n in range(500, 510)]
        heard = [int(frame.id or 0) for frame in again.events(len(missed) + len(live))]
    assert heard == missed + live
    with served.ready(f"{STORY}&after=0") as whole:
        frames = whole.events(5 + len(missed))
    every = [commit.position for commit in desk.studio.store.commits(desk.main, newest_first=False)]
    assert [frame.data["position"] for frame in frames] == every[: len(frames)]


def test_listeners_hear_only_what_they_want(desk: Desk, served: Served) -> None:
    other = fork(desk.studio, desk.main, "other", Request())
    until(lambda: served.hub.position >= desk.head(other.id))  # it may be told after it was made
    ears = {
        "actor": served.ready(f"{STORY}&actor=bo"),
        "branch": served.ready(f"{STORY}&project={desk.project.id}&branch=other"),
        "topic": served.ready(f"/events/sse?topics=vars,commits/{desk.project.id}/{other.id}"),
        "elsewhere": served.ready(f"{STORY}&project=nowhere"),
        "all": served.ready("/events/sse"),
    }
    desk.retitle("ada on main")
    desk.retitle("bo on main", actor="bo")
    end = desk.retitle("bo on other", actor="bo", branch=other.id).position
    heard = {name: _until(ear, end) for name, ear in ears.items()}
    assert [len(heard[name]) for name in ("actor", "branch", "topic", "elsewhere", "all")] == [2, 1, 1, 0, 3]
    assert {frame.told["branch"] for frame in heard["topic"]} == {other.id}
    for ear in ears.values():
        ear.close()


def _until(ear: Ear, position: int) -> list[Frame]:
    """Return the events up to a position; a comment tells that there is nothing more."""
    found = []
    while int(ear.last or 0) < position:
        frame = ear.frame()
        assert frame is not None
        if frame.name:
            found.append(frame)
    return found


def test_malformed_questions_are_refused(desk: Desk, served: Served) -> None:
    for path, last, code in (
        ("/events/sse?topics=gossip", None, "topic_unknown"),
        ("/events/sse?topics=" + ",".join(f"jobs/{n}" for n in range(51)), None, "topics_too_many"),
        ("/events/sse", "x1", "position_malformed"),
        ("/events/sse?project=nowhere&branch=main", None, "project_unknown"),
        (f"/events/sse?project={desk.project.id}&branch=lost", None, "branch_unknown"),
    ):
        with Ear(served.port, path, last) as ear:
            assert ear.status in (400, 404)
            assert ear.headers["content-type"] == "application/problem+json"
            assert ear.body()["code"] == code
    assert served.hub.listeners == 0


def test_a_position_of_another_history_is_told_so(desk: Desk, served: Served) -> None:
    with served.ready(STORY, last=10_000_000) as ear:
        frame = ear.named()
        assert frame is not None
        assert (frame.name, frame.data["reason"]) == ("resync", "unknown_position")
        assert frame.data["position"] == frame_id(frame) == desk.head()
        desk.retitle("Roof")
        assert ear.events(1)[0].data["position"] == desk.head()


def frame_id(frame: Frame) -> int:
    return int(frame.id or 0)


def test_plays_and_their_variables_are_told_in_every_process(desk: Desk, served: Served) -> None:
    desk.do(DeclareVariable("int", 0), Ref("variable", "luck"))
    desk.do(DeclareVariable("int", 0, scope="global"), Ref("variable", "seen"))
    desk.do(PlaceAction("n2", "set", "luck += 1", after="n1"))
    desk.do(WriteLine("n3", "two", after="n2"))
    elsewhere = open_studio(desk.studio.store.database.engine.url.render_as_string(hide_password=False))
    plays, row, asked = Plays(elsewhere), desk.studio.store.branch(desk.main), Request(actor="bo")
    with served.ready("/events/sse?topics=plays,vars") as ear:
        play = plays.begin(row, asked)
        plays.read_on(row.project, play.id, asked)
        plays.force(row.project, play.id, {"luck": 7}, asked)
        story = elsewhere.programs.story(elsewhere.store, row.id)
        values.remember(elsewhere, row.project, values.as_remembered(values.checked(story, {"seen": 3})), asked)
        begun, read, stepped, forced, worth, shared = ear.events(6)
    elsewhere.store.close()
    assert {frame.data["topic"] for frame in (begun, read, forced)} == {f"plays/{row.project}/{play.id}"}
    assert [frame.told["outputs"][0]["what"] for frame in (begun, read)] == ["one", "two"]
    assert [frame.told["version"] for frame in (begun, read, forced)] == [1, 2, 3]
    assert [frame.told["command"] for frame in (begun, read)] == ["plays.start-play", "plays.read-on"]
    assert {frame.data["topic"] for frame in (stepped, worth, shared)} == {f"vars/changed/{row.project}"}
    assert [frame.told["names"] for frame in (stepped, worth, shared)] == [["luck"], ["luck"], ["seen"]]
    assert [frame.told["playthrough"] for frame in (stepped, worth, shared)] == [play.id, play.id, None]
    assert (read.id, stepped.id) == (None, str(stepped.data["position"]))  # only the last one of a commit has the id


def test_jobs_are_told_until_they_are_over(desk: Desk, served: Served) -> None:
    with served.ready("/events/sse?topics=jobs") as ear:
        job = _posted(served, "/bundle/renpy", {"project": desk.project.id})
        told = [ear.events(1)[0]]
        while told[-1].told["status"] in ("queued", "running"):
            told += ear.events(1)
    assert {(frame.data["topic"], frame.data["position"], frame.id) for frame in told} == {
        (f"jobs/{job['id']}", None, None)
    }
    assert [frame.told["type"] for frame in told] == ["bundle-renpy"] * len(told)
    assert told[-1].told["status"] == "done"
    with served.ready(f"/events/sse?topics=jobs/{job['id']}") as late:
        assert late.events(1)[0].data == told[-1].data


def _posted(served: Served, path: str, body: Any) -> Any:
    request = urllib.request.Request(f"http://localhost:{served.port}{path}", json.dumps(body).encode(), method="POST")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_variables_set_over_http_are_told(desk: Desk, served: Served) -> None:
    desk.do(DeclareVariable("int", 0), Ref("variable", "luck"))
    query = f"?project={desk.project.id}"
    with served.ready(f"/events/sse?topics=vars/changed/{desk.project.id}") as ear:
        _posted(served, f"/api/vars/set{query}", {"name": "luck", "value": 3})
        play = _posted(served, f"/replay/start{query}", {})["id"]
        _posted(served, f"/api/vars/set{query}", {"name": "luck", "value": 4, "playthrough": play})
        _posted(served, f"/api/vars/reset{query}", {"scope": "session", "playthrough": play})
        _posted(served, f"/api/vars/reset{query}", {})
        frames = ear.events(4)
    assert [(frame.told["names"], frame.told["playthrough"]) for frame in frames] == [
        (["luck"], None),
        (["luck"], play),
        (["luck"], play),
        (["luck"], None),
    ]


def test_a_lost_connection_to_postgres_loses_nothing(postgres_database: Callable[[], str], tmp_path: Path) -> None:
    url = postgres_database()
    desk = Desk(url)
    desk.open()
    with serving(desk.studio, tmp_path / "home") as served, served.ready(STORY) as ear:
        desk.retitle("before")
        told = ear.events(1)
        with psycopg.connect(url, autocommit=True) as connection:
            listening = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
            until(lambda: bool(connection.execute(listening).fetchall()))
        elsewhere = open_studio(url)
        for n in range(3):
            handle(elsewhere, desk.main, SCENE, RetitleScene(f"after {n}"), Request())
        elsewhere.store.close()
        told += ear.events(3)
    assert [frame.data["position"] for frame in told] == [c.position for c in desk.studio.store.commits(desk.main)][
        3::-1
    ]
    desk.studio.store.close()
