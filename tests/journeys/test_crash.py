"""What was acknowledged survives kill -9, and what was half written never happened."""

import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import orjson
import pytest

from comfyvn.application.ports import Ref
from comfyvn.infrastructure.storage.rebuild import rebuild
from tests.desks import Desk, open_studio, store_of
from tests.journeys.processes import kill, said, start_writer
from tests.journeys.writer import characters

EVENTS = 20_000


def digest(desk: Desk) -> str:
    """Return a hash of everything that the project's read model shows."""
    store = desk.studio.store
    parts = {str(ref): store.kinds[ref.kind].parts(state) for ref, state in store.load_all(desk.main).items()}
    return sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def reopen(desk: Desk, url: str) -> None:
    desk.studio.store.close()
    desk.studio = open_studio(url)


def killed_after(url: str, desk: Desk, count: int) -> int:
    """Let another process make up to `count` changes, kill it on the way, and return how many it acknowledged."""
    writer = start_writer(url, "changes", desk.main, "ada", "s", str(count * 10))
    for n in range(1, count + 1):
        assert said(writer) == str(n)
    rest = kill(writer)
    return int(rest[-1]) if rest else count


def there_and_back(url: str, count: int) -> None:
    desk = Desk(url)
    desk.open(title="0")
    acknowledged = killed_after(url, desk, count)
    reopen(desk, url)
    title = int(desk.scene().title)
    assert title in (acknowledged, acknowledged + 1)  # the last one may have been kept before it was acknowledged
    digests = {title: digest(desk)}
    for n in range(title - 1, title - 1 - count, -1):
        assert desk.undo().commit
        assert desk.scene().title == str(n)
        digests[n] = digest(desk)
    assert len({*digests.values()}) == count + 1
    reopen(desk, url)
    for n in range(title - count + 1, title + 1):
        assert desk.redo().commit
        assert digest(desk) == digests[n]
    verified = desk.studio.store.verify()
    assert (verified.first_bad, rebuild(store_of(desk.studio)).equal) == (None, True)
    desk.studio.store.close()


def test_500_changes_survive_kill_9_and_are_undone_and_redone(tmp_path: Path) -> None:
    there_and_back(f"sqlite:///{tmp_path / 'novel.db'}", 500)


def test_changes_survive_kill_9_on_postgres(postgres_database: Callable[[], str]) -> None:
    there_and_back(postgres_database(), 60)


def torn_import(url: str, seconds: float) -> bool:
    """Kill an import after some time; tell whether it is there, which must be all of it or nothing."""
    desk = Desk(url, f"Novel {seconds}")
    before = digest(desk)
    writer = start_writer(url, "import", desk.main, str(EVENTS))
    time.sleep(seconds)
    kill(writer)
    reopen(desk, url)
    found = desk.studio.store.load_all(desk.main, "character")
    events = [commit.events for commit in desk.studio.store.commits(desk.main)]
    assert desk.studio.store.verify(desk.project.id).first_bad is None
    if found:
        assert found == dict(sorted(characters(EVENTS)))
        assert events[0] == EVENTS
    else:
        assert len(events) == 1
        assert digest(desk) == before
        assert desk.state(Ref("character", "c0")) is None
    desk.studio.store.close()
    return bool(found)


def whole_import(url: str) -> float:
    """Return how long an import takes that nobody disturbs, in seconds."""
    desk = Desk(url, "Undisturbed")
    desk.studio.store.close()
    writer = start_writer(url, "import", desk.main, str(EVENTS))
    start = time.monotonic()
    assert int(said(writer)) > EVENTS
    took = time.monotonic() - start
    assert writer.wait() == 0
    writer.communicate()
    return took


def torn_at_many_points(url: str) -> None:
    took = whole_import(url)
    ends = [torn_import(url, took * part) for part in (0.1, 0.4, 0.7, 0.95)]
    assert not all(ends), "no import was torn"


def test_a_torn_import_never_happened(tmp_path: Path) -> None:
    torn_at_many_points(f"sqlite:///{tmp_path / 'novel.db'}")


def test_a_torn_import_never_happened_on_postgres(postgres_database: Callable[[], str]) -> None:
    torn_at_many_points(postgres_database())


@pytest.mark.parametrize("kept", [1, 7])
def test_what_is_acknowledged_is_kept_from_the_first_change_on(tmp_path: Path, kept: int) -> None:
    url = f"sqlite:///{tmp_path / 'novel.db'}"
    desk = Desk(url)
    desk.open(title="0")
    acknowledged = killed_after(url, desk, kept)
    reopen(desk, url)
    assert int(desk.scene().title) >= acknowledged >= kept
    desk.studio.store.close()
