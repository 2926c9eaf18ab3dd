"""The script of one scene while it is written, and where the ways of its nodes lead."""

from collections.abc import Callable
from dataclasses import dataclass, field

from comfyvn.application.exports import ExportWarning, StoryView
from comfyvn.domain.story import Node, Scene, blocks, edges
from comfyvn.infrastructure.exports.renpy import layout, renaming
from comfyvn.infrastructure.exports.renpy.identifiers import is_label
from comfyvn.infrastructure.exports.renpy.naming import Names
from comfyvn.infrastructure.exports.renpy.statements import source

MAX_DEPTH = 90
"""Blocks inside blocks: the engine, like Python, gives up at 100."""


@dataclass(slots=True)
class Script:
    """The lines of one scene, as they come, and on which of them (0-based) a choice begins.

    `sound` returns the path of a sound file by its name, if it exists.
    """

    story: StoryView
    names: Names
    scene_id: str
    scene: Scene
    sound: Callable[[str], str | None]
    lines: list[str] = field(default_factory=list)
    menus: dict[int, str] = field(default_factory=dict)
    warnings: list[ExportWarning] = field(default_factory=list)
    texts: int = 0
    draws: bool = False
    blocks: dict[str, list[tuple[str, Node]]] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    statements: int = 0

    def __post_init__(self) -> None:
        self.blocks = blocks(self.scene)

    def warn(self, code: str, message: str, node_id: str | None = None) -> None:
        self.warnings.append(ExportWarning(code, message, self.scene_id, node_id))

    def put(self, indent: str, line: str) -> None:
        """Add a line that is a statement."""
        self.statements += 1
        self.lines.append(indent + line)


def expression(out: Script, condition: str) -> str:
    """Return a condition or value with the names that the script uses; empty where there is none."""
    return renaming.expression(condition, out.names.variables)


def leaves(out: Script, block: str, depth: int = 0) -> bool:
    """Tell whether the play never runs off the end of a block."""
    last = next((node for _, node in reversed(out.blocks.get(block, [])) if node.verb != "comment"), None)
    if last is None or last.conditions or depth > MAX_DEPTH:
        return False
    ways = edges(last)
    if last.verb == "return":
        return True
    if last.verb == "jump" and source(last.directives.get("expression")):
        return True
    sure = any(not (edge.condition or "").strip() for _, edge in ways)
    if last.type == "choice" or last.verb in ("branch", "jump"):
        return sure and all(
            label_of(out, None, edge.scene, edge.node, quiet=True) is not None
            if edge.scene is not None or edge.node is not None
            else leaves(out, edge_id, depth + 1)
            for edge_id, edge in ways
        )
    return last.verb == "loop" and any(edge.condition in ("True", "1") for _, edge in ways)


def label_of(out: Script, node_id: str | None, scene: str | None, node: str | None, quiet: bool = False) -> str | None:
    """Return the label that a way leads to; warn and return None where there is none."""
    names, owner = out.names, scene or out.scene_id
    label = names.place(owner, node) if node is not None else names.find(owner)
    if label is not None or quiet:
        return label
    if node is None and scene is not None and is_label(scene) and _imported(out, node_id):
        out.warn("label_unknown", f"No scene has the label {scene!r}.", node_id)
        return scene
    out.warn("target_unknown", f"The way leads to {node or scene!r}, which is not there.", node_id)
    return None


def _imported(out: Script, node_id: str | None) -> bool:
    nodes = out.scene.nodes.values() if node_id is None else (out.scene.nodes[node_id],)
    return any(layout.scripted(node) for node in nodes)
