"""Claims: fields of a record of origin, as JSON, with limits for every word."""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

from comfyvn.domain.kernel import Json

Claim = dict[str, Json]
"""Fields of `domain.provenance.Origin`; the name of the form in which the file says it is ``details.form``."""

MAX_WORDS: Final = 4_000
"""Characters of a prompt that are kept."""
MAX_FIELD: Final = 300
"""Characters of any other text that are kept."""
MAX_ITEMS: Final = 20
"""Entries of a list or of settings that are kept."""
METHOD: Final = "stamp"

GENERATED: Final = frozenset(
    {"trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia", "compositeSynthetic"}
)
"""The digital source types of the IPTC that mean a machine made it, or a part of it."""
_SOURCE_TYPES: Final = GENERATED | {
    *("algorithmicallyEnhanced", "composite", "compositeCapture", "computationalCapture", "dataDrivenMedia"),
    *("digitalArt", "digitalCapture", "digitalCreation", "humanEdits", "minorHumanEdits", "negativeFilm"),
    *("multiFrameComputationalCapture", "positiveFilm", "print", "screenCapture", "softwareImage", "virtualRecording"),
}
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff]+")
_COMMONS: Final = re.compile(
    r"https?://creativecommons\.org/(?:licenses/[a-z-]{2,20}/\d\.\d|publicdomain/(?:zero|mark)/1\.0)/?", re.IGNORECASE
)


def claim(form: str, activity: str, details: Mapping[str, Json], **fields: Json) -> Claim:
    """Return a claim without what is empty."""
    said = {key: value for key, value in details.items() if value not in (None, "", [], {})}
    kept = {key: value for key, value in fields.items() if value not in (None, "")}
    return {"activity": activity, "method": METHOD, **kept, "details": {"form": form, **said}}


def short(value: Any, limit: int = MAX_FIELD) -> str:
    """Return a text without control characters and half characters, cut; "" for what is no text."""
    if not isinstance(value, str):
        return ""
    return _CONTROL.sub(" ", value[: 4 * limit]).encode(errors="replace").decode().strip()[:limit]


def shorts(values: Iterable[Any]) -> list[str]:
    """Return texts, cut, each once."""
    found = dict.fromkeys(short(value) for value in values)
    return [text for text in found if text][:MAX_ITEMS]


def scalars(values: Mapping[Any, Any]) -> dict[str, Json]:
    """Return the entries that are texts, numbers or yes and no, cut."""
    found: dict[str, Json] = {}
    for key, value in values.items():
        if len(found) >= MAX_ITEMS:
            break
        if isinstance(value, str) and short(value):
            found[short(key)] = short(value)
        elif isinstance(value, bool | int | float) and abs(value) < 1 << 53:
            found[short(key)] = value
    return found


def seed(value: Any) -> int | None:
    """Return a seed, None for what is none."""
    if isinstance(value, str) and re.fullmatch(r"\d{1,20}", value.strip()):
        value = int(value)
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63
    return value if good else None


def hashed(text: str) -> str:
    """Return the SHA-256 of a text, "" of an empty one."""
    return sha256(text.encode(errors="replace")).hexdigest() if text else ""


def source_type(text: str) -> str:
    """Return the short name of a digital source type that is given as address, code or name; "" where it is none."""
    name = re.split(r"[/:#]", text.strip())[-1]
    return name if name in _SOURCE_TYPES else ""


def commons(text: str) -> str:
    """Return the address of a Creative Commons licence that stands in a text, or ""."""
    found = _COMMONS.search(text[:MAX_WORDS])
    return found[0] if found else ""
