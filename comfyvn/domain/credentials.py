"""Content credentials: from facts of origin to the manifest of C2PA that tells them. Nothing is signed here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from comfyvn.domain.disclosure import EDITED, GENERATED, HUMAN, Hand
from comfyvn.domain.kernel import Json

SOURCE_TYPES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""What the short name of an IPTC digital source type is added to."""
ASSERTION: Final = "org.comfyvn.provenance"
"""The label of what we state beyond the assertions of C2PA."""
ITSELF: Final = "itself"
"""The label of the ingredient that is the file as it came to us."""

Relationship = Literal["parentOf", "componentOf", "inputTo"]

_RELATIONSHIPS: Final[Mapping[str, Relationship]] = {"parent": "parentOf", "prompt": "inputTo", "text": "inputTo"}
_DEEDS: Final = {
    "convert": "c2pa.transcoded",
    "crop": "c2pa.cropped",
    "resize": "c2pa.resized",
    "rotate": "c2pa.orientation",
    "transcode": "c2pa.transcoded",
    "translate": "c2pa.translated",
}
_TYPES: Final[Mapping[Hand, tuple[frozenset[str], str]]] = {
    "generated": (GENERATED, "trainedAlgorithmicMedia"),
    "edited": (EDITED, "compositeWithTrainedAlgorithmicMedia"),
    "human": (HUMAN, "digitalCreation"),
}
"""The source types that fit whose work it is, and the one where none is recorded."""


@dataclass(frozen=True, slots=True)
class Ingredient:
    """What went into a file: the subject, its name, and the role that the records of origin give it."""

    subject: str
    title: str
    role: str

    @property
    def relationship(self) -> Relationship:
        return _RELATIONSHIPS.get(self.role, "componentOf")


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done to a file after it was there: how, and with what program."""

    method: str = ""
    tool: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What is known of the file of an asset. `sha256` is the hash of the content in the registry; empty: not known.

    `kinds` are the IPTC digital source types that were recorded, the last first; `told` are settings of the program
    that made it. `through` tells that a model made one of its parts, not the file itself.
    """

    asset: str
    title: str
    sha256: str
    hand: Hand = "unknown"
    kinds: tuple[str, ...] = ()
    tool: str = ""
    told: Mapping[str, Json] | None = None
    through: bool = False
    deeds: tuple[Deed, ...] = ()
    inputs: tuple[Ingredient, ...] = ()
    licence: str = ""
    credit: str = ""
    project: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """What is known of a bundle of files: its name, whether a model made something in it, where it was read."""

    title: str
    made_by_model: bool
    project: str
    branch: str
    position: int
    commit: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the credentials of an export tell: of the file of each asset, by the asset's id, and of the whole."""

    works: Mapping[str, Work]
    whole: Collection


def source_type(hand: Hand, kinds: tuple[str, ...]) -> str:
    """Return the short name of the source type that fits whose work a file is; empty where nobody knows."""
    if hand == "unknown":
        return ""
    fitting, otherwise = _TYPES[hand]
    return next((kind for kind in kinds if kind in fitting), otherwise)


def manifest(work: Work, mime: str, version: str, *, signed_before: bool) -> dict[str, Json]:
    """Return the manifest of a file. `signed_before`: it has credentials already, which stay as those of its parent.

    A file begins as created where it is known whose work it is, else as opened: it was there before we saw it.
    """
    ingredients = list(_ingredients(work, signed_before))
    actions = list(_actions(work, ingredients, signed_before))
    stated = {
        "asset": work.asset,
        "sha256": work.sha256,
        "licence": work.licence,
        "credit": work.credit,
        "project": work.project,
        "commit": work.commit,
    }
    return {
        **_head(work.title, mime, version),
        "ingredients": ingredients,
        "assertions": [_asserted(actions), {"label": ASSERTION, "data": _known(stated)}],
    }


