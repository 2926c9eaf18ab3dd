"""Content credentials (C2PA) that a file carries already, by c2pa-python (the extra `credentials`).

The library reads what is in the file and nothing else: it neither fetches manifests from elsewhere nor asks whether
certificates were revoked. Who signed is told, and whether the signature fits the file; nobody is trusted for it.
"""

import json
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, BinaryIO, Final

from comfyvn.infrastructure.media.claims.claim import GENERATED, Claim, claim, scalars, short, shorts, source_type

NOT_INSTALLED: Final = (
    "It carries content credentials (C2PA), which are read where c2pa-python is installed (the extra credentials)."
)
_SETTINGS: Final = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": False},
    "core": {"allowed_network_hosts": []},
}


def installed() -> bool:
    """Tell whether the library is here."""
    try:
        return find_spec("c2pa") is not None
    except ValueError:
        return False


def claims_of(file: BinaryIO, mime: str) -> Claim:
    """Return what the active manifest says; whatever the library raises means that it cannot be read."""
    from c2pa import Context, Reader  # type: ignore[import-untyped]  # noqa: PLC0415

    file.seek(0)
    with Context.from_dict(_SETTINGS) as context, Reader(mime, file, context=context) as reader:
        whole, state = json.loads(reader.json()), str(reader.get_validation_state())
    manifest: Mapping[str, Any] = whole["manifests"][whole["active_manifest"]]
    actions = [action for action in _actions(manifest) if isinstance(action, dict)]
    first: Mapping[str, Any] = next(iter(actions), {})
    kinds = [source_type(str(action.get("digitalSourceType", ""))) for action in actions]
    kind = next(filter(None, kinds), "")
    made = GENERATED.intersection(kinds)
    names = shorts(action.get("action") for action in actions)
    signature = manifest.get("signature_info")
    details = {
        "state": short(state),
        "title": short(manifest.get("title")),
        "generator": _name(manifest.get("claim_generator_info"), manifest.get("claim_generator")),
        "actions": names,
        "assertions": shorts(item.get("label") for item in manifest.get("assertions", []) if isinstance(item, dict)),
        "ingredients": len(manifest.get("ingredients", [])) or None,
        "signature": scalars(signature) if isinstance(signature, dict) else {},
        "manifest": short(whole["active_manifest"]),
        "parameters": scalars(first["parameters"]) if isinstance(first.get("parameters"), dict) else {},
    }
    edited = len(names) > 1 or names == ["c2pa.opened"]
    return claim(
        "c2pa",
        "generated" if made else "edited" if edited else "imported",
        details,
        tool=_name(first.get("softwareAgent"), None) or details["generator"],
        kind_of_source=kind,
    )


def _actions(manifest: Mapping[str, Any]) -> list[Any]:
    for assertion in manifest.get("assertions", []):
        if isinstance(assertion, dict) and str(assertion.get("label", "")).startswith("c2pa.actions"):
            found = (assertion.get("data") or {}).get("actions")
            return found if isinstance(found, list) else []
    return []


def _name(found: Any, otherwise: Any) -> str:
    """Return name and version of a program, which is told as a text, an object or a list of objects."""
    if isinstance(found, list):
        found = found[0] if found else None
    if isinstance(found, dict):
        return " ".join(filter(None, (short(found.get("name")), short(found.get("version")))))
    return short(found) or short(otherwise)
