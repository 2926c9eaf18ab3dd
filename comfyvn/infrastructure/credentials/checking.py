"""Whether credentials fit the files that they stand in or beside, and who signed them, by c2pa-python.

Nothing is fetched. Only the root of this installation is trusted; of other signers it is told who they say they are.
"""

import io
import json
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Literal

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.credentials.signing import EMBEDDED, UNKNOWN, ZIP, InParts
from comfyvn.infrastructure.media.claims.claim import short
from comfyvn.infrastructure.media.sniff import sniff
from comfyvn.infrastructure.media.stamps.credential import carried

State = Literal["trusted", "valid", "broken"]

MAX_CODES: Final = 3


@dataclass(frozen=True, slots=True)
class Checked:
    """A credential: whether it fits the file and we vouch for its signer, who that is, and codes of what is wrong."""

    state: State
    signer: str
    codes: tuple[str, ...] = ()


def has_credential(file: BinaryIO) -> bool:
    """Tell whether a file carries a credential in itself."""
    mime = sniff(file).mime
    try:
        return mime in EMBEDDED and carried(file, file.seek(0, io.SEEK_END), mime)
    except Refused:
        return False


def check_media(file: BinaryIO, beside: bytes | None, root: bytes | None) -> Checked:
    """Check the credential in a file, or the one `beside` it; `root` (PEM) is trusted."""
    mime = sniff(file).mime
    return _read(UNKNOWN if beside is not None and mime in EMBEDDED else mime, file, beside, root)


def check_bundle(file: BinaryIO, root: bytes | None) -> Checked:
    """Check the credential of a zip file as a whole."""
    return _read(ZIP, file, None, root)


def _read(mime: str, file: BinaryIO, beside: bytes | None, root: bytes | None) -> Checked:
    import c2pa  # type: ignore[import-untyped]  # noqa: PLC0415 - an optional package

    settings = {
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": root is not None},
        "core": {"allowed_network_hosts": [], "backing_store_memory_threshold_in_mb": 16},
        **({"trust": {"trust_anchors": root.decode("ascii", "replace")}} if root else {}),
    }
    file.seek(0)
    try:
        with (
            c2pa.Context.from_dict(settings) as context,
            c2pa.Reader(mime, InParts(file), beside, context=context) as reader,
        ):
            state, whole = str(reader.get_validation_state()), json.loads(reader.json())
    except (c2pa.C2paError, ValueError) as error:
        return Checked("broken", "", (short(str(error).partition(":")[0]),))
    return Checked(_STATES.get(state, "broken"), _signer(whole), _codes(whole) if state not in _STATES else ())


_STATES: Final[dict[str, State]] = {"Trusted": "trusted", "Valid": "valid"}


def _signer(whole: dict[str, Any]) -> str:
    info = whole.get("manifests", {}).get(whole.get("active_manifest"), {}).get("signature_info") or {}
    return ", ".join(filter(None, (short(info.get("issuer")), short(info.get("common_name")))))


def _codes(whole: dict[str, Any]) -> tuple[str, ...]:
    found = (whole.get("validation_results") or {}).get("activeManifest") or {}
    codes = (short(item.get("code")) for item in found.get("failure", []) if isinstance(item, dict))
    return tuple(dict.fromkeys(filter(None, codes)))[:MAX_CODES]
