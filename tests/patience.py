"""How long tests wait for what must happen; nothing of it is about speed, and a busy machine may take its time."""

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from comfyvn.application.jobs.job import OPEN

PATIENCE: Final = 180.0
"""Seconds after which a test gives up."""
_T = TypeVar("_T")


def until(found: Callable[[], _T]) -> _T:
    """Wait until something is so, and return what was found. Raises AssertionError after `PATIENCE`."""
    end = time.monotonic() + PATIENCE
    while not (it := found()):
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.01)
    return it


def ended(look: Callable[[], Any]) -> Any:
    """Wait until the job is over whose document `look` returns, and return the last of them."""

    def last() -> Any:
        job = look()
        return None if job["status"] in OPEN else job

    return until(last)
