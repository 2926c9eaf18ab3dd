"""Rows of the commit tables as the values that use cases know, and back."""

from typing import Any

import orjson

from comfyvn.application.ports import BranchRow, Commit, Envelope, ProjectRow
from comfyvn.domain.kernel import Conflict, Refused
from comfyvn.infrastructure.storage.hashing import canonical, fingerprint

_COMMIT = tuple(name for name in Commit.__slots__ if name != "body")


def json_text(value: Any) -> str:
    """Return canonical JSON text; raise Refused("not_storable")."""
    try:
        return canonical(value).decode()
    except TypeError as e:
        raise Refused("not_storable", f"A value cannot be stored: {e}.") from e


def same_command(row: Any, command: str, body: str) -> None:
    """Raise Conflict("command_id_reused") where the commit of a command id was made by another command."""
    if row.fingerprint != fingerprint(command, body):
        message = f"The command id {row.command_id!r} was used for another command."
        raise Conflict("command_id_reused", message, command_id=row.command_id, commit=row.id)


def to_commit(row: Any) -> Commit:
    """Return a row of the commit log as a commit."""
    return Commit(**{name: getattr(row, name) for name in _COMMIT}, body=orjson.loads(row.body))


def to_branch(row: Any) -> BranchRow:
    """Return a row of the branch table."""
    return BranchRow(row.id, row.project, row.name, row.parent, row.fork_position, bool(row.closed))


def to_project(row: Any) -> ProjectRow:
    """Return a row of the project table."""
    return ProjectRow(row.id, row.name, row.main, row.created_at)


def of_envelope(envelope: Envelope, body: str) -> dict[str, Any]:
    """Return the columns of a commit that its envelope gives; raise Refused("not_storable") for NUL characters."""
    columns = {
        "kind": envelope.kind,
        "actor": envelope.actor,
        "session": envelope.session,
        "at": envelope.at,
        "message": envelope.message,
        "command_id": envelope.command_id,
        "command": envelope.command,
        "body": body,
        "fingerprint": fingerprint(envelope.command, body),
        "cause": envelope.cause,
        "reverts": envelope.reverts,
        "merge_parent": envelope.merge_parent,
    }
    for name, value in columns.items():
        storable(name, value)
    return columns


def storable(name: str, text: str | None) -> None:
    """Raise Refused("not_storable") for text that not every database can hold."""
    if text is None or (text.isascii() and "\0" not in text):
        return
    try:
        text.encode()
    except UnicodeEncodeError as e:
        raise Refused("not_storable", f"{name} holds half of a surrogate pair.") from e
    if "\0" in text:
        raise Refused("not_storable", f"{name} holds a NUL character.")


def opened(branch: BranchRow | None, project: ProjectRow | None) -> str | None:
    """Return the JSON of what comes into being with a commit; it is hashed with it."""
    if branch is None and project is None:
        return None
    found: dict[str, Any] = {}
    if branch is not None:
        names = ("id", "project", "name", "parent", "fork_position")
        found["branch"] = {name: getattr(branch, name) for name in names}
    if project is not None:
        found["project"] = {name: getattr(project, name) for name in ("id", "name", "main", "created_at")}
    return json_text(found)
