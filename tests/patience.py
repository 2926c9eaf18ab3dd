"""How long tests wait for what must happen; nothing of it is about speed, and a busy machine may take its time."""

import time
from collections.abc import Callable
from typing import Any, Final

PATIENCE: Final = 180.0
"""Seconds after which a test gives up."""


def until(true: Callable[[], Any]) -> None:
    """Wait until something is so. Raises AssertionError after `PATIENCE`."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.01)
