"""Proof that the history is what was written."""

from typing import TYPE_CHECKING
from comfyvn.application.ports import Verification

if TYPE_CHECKING:
    from comfyvn.infrastructure.storage.store import Store


def verify(store: "Store", project: str | None = None) -> Verification:
    """Recompute every hash and compare every row; name the first thing that is wrong."""
    raise NotImplementedError
