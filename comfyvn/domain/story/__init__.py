"""Story: scenes as sequences and graphs of lines, choices and actions."""

from typing import Final, get_args

from comfyvn.domain.kernel import WHOLE, Decider
from comfyvn.domain.story import document
from comfyvn.domain.story.commands import SaveScene, SceneCommand
from comfyvn.domain.story.decide import intend
from comfyvn.domain.story.document import from_document, to_document
from comfyvn.domain.story.events import SceneEvent
from comfyvn.domain.story.evolve import evolve, part_of, reconcile
from comfyvn.domain.story.state import (
    Edge,
    Node,
    Place,
    Scene,
    Source,
    blocks,
    edges,
    in_block,
    walk,
)

SCENE: Final[Decider[SceneCommand, Scene, SceneEvent]] = Decider(
    kind="scene",
    intend=intend,
    reconcile=reconcile,
    evolve=evolve,
    part=document.part,
    part_names=lambda scene: (WHOLE, *scene.nodes),
    assemble=document.assemble,
    part_of=part_of,
    to_document=to_document,
    save=SaveScene,
    commands=get_args(SceneCommand),
)

__all__ = [
    "SCENE",
    "Edge",
    "Node",
    "Place",
    "Scene",
    "SceneCommand",
    "SceneEvent",
    "Source",
    "blocks",
    "edges",
    "from_document",
    "in_block",
    "to_document",
    "walk",
]
