"""A new version of a source with the ids of the earlier one: scenes, nodes and edges are who they were."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from immutables import Map

from comfyvn.domain.localisation import Translation
from comfyvn.domain.matching import Spot, edges_again, nodes_again, scenes_again
from comfyvn.domain.pack import Pack
from comfyvn.domain.story import Edge, Node, Scene, edges, walk

_NONE: Mapping[str, Any] = {}


def unchanged(pack: Pack, base: Mapping[str, Scene]) -> frozenset[str]:
    """Return the scenes of which every node is in a pack what it is in `base`, but for the line it was found in."""
    return frozenset(i for i, scene in pack.scenes.items() if i in base and _equal(scene, base[i]))


def _equal(one: Scene, other: Scene) -> bool:
    return (
        (one.role, one.label, len(one.nodes)) == (other.role, other.label, len(other.nodes))
        and all((was := other.nodes.get(i)) is not None and _said(node) == _said(was) for i, node in one.nodes.items())
        and _sequence(one) == _sequence(other)
    )


def _said(node: Node) -> tuple[Any, ...]:
    source = node.source
    found = (source.file, source.raw) if source else None
    ways = [(i, replace(edge, order="")) for i, edge in edges(node)] if node.next else None
    return (node.type, node.content, node.speaker, node.verb, node.directives, ways, found)


def _sequence(scene: Scene) -> list[tuple[str, str]]:
    places = sorted((node.place.block, node.place.order, i) for i, node in scene.nodes.items())
    return [(block, i) for block, _, i in places]


def with_known_ids(
    pack: Pack,
    base: Mapping[str, Scene],
    ours: Mapping[str, Scene],
    still: Collection[str] = (),
    labels: Mapping[str, str] = _NONE,
    lines: Mapping[str, Spot] = _NONE,
) -> Pack:
    """Return a pack whose scenes, nodes and edges have the ids they have in `base`, else in `ours`.

    `base` is what the source held at its last import, `ours` what the project holds now (without scenes that are
    `still` what they were: their nodes are taken from `base`). An id that stands for another thing there is not
    given to a new one. `labels` and `lines` tell by label and by identifier what is known for sure.
    """
    if not base:
        return pack
    renamed = _scenes(pack, base, ours, labels)
    old = {i: scene for i, scene in base.items() if i not in still}
    new = {i: scene for i, scene in renamed.scenes.items() if i not in still}
    found = _said_again(new, base, lines)
    found |= nodes_again(old, new, found)
    found |= nodes_again(ours, new, found)
    kept = {i: replace(renamed.scenes[i], nodes=base[i].nodes) for i in still}
    scenes, nodes = _nodes(new, found, base, ours)
    ids = {spot.node: there for spot, there in nodes.items()}
    return replace(renamed, scenes={**kept, **scenes}, translations=_aimed(renamed.translations, ids))


def _said_again(scenes: Mapping[str, Scene], base: Mapping[str, Scene], lines: Mapping[str, Spot]) -> dict[Spot, Spot]:
    """Return which lines are those whose identifiers they have; of two with one identifier it is the first."""
    there = {node_id: Spot(scene_id, node_id) for scene_id, scene in base.items() for node_id in scene.nodes}
    found: dict[Spot, Spot] = {}
    for scene_id, scene in scenes.items() if lines else ():
        for node_id, node in walk(scene):
            known = lines.get(str(node.directives.get("id"))) if node.type == "text" else None
            if known is not None and (was := there.pop(known.node, None)) is not None:
                found[Spot(scene_id, node_id)] = was
    return found


def _aimed(units: Mapping[str, Translation], ids: Mapping[str, str]) -> dict[str, Translation]:
    """Return translations of the nodes by their new ids."""
    return {i: replace(unit, target=ids.get(unit.target or "", unit.target)) for i, unit in units.items()}


def _scenes(pack: Pack, base: Mapping[str, Scene], ours: Mapping[str, Scene], labels: Mapping[str, str]) -> Pack:
    sure = {i: labels.get(scene.label or "") for i, scene in pack.scenes.items() if labels and scene.role == "story"}
    found = {i: there for i, there in sure.items() if there is not None and there in base}
    known = {*found.values()}
    found |= scenes_again(
        {i: scene for i, scene in base.items() if i not in known},
        {i: scene for i, scene in pack.scenes.items() if i not in found},
    )
    left = {i: scene for i, scene in pack.scenes.items() if i not in found}
    taken = set(found.values())
    found |= scenes_again({i: s for i, s in ours.items() if i not in base and i not in taken}, left)
    taken |= {*base, *ours, *found.values()}
    for i in left:
        if i not in found:
            found[i] = _free(i, taken)
            taken.add(found[i])
    if all(i == there for i, there in found.items()):
        return pack
    scenes = {found[i]: _led(scene, found) for i, scene in pack.scenes.items()}
    start = pack.start if pack.start is None else found.get(pack.start, pack.start)
    return replace(pack, scenes=scenes, start=start)


def _led(scene: Scene, ids: Mapping[str, str]) -> Scene:
    """Return a scene whose ways lead to the scenes by their new ids."""

    def led(edge: Edge) -> Edge:
        there = edge.scene if edge.scene is None else ids.get(edge.scene, edge.scene)
        return edge if there == edge.scene else replace(edge, scene=there)

    nodes = {
        i: replace(node, next={e: led(edge) for e, edge in node.next.items()}) if node.next else node
        for i, node in scene.nodes.items()
    }
    after = scene.falls_to if scene.falls_to is None else ids.get(scene.falls_to, scene.falls_to)
    return replace(scene, nodes=Map(nodes), falls_to=after)


def _nodes(
    scenes: Mapping[str, Scene], found: Mapping[Spot, Spot], base: Mapping[str, Scene], ours: Mapping[str, Scene]
) -> tuple[dict[str, Scene], dict[Spot, str]]:
    """Return the scenes with the ids of their nodes and edges, and which id each node got."""
    there = [node for known in (base, ours) for scene in known.values() for node in scene.nodes.items()]
    taken = {i for i, node in there for i in (i, *node.next)}
    nodes: dict[Spot, str] = {}
    ways: dict[str, dict[str, str]] = {}
    for scene_id, scene in scenes.items():
        blocks = ways[scene_id] = {}
        for node_id, node in scene.nodes.items():
            spot = Spot(scene_id, node_id)
            was = found.get(spot)
            nodes[spot] = was.node if was else _new(node_id, taken)
            if node.next:
                known = edges_again(_node(base, ours, was), node) if was else {}
                blocks |= {e: known[e] if e in known else _new(e, taken) for e in node.next}
    return {i: _renamed(i, scene, nodes, ways[i]) for i, scene in scenes.items()}, nodes


def _node(base: Mapping[str, Scene], ours: Mapping[str, Scene], spot: Spot) -> Node:
    scene = base.get(spot.scene)
    return (scene if scene and spot.node in scene.nodes else ours[spot.scene]).nodes[spot.node]


def _renamed(scene_id: str, scene: Scene, nodes: Mapping[Spot, str], ways: Mapping[str, str]) -> Scene:
    def led(edge: Edge) -> Edge:
        if edge.node is None:
            return edge
        return replace(edge, node=nodes.get(Spot(edge.scene or scene_id, edge.node), edge.node))

    changed: dict[str, Node] = {}
    for node_id, node in scene.nodes.items():
        block = node.place.block
        place = replace(node.place, block=ways[block]) if block and ways[block] != block else node.place
        next_ = {ways[i]: led(edge) for i, edge in node.next.items()} if node.next else node.next
        changed[nodes[Spot(scene_id, node_id)]] = replace(node, place=place, next=next_)
    return replace(scene, nodes=Map(changed))


def _new(wanted: str, taken: set[str]) -> str:
    """Return an id that stands for nothing yet: the wanted one, else one made from it."""
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = sha256(f"{wanted}\x1f{number}".encode()).hexdigest()[:12]
    taken.add(found)
    return found


def _free(wanted: str, taken: set[str]) -> str:
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}-{number}", number + 1
    return found
