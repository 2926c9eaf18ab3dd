"""The licences that a source states: in licence files and credits, and in fields of its own; nobody proves it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from comfyvn.application.provenance.spdx import parsed
from comfyvn.domain.kernel import Refused
from comfyvn.domain.licences import alias, rendered
from comfyvn.domain.pack import Stated
from comfyvn.infrastructure.imports.files import Files, text

MAX_FILES: Final = 200
"""Files that are looked into."""
MAX_SAID: Final = 200
"""Characters of the words that are kept."""
_FILE: Final = re.compile(
    r"(?:un)?licen[cs]es?|copying|copyright|notice|eula|terms|credits?|attributions?|read ?me", re.IGNORECASE
)
_ENDINGS: Final = ("", "txt", "md", "rst", "text", "html", "htm", "lesser")
_LINE: Final = re.compile(
    r"(?:SPDX-License-Identifier:|^[^\w\n]{0,20}Licen[cs]ed? ?(?:is|under|:)(?: the)?)"
    r"[ \t]*(?P<words>[^\n]{1,120}?)[ \t*.]*$",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS: Final = re.compile(
    r"https?://(?:www\.)?(?:creativecommons\.org/(?:licenses|publicdomain)/[\w./-]{2,60}|artlibre\.org|openfontlicense\.org"
    r"|(?:spdx|opensource)\.org/licenses?/[\w.+-]{2,40})",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(
    r"\b(?:CC0|CC[ -]BY(?:[ -](?:NC|ND|SA)){0,3}[ -]v?[1-4]\.\d|OGA[ -]BY[ -]\d\.\d)\b"
    r"|Creative Commons Attribution(?:[- ](?:Non-?Commercial|No-?Deriv(?:atives|s)|Share-?Alike)){0,3} [1-4]\.\d",
    re.IGNORECASE,
)
_RESERVED: Final = re.compile(r"all rights reserved|\u7121\u65ad\u8ee2\u8f09|\u8ee2\u8f09\u7981\u6b62", re.IGNORECASE)
_TEXTS: Final[Mapping[str, re.Pattern[str]]] = {
    key: re.compile(words, re.IGNORECASE)
    for key, words in {
        "MIT": r"permission is hereby granted, free of charge, to any person obtaining a copy of this software and",
        "ISC": r"permission to use, copy, modify, and(?:/or)? distribute this software for any purpose with or",
        "Apache-2.0": r"apache license\s+version 2\.0",
        "BSD-3-Clause": r"redistribution and use in source and binary forms[\s\S]{0,2000}neither the name",
        "GPL-3.0-only": r"gnu general public license\s+version 3",
        "GPL-2.0-only": r"gnu general public license\s+version 2",
        "LGPL-2.1-only": r"gnu lesser general public license\s+version 2\.1",
        "LGPL-3.0-only": r"gnu lesser general public license\s+version 3",
        "AGPL-3.0-only": r"gnu affero general public license\s+version 3",
        "MPL-2.0": r"mozilla public license,? version 2\.0",
        "OFL-1.1": r"sil open font license,? version 1\.1",
        "Unlicense": r"this is free and unencumbered software released into the public domain",
        "CC0-1.0": r"cc0 1\.0 universal",
        "Zlib": r"this software is provided 'as-is'[\s\S]{0,500}altered source versions must be plainly marked",
    }.items()
}


def in_files(files: Files) -> Iterator[Stated]:
    """Yield what licence files, credits and read-me files state, those nearest to the top first."""
    names = [entry.name for entry in files.entries if _speaks(entry.name)]
    for name in sorted(names, key=lambda name: (name.count("/"), name))[:MAX_FILES]:
        try:
            words = text(files.head(name), name)[0]
        except Refused:
            continue  # whoever needs the file will say so
        subject = name.rpartition("/")[0]
        found: dict[str, str] = {}
        for key, said in _meant(words):
            found.setdefault(key, said)
        if not found and (reserved := _RESERVED.search(words)):
            found["LicenseRef-All-Rights-Reserved"] = reserved[0]
        for key, said in found.items():
            yield Stated(f"{subject}/" if subject else "", said[:MAX_SAID], key, name)
        if not found and _declares(name):
            said = next((row.strip() for row in words.split("\n") if row.strip()), "")
            yield Stated(f"{subject}/" if subject else "", said[:MAX_SAID], "", name)


def stated(subject: str, said: str, file: str, credit: str = "") -> Stated:
    """Return a licence that a field of a source states."""
    found = parsed(said)
    return Stated(subject, said[:MAX_SAID], rendered(found) if found else "", file, credit[:MAX_SAID])


def in_fields(subject: str, fields: Mapping[str, Any], file: str, credit: str = "") -> Iterator[Stated]:
    """Yield what the fields ``license`` and ``licence`` state, if they are texts."""
    for key in ("license", "licence"):
        said = fields.get(key)
        if isinstance(said, str) and said.strip():
            yield stated(subject, said.strip(), file, credit)
            return


def _speaks(name: str) -> bool:
    stem, _, ending = name.rpartition("/")[2].lower().rpartition(".")
    stem, ending = (stem, ending) if stem else (ending, "")
    words = re.split(r"[-_. ]", stem)
    return ending in _ENDINGS and any(map(_FILE.fullmatch, (stem, words[0], words[-1])))


def _declares(name: str) -> bool:
    """Tell whether a file is there for its licence alone."""
    return re.search(r"licen[cs]e|copying|eula|terms", name.rpartition("/")[2], re.IGNORECASE) is not None


def _meant(words: str) -> Iterator[tuple[str, str]]:
    """Yield the licences that a text means, with the words that say so."""
    for found in _LINE.finditer(words):
        known = parsed(found["words"].strip(" \"'`*"))
        if known is not None:
            yield rendered(known), found[0].strip()
    for pattern in (_ADDRESS, _NAMED):
        for found in pattern.finditer(words):
            if key := alias(found[0].rstrip("./") if pattern is _ADDRESS else found[0]):
                yield key, found[0]
    for key, pattern in _TEXTS.items():
        if match := pattern.search(words):
            yield key, " ".join(match[0].split())
