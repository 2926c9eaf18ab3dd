"""A new version of a source with the ids of the earlier one: scenes, nodes and edges are who they were."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from hashlib import sha256

from immutables import Map

from comfyvn.domain.matching import Spot, edges_again, nodes_again, scenes_again
from comfyvn.domain.pack import Pack
from comfyvn.domain.story import Edge, Node, Scene


def with_known_ids(pack: Pack, base: Mapping[str, Scene], ours: Mapping[str, Scene]) -> Pack:
    """Return a pack whose scenes, nodes and edges have the ids they have in `base`, else in `ours`.

    `base` is what the source held at its last import, `ours` what the project holds now. An id that stands for
    another thing there is not given to a new one.
    """
    if not base:
        return pack
    renamed = _scenes(pack, base, ours)
    found = nodes_again(base, renamed.scenes, {})
    added = {i: _without(scene, base[i].nodes) if i in base else scene for i, scene in ours.items()}
    found |= nodes_again(added, renamed.scenes, found)
    return replace(renamed, scenes=_nodes(renamed.scenes, found, base, ours))


def _without(scene: Scene, nodes: Collection[str]) -> Scene:
    return replace(scene, nodes=Map({i: node for i, node in scene.nodes.items() if i not in nodes}))


def _scenes(pack: Pack, base: Mapping[str, Scene], ours: Mapping[str, Scene]) -> Pack:
    found = scenes_again(base, pack.scenes)
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
) -> dict[str, Scene]:
    there = [node for known in (base, ours) for scene in known.values() for node in scene.nodes.items()]
    taken = {i for i, node in there for i in (i, *node.next)}
    nodes: dict[Spot, str] = {}
    edges: dict[str, dict[str, str]] = {}
    for scene_id, scene in scenes.items():
        blocks = edges[scene_id] = {}
        for node_id, node in scene.nodes.items():
            spot = Spot(scene_id, node_id)
            was = found.get(spot)
            nodes[spot] = was.node if was else _new(node_id, taken)
            if node.next:
                known = edges_again(_node(base, ours, was), node) if was else {}
                blocks |= {e: known[e] if e in known else _new(e, taken) for e in node.next}
    return {i: _renamed(i, scene, nodes, edges[i]) for i, scene in scenes.items()}


def _node(base: Mapping[str, Scene], ours: Mapping[str, Scene], spot: Spot) -> Node:
    scene = base.get(spot.scene)
    return (scene if scene and spot.node in scene.nodes else ours[spot.scene]).nodes[spot.node]


def _renamed(scene_id: str, scene: Scene, nodes: Mapping[Spot, str], edges: Mapping[str, str]) -> Scene:
    def led(edge: Edge) -> Edge:
        if edge.node is None:
            return edge
        return replace(edge, node=nodes.get(Spot(edge.scene or scene_id, edge.node), edge.node))

    changed: dict[str, Node] = {}
    for node_id, node in scene.nodes.items():
        block = node.place.block
        place = replace(node.place, block=edges[block]) if block and edges[block] != block else node.place
        next_ = {edges[i]: led(edge) for i, edge in node.next.items()} if node.next else node.next
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
