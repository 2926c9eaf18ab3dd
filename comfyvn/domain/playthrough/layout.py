"""Where the nodes of one scene stand in a program: each at one offset, blocks one after the other, the end last."""

from collections.abc import Mapping
from dataclasses import dataclass

from comfyvn.domain.story import Node, Scene, blocks, edges


@dataclass(frozen=True, slots=True)
class Unit:
    """A scene laid out. An offset counts from the first node of the scene; the end of the scene has one too.

    `positions` names the (scene, node) of each offset, None for the end; `after` is where the play goes on once the
    node is past; `heads` are the first nodes of the blocks; `entry` is where the scene begins; `labels` are the
    places that have a name; `choices` are the choices.
    """

    scene: Scene
    positions: tuple[tuple[str, str | None], ...]
    after: tuple[int, ...]
    heads: Mapping[str, int]
    entry: int
    labels: tuple[tuple[str, int], ...]
    choices: tuple[int, ...]


def lay_out(scene_id: str, scene: Scene) -> Unit:
    """Lay out a scene."""
    members = blocks(scene)
    nodes: list[tuple[str, Node]] = []
    heads: dict[str, int] = {}
    for block in sorted(members):
        heads[block] = len(nodes)
        nodes += members[block]
    end = len(nodes)
    return Unit(
        scene=scene,
        positions=(*((scene_id, node_id) for node_id, _ in nodes), (scene_id, None)),
        after=tuple(_chain(members, heads, end)),
        heads=heads,
        entry=heads.get("", end),
        labels=tuple((node.content.strip(), at) for at, (_, node) in enumerate(nodes) if node.verb == "label"),
        choices=tuple(at for at, (_, node) in enumerate(nodes) if node.type == "choice"),
    )


def _chain(members: Mapping[str, list[tuple[str, Node]]], heads: Mapping[str, int], end: int) -> list[int]:
    """Return what comes after each node: in a block the next one, after its last what follows the block's owner.

    The block of a loop leads back to the loop. Blocks that no edge of the scene's own sequence leads to (a malformed
    scene has such) run to its end.
    """
    after = [*range(1, end + 1), end]
    for block, head in heads.items():
        after[head + len(members[block]) - 1] = end
    pending, seen = [""], {""}
    while pending:
        block = pending.pop()
        for owner, (_, node) in enumerate(members.get(block, ()), heads.get(block, end)):
            if not node.next:
                continue
            leads = owner if node.verb == "loop" else after[owner]
            for edge_id, _ in edges(node):
                if edge_id in members and edge_id not in seen:
                    seen.add(edge_id)
                    pending.append(edge_id)
                    after[heads[edge_id] + len(members[edge_id]) - 1] = leads
    return after
