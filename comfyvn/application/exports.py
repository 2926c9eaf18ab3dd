"""What an export needs of a project, read at one position, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from comfyvn.application.ports import LATEST, BranchRow
from comfyvn.application.provenance.credentials import credentials
from comfyvn.application.provenance.stamping import Stamp
from comfyvn.application.provenance.wording import stamps
from comfyvn.application.studio import Studio
from comfyvn.domain.assets import Asset
from comfyvn.domain.cast import Character
from comfyvn.domain.credentials import Credentials
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
    """A whole story at one position: states by id. `start` is the scene where it begins, by id or label, if chosen.

    `stamps` are those with which assets go out, by id; an asset without one goes out as it is. `credentials` tell
    what is said of it where it goes out signed.
    """

    name: str
    scenes: Mapping[str, Scene]
    characters: Mapping[str, Character]
    variables: Mapping[str, Variable]
    assets: Mapping[str, Asset]
    start: str | None = None
    translations: Mapping[str, Translation] = field(default_factory=dict)
    origin: Origin | None = None
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    credentials: Credentials | None = None


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


Seal = Callable[[Mapping[str, str], Mapping[str, str]], Mapping[str, bytes]]
"""Takes the SHA-256 (hex) of each file that was written, by path, and the path of each asset, by id; gives the files
that seal the export: its manifest and what proves it."""


def story_view(
    studio: Studio, branch: str, at: int = LATEST, *, stamped: bool = False, signed: bool = False
) -> StoryView:
    """Return the story of a branch as of a position, `stamped` with stamps for its assets, `signed` to be signed.

    Raises Missing("branch_unknown").
    """
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
        stamps=stamps(studio, branch, at) if stamped else {},
        credentials=credentials(studio, branch, at) if signed else None,
    )


def _origin(studio: Studio, row: BranchRow, at: int) -> Origin:
    position = studio.store.head(row.id, at)
    commit = studio.store.commits_at([position]).get(position)
    return Origin(row.project, row.id, position, commit.id if commit else None)
