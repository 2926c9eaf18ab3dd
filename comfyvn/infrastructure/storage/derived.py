"""Names of projects and branches as their own events say."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from comfyvn.application.ports import LATEST, Ref

if TYPE_CHECKING:
    from comfyvn.infrastructure.storage.store import Store

Opened = Mapping[str, Mapping[str, Any]]
"""id -> what a commit's `opens` says of a project or branch."""


def derived_names(
    store: "Store", conn: Connection, branches: Opened, projects: Opened
) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the columns that follow an entity: ("branch", id) -> name and closed, ("project", id) -> name."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for key, opened in branches.items():
        state = _state(store, conn, key, Ref("branch", key))
        found["branch", key] = (
            {"name": opened["name"], "closed": False} if state is None else {"name": state.name, "closed": state.closed}
        )
    for key, opened in projects.items():
        state = _state(store, conn, opened["main"], Ref("project", key))
        found["project", key] = {"name": opened["name"] if state is None else state.name}
    return found


def _state(store: "Store", conn: Connection, branch: str, ref: Ref) -> Any:
    """Return the last existing state of an entity in the stream of one branch alone."""
    if ref.kind not in store.kinds:
        return None
    decider, last, state = store.kinds[ref.kind], None, None
    for _, topic, body in store.backend.reads.select(conn, ((f"{branch}/{ref}", LATEST),)):
        state = decider.evolve(state, store.mapper.decode(topic, body))
        last = last if state is None else state
    return last
