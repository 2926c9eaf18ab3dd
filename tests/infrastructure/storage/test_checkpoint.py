from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from comfyvn.domain.kernel import Refused
from comfyvn.domain.kinds import KINDS
from comfyvn.infrastructure.signing import KEY_FILE
from comfyvn.infrastructure.storage.checkpoint import Checked, check_checkpoint, write_checkpoint
from comfyvn.infrastructure.storage.store import open_store
from tests.contracts.stores import LINE, SCENE, Desk, every_database, scene, timeline
from tests.infrastructure.storage.test_verification import harm

NOW = "2026-01-01T00:00:00.000000Z"


@pytest.fixture
def written(desk: Desk, tmp_path: Path) -> Callable[[], Checked]:
    """Write a checkpoint of a store with two branches; return the check of it."""
    main = desk.project().main
    desk.put(main, (SCENE, scene("One", "a")))
    desk.fork(main, "child")
    desk.put(main, (LINE, timeline("T")))
    write_checkpoint(desk.store, tmp_path / "check.json", tmp_path / "keys", NOW)
    return lambda: check_checkpoint(desk.store, tmp_path / "check.json", tmp_path / "keys")


@every_database
def test_a_history_that_goes_on_fits_its_checkpoint(desk: Desk, written: Callable[[], Checked]) -> None:
    assert written().first_bad is None
    desk.put(desk.store.projects()[0].main, (SCENE, scene("More", "a", "b")))
    checked = written()
    assert (checked.first_bad, checked.at, checked.branches, checked.events) == (None, NOW, 2, 6)


@every_database
def test_a_history_that_was_cut_off_does_not(desk: Desk, written: Callable[[], Checked]) -> None:
    commit = next(iter(desk.store.commits(desk.store.projects()[0].main)))
    harm(desk.store, "DELETE FROM <commit_log> WHERE id = :id", id=commit.id)
    harm(desk.store, "DELETE FROM <event> WHERE POSITION >= :at", at=commit.first_position)
    assert desk.store.verify().first_bad is None
    found = written().first_bad
    assert found is not None and (found.code, found.commit) == ("history_cut", commit.id)


@every_database
def test_a_history_that_was_written_anew_does_not(written: Callable[[], Checked], tmp_path: Path) -> None:
    assert written().first_bad is None
    other = open_store("sqlite://", KINDS)
    desk = Desk(other, prefix="xx")
    desk.put(desk.project().main, (SCENE, scene("One", "a")), (LINE, timeline("T")))
    found = check_checkpoint(other, tmp_path / "check.json").first_bad
    other.close()
    assert found is not None and found.code in ("history_cut", "history_rewritten")


@pytest.mark.parametrize("store_url", ["memory"], indirect=True)
def test_changed_files_and_foreign_keys(desk: Desk, written: Callable[[], Checked], tmp_path: Path) -> None:
    path, key = tmp_path / "check.json", tmp_path / "keys" / KEY_FILE
    assert key.stat().st_mode & 0o777 == 0o600
    body = orjson.loads(path.read_bytes())
    path.write_bytes(orjson.dumps({**body, "events": 5}))
    found = written().first_bad
    assert found is not None and found.code == "signature_wrong"
    write_checkpoint(desk.store, path, tmp_path / "others", NOW)
    found = written().first_bad
    assert found is not None and found.code == "key_unknown"
    assert check_checkpoint(desk.store, path).first_bad is None
    for bad in (
        b"",
        b"[]",
        b'{"format": 1}',
        orjson.dumps({**body, "signature": "zz"}),
        orjson.dumps({**body, "branches": {"a": 1}}),
    ):
        path.write_bytes(bad)
        with pytest.raises(Refused) as caught:
            written()
        assert caught.value.code == "checkpoint_malformed"
