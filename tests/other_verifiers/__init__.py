"""Verifiers of content credentials that share no code with the library which signs them."""

import json
from pathlib import Path
from typing import Any, Final

from tests import node_packages

_HERE: Final = Path(__file__).parent


def verified(*files: Path) -> list[dict[str, Any]]:
    """Return what c2pa-ts says of PNG, JPEG and AVIF files: `valid` (None: no credential), codes and manifests."""
    package = node_packages.installed(_HERE) / "@trustnxt" / "c2pa-ts"
    found: list[dict[str, Any]] = json.loads(node_packages.output(_HERE / "verify.mjs", package, *files))
    return found
