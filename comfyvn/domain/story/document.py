"""The JSON shapes of a scene: its parts in the read model, and the scene document that clients send and get."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from immutables import Map

from comfyvn.domain.kernel import WHOLE, Json, Refused
from comfyvn.domain.merge import same
from comfyvn.domain.ordering import settled, valid
from comfyvn.domain.story.state import (
    VERBS,
    Edge,
    Node,
    Place,
    Scene,
    Source,
    edges,
    walk,
)

_SCENE_FIELDS = ("title", "group", "order", "role", "label", "falls_to", "meta")
_DOCUMENT_KEYS = frozenset({"id", "nodes", *_SCENE_FIELDS})
_EDGE_FIELDS = ("order", "text", "condition", "weight", "scene", "node", "meta")
_NODE_KEYS = frozenset(
    {
        "id",
        "type",
        "content",
        "speaker",
        "verb",
        "directives",
        "conditions",
        "next",
        "meta",
        "block",
        "order",
        "source",
    }
)
_EDGE_KEYS = frozenset({"id", *_EDGE_FIELDS})
MAX_NODES = 200_000


def part(scene: Scene, name: str) -> Json | None:
    """Return one part of a scene as JSON: its own fields, or one node."""
    if name == WHOLE:
        return {field: getattr(scene, field) for field in _SCENE_FIELDS}
    node = scene.nodes.get(name)
    return None if node is None else node_to_json(node)


def assemble(parts: Mapping[str, Json]) -> Scene:
    """Return the scene whose parts these are."""
    nodes = Map({name: node_from_json(body) for name, body in parts.items() if name != WHOLE})
    return Scene(**{k: v for k, v in parts[WHOLE].items() if k in _SCENE_FIELDS}, nodes=nodes)


def node_to_json(node: Node) -> dict[str, Json]:
    """Return a node as JSON, without what is empty."""
    body: dict[str, Json] = {
        "type": node.type,
        "block": node.place.block,
        "order": node.place.order,
    }
    for name in ("content", "speaker", "verb", "directives", "meta"):
        value = getattr(node, name)
        if value or (value is not None and name in ("speaker", "verb")):
            body[name] = value
    if node.conditions:
        body["conditions"] = list(node.conditions)
    if node.next:
        body["next"] = {edge_id: edge_to_json(edge) for edge_id, edge in node.next.items()}
    if node.source:
        body["source"] = {
            "file": node.source.file,
            "line": node.source.line,
            "raw": node.source.raw,
        }
    return body


def node_from_json(body: Mapping[str, Json]) -> Node:
    """Return the node that `node_to_json` gave."""
    source = body.get("source")
    return Node(
        type=body["type"],
        place=Place(body["block"], body["order"]),
        content=body.get("content", ""),
        speaker=body.get("speaker"),
        verb=body.get("verb"),
        directives=body.get("directives", {}),
        conditions=tuple(body.get("conditions", ())),
        next={edge_id: Edge(**edge) for edge_id, edge in body.get("next", {}).items()},
        meta=body.get("meta", {}),
        source=Source(source["file"], source["line"], source.get("raw")) if source else None,
    )


def edge_to_json(edge: Edge) -> dict[str, Json]:
    """Return an edge as JSON, without what is empty."""
    body = {name: getattr(edge, name) for name in _EDGE_FIELDS}
    return {name: value for name, value in body.items() if name == "order" or (value is not None and value != {})}


def to_document(scene_id: str, scene: Scene) -> dict[str, Json]:
    """Return the scene document: ``{id, title, nodes: [...], meta, ...}``, nodes and edges as lists in order."""
    nodes = []
    for node_id, node in walk(scene):
        body = node_to_json(node)
        body["next"] = [{"id": edge_id, **edge_to_json(edge)} for edge_id, edge in edges(node)]
        nodes.append(
            {
                "id": node_id,
                "content": "",
                "directives": {},
                "conditions": [],
                "meta": {},
            }
            | body
        )
    header = {field: getattr(scene, field) for field in _SCENE_FIELDS}
    return {"id": scene_id, **header, "nodes": nodes}


def from_document(document: Mapping[str, Json], current: Scene | None) -> Scene:
    """Return the scene that a document describes; raise `Refused("scene_malformed")` naming the place.

    What a document leaves out of its own fields stays as in `current`. Nodes that the document does not list are
    gone. A node or edge without ``order`` takes its place from the list: it keeps its present order where that
    fits, else it gets one between its neighbours, so that an unchanged document gives an unchanged scene.
    """
    if not isinstance(document, Mapping):
        raise _malformed("", "a scene document is an object")
    base = current or Scene(title="")
    if unknown := sorted(document.keys() - _DOCUMENT_KEYS):
        raise _malformed("", f"has unknown keys: {', '.join(unknown)}")
    header = {k: document[k] for k in _SCENE_FIELDS if k in document}
    if not isinstance(header.get("title", ""), str) or not isinstance(header.get("meta", {}), Mapping):
        raise _malformed("title, meta", "the title is a string and meta an object")
    for name in ("group", "order", "role", "label", "falls_to"):
        if (
            name in header
            and not isinstance(header[name], str)
            and not (header[name] is None and name in {"label", "falls_to"})
        ):
            raise _malformed(name, "is not a string")
    if header.get("role", "story") not in ("story", "code"):
        raise _malformed("role", "is 'story' or 'code'")
    scene = replace(base, **header)
    if not scene.title.strip():
        raise _malformed("title", "is missing")
    if not valid(scene.order):
        raise _malformed("order", "is made of 0-9, A-Z, a-z and does not end in 0")
    if "nodes" not in document:
        return scene
    given = document["nodes"]
    if not isinstance(given, list) or len(given) > MAX_NODES:
        raise _malformed("nodes", f"is a list of at most {MAX_NODES} nodes")
    return replace(scene, nodes=_nodes(given, base))


def _nodes(given: list[Any], base: Scene) -> Map[str, Node]:
    nodes: dict[str, Node] = {}
    for n, body in enumerate(given):
        where = f"nodes[{n}]"
        if not isinstance(body, Mapping) or not _id(body.get("id")):
            raise _malformed(where, "is an object with an id")
        if body["id"] in nodes:
            raise _malformed(where, f"repeats the id {body['id']!r}")
        if unknown := sorted(body.keys() - _NODE_KEYS):
            raise _malformed(where, f"has unknown keys: {', '.join(unknown)}")
        nodes[body["id"]] = _node(body, where, base.nodes.get(body["id"]))
    blocks: dict[str, list[str]] = {}
    for node_id, node in nodes.items():
        blocks.setdefault(node.place.block, []).append(node_id)
    owners = _owners(nodes)
    for block, members in blocks.items():
        if block and block not in owners and not _orphaned(base, block):
            raise _malformed(members[0], f"stands in block {block!r}, which no edge owns")
        keys = settled([(nodes[i].place.order, i) for i in members])
        for node_id, order in zip(members, keys, strict=True):
            if nodes[node_id].place.order != order:
                nodes[node_id] = replace(nodes[node_id], place=Place(block, order))
    for node_id in _looped(nodes, owners):
        if node_id not in base.nodes or base.nodes[node_id].place.block != nodes[node_id].place.block:
            raise _malformed(node_id, "stands in a block of its own")
    kept = {i: base.nodes[i] if same(base.nodes.get(i), node) else node for i, node in nodes.items()}
    return Map(kept)


def _owners(nodes: Mapping[str, Node]) -> dict[str, str]:
    owners: dict[str, str] = {}
    for node_id, node in nodes.items():
        for edge_id in node.next:
            if owners.setdefault(edge_id, node_id) != node_id:
                raise _malformed(node_id, f"repeats the edge id {edge_id!r}")
    return owners


def _looped(nodes: Mapping[str, Node], owners: Mapping[str, str]) -> Iterator[str]:
    """Yield the nodes to which the way up, from block to owner, leads back."""
    ended: set[str] = set()
    for node_id in nodes:
        way: dict[str, None] = {}
        step: str | None = node_id
        while step is not None and step not in ended and step not in way:
            way[step] = None
            step = owners.get(nodes[step].place.block)
        if step is not None and step in way:
            yield from list(way)[list(way).index(step) :]
        ended.update(way)


def _orphaned(scene: Scene, block: str) -> bool:
    """Tell whether a block lost its edge before (in a merge): what stands there may stay."""
    found = [node for node in scene.nodes.values() if node.place.block == block]
    return bool(found) and not any(block in node.next for node in scene.nodes.values())


def _node(body: Mapping[str, Json], where: str, before: Node | None) -> Node:
    kinds = {
        "content": str,
        "directives": Mapping,
        "conditions": list,
        "next": list,
        "meta": Mapping,
        "order": str,
    }
    for key, kind in (kinds | {"block": str}).items():
        if key in body and not isinstance(body[key], kind):
            raise _malformed(f"{where}.{key}", "has the wrong type")
    for key in ("speaker", "verb"):
        if not isinstance(body.get(key), str | None):
            raise _malformed(f"{where}.{key}", "is a string or null")
    if body.get("type") not in ("text", "choice", "action"):
        raise _malformed(f"{where}.type", "is 'text', 'choice' or 'action'")
    if body.get("verb") not in (VERBS if body["type"] == "action" else (None,)):
        raise _malformed(
            f"{where}.verb",
            f"an action, and only an action, has one of: {', '.join(sorted(VERBS))}",
        )
    if not all(isinstance(c, str) for c in body.get("conditions", ())):
        raise _malformed(f"{where}.conditions", "is a list of strings")
    order = _order(body, where, before.place.order if before else "")
    return Node(
        type=body["type"],
        place=Place(body.get("block", before.place.block if before else ""), order),
        content=body.get("content", ""),
        speaker=body.get("speaker"),
        verb=body.get("verb"),
        directives=body.get("directives", {}),
        conditions=tuple(body.get("conditions", ())),
        next=_edges(body.get("next", []), where, before),
        meta=body.get("meta", {}),
        source=_source(body["source"], where) if "source" in body else (before.source if before else None),
    )


def _edges(given: list[Any], where: str, before: Node | None) -> dict[str, Edge]:
    found: list[tuple[str, Edge]] = []
    for n, body in enumerate(given):
        here = f"{where}.next[{n}]"
        if not isinstance(body, Mapping) or not _id(body.get("id")) or body.keys() - _EDGE_KEYS:
            raise _malformed(
                here,
                f"is an object with an id and only: {', '.join(sorted(_EDGE_KEYS))}",
            )
        if any(not isinstance(body.get(k), str | None) for k in ("text", "condition", "scene", "node")):
            raise _malformed(here, "text, condition, scene and node are strings or null")
        weight = body.get("weight")
        if weight is not None and (not isinstance(weight, int | float) or isinstance(weight, bool) or not weight >= 0):
            raise _malformed(f"{here}.weight", "is a number that is not negative")
        was = before.next.get(body["id"]) if before else None
        order = _order(body, here, was.order if was else "")
        rest = {k: body[k] for k in ("text", "condition", "scene", "node", "meta") if k in body}
        if not isinstance(rest.get("meta", {}), Mapping):
            raise _malformed(f"{here}.meta", "is an object")
        weight = None if weight is None else float(weight)
        found.append((body["id"], Edge(order=order, weight=weight, **rest)))
    if len({edge_id for edge_id, _ in found}) < len(found):
        raise _malformed(f"{where}.next", "repeats an id")
    keys = settled([(edge.order, i) for i, edge in found])
    return {i: replace(edge, order=key) for (i, edge), key in zip(found, keys, strict=True)}


def _id(value: Json) -> bool:
    return isinstance(value, str) and value != ""


def _order(body: Mapping[str, Json], where: str, before: str) -> str:
    order = body.get("order") or before
    if order and not (isinstance(order, str) and valid(order)):
        raise _malformed(f"{where}.order", "is made of 0-9, A-Z, a-z and does not end in 0")
    return order


def _source(body: Json, where: str) -> Source | None:
    if body is None:
        return None
    fits = isinstance(body, Mapping) and isinstance(body.get("file"), str) and type(body.get("line")) is int
    if not fits or not isinstance(body.get("raw"), str | None):
        raise _malformed(f"{where}.source", "is null or {file, line, raw}")
    return Source(body["file"], body["line"], body.get("raw"))


def _malformed(where: str, what: str) -> Refused:
    return Refused(
        "scene_malformed",
        f"The scene document is malformed: {where} {what}.".replace("  ", " "),
        where=where,
    )
