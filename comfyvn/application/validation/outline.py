"""What all checks need to know of a story: its nodes, its labels, and the words that its code mentions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from comfyvn.application.exports import StoryView
from comfyvn.domain.story import Node, Scene, walk

_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Outline:
    """A story with its story scenes, the scene of each label, and the words of the code it brings along."""

    story: StoryView
    scenes: Mapping[str, Scene]
    labels: Mapping[str, str]
    code: frozenset[str]

    def nodes(self) -> Iterator[tuple[str, str, Node]]:
        """Yield scene id, node id and node of all that is played."""
        for scene_id, scene in self.scenes.items():
            for node_id, node in walk(scene):
                yield scene_id, node_id, node

    def scene_of(self, target: str) -> str | None:
        """Return the scene that an id or a label names."""
        return target if target in self.scenes else self.labels.get(target)

    def in_code(self, name: str) -> bool:
        """Tell whether code of the story mentions a name, or the first part of a dotted one."""
        return name.partition(".")[0] in self.code or name.rpartition(".")[2] in self.code


def outline(story: StoryView) -> Outline:
    """Return the outline of a story."""
    scenes = {i: scene for i, scene in sorted(story.scenes.items()) if scene.role == "story"}
    labels: dict[str, str] = {}
    code: set[str] = set()
    for scene_id, scene in sorted(story.scenes.items()):
        if scene.role == "story" and scene.label:
            labels.setdefault(scene.label, scene_id)
        for node in scene.nodes.values():
            name = node.directives.get("name") if node.type == "choice" else node.content
            if (node.verb == "label" or node.type == "choice") and isinstance(name, str) and name:
                labels.setdefault(name, scene_id)
            if node.verb in ("raw", "declare"):
                code.update(_WORD.findall(node.content))
        code.update(_WORD.findall(str(scene.meta.get("parameters") or "")))
    return Outline(story, scenes, labels, frozenset(code))
