"""The stage of a play that begins in the middle of a scene, as the warp of Ren'Py sets it."""

from comfyvn.domain.playthrough.stage import Stage, directed, silenced
from comfyvn.domain.story import Node, Scene, blocks
from comfyvn.domain.story.state import STAGE_VERBS


def stage_at(scene: Scene, node_id: str) -> Stage:
    """Return what is seen and heard where `node_id` begins, for a play that begins there.

    The stage directions above the node in its own block, and above the blocks around it, take place; those that have
    conditions of their own do not, as nobody knows what holds. A voice counts where it belongs to the node.
    """
    members = blocks(scene)
    owners = {edge: owner for owner, node in scene.nodes.items() for edge in node.next}
    above: list[Node] = []
    seen: set[str] = set()
    at: str | None = node_id
    while at is not None and at not in seen:
        seen.add(at)
        block = scene.nodes[at].place.block
        earlier: list[Node] = []
        for other, node in members[block]:
            if other == at:
                break
            earlier.append(node)
        above[:0] = earlier
        at = owners.get(block)
    stage = Stage()
    for node in above:
        if node.type != "action":
            stage = silenced(stage)
        elif node.verb in STAGE_VERBS and not node.conditions:
            stage = directed(stage, node.verb or "", node.content, node.directives)
    return stage
