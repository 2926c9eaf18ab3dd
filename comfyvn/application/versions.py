"""A new version of a source beside the last one: the states it asks for, and where they differ."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from immutables import Map

from comfyvn.application.history import Sides
from comfyvn.application.ports import Ref
from comfyvn.domain.assets import Asset
from comfyvn.domain.cast import Character
from comfyvn.domain.merge import merge3, same
from comfyvn.domain.ordering import settled, sort_key
from comfyvn.domain.pack import Extraction, Member, Pack
from comfyvn.domain.provenance import Origin
from comfyvn.domain.story import Edge, Node, Place, Scene, blocks, edges

Scenes = Mapping[str, Scene]

_UNWRITTEN = Scene("")


def asset_id(name: str) -> str:
    """Return the id of the asset that a member of that name becomes."""
    return sha256(f"asset\x1f{name}".encode()).hexdigest()[:12]


def wanted(
    pack: Pack, assets: Iterable[tuple[Member, str, int]], base: Mapping[Ref, Any], ours: Scenes
) -> dict[Ref, Any]:
    """Return the states that a pack asks for; those of `base` where nothing changed in the source.

    Nodes that say what they said keep their order keys and the line that they were found in: a line put in
    somewhere is one change, however many follow it.
    """
    found: dict[Ref, Any] = {}
    before = {ref.id: scene for ref, scene in base.items() if ref.kind == "scene"}
    for scene_id, scene in _scenes(pack, {**ours, **before}):
        found[Ref("scene", scene_id)] = _scene(scene, before.get(scene_id), ours.get(scene_id))
    for name, character in _characters(pack):
        found[Ref("character", name)] = character
    for name, variable in pack.variables.items():
        found[Ref("variable", name)] = variable
    for name, world in pack.worlds.items():
        found[Ref("world", name)] = world
    for unit_id, translation in pack.translations.items():
        found[Ref("translation", unit_id)] = translation
    origin = {"engine": pack.engine, "title": pack.title}
    for member, digest, size in assets:
        asset = Asset(member.type, member.name, digest, size, meta={"origin": origin, **member.facts})  # type: ignore[arg-type]
        found[Ref("asset", asset_id(member.name))] = asset
        if pack.extraction:
            found[Ref("provenance", f"unpacked-{asset_id(member.name)}")] = _unpacked(member, pack.extraction)
    return {ref: base[ref] if ref in base and same(base[ref], state) else state for ref, state in found.items()}


def _unpacked(member: Member, extraction: Extraction) -> Origin:
    """Return the fact that an external program unpacked a file."""
    return Origin(
        subject=f"asset:{asset_id(member.name)}",
        activity="imported",
        method="unpacked",
        source=extraction.source,
        source_hash=extraction.source_hash,
        tool=extraction.program,
        details={"file": member.name, "program": extraction.program_hash},
    )


def differences(base: Mapping[Ref, Any], theirs: Mapping[Ref, Any], ours: Scenes) -> list[Sides]:
    """Return the entities that differ between two versions of a source.

    What people did to a node goes with it to the scene that it moved to.
    """
    refs = sorted(ref for ref in {*base, *theirs} if base.get(ref) is not theirs.get(ref))
    was, now = ({ref: side.get(ref) for ref in refs} for side in (base, theirs))
    scenes = [ref for ref in refs if ref.kind == "scene"]
    gone: dict[str, Ref] = {}
    for ref in scenes:
        gone |= {i: ref for i in _nodes(was[ref]) if i not in _nodes(now[ref])}
    for ref in scenes:
        for node_id, node in _nodes(now[ref]).items():
            if node_id not in gone or node_id in _nodes(was[ref]) or gone[node_id].id not in ours:
                continue
            left = gone[node_id]
            old, mine = _nodes(was[left])[node_id], ours[left.id].nodes.get(node_id)
            if mine is None or same(old, mine):
                continue
            old, edited = (replace(side, place=node.place) for side in (old, mine))
            merged, collisions = merge3(old, edited, node)
            if not collisions:
                was[left] = _with(was[left], node_id, mine)
                now[ref] = _with(now[ref], node_id, merged)
    return [Sides(ref, was[ref], now[ref]) for ref in refs]


def _nodes(scene: Scene | None) -> Map[str, Node]:
    return _UNWRITTEN.nodes if scene is None else scene.nodes


def _with(scene: Scene | None, node_id: str, node: Node) -> Scene:
    return replace(scene or _UNWRITTEN, nodes=_nodes(scene).set(node_id, node))


def _characters(pack: Pack) -> Iterator[tuple[str, Character]]:
    speaks: dict[str, dict[str, bool]] = {}
    for scene_id in sorted(pack.scenes):
        for node in pack.scenes[scene_id].nodes.values():
            if node.speaker:
                speaks.setdefault(node.speaker, {})[scene_id] = True
    for name, character in sorted(pack.characters.items()):
        yield name, replace(character, linked_scene_ids=speaks.get(name, {}))


def _scenes(pack: Pack, before: Scenes) -> Iterator[tuple[str, Scene]]:
    """Yield the scenes, with the order keys that they had wherever these still tell the right order."""
    groups: dict[str, list[str]] = {}
    for scene_id in sorted(pack.scenes, key=lambda i: sort_key(pack.scenes[i].order, i)):
        groups.setdefault(pack.scenes[scene_id].group, []).append(scene_id)
    for group, members in sorted(groups.items()):
        had = [before[i].order if i in before and before[i].group == group else "" for i in members]
        keys = settled(list(zip(had, members, strict=True))) if any(had) else [pack.scenes[i].order for i in members]
        for scene_id, key in zip(members, keys, strict=True):
            yield scene_id, replace(pack.scenes[scene_id], order=key)


def _scene(scene: Scene, was: Scene | None, ours: Scene | None) -> Scene:
    """Return a scene beside what it was (`was`) and what people made of it (`ours`)."""
    if was is None and ours is None:
        return scene
    meta = dict(scene.meta)
    if was is not None and "source" in meta and _unmoved(meta["source"], was.meta.get("source")):
        meta["source"] = was.meta["source"]
    if was is not None and scene.nodes is was.nodes:
        return replace(scene, meta=meta)
    before, mine = _nodes(was), _nodes(ours)
    nodes: dict[str, Node] = {}
    for block, members in blocks(scene).items():
        had = [(_order(before.get(i) or mine.get(i), block), i) for i, _ in members]
        for (node_id, node), key in zip(members, settled(had), strict=True):
            nodes[node_id] = _node(node, Place(block, key), before.get(node_id), mine.get(node_id))
    return replace(scene, nodes=Map(nodes), meta=meta)


def _order(node: Node | None, block: str) -> str:
    return node.place.order if node is not None and node.place.block == block else ""


def _unmoved(now: Mapping[str, Any], was: Mapping[str, Any] | None) -> bool:
    return was is not None and (now["file"], now["raw"]) == (was.get("file"), was.get("raw"))


def _node(node: Node, place: Place, was: Node | None, mine: Node | None) -> Node:
    known = was or mine
    node = replace(node, place=place, next=_edges(node, known.next if known else {}))
    if known is not None and known.source is None and same(_words(known), _words(node)):
        return known  # people wrote it; it went out and came in again
    if was is None:
        return node
    if was.source and node.source and (was.source.file, was.source.raw) == (node.source.file, node.source.raw):
        node = replace(node, source=was.source)
    return was if same(was, node) else node


def _words(node: Node) -> Node:
    """Return a node without what an export and an import of it add."""
    directives = {key: value for key, value in node.directives.items() if key != "id"}
    return replace(node, source=None, directives=directives)


def _edges(node: Node, had: Mapping[str, Edge]) -> Mapping[str, Edge]:
    members = edges(node)
    keys = settled([(had[i].order if i in had else "", i) for i, _ in members])
    return {i: replace(edge, order=key) for (i, edge), key in zip(members, keys, strict=True)}
