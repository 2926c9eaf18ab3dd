"""The key of this installation: Ed25519, made on first use, readable by its owner only."""

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_FILE: Final = "checkpoint.key"


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """Return the key in `folder`; make it on first use."""
    fresh = Ed25519PrivateKey.generate().private_bytes_raw()
    return Ed25519PrivateKey.from_private_bytes(kept(folder / KEY_FILE, fresh))


def kept(path: Path, fresh: bytes) -> bytes:
    """Return the content of a file of the owner's; where there is none yet, it becomes `fresh`, whole or not at all."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_name(f"{path.name}.{os.getpid()}")
    making.unlink(missing_ok=True)
    making.touch(0o600, exist_ok=False)
    making.write_bytes(fresh)
    try:
        path.hardlink_to(making)  # fails where another process was first
    except FileExistsError:
        return path.read_bytes()
    finally:
        making.unlink()
    return fresh


def holds(public_key: str, signature: str, message: bytes) -> bool:
    """Tell whether a signature (hex) of a message was made with the key of this public one (hex)."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
