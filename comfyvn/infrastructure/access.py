"""The token that opens a server to other machines."""

import os
import secrets
from pathlib import Path

FILE = "server.token"


def token(folder: Path) -> str:
    """Return the token in `folder`; make it on first use, 256 bits, readable by its owner only."""
    path = folder / FILE
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(32)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(made + "\n")
    return made
