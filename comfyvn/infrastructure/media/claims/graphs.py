"""ComfyUI: the graph that made a file, as the API takes it (`prompt`) and as its editor keeps it (`workflow`)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from comfyvn.infrastructure.media.claims.claim import MAX_ITEMS, MAX_WORDS, Claim, claim, hashed, seed, short, shorts

TOOL: Final = "ComfyUI"
MAX_GRAPH: Final = 4 << 20
"""Characters of a graph."""
MAX_NODES: Final = 5_000
_MODELS: Final = ("ckpt_name", "unet_name")
_ADDED: Final = ("lora_name", "vae_name", "control_net_name", "model_name", "clip_name", "style_model_name")
_SEEDS: Final = ("seed", "noise_seed")
_TEXTS: Final = ("text", "text_g", "text_l", "t5xxl", "clip_l", "prompt")
_REACH: Final = 200
"""Nodes that are visited on the way from a sampler to its words."""

Nodes = Mapping[str, Mapping[str, Any]]
"""The inputs of each node by its id."""


def from_graph(prompt: str | None, workflow: str | None) -> Claim | None:
    """Return what the graphs in a file say; None where they are none."""
    api, editor = _graph(prompt), _graph(workflow)
    nodes = _inputs(api)
    if not nodes and not (isinstance(editor, dict) and isinstance(editor.get("nodes"), list)):
        return None
    seeds = {found for inputs in nodes.values() for key in _SEEDS if (found := seed(inputs.get(key))) is not None}
    models = shorts(inputs.get(key) for inputs in nodes.values() for key in _MODELS)
    positive, negative = ("\n".join(_words(nodes, side)) for side in ("positive", "negative"))
    details = {
        "positive": short(positive, MAX_WORDS),
        "negative": short(negative, MAX_WORDS),
        "models": models if len(models) > 1 else [],
        "seeds": sorted(seeds)[:MAX_ITEMS] if len(seeds) > 1 else [],
        "also": shorts(inputs.get(key) for inputs in nodes.values() for key in _ADDED),
        "nodes": len(nodes) or None,
        "editor_hash": _canonical_hash(editor) if nodes and editor is not None else "",
    }
    return claim(
        "comfyui",
        "generated",
        details,
        tool=TOOL,
        model=models[0] if len(models) == 1 else "",
        seed=seeds.pop() if len(seeds) == 1 else None,
        prompt_hash=hashed(positive),
        workflow_hash=_canonical_hash(api if nodes else editor),
    )


def _graph(text: str | None) -> Any:
    if text is None or len(text) > MAX_GRAPH:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _inputs(graph: Any) -> Nodes:
    if not isinstance(graph, dict) or len(graph) > MAX_NODES:
        return {}
    found = {
        node_id: node["inputs"]
        for node_id, node in graph.items()
        if isinstance(node, dict) and isinstance(node.get("class_type"), str) and isinstance(node.get("inputs"), dict)
    }
    return found if len(found) == len(graph) else {}


def _words(nodes: Nodes, side: str) -> Iterator[str]:
    """Yield the texts that lead into one side of the samplers, each once."""
    waiting = [inputs[side] for inputs in nodes.values() if side in inputs]
    if not waiting and side == "positive":
        waiting = [inputs["conditioning"] for inputs in nodes.values() if {"conditioning", "model"} <= inputs.keys()]
    seen: set[str] = set()
    said: set[str] = set()
    while waiting and len(seen) < _REACH:
        link = waiting.pop(0)
        if not (isinstance(link, list) and len(link) == 2 and isinstance(link[0], str)) or link[0] in seen:
            continue
        seen.add(link[0])
        inputs = nodes.get(link[0], {})
        for text in (inputs.get(key) for key in _TEXTS):
            if isinstance(text, str) and text.strip() and text not in said:
                said.add(text)
                yield text.strip()
        waiting += [other for key, other in inputs.items() if key in _TEXTS or key == side or "conditioning" in key]


def _canonical_hash(graph: Any) -> str:
    """Return the SHA-256 of a graph as JSON with sorted keys and no spaces."""
    try:
        return hashed(json.dumps(graph, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    except (ValueError, RecursionError):
        return ""
