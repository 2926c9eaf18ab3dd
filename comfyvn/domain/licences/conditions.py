"""What each licence asks of those who use a work."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a licence asks for. `known` is false where the studio does not know its text; a person has to read it."""

    attribution: bool = False
    noncommercial: bool = False
    no_derivatives: bool = False
    share_alike: bool = False
    known: bool = True


_FREE: Final = frozenset(
    {
        "0BSD",
        "CC0-1.0",
        "CC-PDDC",
        "CC-PDM-1.0",
        "LicenseRef-Own-Work",
        "LicenseRef-Public-Domain",
        "MIT-0",
        "PDDL-1.0",
        "Unlicense",
        "WTFPL",
        "Zlib",
    }
)
_CREDITED: Final = re.compile(
    r"MIT|ISC|X11|BSD-[A-Za-z0-9-]+|Apache-[\d.]+|OFL-1\.[01](?:-RFN|-no-RFN)?|MPL-[\d.]+|FTL|Bitstream-Vera|CDLA-Permissive-[\d.]+"
    r"|LicenseRef-OGA-BY(?:-[\d.]+)?"
)
_SHARED: Final = re.compile(r"(?:GPL|LGPL|AGPL)-[\d.]+(?:-only|-or-later)|LAL-1\.[23]|GFDL-[\w.-]+|ODbL-1\.0")
_COMMONS: Final = re.compile(r"(?:LicenseRef-)?CC-BY((?:-(?:NC|ND|SA))*)(?:-[1-4]\.\d)?(?:-[A-Z]{2,4})?")


def conditions(key: str) -> Conditions:
    """Return what the licence with an SPDX id, or a ``LicenseRef-…`` of our own, asks for."""
    if key in _FREE:
        return Conditions()
    if match := _COMMONS.fullmatch(key):
        parts = match[1].split("-")
        return Conditions(True, "NC" in parts, "ND" in parts, "SA" in parts)
    if _SHARED.fullmatch(key):
        return Conditions(attribution=True, share_alike=True)
    if _CREDITED.fullmatch(key):
        return Conditions(attribution=True)
    return Conditions(known=False)
