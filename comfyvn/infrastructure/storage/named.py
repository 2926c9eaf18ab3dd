"""What the whole history names: every version of every asset, and everything that may be the name of a blob."""

import re
from collections.abc import Iterator
from typing import Final

import orjson
from sqlalchemy import select

from comfyvn.application.assets.registry import Content
from comfyvn.domain.kernel import WHOLE
from comfyvn.infrastructure.storage.store import Store

PAGE: Final = 2000
_DIGEST: Final = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def contents(store: Store) -> Iterator[Content]:
    """Yield every version of every asset of all projects and branches, the oldest first."""
    part, branch = store.parts.table.c, store.tables.branch.c
    asked = (
        select(branch.project, part.branch, part.entity, part.from_position, part.body)
        .where(part.branch == branch.id, part.kind == "asset", part.part == WHOLE, part.body.is_not(None))
        .order_by(part.from_position, part.entity)
    )
    with store.database.read() as conn:
        found = conn.execute(asked).all()
    for project, of, entity, position, body in found:
        yield Content(project, of, entity, position, orjson.loads(body))


def hashes(store: Store) -> frozenset[str]:
    """Return all SHA-256 in hex that stand anywhere in any event."""
    event = store.tables.event.c
    found: set[bytes] = set()
    after = -1
    while True:
        asked = select(event.position, event.state).where(event.position > after).order_by(event.position).limit(PAGE)
        with store.database.read() as conn:
            page = conn.execute(asked).all()
        if not page:
            return frozenset(digest.decode() for digest in found)
        after = page[-1].position
        for row in page:
            found.update(_DIGEST.findall(row.state))
