"""Small games on the disk, and what came out of them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from comfyvn.domain.pack import Pack
from comfyvn.domain.story import Node, Scene, walk
from tests.infrastructure.imports.renpy import paths


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files below ``game/`` and return the folder that holds it."""
    for name, content in files.items():
        place = folder / "game" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(folder: Path, script: str, **files: str) -> Pack:
    """Read a game of one script, ``script.rpy``."""
    return paths.read(write(folder, {"script.rpy": script, **files}))


def nodes(pack: Pack) -> Iterator[tuple[str, Scene, str, Node]]:
    """Yield (scene id, scene, node id, node) of a whole pack in reading order."""
    for scene_id, scene in pack.scenes.items():
        for node_id, node in walk(scene):
            yield scene_id, scene, node_id, node


def of(pack: Pack, verb: str) -> list[Node]:
    """Return the nodes with a verb, or of a type, in reading order."""
    return [node for _, _, _, node in nodes(pack) if verb in (node.verb, node.type)]


def one(pack: Pack, verb: str) -> Node:
    """Return the only node with a verb, or of a type."""
    (found,) = of(pack, verb)
    return found
