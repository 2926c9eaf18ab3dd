"""Where things stand in an exported project: which scene in which file, and which paths are fit to be written."""

from collections.abc import Mapping

from comfyvn.application.exports import StoryView
from comfyvn.domain.kernel import Refused
from comfyvn.domain.ordering import sort_key
from comfyvn.domain.story import Node, Scene
from comfyvn.infrastructure.exports.renpy.identifiers import word

SCRIPT = "script.rpy"
"""The file of scenes without a group."""
MODULE = ".rpym"
"""The ending of scripts that the engine reads only when a game asks for them."""
GAME = "game/"
"""The folder of a project that the engine reads."""
MAX_PART = 200
"""Octets of one part of a path: file systems take 255, and the engine adds endings."""

_DEVICES = frozenset({"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))})
"""Names that are devices on some systems, whatever their ending."""


def target(path: str) -> str:
    """Return where a file of the story stands in the project; raise Refused("path_unsafe")."""
    return checked(GAME + path)


def checked(path: str) -> str:
    """Return a path that stays inside its folder on every system, or raise Refused("path_unsafe")."""
    parts = path.split("/")
    if not all(_plain(part) for part in parts):
        raise Refused("path_unsafe", f"A file cannot be written under the name {path!r}.", path=path)
    return path


def _plain(part: str) -> bool:
    return (
        part not in ("", ".", "..")
        and part.isprintable()
        and not any(sign in "\\:" for sign in part)
        and part[-1] not in ". "
        and part.split(".")[0].strip().upper() not in _DEVICES
        and len(part.encode()) <= MAX_PART
    )


def files(scenes: Mapping[str, Scene]) -> dict[str, list[str]]:
    """Return the script files, sorted, each with the ids of its scenes in order."""
    found: dict[str, list[str]] = {}
    for scene_id in sorted(scenes, key=lambda i: sort_key(scenes[i].order, i)):
        found.setdefault(file_of(scenes[scene_id].group), []).append(scene_id)
    return dict(sorted(found.items()))


def file_of(group: str) -> str:
    """Return the script file of a group: its own name where it is a file name, else one made from it."""
    if group.endswith((".rpy", MODULE)):
        return group
    return f"{word(group)}.rpy" if word(group) else SCRIPT


def scripted(node: Node) -> bool:
    """Tell whether a node was read from a script of this engine, which is written again as it stood."""
    return node.source is not None and node.source.file.endswith((".rpy", MODULE))


def foreign(node: Node) -> bool:
    """Tell whether a node keeps code of another engine."""
    return node.verb == "raw" and node.directives.get("language", "renpy") != "renpy"


def has_code(story: StoryView) -> bool:
    """Tell whether a story brings scripts of its own, which may declare more than can be seen from here."""
    code = (scene for scene in story.scenes.values() if scene.role == "code")
    return any(not foreign(node) for scene in code for node in scene.nodes.values())
