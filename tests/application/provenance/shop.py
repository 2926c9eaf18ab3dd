"""Short words for what tests of provenance do: assets with what is known of them, and facts of their origin."""

from itertools import count
from typing import Any

from comfyvn.application.ports import Ref
from comfyvn.domain.assets import ImportAsset
from comfyvn.domain.provenance import RecordOrigin
from tests.desks import Desk

_NUMBERS = count(1)
GENERATED = "trainedAlgorithmicMedia"


def hold(desk: Desk, asset: str, licence: str = "", *, type: str = "image", actor: str = "ada", **meta: Any) -> str:
    """Make an asset that says so much of itself; return its subject."""
    said = {**({"license": licence} if licence else {}), **meta}
    command = ImportAsset(type, f"{asset}.png", f"{next(_NUMBERS):064x}", 10, said)  # type: ignore[arg-type]
    desk.do(command, Ref("asset", asset), actor=actor)
    return f"asset:{asset}"


def tell(desk: Desk, subject: str, activity: str, *inputs: str, actor: str = "ada", **more: Any) -> str:
    """Record a fact of the origin of a subject; return its id."""
    fact = f"o{next(_NUMBERS)}"
    roles = {**dict.fromkeys(inputs, "parent"), **more.pop("roles", {})}
    desk.do(RecordOrigin(subject, activity, inputs=roles, **more), Ref("provenance", fact), actor=actor)  # type: ignore[arg-type]
    return fact
