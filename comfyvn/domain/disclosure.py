"""Whose work a text or a file is: made by a model, by a model and then a person, by a person, or not known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from comfyvn.domain.provenance import Origin

Hand = Literal["generated", "edited", "human", "unknown"]
"""``edited``: generated, then changed by a person. ``unknown``: it came from outside, and nobody said who made it."""

GENERATED: Final = frozenset({"trainedAlgorithmicMedia", "algorithmicMedia", "compositeSynthetic", "virtualRecording"})
EDITED: Final = frozenset({"compositeWithTrainedAlgorithmicMedia", "algorithmicallyEnhanced"})
HUMAN: Final = frozenset(
    {
        "composite",
        "compositeCapture",
        "computationalCapture",
        "digitalArt",
        "digitalCapture",
        "digitalCreation",
        "humanEdits",
        "minorHumanEdits",
        "negativeFilm",
        "positiveFilm",
        "print",
        "screenCapture",
    }
)
"""IPTC digital source types, by what they say of the hand."""

_TOUCHED: Final = frozenset({"humanEdits", "minorHumanEdits"})

_SYNTHETIC: Final = frozenset({"machine-translation", "text-to-speech", "tts"})
_ORDER: Final = ("imported", "derived", "generated", "edited", "licensed")


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact of origin that is about one version: its record, and the position where it was recorded."""

    record: str
    position: int
    origin: Origin


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a content from `position` on; None: it was gone."""

    position: int
    content: Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whose work a version is, and what shows it: the position of the commit, and the claim if there is one.

    `contradicted`: a claim says that a person made it, and other facts say that a model did.
    """

    hand: Hand
    position: int = 0
    claim: Claim | None = None
    contradicted: bool = False


Marks = Mapping[int, "Hand | Mapping[Any, Verdict]"]
"""Position -> what is known of the commit there: the hand that it is, or for a merge the verdicts by content."""


def made_by_model(origin: Origin) -> bool:
    """Tell whether a fact shows, by whatever it holds, that a model or another algorithm made a thing."""
    if origin.activity == "licensed":
        return False
    told = bool(origin.model or origin.prompt_hash or origin.workflow_hash) or origin.seed is not None
    return (
        told
        or origin.activity == "generated"
        or origin.method.casefold() in _SYNTHETIC
        or origin.kind_of_source in GENERATED
    )


def labelled(origin: Origin) -> bool:
    """Tell whether a fact names the source type and what made the thing, as a store or a law may ask for."""
    return origin.kind_of_source in GENERATED | EDITED and bool(origin.model or origin.tool)


def verdict(versions: Sequence[Version], marks: Marks, claims: Iterable[Claim], *, typed: bool) -> Verdict:
    """Return whose work the last version is, looking at how it came about.

    A commit without a mark is a person's own work: new words that were `typed` are a person's; a file that was put in
    is of unknown make until someone says more. A version with the content of an earlier one is the same work again
    (undo, restore, a move).
    """
    told = _placed(versions, claims)
    known: dict[Any, Verdict] = {}
    last: Verdict | None = None
    for number, version in enumerate(versions):
        if version.content is None:
            continue
        found = _base(version, marks.get(version.position), last, known.get(version.content), typed)
        for claim in told.get(number, ()):
            found = _claimed(found, claim)
        known.setdefault(version.content, found)
        if told.get(number):
            known[version.content] = found
        last = found
    return last or Verdict("unknown")


def _placed(versions: Sequence[Version], claims: Iterable[Claim]) -> dict[int, list[Claim]]:
    """Return the claims by the number of the version that was in force when they were recorded."""
    found: dict[int, list[Claim]] = {}
    for claim in sorted(claims, key=lambda c: (c.position, _ORDER.index(c.origin.activity), c.record)):
        before = [n for n, version in enumerate(versions) if version.position <= claim.position]
        if before:
            found.setdefault(before[-1], []).append(claim)
    return found


def _base(
    version: Version, mark: Hand | Mapping[Any, Verdict] | None, last: Verdict | None, same: Verdict | None, typed: bool
) -> Verdict:
    if isinstance(mark, Mapping):
        if version.content in mark:
            return mark[version.content]
        mark = None
    if same is not None:
        return same
    before = None if last is None else last.hand
    if mark == "generated":
        return Verdict("generated", version.position)
    if before in ("generated", "edited") and last is not None:
        return Verdict("edited", last.position, last.claim)
    if mark == "unknown" or before == "unknown" or not typed:
        return Verdict("unknown", version.position)
    return Verdict("human", version.position)


def _claimed(found: Verdict, claim: Claim) -> Verdict:
    """Return a verdict after one more fact. A model's work stays one: what says otherwise contradicts it."""
    origin = claim.origin
    if origin.kind_of_source in EDITED:
        return Verdict("edited", claim.position, claim)
    if made_by_model(origin):
        lied = found.contradicted or origin.kind_of_source in HUMAN
        return Verdict("generated", claim.position, _better(found.claim, claim), lied)
    if found.hand == "generated":
        if (origin.activity == "edited" and origin.method != "replace") or origin.kind_of_source in _TOUCHED:
            return replace(found, hand="edited")
        return replace(found, contradicted=found.contradicted or origin.kind_of_source in HUMAN)
    if origin.kind_of_source in _TOUCHED:
        return replace(found, hand="edited" if found.hand == "edited" else "human")
    return Verdict("human", claim.position, claim) if origin.kind_of_source in HUMAN else found


def _better(one: Claim | None, other: Claim) -> Claim:
    """Return the claim that labels more fully, the earlier of equals."""
    return one if one is not None and (labelled(one.origin) or not labelled(other.origin)) else other
