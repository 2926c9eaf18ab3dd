"""What a history says of a story at one position: scenes, variables, seeds, assets with their origins, and the proofs.

It is read from the history alone: the same position gives the same evidence, on whatever day and machine.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

import orjson

import comfyvn
from comfyvn.application.exports import Origin, StoryView
from comfyvn.application.ports import Ref
from comfyvn.application.studio import Studio, plain, plays_branch
from comfyvn.application.validation import StoryFinding
from comfyvn.domain.kernel import Json, Missing, Refused

FORMAT: Final = "comfyvn-provenance-1"
GENERATOR: Final = "pcg32"
SEED_RULE: Final = "stream and start of every random node: FNV-1a of scene and node; state: SplitMix64 of the seed"

_TOLD: Final = (
    "activity", "method", "source_hash", "tool", "model", "prompt_hash", "seed", "workflow_hash", "inputs", "licence",
    "kind_of_source", "credit",
)  # fmt: skip
"""What is told of an origin: all but what may name files of a machine or hold the words of a prompt."""


def gather(studio: Studio, view: StoryView, target: str, findings: Iterable[StoryFinding]) -> dict[str, Json]:
    """Return all that a manifest says of a story but its files. `target` is the engine that it is exported to.

    Raises Refused("origin_unknown") for a story that was read nowhere, and what `EventStore.prove` raises.
    """
    origin = view.origin
    if origin is None:
        raise Refused("origin_unknown", "The story does not say where it was read.")
    history = studio.store.prove(origin.branch, origin.position, [Ref("scene", i) for i in sorted(view.scenes)])
    facts = origins_of(studio, origin)
    return {
        "format": FORMAT,
        "target": target,
        "tool": {"name": "comfyvn", "version": comfyvn.__version__},
        "tools": sorted({fact["tool"] for known in facts.values() for fact in known if fact["tool"]}),
        "title": view.name,
        "project": origin.project,
        "branch": origin.branch,
        "position": origin.position,
        "commit": origin.commit,
        "committed_at": _time(studio, origin),
        "history": {key: history[key] for key in ("size", "root", "commits")},
        "start": view.start,
        "scenes": [_scene(studio, view, i, history["events"][f"scene:{i}"]) for i in sorted(view.scenes)],
        "others": {kind: _others(studio, kind, states) for kind, states in _rest(view).items()},
        "variables": [_variable(name, variable) for name, variable in sorted(view.variables.items())],
        "seeds": {"generator": GENERATOR, "rule": SEED_RULE, "plays": _plays(studio, origin)},
        "assets": [_asset(view, i, facts.get(i, [])) for i in sorted(view.assets)],
        "findings": [plain(finding) for finding in findings],
    }


def origins_of(studio: Studio, origin: Origin) -> dict[str, list[dict[str, Json]]]:
    """Return what is recorded of the origin of each asset, as of a position, in the order of the records' ids."""
    found: dict[str, list[dict[str, Json]]] = {}
    for body in studio.store.heads(origin.branch, "provenance", origin.position).values():
        kind, _, asset = body["subject"].partition(":")
        if kind == "asset":
            found.setdefault(asset, []).append({name: body[name] for name in _TOLD})
    return found


def digest(document: Json) -> str:
    """Return the SHA-256 of a document as JSON with sorted keys and without spaces, hex."""
    return sha256(orjson.dumps(plain(document), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _time(studio: Studio, origin: Origin) -> str | None:
    commit = studio.store.commits_at([origin.position]).get(origin.position)
    return commit.at if commit else None


def _scene(studio: Studio, view: StoryView, scene_id: str, proof: Mapping[str, Json]) -> dict[str, Json]:
    scene = view.scenes[scene_id]
    document = studio.store.kinds["scene"].to_document(scene_id, scene)
    lines = sum(node.type == "text" for node in scene.nodes.values())
    return {"id": scene_id, "title": scene.title, "hash": digest(document), "lines": lines, "proof": proof}


def _rest(view: StoryView) -> dict[str, Mapping[str, Any]]:
    return {"character": view.characters, "translation": view.translations}


def _others(studio: Studio, kind: str, states: Mapping[str, Any]) -> dict[str, Json]:
    """Return how many entities of a kind there are, and the hash of all their documents."""
    show = studio.store.kinds[kind].to_document
    return {"count": len(states), "hash": digest([digest(show(i, states[i])) for i in sorted(states)])}


def _variable(name: str, variable: Any) -> dict[str, Json]:
    fields = ("type", "default", "scope", "constant")
    return {"id": name, **{key: plain(getattr(variable, key)) for key in fields}}


def _plays(studio: Studio, origin: Origin) -> list[Json]:
    """Return the seeds of the playthroughs of the branch that were recorded by then."""
    try:
        heads = studio.store.heads(plays_branch(origin.project), "playthrough", origin.position)
    except Missing:
        return []
    kept = [(ref.id, body) for ref, body in heads.items() if body["branch"] == origin.branch]
    return [{"id": i, **{key: body[key] for key in ("seed", "start", "position")}} for i, body in kept]


def _asset(view: StoryView, asset_id: str, facts: list[dict[str, Json]]) -> dict[str, Json]:
    asset = view.assets[asset_id]
    licence = asset.meta.get("license")
    return {
        "id": asset_id,
        "name": asset.path,
        "type": asset.type,
        "hash": asset.hash,
        "bytes": asset.bytes,
        "licence": licence if isinstance(licence, str) else None,
        "origins": facts,
    }
