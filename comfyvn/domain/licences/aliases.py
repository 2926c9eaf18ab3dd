"""What people write for a licence, and the SPDX id that they mean.

Only names with one meaning are here: "CC BY" without a version, or "BSD", names several licences and is none of them.
"""

import re
from collections.abc import Mapping
from typing import Final

_WRITTEN: Final[Mapping[str, tuple[str, ...]]] = {
    "CC0-1.0": ("cc0", "cc zero", "cc 0", "cc0 1", "creative commons zero", "creative commons 0"),
    "LicenseRef-Public-Domain": ("public domain", "pd", "publicdomain", "public domain mark"),
    "LicenseRef-Own-Work": ("own work", "own", "mine", "my own work", "self made", "selfmade"),
    "LicenseRef-All-Rights-Reserved": ("all rights reserved", "arr", "copyright", "copyrighted", "proprietary"),
    "MIT": ("mit license", "mit licence", "expat", "the mit license"),
    "ISC": ("isc license", "isc licence"),
    "Apache-2.0": ("apache", "apache 2", "apache license 2", "apache licence 2", "asl 2"),
    "BSD-2-Clause": ("bsd 2 clause", "bsd2", "simplified bsd"),
    "BSD-3-Clause": ("bsd 3 clause", "bsd3", "new bsd", "modified bsd"),
    "Zlib": ("zlib license", "zlib libpng"),
    "Unlicense": ("the unlicense",),
    "WTFPL": ("wtfpl 2",),
    "MPL-2.0": ("mpl", "mpl 2", "mozilla public license 2"),
    "OFL-1.1": (
        "ofl",
        "sil ofl",
        "sil ofl 1.1",
        "sil open font license",
        "sil open font 1.1",
        "open font license",
        "sil",
    ),
    "LAL-1.3": ("free art license", "free art licence", "fal", "lal", "art libre", "free art license 1.3"),
    "GPL-2.0-only": ("gplv2", "gpl2", "gpl v2", "gpl 2", "gnu gpl v2", "gnu gplv2", "gnu general v2", "gnu general 2"),
    "GPL-2.0-or-later": ("gplv2+", "gpl2+", "gpl v2+", "gpl 2+", "gplv2 or later", "gpl 2 or later"),
    "GPL-3.0-only": ("gplv3", "gpl3", "gpl v3", "gpl 3", "gnu gpl v3", "gnu gplv3", "gnu general v3", "gnu general 3"),
    "GPL-3.0-or-later": ("gplv3+", "gpl3+", "gpl v3+", "gpl 3+", "gplv3 or later", "gpl 3 or later"),
    "LGPL-2.1-only": ("lgpl 2.1", "lgplv2.1", "lgpl v2.1"),
    "LGPL-2.1-or-later": ("lgpl 2.1+", "lgplv2.1+", "lgpl v2.1+"),
    "LGPL-3.0-only": ("lgpl 3", "lgplv3", "lgpl v3"),
    "LGPL-3.0-or-later": ("lgpl 3+", "lgplv3+", "lgpl v3+"),
    "AGPL-3.0-only": ("agplv3", "agpl3", "agpl 3", "agpl v3"),
    "AGPL-3.0-or-later": ("agplv3+", "agpl3+", "agpl 3+", "agpl v3+"),
    "LicenseRef-OGA-BY-3.0": ("oga by 3", "oga by"),
    "LicenseRef-OGA-BY-4.0": ("oga by 4",),
}
ALIASES: Final[Mapping[str, str]] = {words: key for key, written in _WRITTEN.items() for words in written}
"""What is written, in small letters, without ``.0`` at its end and with single blanks for all signs between words."""

_LONG: Final = {
    "attribution": "by",
    "noncommercial": "nc",
    "non commercial": "nc",
    "noderivatives": "nd",
    "no derivatives": "nd",
    "noderivs": "nd",
    "no derivs": "nd",
    "sharealike": "sa",
    "share alike": "sa",
}
_CC: Final = re.compile(r"(?:cc|creative commons) (by(?: (?:nc|nd|sa)){0,3}) v?([1-4](?:\.[05])?)")
_CC_PARTS: Final = ("by", "by nc", "by nc nd", "by nc sa", "by nd", "by sa", "by nd nc")
_CC_ADDRESS: Final = re.compile(r"creativecommons\.org/licenses/(by(?:-[a-z]{2}){0,2})/([1-4]\.[05])(?:/.*)?")
_ADDRESSES: Final = (
    (re.compile(r"creativecommons\.org/publicdomain/zero/1\.0(?:/.*)?"), "CC0-1.0"),
    (re.compile(r"creativecommons\.org/publicdomain/mark/1\.0(?:/.*)?"), "LicenseRef-Public-Domain"),
    (re.compile(r"(?:scripts\.sil\.org/ofl|openfontlicense\.org)(?:/.*)?"), "OFL-1.1"),
    (re.compile(r"gnu\.org/licenses/gpl-3\.0(?:\.[a-z.]+)?"), "GPL-3.0-only"),
    (re.compile(r"artlibre\.org(?:/.*)?"), "LAL-1.3"),
)
_SPDX_ADDRESS: Final = re.compile(r"(?:spdx|opensource)\.org/licenses?/([a-z0-9.+-]+?)(?:\.html|\.json|/)?")
_IDLE: Final = re.compile(r"\b(?:the|public licen[cs]e|licen[cs]e|version|unported|international|generic)\b")
_SCHEME: Final = re.compile(r"https?://(?:www\.)?")
_UNFIT: Final = re.compile(r"[^A-Za-z0-9.]+")


def alias(written: str) -> str | None:
    """Return the SPDX id (in any letter case) that a name or an address of a licence means; None: it is no alias."""
    text = written.strip().casefold()
    if scheme := _SCHEME.match(text):
        return _of_address(text[scheme.end() :])
    words = re.sub(r"[\s,_()/-]+", " ", text).strip()
    if found := ALIASES.get(words) or ALIASES.get(words.removesuffix(".0")):
        return found
    words = " ".join(_IDLE.sub(" ", words).split())
    for long, short in _LONG.items():
        words = words.replace(long, short)
    if found := ALIASES.get(words) or ALIASES.get(words.removesuffix(".0")):
        return found
    return _commons(match[1], match[2]) if (match := _CC.fullmatch(words)) else None


def reference(written: str) -> str:
    """Return the ``LicenseRef-…`` under which words that mean no known licence are kept."""
    return f"LicenseRef-{_UNFIT.sub('-', written.strip())[:100].strip('-.') or 'Unnamed'}"


def _commons(parts: str, version: str) -> str | None:
    if parts not in _CC_PARTS:
        return None
    parts = "by nc nd" if parts == "by nd nc" else parts
    return f"CC-{parts.replace(' ', '-').upper()}-{version if '.' in version else f'{version}.0'}"


def _of_address(address: str) -> str | None:
    if match := _CC_ADDRESS.fullmatch(address):
        return _commons(match[1].replace("-", " "), match[2])
    if match := _SPDX_ADDRESS.fullmatch(address):
        return match[1]
    return next((key for pattern, key in _ADDRESSES if pattern.fullmatch(address)), None)
