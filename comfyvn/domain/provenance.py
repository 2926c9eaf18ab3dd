"""Provenance: where things came from. One record for each fact of origin, about an asset, a line or another entity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from comfyvn.domain.documents import NAME, OBJECT, TEXT, Field, one_of
from comfyvn.domain.kernel import Decider, Json, command, event
from comfyvn.domain.records import Record, Requests, decider

Activity = Literal["imported", "derived", "generated", "edited", "licensed"]


@dataclass(frozen=True, slots=True)
class Origin:
    """A fact about where a thing came from.

    `subject` names the thing: ``asset:ID``, ``scene:ID/NODE`` (a line), ``scene:ID``, ``character:ID``,
    ``translation:ID``. `activity` is what happened and `method` how exactly (crop, remix, tts, upload, …).
    `source` tells where it came from (a file with its row, an address), `source_hash` is the SHA-256 of that source in
    hex. `tool` is the program with its version, `model`, `prompt_hash`, `seed` and `workflow_hash` say what it was
    told; the words of a prompt are in `details`. `inputs` maps each subject that went in to its role ("parent",
    "component", "prompt", "text", "voice"). `licence` is an SPDX expression, `credit` who is to be named, and
    `kind_of_source` the short name of an IPTC digital source type.
    """

    subject: str
    activity: Activity
    method: str = ""
    source: str = ""
    source_hash: str = ""
    tool: str = ""
    model: str = ""
    prompt_hash: str = ""
    seed: int | None = None
    workflow_hash: str = ""
    inputs: Mapping[str, Json] = field(default_factory=dict)
    licence: str = ""
    kind_of_source: str = ""
    credit: str = ""
    details: Mapping[str, Json] = field(default_factory=dict)


@event("provenance.origin_recorded")
@dataclass(frozen=True, slots=True)
class OriginRecorded:
    subject: str
    activity: Activity
    method: str = ""
    source: str = ""
    source_hash: str = ""
    tool: str = ""
    model: str = ""
    prompt_hash: str = ""
    seed: int | None = None
    workflow_hash: str = ""
    inputs: Mapping[str, Json] = field(default_factory=dict)
    licence: str = ""
    kind_of_source: str = ""
    credit: str = ""
    details: Mapping[str, Json] = field(default_factory=dict)


@event("provenance.origin_annotated")
@dataclass(frozen=True, slots=True)
class OriginAnnotated:
    """A detail was given (or, with `present` false, taken away)."""

    key: str
    value: Json
    present: bool = True


@event("provenance.origin_retracted")
@dataclass(frozen=True, slots=True)
class OriginRetracted:
    """The record was wrong and holds no more."""


@command("provenance.record-origin")
@dataclass(frozen=True, slots=True)
class RecordOrigin:
    subject: str
    activity: Activity
    method: str = ""
    source: str = ""
    source_hash: str = ""
    tool: str = ""
    model: str = ""
    prompt_hash: str = ""
    seed: int | None = None
    workflow_hash: str = ""
    inputs: Mapping[str, Json] = field(default_factory=dict)
    licence: str = ""
    kind_of_source: str = ""
    credit: str = ""
    details: Mapping[str, Json] = field(default_factory=dict)


@command("provenance.annotate-origin")
@dataclass(frozen=True, slots=True)
class AnnotateOrigin:
    key: str
    value: Json = None
    present: bool = True


@command("provenance.retract-origin")
@dataclass(frozen=True, slots=True)
class RetractOrigin:
    """Take back a record that was wrong; the history keeps it."""


@command("provenance.save-origin")
@dataclass(frozen=True, slots=True)
class SaveOrigin:
    """Make the record equal to a document; what is equal already, or left out, is not recorded."""

    document: Mapping[str, Json]


def _hash(value: Any) -> bool:
    return value == "" or (isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef"))


def _number(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


_HASH: Final = Field(_hash, "empty or a SHA-256 as 64 small hex digits")

PROVENANCE: Final[Decider[Any, Origin, Any]] = decider(
    Requests(
        kind="provenance",
        record=Record(
            state=Origin,
            begun=OriginRecorded,
            ended=OriginRetracted,
            scalars={},
            maps={"details": OriginAnnotated},
        ),
        opens=RecordOrigin,
        saves=SaveOrigin,
        ends=RetractOrigin,
        sets={AnnotateOrigin: OriginAnnotated},
        fields={
            "subject": NAME,
            "activity": one_of(*get_args(Activity)),
            "method": TEXT,
            "source": TEXT,
            "source_hash": _HASH,
            "tool": TEXT,
            "model": TEXT,
            "prompt_hash": _HASH,
            "seed": Field(_number, "null or a whole number"),
            "workflow_hash": _HASH,
            "inputs": OBJECT,
            "licence": TEXT,
            "kind_of_source": TEXT,
            "credit": TEXT,
            "details": OBJECT,
        },
    )
)
