"""Where the play can go: targets that are there, scenes that are reached, ends that are meant."""

from collections.abc import Iterator, Mapping

from comfyvn.application.validation.finding import StoryFinding
from comfyvn.application.validation.outline import Outline
from comfyvn.domain.playthrough.program import START
from comfyvn.domain.story import Edge, Node, blocks, edges

ENTERED_BY_ENGINE = frozenset(
    {"start", "main_menu", "splashscreen", "before_main_menu", "after_load", "after_warp", "quit", "hide_windows"}
)
"""Labels that the engine enters of itself."""
_ALWAYS = frozenset({"True", "1"})
_MAX_DEPTH = 90


def check(known: Outline) -> Iterator[StoryFinding]:
    """Yield what is wrong with the ways of a story."""
    start = _start(known)
    if start is None:
        yield StoryFinding("error", "start_missing", "There is no scene to begin with.")
        return
    for scene_id, node_id, node in known.nodes():
        yield from _targets(known, scene_id, node_id, node)
    reached = _reached(known, start)
    for scene_id, scene in known.scenes.items():
        if scene.falls_to is not None and known.scene_of(scene.falls_to) is None:
            yield StoryFinding(
                "error", "target_unknown", f"It goes on in {scene.falls_to!r}, which is not there.", scene_id
            )
        if scene_id not in reached:
            yield StoryFinding("warning", "scene_unreachable", f"No way leads to the scene {scene.title!r}.", scene_id)
        if scene.falls_to is None and not _leaves(blocks(scene), ""):
            message = f"The scene {scene.title!r} runs off its end; a return or jump would say what is meant."
            yield StoryFinding("warning", "falls_off_end", message, scene_id)


def _start(known: Outline) -> str | None:
    chosen = known.scene_of(known.story.start) if known.story.start else None
    return chosen or known.scene_of(START) or next(iter(known.scenes), None)


def _targets(known: Outline, scene_id: str, node_id: str, node: Node) -> Iterator[StoryFinding]:
    aimed = any(edge.scene is not None or edge.node is not None for edge in node.next.values())
    if node.verb in ("jump", "call") and not aimed and not node.directives.get("expression"):
        yield StoryFinding("error", "target_missing", f"The {node.verb} leads nowhere.", scene_id, node_id)
    for _, edge in edges(node):
        wanted = _unknown(known, scene_id, edge)
        if wanted is not None and not known.in_code(wanted):
            message = f"The way leads to {wanted!r}, which is not there."
            yield StoryFinding("error", "target_unknown", message, scene_id, node_id)


def _unknown(known: Outline, scene_id: str, edge: Edge) -> str | None:
    """Return what a way leads to if it is not there."""
    target = scene_id if edge.scene is None else known.scene_of(edge.scene)
    if target is None:
        return edge.scene
    return edge.node if edge.node is not None and edge.node not in known.scenes[target].nodes else None


def _reached(known: Outline, start: str) -> set[str]:
    """Return the scenes that some way leads to; all of them where a target is computed."""
    if any(node.verb in ("jump", "call") and node.directives.get("expression") for _, _, node in known.nodes()):
        return set(known.scenes)
    waiting = [start]
    for scene_id, scene in known.scenes.items():
        if scene.label and (scene.label in ENTERED_BY_ENGINE or known.in_code(scene.label)):
            waiting.append(scene_id)
    reached: set[str] = set()
    while waiting:
        scene_id = waiting.pop()
        if scene_id in reached:
            continue
        reached.add(scene_id)
        scene = known.scenes[scene_id]
        targets = [edge.scene for node in scene.nodes.values() for edge in node.next.values()]
        for target in (*targets, scene.falls_to):
            found = known.scene_of(target) if target is not None else None
            if found is not None:
                waiting.append(found)
    return reached


def _leaves(members: Mapping[str, list[tuple[str, Node]]], block: str, depth: int = 0) -> bool:
    """Tell whether the play never runs off the end of a block."""
    last = next((node for _, node in reversed(members.get(block, [])) if node.verb != "comment"), None)
    if last is None or last.conditions or depth > _MAX_DEPTH:
        return False
    if last.verb == "return" or last.verb == "jump" or (last.verb == "raw" and last.directives.get("flow")):
        return True
    ways = edges(last)
    sure = any(not (edge.condition or "").strip() or edge.condition in _ALWAYS for _, edge in ways)
    if last.verb == "loop":
        return any(edge.condition in _ALWAYS for _, edge in ways)
    if last.type == "choice" or last.verb in ("branch", "random"):
        return sure and all(
            edge.scene is not None or edge.node is not None or _leaves(members, edge_id, depth + 1)
            for edge_id, edge in ways
        )
    return False
