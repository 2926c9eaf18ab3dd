"""What people do to assets that are there: other licence, tags, the end."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from comfyvn.application.assets.recording import record
from comfyvn.application.assets.registry import Registry
from comfyvn.application.assets.shelving import settle
from comfyvn.application.handle import handle
from comfyvn.application.ports import Loaded, Ref
from comfyvn.application.provenance.spdx import normalised
from comfyvn.application.studio import Outcome, Request
from comfyvn.domain.kernel import Missing
from comfyvn.domain.provenance import Origin

RELICENSE = "assets.relicense"


def change(registry: Registry, branch: str, asset: str, command: Any, request: Request) -> Outcome:
    """Give one of the commands of the domain to an asset, and let its derived files follow."""
    outcome = handle(registry.studio, branch, Ref("asset", asset), command, request)
    settle(registry, branch, [asset])
    return outcome


def relicense(registry: Registry, branch: str, asset: str, licence: str, request: Request) -> Outcome:
    """Put an asset under another licence; asset and origin say so in one commit. Raises Refused("licence_unknown")."""
    licence = normalised(licence)
    ref = Ref("asset", asset)
    fact = Ref("provenance", registry.studio.ids.new())

    def wish(present: Mapping[Ref, Loaded]) -> Iterator[tuple[Ref, Any]]:
        now = present[ref].state
        if now is None:
            raise Missing("asset_unknown", f"There is no asset {asset!r} here.", asset=asset)
        if now.meta.get("license") != licence:
            yield ref, replace(now, meta={**now.meta, "license": licence})
            yield fact, Origin(str(ref), "licensed", method="relicense", source_hash=now.hash, licence=licence)

    body = {"branch": branch, "entity": str(ref), "license": licence}
    outcome = record(registry.studio, branch, [ref], wish, request, f"relicense asset {asset}", RELICENSE, body)
    settle(registry, branch, [asset])
    return outcome
