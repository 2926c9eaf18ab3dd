"""Two people at once: on two scenes, on the same line, and in four processes with a reader behind them."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from comfyvn.application.ports import Ref
from comfyvn.application.studio import plain
from comfyvn.domain.kernel import Conflict
from comfyvn.domain.story.commands import OpenScene, RetitleScene, RewordLine
from tests.desks import Desk
from tests.journeys.processes import start_writer
from tests.patience import PATIENCE

ROUNDS = 25


@pytest.fixture(params=["file", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """Return a desk on each database that several may work on."""
    if request.param == "file":
        desk = Desk(f"sqlite:///{tmp_path / 'novel.db'}")
    else:
        create: Callable[[], str] = request.getfixturevalue("postgres_database")
        desk = Desk(create())
    yield desk
    assert desk.studio.store.verify().first_bad is None
    desk.studio.store.close()


def at_once(*works: Callable[[], None]) -> None:
    """Do several works in threads that start together; raise the first error."""
    barrier = threading.Barrier(len(works))
    errors: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        barrier.wait()
        try:
            work()
        except BaseException as e:
            errors.append(e)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_two_people_edit_two_scenes(desk: Desk) -> None:
    scenes = {"ada": Ref("scene", "a"), "bo": Ref("scene", "b")}
    versions = {actor: desk.open(ref).versions[str(ref)] for actor, ref in scenes.items()}

    def work(actor: str) -> None:
        ref = scenes[actor]
        version = versions[actor]
        for n in range(ROUNDS):
            outcome = desk.do(RewordLine("n1", f"{actor} {n}"), ref, actor, expected=version)
            version = outcome.versions[str(ref)]

    at_once(lambda: work("ada"), lambda: work("bo"))
    for actor, ref in scenes.items():
        assert desk.state(ref).nodes["n1"].content == f"{actor} {ROUNDS - 1}"
        written = [v.body["content"] for v in desk.studio.store.versions(desk.main, ref, "n1") if v.body]
        assert written == ["one", *(f"{actor} {n}" for n in range(ROUNDS))]


def test_of_two_people_on_the_same_line_the_second_sees_both_values(desk: Desk) -> None:
    version = desk.open().versions["scene:s"]
    refused: list[tuple[str, Conflict]] = []

    def work(actor: str) -> None:
        try:
            desk.reword(f"{actor}'s words", actor=actor, expected=version)
        except Conflict as e:
            refused.append((actor, e))

    at_once(lambda: work("ada"), lambda: work("bo"))
    ((second, conflict),) = refused
    first = {"ada": "bo", "bo": "ada"}[second]
    assert conflict.code == "stale"
    assert desk.words() == f"{first}'s words"
    details = plain(conflict.details)
    if "conflicts" not in details:  # both had looked before either wrote: it shows when the second asks again
        with pytest.raises(Conflict) as again:
            desk.reword(f"{second}'s words", actor=second, expected=version)
        details = plain(again.value.details)
    (item,) = details["conflicts"]
    assert (item["base"], item["ours"], item["theirs"]) == ("one", f"{first}'s words", f"{second}'s words")
    desk.reword(f"{second}'s words", actor=second, expected=version + 1)
    said = [v.body["content"] for v in desk.studio.store.versions(desk.main, Ref("scene", "s"), "n1") if v.body]
    assert said == ["one", f"{first}'s words", f"{second}'s words"]


def test_without_a_version_both_are_kept_one_after_the_other(desk: Desk) -> None:
    desk.open()

    def work(actor: str) -> None:
        for n in range(ROUNDS):
            desk.retitle(f"{actor} {n}", actor=actor)

    at_once(lambda: work("ada"), lambda: work("bo"))
    found = desk.studio.store.versions(desk.main, Ref("scene", "s"), "")
    titles = [version.body["title"] for version in found if version.body]
    for actor in ("ada", "bo"):
        assert [title for title in titles if title.startswith(actor)] == [f"{actor} {n}" for n in range(ROUNDS)]


def test_nobody_of_eight_starves(desk: Desk) -> None:
    desk.open()
    actors = [f"actor{n}" for n in range(8)]

    def work(actor: str) -> None:
        for n in range(ROUNDS):
            desk.retitle(f"{actor} {n}", actor=actor)

    at_once(*(partial(work, actor) for actor in actors))
    found = desk.studio.store.versions(desk.main, Ref("scene", "s"), "")
    titles = [version.body["title"] for version in found if version.body]
    assert sorted(titles[1:]) == sorted(f"{actor} {n}" for actor in actors for n in range(ROUNDS))


def test_four_processes_write_and_a_reader_follows(postgres_database: Callable[[], str]) -> None:
    url, writers, count = postgres_database(), 4, 40
    desk = Desk(url)
    for n in range(writers):
        desk.do(OpenScene("0"), Ref("scene", f"s{n}"))
    position = desk.head()
    processes = [start_writer(url, "changes", desk.main, f"actor {n}", f"s{n}", str(count)) for n in range(writers)]
    seen: list[str] = []
    deadline = time.monotonic() + PATIENCE
    while len(seen) < writers * count and time.monotonic() < deadline:
        new = list(desk.studio.store.commits(desk.main, after=position, newest_first=False))
        seen += [commit.id for commit in new]
        position = new[-1].position if new else position
    answers = [process.communicate(timeout=PATIENCE)[0].split() for process in processes]
    assert answers == [[str(n) for n in range(1, count + 1)]] * writers
    assert seen == [c.id for c in desk.studio.store.commits(desk.main, newest_first=False)][-writers * count :]
    assert len({*seen}) == writers * count
    for n in range(writers):
        assert desk.state(Ref("scene", f"s{n}")).title == str(count)
    desk.studio.store.close()


def test_two_people_and_an_undo_at_the_same_moment(desk: Desk) -> None:
    desk.open()
    for n in range(ROUNDS):
        desk.retitle(f"Title {n}")

    def undo() -> None:
        for _ in range(ROUNDS):
            for _ in range(100):
                try:
                    assert desk.undo().commit
                except Conflict as e:
                    assert e.code == "stale"
                else:
                    break

    def write() -> None:
        for n in range(ROUNDS):
            desk.reword(f"bo {n}", actor="bo")

    at_once(undo, write)
    assert (desk.scene().title, desk.words()) == ("Scene", f"bo {ROUNDS - 1}")
    desk.do(RetitleScene("The end"))
