"""Which exports hold an asset, and whether with its present content."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from comfyvn.application.assets.registry import find
from comfyvn.application.ports import LATEST
from comfyvn.application.studio import Studio


@dataclass(frozen=True, slots=True)
class InExport:
    """An export that holds an asset.

    `place` is the folder or zip file below the exports folder, `path` the file in it (null: it was left out), `hash`
    the content that the asset had in the registry. `branch`, `position` and `commit` tell what was exported.
    """

    place: str
    target: str
    branch: str
    position: int
    commit: str | None
    path: str | None
    hash: str


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that holds an asset; `current`: with the content that the asset has now."""

    export: InExport
    current: bool


Holding = Callable[[str, str], Iterable[InExport]]
"""Returns the exports of a project that hold an asset, the newest first."""


def exports_with(studio: Studio, holding: Holding, branch: str, name: str, at: int = LATEST) -> tuple[Exported, ...]:
    """Return the exports that hold an asset, given by its id or content. Raises Missing("asset_unknown")."""
    asset, state, _ = find(studio, branch, name, at)
    found = holding(studio.store.branch(branch).project, asset)
    return tuple(Exported(export, export.hash == state.hash) for export in found)
