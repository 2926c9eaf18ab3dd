"""A playthrough survives kill -9, and is the same on both databases."""

from collections.abc import Callable
from pathlib import Path

from comfyvn.application.plays.playing import Plays
from comfyvn.application.plays.sessions import moment_at, opening_of
from comfyvn.application.studio import Request
from tests.application.test_plays import OWN, desk_with
from tests.desks import Desk, open_studio
from tests.journeys.processes import kill, said, start_writer

READER = Request(actor="reader")


def begun(url: str) -> tuple[Desk, str]:
    desk = desk_with(url, n=OWN)
    return desk, Plays(desk.studio).begin(desk.studio.store.branch(desk.main), READER, seed=11).id


def killed_in_play(url: str, count: int) -> None:
    desk, play_id = begun(url)
    project = desk.project.id
    desk.studio.store.close()
    writer = start_writer(url, "play", desk.main, project, play_id, "100000")
    acknowledged = [said(writer) for _ in range(count)]
    acknowledged += kill(writer)
    whole = [words for words in acknowledged if len(words.partition(":")[2]) == 64]
    studio = open_studio(url)
    session = Plays(studio).get(project, play_id)
    assert session.depth in (len(whole), len(whole) + 1)  # the last one may have been kept before it was acknowledged
    at_last = moment_at(session.program, opening_of(session.playthrough), session.path.inputs[: len(whole)])
    assert whole[-1] == f"{len(whole)}:{at_last.state.trace}"
    assert Plays(studio).auto(project, play_id, READER, 3).depth == session.depth + 3
    assert studio.store.verify().first_bad is None
    studio.store.close()


def test_a_play_goes_on_where_it_was_acknowledged_last(tmp_path: Path) -> None:
    killed_in_play(f"sqlite:///{tmp_path / 'novel.db'}", 60)


def test_a_play_goes_on_on_postgres(postgres_database: Callable[[], str]) -> None:
    killed_in_play(postgres_database(), 20)


def test_a_play_is_the_same_on_both_databases(tmp_path: Path, postgres_database: Callable[[], str]) -> None:
    traces = set()
    for url in (f"sqlite:///{tmp_path / 'novel.db'}", postgres_database()):
        desk, play_id = begun(url)
        session = Plays(desk.studio).auto(desk.project.id, play_id, READER, 500)
        desk.studio.store.close()
        studio = open_studio(url)
        again = Plays(studio).get(desk.project.id, play_id)
        assert again.moment.state == session.moment.state
        traces.add(again.moment.state.trace)
        studio.store.close()
    assert len(traces) == 1
