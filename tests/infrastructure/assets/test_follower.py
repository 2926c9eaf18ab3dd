"""The thread that lets derived files follow the history."""

import logging
import threading

import pytest

from comfyvn.infrastructure.assets.follower import Follower, Stop
from tests.patience import PATIENCE


class Log:
    """A history that only has positions."""

    def __init__(self) -> None:
        self.position = 3
        self._changed = threading.Condition()

    def add(self) -> None:
        with self._changed:
            self.position += 1
            self._changed.notify_all()

    def wait(self, after: int, seconds: float) -> int:
        with self._changed:
            self._changed.wait_for(lambda: self.position > after, seconds)
            return self.position


def test_it_catches_up_then_follows_and_goes_on_after_an_error(caplog: pytest.LogCaptureFixture) -> None:
    log, seen, done = Log(), [], threading.Event()
    caught = threading.Event()

    def catch_up(stop: Stop) -> None:
        seen.append("all")
        caught.set()

    def follow(after: int, upto: int, stop: Stop) -> None:
        seen.append(f"{after}-{upto}")
        if upto == 4:
            caught.set()
            raise RuntimeError("a disk broke")
        done.set()

    follower = Follower(log.wait, catch_up, follow)
    follower.start()
    assert caught.wait(PATIENCE)
    caught.clear()
    with caplog.at_level(logging.ERROR):
        log.add()
        assert caught.wait(PATIENCE)
        log.add()
        assert done.wait(PATIENCE)
    follower.close()
    assert seen == ["all", "3-4", "4-5"]
    assert "a disk broke" in caplog.text