def bundle_manifest(bundle: Collection, mime: str, version: str, record: str) -> dict[str, Json]:
    """Return the manifest of a bundle; `record` is the hash of the manifest in it, which tells of each file."""
    kind = "compositeWithTrainedAlgorithmicMedia" if bundle.made_by_model else "composite"
    created = {"action": "c2pa.created", "softwareAgent": _agent(version), "digitalSourceType": SOURCE_TYPES + kind}
    stated: dict[str, Json] = {
        "project": bundle.project,
        "branch": bundle.branch,
        "position": bundle.position,
        "commit": bundle.commit,
        "provenance": record,
    }
    return {
        **_head(bundle.title, mime, version),
        "assertions": [_asserted([created]), {"label": ASSERTION, "data": _known(stated)}],
    }


def _head(title: str, mime: str, version: str) -> dict[str, Json]:
    return {"claim_generator_info": [_agent(version)], "title": title, "format": mime}


def _agent(version: str) -> dict[str, Json]:
    return {"name": "ComfyVN", "version": version}


def _asserted(actions: list[dict[str, Json]]) -> dict[str, Json]:
    return {"label": "c2pa.actions.v2", "data": {"actions": actions}}


def _known(stated: Mapping[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in stated.items() if value not in ("", None)}


def _ingredients(work: Work, signed_before: bool) -> Iterator[dict[str, Json]]:
    """Yield what went in. A file has one parent: itself as it came, or else the first that is recorded as one."""
    has_parent = signed_before
    if signed_before:
        yield _ingredient(ITSELF, work.title, f"asset:{work.asset}", "parentOf")
    for number, part in enumerate(work.inputs):
        relationship = part.relationship
        if relationship == "parentOf":
            relationship = "componentOf" if has_parent else "parentOf"
            has_parent = True
        yield _ingredient(f"input-{number}", part.title, part.subject, relationship)
    if not has_parent and work.hand == "unknown":
        yield _ingredient(ITSELF, work.title, f"asset:{work.asset}", "parentOf")


def _ingredient(label: str, title: str, subject: str, relationship: str) -> dict[str, Json]:
    return {"label": label, "title": title, "instance_id": f"urn:comfyvn:{subject}", "relationship": relationship}


def _actions(work: Work, ingredients: list[dict[str, Json]], signed_before: bool) -> Iterator[dict[str, Json]]:
    by_kind: dict[str, list[str]] = {}
    for one in ingredients:
        by_kind.setdefault(one["relationship"], []).append(one["label"])
    kind = source_type(work.hand, work.kinds)
    made = _made(work, by_kind.get("inputTo", []))
    if parent := by_kind.get("parentOf"):
        yield {"action": "c2pa.opened", "parameters": {"ingredientIds": parent}}
        if kind and not signed_before and (work.hand == "generated" or not work.deeds):
            yield {"action": "c2pa.edited", **made, "digitalSourceType": SOURCE_TYPES + kind}
    elif work.hand == "edited" and not work.through:
        yield {
            "action": "c2pa.created",
            **made,
            "digitalSourceType": SOURCE_TYPES + source_type("generated", work.kinds),
        }
        if not work.deeds:
            yield {"action": "c2pa.edited", "digitalSourceType": SOURCE_TYPES + kind}
    else:
        yield {"action": "c2pa.created", **made, "digitalSourceType": SOURCE_TYPES + kind}
    if placed := by_kind.get("componentOf"):
        yield {"action": "c2pa.placed", "parameters": {"ingredientIds": placed}}
    for deed in work.deeds:
        done = {
            "action": action_of(deed.method),
            **({"softwareAgent": {"name": deed.tool}} if deed.tool else {}),
        }
        if deed.method:
            done["parameters"] = {"org.comfyvn.method": deed.method}
        if work.hand == "edited" and kind:
            done["digitalSourceType"] = SOURCE_TYPES + kind
        yield done


def _made(work: Work, inputs: list[str]) -> dict[str, Json]:
    """Return what an action says of the program that made a file, and what it was told."""
    parameters: dict[str, Json] = {f"org.comfyvn.{key}": value for key, value in (work.told or {}).items()}
    if inputs:
        parameters["ingredientIds"] = inputs
    agent = {"softwareAgent": {"name": work.tool}} if work.tool else {}
    return {**agent, **({"parameters": parameters} if parameters else {})}


def action_of(method: str) -> str:
    """Return the action of C2PA for how something was done to a file."""
    return _DEEDS.get(method, "c2pa.edited")
