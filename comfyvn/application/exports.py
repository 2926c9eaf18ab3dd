"""What an export needs of a project, read at one position, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from comfyvn.application.ports import LATEST, BranchRow
from comfyvn.application.studio import Studio
from comfyvn.domain.assets import Asset
from comfyvn.domain.cast import Character
from comfyvn.domain.localisation import Translation
from comfyvn.domain.story import Scene
from comfyvn.domain.variables import Variable


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a story was read: ids of project and branch, the position, and the commit that made it (None: none yet)."""

    project: str
    branch: str
    position: int
    commit: str | None


@dataclass(frozen=True, slots=True)
class StoryView:
    """A whole story at one position: states by id. `start` is the scene where it begins, by id or label, if chosen."""

    name: str
    scenes: Mapping[str, Scene]
    characters: Mapping[str, Character]
    variables: Mapping[str, Variable]
    assets: Mapping[str, Asset]
    start: str | None = None
    translations: Mapping[str, Translation] = field(default_factory=dict)
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class ExportWarning:
    """Something an export could not carry over as it is. `code` is stable; `scene` and `node` are ids."""

    code: str
    message: str
    scene: str | None = None
    node: str | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote: paths relative to the folder, sorted, and how much of the story they hold."""

    files: tuple[str, ...]
    scenes: int
    lines: int
    warnings: tuple[ExportWarning, ...] = ()


def story_view(studio: Studio, branch: str, at: int = LATEST) -> StoryView:
    """Return the story of a branch as of a position; raise Missing("branch_unknown")."""
    row = studio.store.branch(branch)
    projects = studio.store.load_all(branch, "project", at)
    project = next((projects[ref] for ref in sorted(projects)), None)

    def states(kind: str) -> dict[str, Any]:
        return {ref.id: state for ref, state in sorted(studio.store.load_all(branch, kind, at).items())}

    return StoryView(
        name=row.project if project is None else project.name,
        scenes=states("scene"),
        characters=states("character"),
        variables=states("variable"),
        assets=states("asset"),
        translations=states("translation"),
        start=None if project is None else project.start,
        origin=_origin(studio, row, at),
    )


def _origin(studio: Studio, row: BranchRow, at: int) -> Origin:
    position = studio.store.head(row.id, at)
    commit = studio.store.commits_at([position]).get(position)
    return Origin(row.project, row.id, position, commit.id if commit else None)
