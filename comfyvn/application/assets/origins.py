"""The facts of origin that the registry writes down beside an asset."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from hashlib import sha256
from typing import Any, Final

import orjson

from comfyvn.application.assets.registry import Draft
from comfyvn.application.ports import Ref
from comfyvn.application.provenance.spdx import kept
from comfyvn.application.provenance.stamping import FORM
from comfyvn.application.studio import plain
from comfyvn.domain.kernel import Json
from comfyvn.domain.provenance import Origin

_FIELDS: Final = frozenset(f.name for f in fields(Origin)) - {"subject"}

Claim = Mapping[str, Json]
"""What a file says of its own origin: fields of `Origin`."""


def origins(asset: str, draft: Draft, claims: tuple[Claim, ...], *, replaced: str | None = None) -> Iterator[Origin]:
    """Yield where the content of an asset came from: how it came here, and what the file says of itself.

    Words of a file for its licence that mean none become a ``LicenseRef-…``. A stamp of ours that was made for other
    bytes is marked as ``changed``.
    """
    subject = f"asset:{asset}"
    yield Origin(
        subject,
        "imported" if replaced is None else "edited",
        method=draft.method if replaced is None else "replace",
        source=draft.source,
        source_hash=draft.hash,
        licence=_text(draft.meta, "license"),
        credit=_text(draft.meta, "author"),
        details={} if replaced is None else {"before": replaced},
    )
    for claim in claims:
        said = {key: value for key, value in claim.items() if key in _FIELDS}
        details = said.get("details", {})
        if stamped([claim]) and details.get("sha256") != draft.hash:
            details = {**details, "changed": True}
        licence = kept(_text(said, "licence"))
        yield Origin(**{**said, "subject": subject, "source_hash": draft.hash, "licence": licence, "details": details})


def stamped(claims: Iterable[Claim]) -> bool:
    """Tell whether one of the claims is a stamp of ours."""
    return any(claim.get("details", {}).get("form") == FORM for claim in claims)


def record_of(origin: Origin) -> tuple[Ref, Any]:
    """Return a fact with its id: the same fact has the same id on every branch."""
    text = orjson.dumps(plain(origin), option=orjson.OPT_SORT_KEYS)
    return Ref("provenance", sha256(b"origin\x1f" + text).hexdigest()[:16]), origin


def _text(meta: Mapping[str, Json], key: str) -> str:
    value = meta.get(key)
    return value if isinstance(value, str) else ""
