"""What the command line does to a store as a whole."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from comfyvn.application.imports import Progress
from comfyvn.application.ports import Verification
from comfyvn.application.studio import Studio, plain
from comfyvn.domain.kernel import Json
from comfyvn.infrastructure.storage.checkpoint import check_checkpoint, write_checkpoint
from comfyvn.infrastructure.storage.rebuild import rebuild
from comfyvn.infrastructure.storage.store import Store
from comfyvn.infrastructure.system import SystemClock


@dataclass(frozen=True, slots=True)
class StoreKeeper:
    """Verifies, signs and rebuilds; the keys of signatures lie in `keys`."""

    store: Store
    keys: Path

    def verify(self, project: str | None) -> Verification:
        """Walk the history; see `Verification`."""
        return self.store.verify(project)

    def checkpoint(self, path: Path) -> Json:
        """Write a signed checkpoint file."""
        return write_checkpoint(self.store, path, self.keys, SystemClock().now())

    def check(self, path: Path) -> Json:
        """Compare the store with a checkpoint file."""
        found = check_checkpoint(self.store, path, self.keys)
        return {"ok": found.first_bad is None, **plain(found)}

    def rebuild(self, progress: Progress) -> Json:
        """Refill the read models and compare."""
        return plain(rebuild(self.store, partial(progress, "rebuild")))


def store_of(studio: Studio) -> Store:
    """Return the database that a studio works on."""
    if not isinstance(studio.store, Store):
        raise TypeError("the studio of the command line works on a database")
    return studio.store
