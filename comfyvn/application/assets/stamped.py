"""Assets with a stamp of their origin in them."""

from hashlib import sha256

from comfyvn.application.assets.registry import Registry, find
from comfyvn.application.ports import LATEST
from comfyvn.application.provenance.stamping import Recut
from comfyvn.application.provenance.wording import stamps


def with_stamp(registry: Registry, branch: str, asset: str, at: int = LATEST) -> tuple[Recut, str]:
    """Return the content of an asset with its stamp, as pieces of the stored one, and a name for just these bytes.

    Raises Missing("asset_unknown"), Missing("blob_unknown") and StampUnfit("stamp_unfit").
    """
    asset_id, state, _ = find(registry.studio, branch, asset, at)
    words = stamps(registry.studio, branch, at, [asset_id])[asset_id]
    with registry.blobs.file(state.hash) as file:
        made = registry.stamps.stamped(file, words)
    return made, sha256(repr((state.hash, words)).encode()).hexdigest()
