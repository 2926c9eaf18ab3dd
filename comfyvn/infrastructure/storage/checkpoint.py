"""Signed checkpoints: where every branch stood, kept outside of the database.

A hash chain shows what was changed inside a history; that a history was cut off or written anew as a whole shows only
against a copy of its heads. The file is one JSON object; `signature` is Ed25519 over the canonical JSON of the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select

from comfyvn.application.ports import Finding
from comfyvn.domain.kernel import Json, Refused
from comfyvn.infrastructure.signing import signing_key
from comfyvn.infrastructure.storage.hashing import canonical

if TYPE_CHECKING:
    from comfyvn.infrastructure.storage.store import Store

FORMAT: Final = "comfyvn-checkpoint-1"
MAX_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Checked:
    """What a checkpoint said, and the first thing in the database that is not so (None: all of it still holds)."""

    at: str
    public_key: str
    branches: int
    events: int
    first_bad: Finding | None = None


def write_checkpoint(store: "Store", path: Path, key_dir: Path, at: str) -> Mapping[str, Json]:
    """Write the heads of all branches, signed, to `path` and return them. `at` is the time, ISO 8601."""
    key = signing_key(key_dir)
    body = {"format": FORMAT, "at": at, "public_key": key.public_key().public_bytes_raw().hex(), **_heads(store)}
    body["signature"] = key.sign(canonical(body)).hex()
    path.write_bytes(orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")
    return body


def _heads(store: "Store") -> dict[str, Json]:
    commit, event = store.tables.commit.c, store.tables.event.c
    branches: dict[str, Json] = {}
    with store.database.read() as conn:
        counts = select(commit.branch, func.count(), func.max(commit.position)).group_by(commit.branch)
        for branch, commits, position in conn.execute(counts).all():
            row = conn.execute(select(commit.id, commit.project).where(commit.position == position)).one()
            head = {"project": row.project, "head": row.id, "position": position, "commits": commits}
            branches[branch] = head
        events, last = conn.execute(select(func.count(), func.max(event.position))).one()
    return {"branches": branches, "events": events, "position": last or 0}


def check_checkpoint(store: "Store", path: Path, key_dir: Path | None = None) -> Checked:
    """Compare a database with a checkpoint that was written earlier; with `key_dir` only that key's signature counts.

    Commits that came later are no difference. This looks at heads and counts; `verify` proves what leads to them.
    Raises Refused("checkpoint_malformed").
    """
    body = _read(path)
    signature = bytes.fromhex(body.pop("signature"))
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(body["public_key"]))
    bad: Finding | None = None
    try:
        public.verify(signature, canonical(body))
    except InvalidSignature:
        bad = Finding("signature_wrong", "The checkpoint was changed after it was signed.")
    if bad is None and key_dir is not None and signing_key(key_dir).public_key() != public:
        bad = Finding("key_unknown", "The checkpoint was signed with another key.")
    bad = bad or _compare(store, body)
    return Checked(body["at"], body["public_key"], len(body["branches"]), body["events"], bad)


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("too large")
        body = orjson.loads(path.read_bytes())
        if body["format"] != FORMAT or not isinstance(body["branches"], dict):
            raise ValueError("another format")
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(body["public_key"]))
        bytes.fromhex(body["signature"])
        int(body["events"] + body["position"])
        str(body["at"])
        for head in body["branches"].values():
            str(head["head"]), int(head["position"] + head["commits"])
    except (ValueError, KeyError, TypeError) as e:
        raise Refused("checkpoint_malformed", f"{path.name} is no checkpoint of this program: {e}.") from e
    return dict(body)


def _compare(store: "Store", body: Mapping[str, Any]) -> Finding | None:
    commit, event = store.tables.commit.c, store.tables.event.c
    with store.database.read() as conn:
        for branch, head in sorted(body["branches"].items(), key=lambda pair: pair[1]["position"]):
            there = conn.execute(
                select(commit.id).where(commit.branch == branch, commit.position == head["position"])
            ).scalar()
            before = select(func.count()).where(commit.branch == branch, commit.position <= head["position"])
            if there is None:
                message = f"The history ends before commit {head['head'][:12]} of the checkpoint."
                return Finding("history_cut", message, branch=branch, commit=head["head"])
            if there != head["head"] or conn.execute(before).scalar_one() != head["commits"]:
                message = f"The history up to commit {head['head'][:12]} of the checkpoint was written anew."
                return Finding("history_rewritten", message, branch=branch, commit=head["head"])
        count = conn.execute(select(func.count()).where(event.position <= body["position"])).scalar_one()
    if count != body["events"]:
        return Finding("history_cut", f"There were {body['events']} events, now there are {count}.")
    return None
