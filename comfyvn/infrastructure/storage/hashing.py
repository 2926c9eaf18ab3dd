"""The hashes of the history: RFC 6962 Merkle roots over events, and commit ids that chain."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import orjson

ALGORITHM: Final = 2
"""Kept with each commit. Both have SHA-256, Merkle trees of RFC 6962 section 2.1 and canonical JSON with sorted keys;
1 hashes all columns together, 2 hashes the `SEALED` ones apart, so that the others can be shown without them."""


def canonical(value: Any) -> bytes:
    """Return JSON with sorted keys and without spaces. Raises TypeError for what is not JSON."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def event_leaf(topic: str, originator_id: str, version: int, state: bytes) -> bytes:
    """Return the leaf hash of one stored event over all it holds but the position; lengths keep the fields apart."""
    head = f"\0{len(topic)},{len(originator_id)},{version}:{topic}{originator_id}"
    return sha256(head.encode() + state).digest()


SHOWN: Final = (
    "project", "branch", "seq", "first_position", "position", "events", "kind", "at", "reverts", "parent",
    "merge_parent", "events_root", "algo",
)  # fmt: skip
"""The columns of a commit that a proof shows."""
SEALED: Final = ("actor", "session", "message", "command_id", "command", "body", "fingerprint", "cause", "opens")
"""The columns that a proof shows the hash of. The command id is random: nobody finds the others by trying."""


def sealed(row: Mapping[str, Any]) -> str:
    """Return the hash of what a proof does not show of a commit."""
    return _hash({name: row[name] for name in SEALED})


def commit_id(row: Mapping[str, Any]) -> str:
    """Return the id of a commit from its other columns, hex."""
    if row["algo"] == 1:
        return _hash({name: row[name] for name in (*SHOWN, *SEALED)})
    return shown_id({name: row[name] for name in SHOWN}, sealed(row))


def shown_id(shown: Mapping[str, Any], seal: str) -> str:
    """Return the id of a commit from what a proof shows of it."""
    return _hash({**shown, "sealed": seal})


def _hash(value: Mapping[str, Any]) -> str:
    return sha256(canonical(value)).hexdigest()


def fingerprint(command: str, body: str) -> str:
    """Return what tells whether a repeated command id asks for the same: command name and canonical body."""
    return sha256(canonical((command, body))).hexdigest()
