"""The list of what an export wrote: a file of its own in the folder, the last that is written."""

import json
from collections.abc import Mapping
from typing import Final

MARKER: Final = "comfyvn-export.json"
"""The name of the list."""


def written(hashes: Mapping[str, str]) -> bytes:
    """Return the list of files, each with the SHA-256 of its content in hex."""
    text = json.dumps({"format": 1, "files": dict(hashes)}, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode()


def read(content: bytes) -> Mapping[str, str] | None:
    """Return the files of a list; None where it is none."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    files = found.get("files") if isinstance(found, dict) else None
    if not isinstance(files, dict) or not all(isinstance(digest, str) for digest in files.values()):
        return None
    return files
