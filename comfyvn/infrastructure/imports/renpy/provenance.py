"""The record that our exports carry: where a project came from. It is a claim; whoever acts on it checks it."""

import json
from dataclasses import dataclass, field

from comfyvn.domain.kernel import Json
from comfyvn.domain.pack import Exported

RECORD = "provenance.json"
MAX_RECORD = 64 << 20
"""Bytes of the record."""
MAX_ID = 200


@dataclass(frozen=True, slots=True)
class Written:
    """The files that an export wrote, by path: the hash of each; and of assets the hash that each has in the registry.

    Both are claims.
    """

    files: dict[str, str] = field(default_factory=dict)
    assets: dict[str, str] = field(default_factory=dict)

    def was(self, path: str) -> str | None:
        """Return the registry's hash of the asset at a path, "" for a file that is none; None: it is not listed."""
        return self.assets.get(path, "") if path in self.files else None


def written(data: bytes) -> Written:
    """Return what a record says of the files of its export; nothing where it says nothing."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return Written()
    match found:
        case {"files": dict(files), "assets": list(assets)}:
            known = {path: digest for path, digest in files.items() if isinstance(digest, str)}
            return Written(known, dict(filter(None, map(_asset, assets))))
        case _:
            return Written()


def _asset(entry: Json) -> tuple[str, str] | None:
    match entry:
        case {"path": str(path), "hash": str(digest)}:
            return path, digest
        case _:
            return None


def exported(data: bytes) -> Exported | None:
    """Return where a record says that its game was exported from; None where it does not say so."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    match found:
        case {"project": str(project), "branch": str(branch), "position": int(position), "tool": {"name": "comfyvn"}}:
            fit = 0 < len(project) <= MAX_ID and 0 < len(branch) <= MAX_ID and 0 <= position < 1 << 62
            return Exported(project, branch, position) if fit and not isinstance(position, bool) else None
        case _:
            return None
