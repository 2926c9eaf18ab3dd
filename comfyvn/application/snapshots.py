"""What a source held at an import, kept as a blob: the common past of the next import and of what people edited."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from comfyvn.application.ports import Blobs, Ref
from comfyvn.domain.kernel import Decider

Kinds = Mapping[str, Decider[Any, Any, Any]]


def keep(blobs: Blobs, kinds: Kinds, states: Mapping[Ref, Any]) -> str:
    """Keep states of entities and return the hash; the same states always have the same one."""
    return blobs.put(_written(kinds, states))[0]


def _written(kinds: Kinds, states: Mapping[Ref, Any]) -> Iterator[bytes]:
    """Yield one JSON array for each entity, on a line of its own: kind, id, parts."""
    for ref in sorted(states):
        row = [ref.kind, ref.id, kinds[ref.kind].parts(states[ref])]
        yield json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=dict).encode() + b"\n"


def look_up(blobs: Blobs, kinds: Kinds, digest: str | None) -> dict[Ref, Any]:
    """Return the states that were kept; none without a hash. Raises Missing("blob_unknown")."""
    if digest is None:
        return {}
    lines = b"".join(blobs.open(digest)).splitlines()
    rows = (json.loads(line) for line in lines)
    return {Ref(kind, entity_id): kinds[kind].assemble(parts) for kind, entity_id, parts in rows}
