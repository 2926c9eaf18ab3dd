"""The reader of Yarn Spinner's stories: nodes to scenes, options to choices."""

from typing import Final

from comfyvn.application.imports import Progress
from comfyvn.application.reading import Probe
from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Pack, Warned
from comfyvn.infrastructure.imports.files import Files, FilesReader
from comfyvn.infrastructure.imports.members import capped
from comfyvn.infrastructure.imports.steps import graph_of
from comfyvn.infrastructure.imports.yarn.source import MAX_NODES, YarnNode, chosen, nodes_of
from comfyvn.infrastructure.imports.yarn.story import Story
from comfyvn.infrastructure.imports.yarn.writer import (
    Saliency,
)

ENGINE: Final = "yarn"


def looks(files: Files) -> Probe:
    """Tell from names whether files hold a Yarn story."""
    sources = files.named(".yarn", ".yarn.txt")
    projects = files.named(".yarnproject")
    return Probe(ENGINE, 0.95 if sources or projects else 0.0, tuple([*projects, *sources][:3]))


def pack_of(files: Files, progress: Progress | None = None, *, saliency: Saliency | None = None) -> Pack:
    """Return what the files hold: all nodes of all files, or of those that a project file takes in.

    Raises Refused: ``not_a_game``, ``too_many_passages``, ``file_too_large``.
    """
    warnings = [*files.warnings]
    sources = files.named(".yarn", ".yarn.txt")
    projects = files.named(".yarnproject")
    if projects:
        folders = [name[: name.rfind("/") + 1] for name in projects]
        taken = {
            found
            for name, folder in zip(projects, folders, strict=True)
            for found in chosen(files.text(name)[0], folder, sources)
        }
        left = [name for name in sources if name not in taken]
        warnings += [Warned("file_passed_over", "No project file takes this file in.", name) for name in left]
        sources = [name for name in sources if name in taken]
    nodes: list[YarnNode] = []
    for done, name in enumerate(sources):
        nodes += nodes_of(files.text(name)[0], name)
        if len(nodes) > MAX_NODES:
            raise Refused("too_many_passages", f"The story has more than {MAX_NODES} nodes.")
        if progress:
            progress("scripts", done + 1, len(sources))
    if not nodes:
        raise Refused("not_a_game", f"{files.title} holds no node of a Yarn story.")
    story = Story(nodes, saliency or "random_best_least_recently_seen")
    graph = graph_of([*story.passages()])
    start = graph.places.get("Start", graph.places[nodes[0].title])
    return Pack(
        engine=ENGINE,
        title=files.title,
        scenes=graph.scenes,
        characters=story.shared.speakers.characters,
        variables=story.variables(),
        members=files.members(without=[*sources, *projects]),
        start=start,
        recognised=graph.recognised,
        total=graph.total,
        raw_kinds=dict(sorted(graph.raw_kinds.items())),
        warnings=capped([*warnings, *story.warnings, *graph.warnings]),
    )


def reader() -> FilesReader:
    """Return the reader as the studio takes it."""
    return FilesReader(ENGINE, looks, pack_of)
