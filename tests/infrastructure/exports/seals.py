"""Seals for exports in tests, with a key that is always the same."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from comfyvn.application.exports import Seal, StoryView
from comfyvn.application.provenance.evidence import gather
from comfyvn.application.studio import Studio
from comfyvn.application.validation import validate
from comfyvn.infrastructure.exports.sealing import seal_with

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def sealed(studio: Studio, view: StoryView) -> Seal:
    """Return what seals an export of a story of a studio."""
    return seal_with(KEY, gather(studio, view, "renpy", validate(view)))
