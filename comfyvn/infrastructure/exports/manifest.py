"""The manifest of an export, ``provenance.json``, version 1: its shape, which is its JSON Schema, and its text.

The schema lies beside this module and in the documentation; the test run compares it with the shape.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, TypeAdapter, ValidationError

from comfyvn.domain.kernel import Json, Refused

RECORD: Final = "provenance.json"
SCHEMA_FILE: Final = "provenance-1.schema.json"
MAX_RECORD: Final = 256 << 20
"""Bytes of a manifest."""

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256, hex.")]
Count = Annotated[int, Field(ge=0, le=2**62)]
Path = Annotated[str, Field(min_length=1, max_length=1024, description="Relative to the export, with slashes.")]
_STRICT: Final = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Tool:
    """The program that wrote the export."""

    name: Literal["comfyvn"]
    version: str
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a commit; its id is the hash of this and of the hash of the rest."""

    project: str
    branch: str
    seq: Count
    first_position: Count
    position: Count
    events: Count
    kind: str
    at: str
    reverts: Digest | None
    parent: Digest | None
    merge_parent: Digest | None
    events_root: Digest
    algo: Count
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class ProvenCommit:
    """A commit, and its way up to the root of the history. `sealed` is null for ids of the first algorithm."""

    shown: Shown
    sealed: Digest | None
    index: Count
    path: list[Digest]
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class History:
    """The tree head: how many commits lead to the position, the Merkle root of their ids, and the ones that matter."""

    size: Count
    root: Digest
    commits: dict[Digest, ProvenCommit]
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class ProvenEvent:
    """The last event of an entity: the version it leads to, and its way up to the events root of its commit."""

    commit: Digest
    version: Count
    position: Count
    index: Count
    leaf: Digest
    path: list[Digest]
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class SceneEntry:
    """A scene: the hash of its document, and the proof of its last change."""

    id: str
    title: str
    hash: Digest
    lines: Count
    proof: ProvenEvent
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class Group:
    """All entities of a kind: how many, and the hash over the hashes of their documents in the order of their ids."""

    count: Count
    hash: Digest
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class VariableEntry:
    """A variable, with the value that a play begins with."""

    id: str
    type: str
    default: Any
    scope: str
    constant: bool
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class PlayEntry:
    """A playthrough that was recorded by then: its seed, where it starts, and the position that it plays."""

    id: str
    seed: int
    start: str | None
    position: Count
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class Seeds:
    """How chance works in a play, and the seeds of recorded plays."""

    generator: str
    rule: str
    plays: list[PlayEntry]
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class OriginEntry:
    """A fact of the origin of an asset; see the event `provenance.origin_recorded`."""

    activity: str
    method: str
    source_hash: str
    tool: str
    model: str
    prompt_hash: str
    seed: int | None
    workflow_hash: str
    inputs: dict[str, Any]
    licence: str
    kind_of_source: str
    credit: str
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class AssetEntry:
    """An asset. `hash` and `bytes` are those of the registry's content; `written` is the hash of the file as written.

    `path` and `written` are null where the export does not hold it (two assets claim one path).
    """

    id: str
    name: str
    type: str
    hash: Digest
    bytes: Count
    licence: str | None
    origins: list[OriginEntry]
    path: Path | None
    written: Digest | None
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class FindingEntry:
    """What a check of the story found."""

    severity: Literal["error", "warning"]
    code: str
    message: str
    scene: str | None
    node: str | None
    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class Manifest:
    """Where an export came from, and all that is in it."""

    format: Literal["comfyvn-provenance-1"]
    target: str
    tool: Tool
    tools: list[str]
    title: str
    project: str
    branch: str
    position: Count
    commit: Digest | None
    committed_at: str | None
    history: History
    start: str | None
    scenes: list[SceneEntry]
    others: dict[str, Group]
    variables: list[VariableEntry]
    seeds: Seeds
    assets: list[AssetEntry]
    findings: list[FindingEntry]
    files: dict[Path, Digest]
    __pydantic_config__: ClassVar = _STRICT


_SHAPE: Final = TypeAdapter(Manifest)


def text_of(evidence: Mapping[str, Json], files: Mapping[str, str], placed: Mapping[str, str]) -> bytes:
    """Return the manifest of an export: what its history says, the hash of each file, where each asset was put."""
    assets = [
        {**asset, "path": placed.get(asset["id"]), "written": files.get(placed.get(asset["id"], ""))}
        for asset in evidence["assets"]
    ]
    fields = {**evidence, "assets": assets, "files": dict(files)}
    return (json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read(content: bytes) -> dict[str, Json]:
    """Return a manifest as JSON. Raises Refused("manifest_malformed") for what is no manifest of version 1."""
    try:
        _SHAPE.validate_json(content, strict=True)
        found: dict[str, Json] = json.loads(content)
    except (ValidationError, ValueError, RecursionError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else {"loc": (), "msg": str(error)}
        where = ".".join(str(part) for part in first["loc"][:6])
        message = f"It is no manifest of version 1: {where or 'it'}: {first['msg']}"
        raise Refused("manifest_malformed", message) from error
    return found


def schema() -> bytes:
    """Return the JSON Schema (2020-12) as the shape has it."""
    made = _SHAPE.json_schema()
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:comfyvn:provenance:1",
        "title": "ComfyVN provenance manifest, version 1",
    }
    return (json.dumps({**made, **head}, indent=2, sort_keys=True) + "\n").encode()


def published_schema() -> bytes:
    """Return the JSON Schema as it lies in the package."""
    return (files(__package__) / SCHEMA_FILE).read_bytes()
