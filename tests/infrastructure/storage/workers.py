"""What other processes do in the tests: ``python -m tests.infrastructure.storage.workers JOB URL ...``."""

import sys
from collections.abc import Callable
from itertools import count
from typing import Final

from comfyvn.application.ports import Ref
from comfyvn.domain.kinds import KINDS
from comfyvn.infrastructure.storage.store import open_store
from tests.contracts.stores import Desk, scene, timeline


def create(url: str) -> None:
    """Open a database that may not have tables yet."""
    open_store(url, KINDS).close()


def write(url: str, branch: str, name: str, commits: str) -> None:
    """Write commits of three events each to an entity of its own."""
    store = open_store(url, KINDS)
    desk = Desk(store, prefix=f"{name}-")
    ref = Ref("scene", name)
    for n in range(int(commits)):
        desk.put(
            branch, (ref, scene(f"{name} {n}", f"line {n}", f"other {n}")), (Ref("timeline", name), timeline(f"{n}"))
        )
    store.close()


def bulk(url: str, branch: str, events: str, name: str) -> None:
    """Append commits of many events until someone kills this process; say when each begins."""
    store = open_store(url, KINDS)
    desk = Desk(store, prefix=f"{name}-")
    for n in count():
        lines = [f"line {n} {k}" for k in range(int(events) - 1)]
        change = desk.change(branch, Ref("scene", f"{name}-{n}"), scene(f"Bulk {n}", *lines))
        sys.stdout.write("appending\n")
        sys.stdout.flush()
        store.append(branch, desk.envelope(), [change])


JOBS: Final[dict[str, Callable[..., None]]] = {"create": create, "write": write, "bulk": bulk}

if __name__ == "__main__":
    JOBS[sys.argv[1]](*sys.argv[2:])
