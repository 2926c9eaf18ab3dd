"""What a pack holds, told to people: the same account before an import as after it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from comfyvn.application.provenance.spdx import parsed
from comfyvn.domain.kernel import Json
from comfyvn.domain.licences import conditions, terms
from comfyvn.domain.pack import Depth, Extraction, Pack, Stated

MAX_SHOWN: Final = 1_000
"""Scenes that are named."""
MAX_LICENCES: Final = 500
"""Licences and flags that are listed."""


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that a person has to look at before the story is passed on. `code` is stable.

    `subject` is what it is about, "" for the whole; `licence` the SPDX id, or the words that mean none.
    """

    code: str
    message: str
    subject: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a pack. Each of `scenes` has its id, title, lines and choices; `more` counts those that are not named.

    `coverage` has the statements that are modelled (`recognised` of `total`, as a `share` from 0 to 1) and how many of
    each kind stay code (`raw`); `depth` is how deep the source is understood. `licences` are those that the source
    states, `flags` what follows from them; `extraction` tells of the external program that unpacked the source.
    """

    engine: str
    title: str
    depth: Depth
    coverage: Mapping[str, Json]
    scenes: tuple[Mapping[str, Json], ...]
    more: int
    lines: int
    choices: int
    characters: tuple[str, ...]
    worlds: tuple[str, ...]
    variables: tuple[str, ...]
    languages: tuple[str, ...]
    assets: int
    asset_bytes: int
    asset_types: Mapping[str, int]
    licences: tuple[Stated, ...]
    flags: tuple[Flag, ...]
    extraction: Extraction | None


def contents_of(pack: Pack) -> Contents:
    """Return what is in a pack."""
    told = [(i, scene) for i, scene in pack.scenes.items() if scene.role == "story"]
    kinds = [[node.type for node in scene.nodes.values()] for _, scene in told]
    shown = tuple(
        {"id": i, "title": scene.title, "lines": types.count("text"), "choices": types.count("choice")}
        for (i, scene), types in list(zip(told, kinds, strict=True))[:MAX_SHOWN]
    )
    return Contents(
        engine=pack.engine,
        title=pack.title,
        depth=pack.depth if pack.scenes else "assets",
        coverage=coverage_of(pack),
        scenes=shown,
        more=len(told) - len(shown),
        lines=sum(found.count("text") for found in kinds),
        choices=sum(found.count("choice") for found in kinds),
        characters=tuple(sorted(character.name for character in pack.characters.values())),
        worlds=tuple(sorted(world.name for world in pack.worlds.values())),
        variables=tuple(sorted(pack.variables)),
        languages=tuple(sorted({unit.language for unit in pack.translations.values()})),
        assets=len(pack.members),
        asset_bytes=sum(member.size for member in pack.members),
        asset_types=dict(sorted(Counter(member.type for member in pack.members).items())),
        licences=pack.licences[:MAX_LICENCES],
        flags=tuple(_flags(pack.licences, ours=pack.exported is not None))[:MAX_LICENCES],
        extraction=pack.extraction,
    )


def coverage_of(pack: Pack) -> dict[str, Json]:
    """Return how much of the source is modelled."""
    share = round(pack.recognised / pack.total, 4) if pack.total else None
    return {"recognised": pack.recognised, "total": pack.total, "share": share, "raw": dict(pack.raw_kinds)}


def _flags(licences: Sequence[Stated], ours: bool) -> Iterator[Flag]:
    if not licences and not ours:
        yield Flag("licence_not_stated", "The source states no licence; find out who may do what with it.")
    for stated in dict.fromkeys(licences):
        found = parsed(stated.licence) if stated.licence else None
        if found is None:
            message = f"{stated.file}: {stated.said!r} is no licence that is known."
            yield Flag("licence_unclear", message, stated.subject, stated.said)
            continue
        for key in sorted({term.key for term in terms(found)}):
            yield from _asked(stated, key)


def _asked(stated: Stated, key: str) -> Iterator[Flag]:
    """Yield what a licence asks for."""
    asked, where = conditions(key), f"{stated.file}: {key}"
    if key == "LicenseRef-All-Rights-Reserved":
        yield Flag("all_rights_reserved", f"{where}: ask the author before you pass it on.", stated.subject, key)
    elif not asked.known:
        yield Flag("licence_custom", f"{where}: read its text.", stated.subject, key)
    if asked.noncommercial:
        yield Flag("noncommercial", f"{where} allows no commercial use.", stated.subject, key)
    if asked.no_derivatives:
        yield Flag("no_derivatives", f"{where} allows no derived works.", stated.subject, key)
    if asked.share_alike:
        yield Flag("share_alike", f"{where}: what is made of it stays under that licence.", stated.subject, key)
    if asked.attribution and not stated.credit:
        yield Flag("attribution", f"{where} asks for credit; find out whom to name.", stated.subject, key)
