"""The seal of an export: its manifest, and the signature of the installation over it. Every exporter writes both.

Signatures of Ed25519 have no chance in them: the same position gives the same seal, byte by byte.
"""

import json
from collections.abc import Mapping
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from comfyvn.application.exports import Seal
from comfyvn.domain.kernel import Json
from comfyvn.infrastructure.exports.manifest import RECORD, text_of

SIGNATURE: Final = "provenance.sig"
FORMAT: Final = "comfyvn-signature-1"
SEALED: Final = (RECORD, SIGNATURE)
"""The files of a seal."""


def seal_with(key: Ed25519PrivateKey, evidence: Mapping[str, Json]) -> Seal:
    """Return what seals an export of a story with this evidence."""

    def seal(files: Mapping[str, str], placed: Mapping[str, str]) -> dict[str, bytes]:
        record = text_of(evidence, files, placed)
        return {RECORD: record, SIGNATURE: signature_file(key, record)}

    return seal


def signature_file(key: Ed25519PrivateKey, record: bytes) -> bytes:
    """Return the file that holds the signature over the bytes of a manifest."""
    return signature_text(key.public_key().public_bytes_raw().hex(), key.sign(record).hex())


def signature_text(public_key: str, signature: str) -> bytes:
    """Return the text of a signature file; both are hex."""
    fields = {
        "format": FORMAT,
        "of": RECORD,
        "algorithm": "Ed25519",
        "public_key": public_key,
        "signature": signature,
    }
    return (json.dumps(fields, indent=1, sort_keys=True) + "\n").encode()
