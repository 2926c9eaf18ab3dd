"""Proofs from the history: that the last event of an entity stands in a commit, and that commit in the history.

The history of a branch as of a position is a tree of its own: the commits that are visible there, the oldest first,
each a leaf that holds its id. Its root and size are the tree head. An event is proven by the way from its leaf to the
events root of its commit; the commit's id is the hash of what is shown of it; the id is a leaf of the history.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, select

from comfyvn.application.ports import Ref
from comfyvn.domain.kernel import Conflict, Json
from comfyvn.domain.merkle import leaf_hash, merkle_paths, merkle_root
from comfyvn.infrastructure.storage.hashing import SHOWN, event_leaf, sealed
from comfyvn.projections.commits import Lineage

if TYPE_CHECKING:
    from comfyvn.infrastructure.storage.store import Store

LEAF = 32
"""Bytes of a hash."""


def prove(store: "Store", branch: str, at: int, refs: Sequence[Ref]) -> Json:
    """Return the tree head of a branch as of a position, and proofs of the last event of each entity.

    ``{size, root, head, commits: {ID: {shown, sealed, index, path}}, events: {REF: {commit, version, position, index,
    leaf, path}}}``; hashes in hex. `sealed` is None for commits of the first algorithm, whose id needs all columns.
    Raises Missing("branch_unknown") and Conflict("history_damaged").
    """
    with store.database.read() as conn:
        lineage = store.visible(conn, branch, at)
        commits = _visible(store, conn, lineage)
        found = {ref: _last(store, conn, lineage, ref) for ref in refs}
        ends = [commit.position for commit in commits]
        places = {ref: bisect_left(ends, row.position) for ref, row in found.items()}
        numbers = sorted({*places.values(), *range(len(commits))[-1:]})
        rows = {number: _row(store, conn, commits[number].id) for number in numbers}
    leaves = [leaf_hash(bytes.fromhex(commit.id)) for commit in commits]
    ways = merkle_paths(leaves, numbers)
    events: dict[str, Json] = {}
    for number, row in rows.items():
        events |= _events(row, {ref: found[ref] for ref in refs if places[ref] == number})
    return {
        "size": len(commits),
        "root": merkle_root(leaves).hex(),
        "head": commits[-1].id if commits else None,
        "commits": {rows[n].id: {**_shown(rows[n]), "index": n, "path": _hex(ways[n])} for n in numbers},
        "events": events,
    }


def _visible(store: "Store", conn: Connection, lineage: Lineage) -> list[Any]:
    """Return (id, position) of the commits that a lineage shows, the oldest first."""
    c = store.tables.commit.c
    found: list[Any] = []
    for branch, cap in reversed(lineage):
        asked = select(c.id, c.position).where(c.branch == branch, c.position <= cap).order_by(c.position)
        found += conn.execute(asked).all()
    return found


def _last(store: "Store", conn: Connection, lineage: Lineage, ref: Ref) -> Any:
    """Return the last event of an entity that a lineage shows."""
    c = store.tables.event.c
    asked = (
        select(c.position, c.originator_id, c.originator_version, c.topic, c.state)
        .where(c.originator_id == bindparam("stream"), c.position <= bindparam("cap"))
        .order_by(c.originator_version.desc())
        .limit(1)
    )
    for branch, cap in lineage:
        if row := conn.execute(asked, {"stream": f"{branch}/{ref}", "cap": cap}).first():
            return row
    raise _damaged(f"There is no event of {ref}.")


def _row(store: "Store", conn: Connection, commit: str) -> Any:
    table = store.tables.commit
    return conn.execute(select(table).where(table.c.id == commit)).one()


def _shown(row: Any) -> dict[str, Json]:
    shown = {name: row._mapping[name] for name in SHOWN}
    return {"shown": shown, "sealed": None if row.algo == 1 else sealed(row._mapping)}


def _events(row: Any, found: dict[Ref, Any]) -> dict[str, Json]:
    """Return the proofs of events that stand in one commit."""
    leaves = [row.leaves[n : n + LEAF] for n in range(0, len(row.leaves), LEAF)]
    if found and merkle_root(leaves).hex() != row.events_root:
        raise _damaged(f"Commit {row.id[:12]} does not hold the events that its id stands for.")
    places = {ref: event.position - row.first_position for ref, event in found.items()}
    ways = merkle_paths(leaves, set(places.values()))
    proofs: dict[str, Json] = {}
    for ref, event in found.items():
        index = places[ref]
        leaf = event_leaf(event.topic, event.originator_id, event.originator_version, bytes(event.state))
        if not 0 <= index < len(leaves) or leaf != leaves[index]:
            raise _damaged(f"The event at {event.position} is not the one that was written.")
        where = {"commit": row.id, "version": event.originator_version, "position": event.position, "index": index}
        proofs[str(ref)] = {**where, "leaf": leaf.hex(), "path": _hex(ways[index])}
    return proofs


def _hex(path: Iterable[bytes]) -> list[str]:
    return [beside.hex() for beside in path]


def _damaged(message: str) -> Conflict:
    return Conflict("history_damaged", f"{message} Run verify.")
