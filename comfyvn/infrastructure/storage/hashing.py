"""The hashes of the history: RFC 6962 Merkle roots over events, and commit ids that chain."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

import orjson

ALGORITHM: Final = 1
"""Kept with each commit: SHA-256, Merkle tree of RFC 6962 section 2.1, canonical JSON with sorted keys."""


def canonical(value: Any) -> bytes:
    """Return JSON with sorted keys and without spaces. Raises TypeError for what is not JSON."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def event_leaf(topic: str, originator_id: str, version: int, state: bytes) -> bytes:
    """Return the leaf hash of one stored event over all it holds but the position; lengths keep the fields apart."""
    head = f"\0{len(topic)},{len(originator_id)},{version}:{topic}{originator_id}"
    return sha256(head.encode() + state).digest()


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """Return the root of the tree over leaf hashes."""
    level = list(leaves)
    if not level:
        return sha256(b"").digest()
    while len(level) > 1:
        paired = [sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


HASHED: Final = (
    "project", "branch", "seq", "first_position", "position", "events", "kind", "actor", "session", "at", "message",
    "command_id", "command", "body", "fingerprint", "cause", "reverts", "parent", "merge_parent", "events_root",
    "opens", "algo",
)  # fmt: skip
"""The columns of a commit that its id is the hash of: all but the id."""


def commit_id(row: Mapping[str, Any]) -> str:
    """Return the id of a commit from its other columns, hex."""
    return sha256(canonical({name: row[name] for name in HASHED})).hexdigest()


def fingerprint(command: str, body: str) -> str:
    """Return what tells whether a repeated command id asks for the same: command name and canonical body."""
    return sha256(canonical((command, body))).hexdigest()
