"""The interface of a project that brings none of its own: the engine's default screens, with pictures of ours."""

from importlib.resources import files
from importlib.resources.abc import Traversable

from comfyvn.application.exports import StoryView
from comfyvn.infrastructure.exports.renpy import layout
from comfyvn.infrastructure.exports.renpy.escaping import quoted
from comfyvn.infrastructure.exports.renpy.identifiers import word

_OPTIONS = "game/options.rpy"
_SCREENS = "screens.rpy"


def needed(story: StoryView) -> bool:
    """Tell whether a story comes without screens, and is no game of the engine: such a one does with the engine's own.

    It is one if most of its scenes were read from scripts.
    """
    told = [scene for scene in story.scenes.values() if scene.role == "story"]
    if 2 * sum("source" in scene.meta for scene in told) > len(told):
        return False
    groups = {layout.file_of(scene.group) for scene in story.scenes.values() if scene.role == "code"}
    return not any(path.endswith(_SCREENS) for path in (*groups, *(asset.path for asset in story.assets.values())))


def template(name: str) -> dict[str, bytes]:
    """Return the files of the interface by their paths, with the name of the novel filled in."""
    found = dict(_walk(files(__package__) / "template", ""))
    build = word(name).encode("ascii", "ignore").decode().strip("_").lower() or "novel"
    options = found[_OPTIONS].decode().replace("@BUILD@", build).replace("@NAME@", quoted(name))
    return {**found, _OPTIONS: options.encode()}


def _walk(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _walk(entry, f"{path}{entry.name}/")
        else:
            found.append((path + entry.name, entry.read_bytes()))
    return found
